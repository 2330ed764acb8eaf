#include "translation/adapters/machine/engine_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>

#include "platform/config/settings.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/domain/policy.h"

namespace telex::translation {
namespace {

constexpr double kRequestsPerSecondMax = 10'000;
constexpr std::int64_t kConcurrencyMax = 256;  // as many as any client has; more is as good
constexpr std::size_t kPairsMax = 1'000;
const std::set<std::string> kFields = {"name",
                                       "kind",
                                       "url",
                                       "key_file",
                                       "project",
                                       "model",
                                       "outside",
                                       "requests_per_second",
                                       "concurrency",
                                       "characters_per_day",
                                       "characters_per_month",
                                       "pairs"};

absl::Status Refused(std::string_view why) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid, why);
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kEngineNameBytesMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

// Those that are run by whoever uses them.
bool IsOwnKind(std::string_view kind) { return kind == "apertium" || kind == "libretranslate"; }

std::optional<Pair> ParsePair(const std::string& text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return std::nullopt;
  auto from = news::LanguageTag::Parse(std::string_view(text).substr(0, dot));
  auto to = news::LanguageTag::Parse(std::string_view(text).substr(dot + 1));
  if (!from || !to) return std::nullopt;
  return Pair{*std::move(from), *std::move(to)};
}

class Reader {
 public:
  explicit Reader(const ReadKey& read_key) : read_key_(read_key) {}

  absl::StatusOr<std::vector<EngineSetup>> Read(const YAML::Node& root) {
    const YAML::Node engines = root.IsMap() ? root["engines"] : YAML::Node();
    if (!engines.IsDefined() || !engines.IsSequence())
      return Refused("expects `engines:` with a list of engines");
    for (const auto& entry : root) {
      if (entry.first.as<std::string>("") != "engines") Fault(entry.first, "is no field here");
    }
    for (const YAML::Node& engine : engines) ReadEngine(engine);
    if (engines_.size() > kEnginesMax)
      Fault(engines, fmt::format("at most {} engines are taken", kEnginesMax));
    if (!faults_.empty()) return Refused(fmt::format("{}", fmt::join(faults_, "; ")));
    return std::move(engines_);
  }

 private:
  void Fault(const YAML::Node& at, std::string_view why) {
    faults_.push_back(fmt::format("line {}: {}", at.Mark().line + 1, why));
  }
  void Fault(const YAML::Node& at, std::string_view field, std::string_view why) {
    Fault(at, fmt::format("{}: {}", field, why));
  }

  void ReadEngine(const YAML::Node& node) {
    if (!node.IsMap()) return Fault(node, "an engine is a map of fields");
    for (const auto& entry : node) {
      const auto field = entry.first.as<std::string>("");
      if (!kFields.contains(field))
        Fault(entry.first, fmt::format("{}: is no field of an engine", field));
    }
    EngineSetup setup;
    setup.name = Text(node, "name");
    if (!IsName(setup.name)) {
      Fault(node, "name",
            fmt::format("expects small letters, digits and hyphens, {} at most",
                        kEngineNameBytesMax));
    } else if (!names_.insert(setup.name).second) {
      Fault(node, "name", fmt::format("'{}' stands twice", setup.name));
    }
    setup.settings = Settings(node);
    setup.outside = Take(node, "outside", "true or false", !IsOwnKind(setup.settings.kind));
    setup.requests_per_second = Take(node, "requests_per_second", "a number above 0", 50.0);
    if (setup.requests_per_second <= 0 || setup.requests_per_second > kRequestsPerSecondMax)
      Fault(node, "requests_per_second", "expects a number above 0, 10000 at most");
    setup.concurrency =
        static_cast<int>(std::min(Whole(node, "concurrency", 4, 1), kConcurrencyMax));
    setup.budget = {.characters_per_day = Whole(node, "characters_per_day", 0, 0),
                    .characters_per_month = Whole(node, "characters_per_month", 0, 0)};
    setup.pairs = Pairs(node["pairs"]);
    engines_.push_back(std::move(setup));
  }

  EngineSettings Settings(const YAML::Node& node) {
    EngineSettings settings{.kind = Text(node, "kind"),
                            .url = Text(node, "url"),
                            .key = Key(node["key_file"]),
                            .project = Text(node, "project"),
                            .model = Text(node, "model")};
    if (key_failed_) return settings;  // said already
    const absl::Status made = MakeEngine(settings).status();
    if (!made.ok()) {
      const std::string_view why(made.message().data(), made.message().size());
      Fault(node, why.starts_with("key:") ? fmt::format("key_file{}", why.substr(3)) : why);
    }
    return settings;
  }

  // Keys are in files, so that nobody reads them here, or in what is logged of this one.
  std::string Key(const YAML::Node& node) {
    key_failed_ = false;
    if (!node.IsDefined()) return "";
    auto key = read_key_(node.as<std::string>(""));
    key_failed_ = !key.ok();
    if (key_failed_) {
      const absl::string_view why = key.status().message();
      Fault(node, "key_file", std::string_view(why.data(), why.size()));
      return "";
    }
    return *std::move(key);
  }

  template <typename Value>
  Value Take(const YAML::Node& node, const char* field, std::string_view expected,
             Value otherwise) {
    const YAML::Node value = node[field];
    if (!value.IsDefined()) return otherwise;
    try {
      return value.as<Value>();
    } catch (const YAML::Exception&) {
      Fault(value, field, fmt::format("expects {}", expected));
      return otherwise;
    }
  }
  std::string Text(const YAML::Node& node, const char* field) {
    return Take(node, field, "a text", std::string());
  }
  std::int64_t Whole(const YAML::Node& node, const char* field, std::int64_t otherwise,
                     std::int64_t min) {
    const std::int64_t value = Take(node, field, "a whole number", otherwise);
    if (value >= min) return value;
    Fault(node[field], field, fmt::format("expects a whole number, {} or more", min));
    return otherwise;
  }

  std::vector<Pair> Pairs(const YAML::Node& node) {
    std::vector<Pair> pairs;
    if (!node.IsDefined()) return pairs;
    if (!node.IsSequence() || node.size() == 0 || node.size() > kPairsMax) {
      Fault(node, "pairs", "expects a list, such as [en.es, en.hy]");
      return pairs;
    }
    for (const YAML::Node& text : node) {
      auto pair = ParsePair(text.as<std::string>(""));
      if (pair) {
        pairs.push_back(*std::move(pair));
      } else {
        Fault(text, "pairs", "expects two languages (BCP 47) with a full stop between: en.es");
      }
    }
    return pairs;
  }

  const ReadKey& read_key_;
  bool key_failed_ = false;
  std::set<std::string> names_;
  std::vector<EngineSetup> engines_;
  std::vector<std::string> faults_;
};

absl::StatusOr<std::string> ReadText(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return errors::Error(absl::StatusCode::kNotFound, errors::kFieldInvalid,
                         fmt::format("{}: {}", path, std::strerror(errno)));
  }
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max)
    return Refused(fmt::format("{}: more than {} bytes", path, bytes_max));
  return text;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::string key, ReadText(path, config::kSecretBytesMax));
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.empty()) return Refused(fmt::format("{}: is empty", path));
  return key;
}

}  // namespace

std::string EngineSetup::Label() const {
  return settings.model.empty() ? name : fmt::format("{}/{}", name, settings.model);
}

absl::StatusOr<std::vector<EngineSetup>> ParseEngineFile(std::string_view yaml,
                                                         const ReadKey& read_key) {
  try {
    return Reader(read_key).Read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& fault) {
    return Refused(fault.what());
  }
}

absl::StatusOr<std::vector<EngineSetup>> ReadEngineFile(const std::string& path) {
  if (path.empty()) return std::vector<EngineSetup>();
  ASSIGN_OR_RETURN(const std::string yaml, ReadText(path, kEngineFileBytesMax));
  auto engines = ParseEngineFile(yaml, &ReadKeyFile);
  if (!engines.ok()) return errors::WithContext(engines.status(), path);
  return engines;
}

}  // namespace telex::translation
