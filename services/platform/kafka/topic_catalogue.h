// The topics there are, as deploy/kafka/topics.yaml declares them: read by the local stack, the
// tests, and every service at start, to refuse a cluster that does not fit.
//
//   partitions: 12            # of every topic about articles; fixed at creation
//   replication_factor: 3
//   topics:
//     - name: telex.submissions.v1
//       about: articles       # gets `partitions`; otherwise `partitions: N`
//       config: {cleanup.policy: delete, retention.ms: 2592000000}
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::kafka {

struct TopicSpec {
  std::string name;
  int32_t partitions = 1;
  int32_t replication_factor = 1;
  std::map<std::string, std::string> config;
  bool operator==(const TopicSpec&) const = default;
};

struct TopicOverrides {
  std::optional<int32_t> replication_factor;  // 1 on the local stack
  std::optional<int32_t> partitions;          // of the topics about articles
};

class TopicCatalogue {
 public:
  // InvalidArgument with all faults at once: unknown or missing keys, names that Kafka refuses
  // ([a-zA-Z0-9._-], 249 at most), names twice, numbers out of range, neither or both of `about`
  // and `partitions`.
  static absl::StatusOr<TopicCatalogue> Parse(std::string_view yaml, TopicOverrides overrides = {});
  // NotFound when there is no such file.
  static absl::StatusOr<TopicCatalogue> Load(const std::string& path,
                                             TopicOverrides overrides = {});

  const std::vector<TopicSpec>& topics() const { return topics_; }
  const TopicSpec* Find(std::string_view name) const;

 private:
  std::vector<TopicSpec> topics_;
};

}  // namespace telex::kafka
