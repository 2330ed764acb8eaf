// What telexctl says after a failure: what to do, in words that are its own.
#include "telexctl/failures/hints.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "platform/errors/errors.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "telexctl/failures/failure.h"
#include "telexctl/failures/wording.h"
#include "telexctl/program.h"

namespace telex::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::Status Of(std::string_view reason) {
  return errors::Error(absl::StatusCode::kFailedPrecondition, reason, "x");
}

// Every reason there is; the working directory is the root of the checkout.
std::vector<std::string> Reasons() {
  std::ifstream file("services/platform/errors/reasons.h");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  constexpr std::string_view kBefore = "= \"";
  std::vector<std::string> reasons;
  for (auto at = text.find(kBefore); at != text.npos; at = text.find(kBefore, at + 1)) {
    const auto begin = at + kBefore.size();
    const std::string literal = text.substr(begin, text.find('"', begin) - begin);
    if (literal.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == literal.npos) {
      reasons.push_back(literal);
    }
  }
  return reasons;
}

TEST(HintsTest, SayWhatToDo) {
  EXPECT_THAT(HintFor(errors::Error(absl::StatusCode::kInvalidArgument, errors::kNeedsKey, "x",
                                    {{"proposed_key", "it's late"}})),
              HasSubstr("--key 'it'\\''s late'"));
  EXPECT_THAT(HintFor(errors::Error(absl::StatusCode::kInvalidArgument, errors::kNeedsKey, "x")),
              HasSubstr("--key KEY"));
  EXPECT_THAT(HintFor(absl::UnavailableError("connection refused")), HasSubstr("make up"));
  EXPECT_THAT(HintFor(Of(errors::kDecisionPending)), HasSubstr("repeat it"));
  EXPECT_THAT(
      HintFor(errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired, "x")),
      HasSubstr("token"));
  EXPECT_THAT(HintFor(absl::OkStatus()), IsEmpty());
}

TEST(HintsTest, ASectionsNameIsMappedWithTheReadyCommandWhereThereIsOne) {
  EXPECT_THAT(
      HintFor(errors::Error(absl::StatusCode::kInvalidArgument, errors::kUnknownSection, "x",
                            {{"source", "sources/s"}, {"section_alias", "Вид сверху=vid"}})),
      HasSubstr("telexctl sources update sources/s --section-alias 'Вид сверху=vid'"));
  EXPECT_THAT(HintFor(Of(errors::kUnknownSection)), HasSubstr("SOURCE --section-alias NAME=slug"));
  EXPECT_THAT(HintFor(errors::Error(absl::StatusCode::kInvalidArgument, errors::kAmbiguousSource,
                                    "x", {{"source", "sources/s"}})),
              HasSubstr("--source sources/s"));
}

TEST(HintsTest, AStaleEtagIsSpokenOfToThoseWhoGaveOne) {
  const absl::Status stale = Of(errors::kStaleEtag);
  EXPECT_THAT(HintFor(stale), Not(HasSubstr("etag")));
  EXPECT_THAT(HintFor(stale), HasSubstr("repeat it"));
  EXPECT_THAT(HintFor(AboutEtag(stale, std::nullopt)), Not(HasSubstr("etag")));
  EXPECT_THAT(HintFor(AboutEtag(stale, "7")),
              ::testing::AllOf(HasSubstr("etag 7 is no longer"), HasSubstr("without --etag")));
  EXPECT_EQ(AboutEtag(Of(errors::kArticleHeld), "7"), Of(errors::kArticleHeld));
}

TEST(HintsTest, ANewSectionIsOpenedOnlyOnPurpose) {
  absl::Status status = errors::WithMetadata(Of(errors::kUnknownSection), "new_section", "wrold");
  EXPECT_THAT(HintFor(status), HasSubstr("--new-section opens wrold"));
  EXPECT_THAT(HintFor(status), HasSubstr("telexctl feeds list"));
  status = errors::WithMetadata(status, "nearest_section", "world");
  EXPECT_THAT(HintFor(status), HasSubstr("did you mean --section world?"));
  EXPECT_THAT(HintFor(status), HasSubstr("--new-section opens wrold"));
}

TEST(HintsTest, AKeyThatIsTakenIsCorrectedByWhatTheCallersRoleMayDo) {
  const absl::Status exists = Of(errors::kArticleExists);
  EXPECT_THAT(HintFor(exists), HasSubstr("telexctl articles update changes that one"));
  const std::string hint = HintFor(
      errors::WithMetadata(errors::WithMetadata(exists, "source", "sources/s"), "key", "4711"));
  EXPECT_THAT(hint, HasSubstr("telexctl import FILE --source sources/s --key 4711"));
  EXPECT_THAT(hint, HasSubstr("telexctl articles update needs the role editor"));
}

TEST(HintsTest, AnExpiryThatHasPassedIsNoMatterOfItsForm) {
  const std::string hint =
      HintFor(errors::WithMetadata(Of(errors::kFieldInvalid), "expired", "2025-05-18T00:00:00Z"));
  EXPECT_THAT(hint, HasSubstr("lies ahead (--expires; 2025-05-18T00:00:00Z does not)"));
  EXPECT_THAT(HintFor(Of(errors::kFieldInvalid)), Not(HasSubstr("--expires")));
}

TEST(HintsTest, RepeatTheWholeCommandAndNameTheFile) {
  const Asked asked{.command = "import", .line = "telexctl import 'a page.txt' --strict"};
  EXPECT_THAT(HintFor(errors::WithMetadata(Of(errors::kNeedsKey), "proposed_key", "late"), asked),
              HasSubstr("telexctl import 'a page.txt' --strict --key late"));
  EXPECT_THAT(
      HintFor(errors::WithMetadata(Of(errors::kAmbiguousSource), "source", "sources/s"), asked),
      HasSubstr("telexctl import 'a page.txt' --strict --source sources/s"));
  const auto about = [&](std::string_view reason) {
    return HintFor(AboutFile(Of(reason), "a page.txt"), asked);
  };
  EXPECT_THAT(about(errors::kNotUtf8), HasSubstr("-t utf-8 'a page.txt' >'a page.txt'.utf8"));
  EXPECT_THAT(about(errors::kNotAnArticle), HasSubstr("into 'a page.txt'"));
  EXPECT_THAT(HintFor(AboutFile(Of(errors::kNotUtf8), "-"), asked), HasSubstr("FILE >FILE.utf8"));
}

TEST(HintsTest, ThereIsOneForEveryReason) {
  EXPECT_GT(Reasons().size(), 50u);
  for (const std::string& reason : Reasons()) {
    EXPECT_THAT(HintFor(Of(reason)), Not(IsEmpty())) << reason;
  }
}

// Of the text: what follows each "telexctl ", as far as it is words.
std::vector<std::string> CommandsNamedIn(const std::string& text) {
  constexpr std::string_view kProgram = "telexctl ";
  const auto word_at = [&](std::size_t begin) {
    if (begin >= text.size()) return std::string();
    std::size_t end = begin;
    while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
    return text.substr(begin, end - begin);
  };
  const std::vector<std::string> names = CommandNames();
  std::vector<std::string> commands;
  for (auto at = text.find(kProgram); at != text.npos; at = text.find(kProgram, at + 1)) {
    const std::size_t begin = at + kProgram.size();
    const std::string group = word_at(begin);
    if (group.empty()) continue;
    const std::string both = group + " " + word_at(begin + group.size() + 1);
    const bool has_two = std::find(names.begin(), names.end(), both) != names.end();
    commands.push_back(has_two ? both : group);
  }
  return commands;
}

TEST(HintsTest, NameOnlyCommandsThatThereAre) {
  const std::vector<std::string> names = CommandNames();
  for (const std::string& reason : Reasons()) {
    for (const std::string& command :
         CommandsNamedIn(HintFor(Of(reason), {.command = "articles create"}))) {
      // Other words may follow: "telexctl and the service are ...", "telexctl gives each ...".
      if (command == "and" || command == "gives") continue;
      EXPECT_THAT(names, Contains(command)) << reason;
      EXPECT_THAT(command, Not(::testing::AnyOf("articles", "sources", "feeds", "topics")))
          << reason;
    }
  }
}

TEST(HintsTest, NameTheCommandThatFailed) {
  EXPECT_THAT(HintFor(Usage("x"), {.command = "articles kill"}),
              HasSubstr("telexctl articles kill --help"));
  EXPECT_THAT(HintFor(Of(errors::kFieldRequired), {.command = "sources create"}),
              HasSubstr("telexctl sources create --help"));
  EXPECT_EQ(HintFor(Usage("x", "do this"), {.command = "articles kill"}), "do this");
}

TEST(WordingTest, EveryRpcHasACommand) {
  const std::vector<std::string> names = CommandNames();
  for (const auto* service :
       {ingestion::v1::CreateArticleRequest::descriptor()->file()->service(0),
        ingestion::v1::CreateSourceRequest::descriptor()->file()->service(0),
        translation::v1::ClaimJobsRequest::descriptor()->file()->service(0)}) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_THAT(names, Contains(CommandOf(service->method(i)->name())))
          << service->method(i)->name();
    }
  }
}

TEST(WordingTest, WhatCanBeSetHasAFlag) {
  const auto expect = [](const google::protobuf::Descriptor* message, const std::string& before,
                         const std::vector<std::string>& unset) {
    for (int i = 0; i < message->field_count(); ++i) {
      const std::string& name = message->field(i)->name();
      const bool set = std::find(unset.begin(), unset.end(), name) == unset.end();
      EXPECT_EQ(!FlagOf(before + name).empty(), set) << before << name;
    }
  };
  expect(ingestion::v1::Source::descriptor(), "source.",
         {"version", "create_time", "update_time", "actor", "result"});
  expect(ingestion::v1::ImportDocumentRequest::descriptor(), "", {"validate_only", "request_id"});
}

TEST(WordingTest, WhatCommandsSetOfAStoryHasAFlag) {
  for (const char* field :
       {"name", "source", "key", "headline", "byline", "body_html", "section", "language",
        "canonical_url", "embargoed", "expires", "ednote", "urgency", "etag"}) {
    ASSERT_NE(news::v1::Article::descriptor()->FindFieldByName(field), nullptr) << field;
    EXPECT_NE(FlagOf(std::string("article.") + field), "") << field;
  }
}

TEST(WordingTest, ACommandsOwnFlagsGoFirst) {
  EXPECT_EQ(FlagOf("name"), "NAME");
  EXPECT_EQ(FlagOf("name", "translations claim"), "JOB");
  EXPECT_EQ(FlagOf("etag", "translations policy set"), "--etag");
  EXPECT_EQ(FlagOf("language", "articles list"), "--language");
}

TEST(WordingTest, RpcsAreSaidAsCommands) {
  EXPECT_EQ(WithCommandsForRpcs("ListSources shows them, CreateSource makes one"),
            "telexctl sources list shows them, telexctl sources create makes one");
  EXPECT_EQ(WithCommandsForRpcs("ListSourcesNow, \xd5\xb0"), "ListSourcesNow, \xd5\xb0");
  EXPECT_EQ(WithCommandsForRpcs(""), "");
}

TEST(WordingTest, AFieldIsSaidByItsNameWhereItStands) {
  EXPECT_EQ(WithNameFor("article.section", "--section", "article.section: no such"),
            "--section: no such");
  EXPECT_EQ(WithNameFor("source.home_page", "--home-page", "making it: source.home_page: bad"),
            "making it: --home-page: bad");
  EXPECT_EQ(WithNameFor("document", "page.txt", "document: no story"), "page.txt: no story");
  EXPECT_EQ(WithNameFor("reason", "--reason", "the reason: too long"), "the reason: too long");
}

}  // namespace
}  // namespace telex::cli
