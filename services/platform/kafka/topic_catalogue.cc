#include "platform/kafka/topic_catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "platform/errors/errors.h"

namespace telex::kafka {
namespace {

constexpr int32_t kPartitionsMax = 10'000;
constexpr int32_t kReplicationFactorMax = 9;
constexpr size_t kNameBytesMax = 249;

bool IsTopicName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

class Reader {
 public:
  explicit Reader(const TopicOverrides& overrides) : overrides_(overrides) {}

  void Read(const YAML::Node& root) {
    if (!root.IsMap()) return Fault("the file is not a map");
    OnlyKeys(root, "the file", {"partitions", "replication_factor", "topics"});
    article_partitions_ =
        overrides_.partitions.value_or(Number(root, "partitions", kPartitionsMax, "the file"));
    replication_factor_ = overrides_.replication_factor.value_or(
        Number(root, "replication_factor", kReplicationFactorMax, "the file"));
    const YAML::Node topics = root["topics"];
    if (!topics || !topics.IsSequence()) return Fault("`topics` is not a list");
    for (const YAML::Node& topic : topics) ReadTopic(topic);
  }

  std::vector<TopicSpec> topics_;
  int32_t article_partitions_ = 0;
  std::vector<std::string> faults_;

 private:
  void Fault(std::string what) { faults_.push_back(std::move(what)); }

  void OnlyKeys(const YAML::Node& map, const std::string& where,
                const std::set<std::string>& known) {
    for (const auto& entry : map) {
      const auto key = entry.first.as<std::string>("");
      if (!known.contains(key)) Fault(fmt::format("{}: unknown key `{}`", where, key));
    }
  }

  int32_t Number(const YAML::Node& map, const char* key, int32_t max, const std::string& where) {
    const auto number = map[key] ? map[key].as<int32_t>(0) : 0;
    if (number < 1 || number > max) {
      Fault(fmt::format("{}: `{}` must be a number from 1 to {}", where, key, max));
      return 1;
    }
    return number;
  }

  void ReadTopic(const YAML::Node& node) {
    if (!node.IsMap()) return Fault("a topic is not a map");
    TopicSpec spec;
    spec.name = node["name"] ? node["name"].as<std::string>("") : "";
    if (!IsTopicName(spec.name)) return Fault(fmt::format("`{}` is no topic name", spec.name));
    if (!names_.insert(spec.name).second) Fault(fmt::format("{} stands twice", spec.name));
    OnlyKeys(node, spec.name, {"name", "about", "partitions", "config"});
    spec.replication_factor = replication_factor_;
    if (node["about"].IsDefined() == node["partitions"].IsDefined()) {
      Fault(fmt::format("{}: give either `about: articles` or `partitions`", spec.name));
    } else if (node["about"]) {
      if (node["about"].as<std::string>("") != "articles") {
        Fault(fmt::format("{}: `about` can only be `articles`", spec.name));
      }
      spec.partitions = article_partitions_;
    } else {
      spec.partitions = Number(node, "partitions", kPartitionsMax, spec.name);
    }
    if (const YAML::Node config = node["config"]) ReadConfig(config, spec);
    topics_.push_back(std::move(spec));
  }

  void ReadConfig(const YAML::Node& config, TopicSpec& spec) {
    if (!config.IsMap()) return Fault(fmt::format("{}: `config` is not a map", spec.name));
    for (const auto& entry : config) {
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
        Fault(fmt::format("{}: `config` holds more than names and values", spec.name));
        continue;
      }
      spec.config[entry.first.Scalar()] = entry.second.Scalar();
    }
  }

  const TopicOverrides overrides_;
  int32_t replication_factor_ = 1;
  std::set<std::string> names_;
};

absl::Status Invalid(std::string_view message) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid, message);
}

}  // namespace

absl::StatusOr<TopicCatalogue> TopicCatalogue::Parse(std::string_view yaml,
                                                     TopicOverrides overrides) {
  Reader reader(overrides);
  try {
    reader.Read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& fault) {
    return Invalid(fmt::format("topic catalogue: {}", fault.what()));
  }
  if (!reader.faults_.empty()) {
    return Invalid(fmt::format("topic catalogue: {}", fmt::join(reader.faults_, "; ")));
  }
  TopicCatalogue catalogue;
  catalogue.topics_ = std::move(reader.topics_);
  return catalogue;
}

absl::StatusOr<TopicCatalogue> TopicCatalogue::Load(const std::string& path,
                                                    TopicOverrides overrides) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("no topic catalogue at {}", path));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return Parse(text, overrides);
}

const TopicSpec* TopicCatalogue::Find(std::string_view name) const {
  const auto found = std::find_if(topics_.begin(), topics_.end(),
                                  [&](const TopicSpec& spec) { return spec.name == name; });
  return found == topics_.end() ? nullptr : &*found;
}

}  // namespace telex::kafka
