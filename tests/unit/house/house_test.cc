// The rules of the house, applied to this checkout. The working directory is its root.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/house/checkout.h"
#include "tests/unit/house/documents.h"
#include "tests/unit/house/include_rules.h"
#include "tests/unit/house/text_rules.h"

namespace telex::house {
namespace {

using Faults = std::vector<std::string>;

constexpr std::string_view kUpperSnake = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view kLowerSnake = "abcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::string_view kTopicBytes = "abcdefghijklmnopqrstuvwxyz0123456789.-";

const Files& Checkout() {
  static const Files files = ReadCheckout(".");
  return files;
}

std::string TextOf(const std::string& path) {
  const auto file = Checkout().find(path);
  EXPECT_NE(file, Checkout().end()) << path << " is missing";
  return file == Checkout().end() ? "" : file->second;
}

std::string Joined(const Faults& faults) {
  std::string text;
  for (const std::string& fault : faults) text += "  " + fault + "\n";
  return text;
}

void ExpectInOrder(const Faults& faults) {
  EXPECT_TRUE(faults.empty()) << faults.size() << " faults:\n" << Joined(faults);
}

void Append(Faults& faults, const Faults& more) {
  faults.insert(faults.end(), more.begin(), more.end());
}

// Files that a rule does not hold for, and why.
using Exceptions = std::map<std::string, std::string>;

// Checks the rule in each file, and that none is excepted which keeps it or is not there.
void ExpectInOrderBut(const Exceptions& exceptions, const std::map<std::string, Faults>& by_file) {
  Faults faults;
  for (const auto& [path, more] : by_file) {
    if (!exceptions.contains(path)) Append(faults, more);
  }
  for (const auto& [path, why] : exceptions) {
    const auto found = by_file.find(path);
    if (found == by_file.end() || found->second.empty())
      faults.push_back(fmt::format("{} needs no exception ({}) any more", path, why));
  }
  ExpectInOrder(faults);
}

TEST(House, IsReadWhole) {
  EXPECT_GT(Checkout().size(), 300u) << "run it in the root of a checkout";
  EXPECT_TRUE(Checkout().contains("services/ingestion/domain/partition_fold.cc"));
}

TEST(House, NoFileIsEmpty) {
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (text.empty() && !IsUnder(path, "tests/testdata")) faults.push_back(path + " is empty");
  }
  ExpectInOrder(faults);
}

TEST(House, RoomsIncludeOnlyWhatTheyMay) {
  Faults faults;
  const Areas areas = AreasOf(Checkout());
  for (const auto& [path, text] : Checkout()) {
    if (IsCpp(path)) Append(faults, CheckIncludes(path, text, areas));
  }
  ExpectInOrder(faults);
}

TEST(House, IncludesAreOfOneStyle) {
  Faults faults;
  const Areas areas = AreasOf(Checkout());
  for (const auto& [path, text] : Checkout()) {
    if (IsCpp(path)) Append(faults, CheckIncludeStyle(path, text, areas));
  }
  ExpectInOrder(faults);
}

TEST(House, EveryHeaderIsIncluded) {
  Words included;
  for (const auto& [path, text] : Checkout()) {
    if (!IsCpp(path)) continue;
    for (const Include& include : IncludesOf(text)) included.insert(include.header);
  }
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (!HasSuffix(path, ".h")) continue;
    const std::string name = IsUnder(path, "services") ? path.substr(path.find('/') + 1) : path;
    if (!included.contains(name)) faults.push_back(path + " is included by nobody");
  }
  ExpectInOrder(faults);
}

TEST(House, EveryRoomSaysWhatLivesThere) {
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (!IsUnder(path, "services") || !HasSuffix(path, "/CMakeLists.txt")) continue;
    const std::string readme = path.substr(0, path.rfind('/')) + "/README.md";
    if (!Checkout().contains(readme)) faults.push_back(readme + " is missing");
  }
  ExpectInOrder(faults);
}

TEST(House, EveryReasonIsDocumented) {
  Words reasons = LiteralsOf(TextOf("services/platform/errors/reasons.h"), "", kUpperSnake);
  for (const char* path :
       {"services/ingestion/domain/decision.cc", "services/translation/domain/checks.cc"})
    reasons.merge(LiteralsOf(TextOf(path), "", kUpperSnake));
  EXPECT_GT(reasons.size(), 50u);
  ExpectInOrder(Differences(reasons, DocumentedIn(TextOf("docs/reference/errors.md"), ""),
                            "docs/reference/errors.md"));
}

TEST(House, EveryMetricIsDocumented) {
  Words metrics;
  for (const auto& [path, text] : Checkout()) {
    if (IsUnder(path, "services") && IsCpp(path))
      metrics.merge(LiteralsOf(text, "telex_", kLowerSnake));
  }
  EXPECT_GT(metrics.size(), 20u);
  ExpectInOrder(Differences(metrics, DocumentedIn(TextOf("docs/reference/metrics.md"), "telex_"),
                            "docs/reference/metrics.md"));
}

TEST(House, EverySettingIsDocumented) {
  Words settings;
  Words
      anywhere;  // in programs, scripts and tests: what the page says of them must be true as well
  for (const auto& [path, text] : Checkout()) {
    const bool declares = (IsUnder(path, "services") &&
                           (HasSuffix(path, "/config.cc") || HasSuffix(path, "_settings.cc"))) ||
                          IsUnder(path, "services/telexctl");
    if (declares && IsCpp(path)) settings.merge(LiteralsOf(text, "TELEX_", kUpperSnake));
    if (HasSuffix(path, ".md")) continue;
    for (auto place = text.find("TELEX_"); place != std::string::npos;
         place = text.find("TELEX_", place + 1)) {
      anywhere.insert(text.substr(place, text.find_first_not_of(kUpperSnake, place) - place));
    }
  }
  EXPECT_GT(settings.size(), 15u);
  const Words documented = DocumentedIn(TextOf("docs/reference/settings.md"), "TELEX_");
  Words known = settings;
  for (const std::string& name : documented) {
    if (anywhere.contains(name)) known.insert(name);
  }
  ExpectInOrder(Differences(known, documented, "docs/reference/settings.md"));
}

TEST(House, EveryTopicIsDeclaredAndDocumented) {
  const Words declared = TopicsOf(TextOf("deploy/kafka/topics.yaml"));
  EXPECT_GE(declared.size(), 11u);
  ExpectInOrder(Differences(declared, DocumentedIn(TextOf("docs/reference/topics.md"), "telex."),
                            "docs/reference/topics.md"));
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (!IsUnder(path, "services") || !IsCpp(path)) continue;
    for (const std::string& name : LiteralsOf(text, "telex.", kTopicBytes)) {
      if (HasSuffix(name, ".v1") && !declared.contains(name))
        faults.push_back(fmt::format("{} uses {}", path, name));
    }
  }
  ExpectInOrder(faults);
}

TEST(House, ATopicHasOneConstant) {
  std::map<std::string, std::string> header_of;
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (!IsUnder(path, "services") || !HasSuffix(path, ".h")) continue;
    for (const std::string& name : LiteralsOf(text, "telex.", kTopicBytes)) {
      const auto [other, is_first] = header_of.emplace(name, path);
      if (HasSuffix(name, ".v1") && !is_first)
        faults.push_back(fmt::format("{} is in {} and in {}", name, other->second, path));
    }
  }
  ExpectInOrder(faults);
}

TEST(House, DocumentsLinkToWhatIsThere) {
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (HasSuffix(path, ".md")) {
      for (const std::string& link : RelativeLinksOf(text)) {
        const std::string target = ResolveLink(path, link);
        if (!std::filesystem::exists(target))
          faults.push_back(fmt::format("{} links to {}", path, link));
      }
    }
    if (IsUnder(path, "tests") && !HasSuffix(path, ".md")) continue;  // examples
    for (const std::string& page : PagesNamedIn(text)) {
      if (!Checkout().contains(page)) faults.push_back(fmt::format("{} names {}", path, page));
    }
  }
  ExpectInOrder(faults);
}

TEST(House, EveryRunbookAndDecisionIsOnTheMap) {
  const std::string map = TextOf("docs/README.md");
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (!IsUnder(path, "docs") || !HasSuffix(path, ".md") || path == "docs/README.md") continue;
    if (map.find("(" + path.substr(5) + ")") == std::string::npos)
      faults.push_back(path + " is not in docs/README.md");
  }
  ExpectInOrder(faults);
}

TEST(House, NoNotesToOneselfAndNoPathsOfOneMachine) {
  Faults faults;
  for (const auto& [path, text] : Checkout()) Append(faults, CheckWords(path, text));
  ExpectInOrder(faults);
}

// A clock that is set must neither end a wait at once nor make it endless.
TEST(House, PlatformWaitsByTheSteadyClock) {
  // Where platform reads the wall clock: which instant of the world is meant.
  static const Exceptions exceptions = {
      {"services/platform/grpc/unary_service.cc", "a call's deadline, as its handlers are told it"},
      {"services/platform/http_client/client.cc", "a peer's Retry-After, as a date"},
      {"services/platform/kafka/lag_tracker.cc", "the age of a record"},
      {"services/platform/kafka/publisher.cc", "what is compared with the broker's"},
      {"services/platform/owner/partition_owner.h",
       "how long a takeover takes, against compaction"},
      {"services/platform/observe/log.cc", "the time of a log line"},
      {"services/platform/service/host_clients.cc", "when a store was last current"},
  };
  std::map<std::string, Faults> faults;
  for (const auto& [path, text] : Checkout()) {
    if (IsUnder(path, "services/platform") && IsCpp(path)) faults[path] = WallClocksIn(path, text);
  }
  ExpectInOrderBut(exceptions, faults);
}

TEST(House, PlatformHasNoNewsroomWords) {
  Faults faults;
  for (const auto& [path, text] : Checkout()) {
    if (IsUnder(path, "services/platform") && IsCpp(path))
      Append(faults, NewsroomWordsIn(path, text));
  }
  ExpectInOrder(faults);
}

TEST(House, FilesAreOneIdea) {
  static const Exceptions exceptions = {
      {"services/platform/http/connection.cc", "the states of one connection, in one class"},
      {"services/platform/kafka/group_consumer.cc",
       "the states of one member of a group: rebalances, batches and commits share them"},
      {"tests/unit/platform/http_server_test.cc",
       "a list of cases, each a few lines, over one fixture"},
  };
  static const std::set<std::string> kKinds = {".cc",   ".h",  ".py",  ".proto", ".cmake",
                                               ".yaml", ".md", ".txt", ".sh",    ""};
  std::map<std::string, Faults> faults;
  for (const auto& [path, text] : Checkout()) {
    const std::string kind = std::filesystem::path(path).extension().string();
    const bool counted =
        kKinds.contains(kind) && !IsUnder(path, "tests/testdata") && path != "LICENSE";
    if (const std::size_t beyond = LinesTooMany(text); counted && beyond > 0) {
      faults[path] = {fmt::format("{} has {} lines more than {}: split it by idea", path, beyond,
                                  kFileLinesMax)};
    }
  }
  ExpectInOrderBut(exceptions, faults);
}

TEST(House, FunctionsAreOneIdea) {
  static const Exceptions exceptions = {};
  std::map<std::string, Faults> faults;
  for (const auto& [path, text] : Checkout()) {
    if (IsCpp(path)) faults[path] = LongFunctionsIn(path, text);
  }
  ExpectInOrderBut(exceptions, faults);
}

}  // namespace
}  // namespace telex::house
