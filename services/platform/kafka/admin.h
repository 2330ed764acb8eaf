// Questions to the cluster, and the creation of its topics. Every call blocks, `within` at
// most.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/record.h"
#include "platform/kafka/topic_catalogue.h"

namespace telex::kafka {

struct TopicInfo {
  std::string name;
  int32_t partitions = 0;
  int32_t replication_factor = 0;
};

struct TopicMismatch {
  std::string topic;
  std::string what;  // "partitions", "missing", or a configuration key
  std::string declared;
  std::string found;
};

struct CreateReport {
  std::vector<std::string> created;
  std::vector<std::string> existing;
  std::vector<TopicMismatch> mismatches;  // of those that existed; nothing is altered
};

// Thread-safe. Errors: Unavailable (no broker answers), NotFound (topic), PermissionDenied.
class Admin {
 public:
  static absl::StatusOr<std::unique_ptr<Admin>> Create(ClientConfig config,
                                                       ClientObserver observer = {});
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // The id the cluster was formatted with: positions taken from another one mean nothing here.
  absl::StatusOr<std::string> ClusterId(absl::Duration within);

  // All topics but the internal ones, by name.
  absl::StatusOr<std::vector<TopicInfo>> ListTopics(absl::Duration within);

  // Creates those that are missing; a second call, or one at the same time from elsewhere, is
  // harmless. Returns once the new topics have leaders.
  absl::StatusOr<CreateReport> CreateTopics(const TopicCatalogue& catalogue, absl::Duration within);

  // Gives the topics that `mismatches` name the configuration that the catalogue declares, in place
  // of what was set on them before. Numbers of partitions and replicas are not altered.
  absl::Status AlterTopics(const TopicCatalogue& catalogue,
                           std::span<const TopicMismatch> mismatches, absl::Duration within);

  // Presence and partition counts, without creating anything: empty when they are as declared.
  absl::StatusOr<std::vector<TopicMismatch>> VerifyPartitions(const TopicCatalogue& catalogue,
                                                              std::span<const std::string> topics,
                                                              absl::Duration within);
  // Of the configuration of topics that are there, those of `keys` that the catalogue declares.
  // PermissionDenied without the right to describe them (DESCRIBE_CONFIGS).
  absl::StatusOr<std::vector<TopicMismatch>> VerifyConfiguration(
      const TopicCatalogue& catalogue, std::span<const std::string> topics,
      std::span<const std::string_view> keys, absl::Duration within);

  // By partition.
  absl::StatusOr<std::vector<int64_t>> BeginningOffsets(std::string_view topic,
                                                        absl::Duration within);
  absl::StatusOr<std::vector<int64_t>> EndOffsets(std::string_view topic, absl::Duration within);
  // The same of these partitions alone, of any topics: one whose leader is away holds up no others.
  absl::StatusOr<std::map<TopicPartition, int64_t>> EndOffsets(
      std::span<const TopicPartition> partitions, absl::Duration within);
  // The offset of the first record that was appended then or later; the end where there is none.
  absl::StatusOr<int64_t> OffsetAt(const TopicPartition& partition, absl::Time time,
                                   absl::Duration within);

 private:
  class Impl;
  explicit Admin(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::kafka
