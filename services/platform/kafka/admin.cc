#include "platform/kafka/admin.h"

#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/handle.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka {
namespace {

using internal::Deleter;
using internal::EventPtr;
using internal::QueuePtr;
using runtime::Deadline;

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using ConfigResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Deleter<rd_kafka_metadata_destroy>>;

constexpr absl::Duration kLeaderPoll = absl::Milliseconds(50);

bool IsInternal(std::string_view topic) { return topic.starts_with("__"); }

std::string MemStr(const char* text) { return text == nullptr ? "" : text; }

absl::Status NotDeclared(const std::string& topic) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kTopicMissing,
                       fmt::format("{} is not in the catalogue", topic), {{"topic", topic}});
}

// Of a list, as "compact,delete": in any order.
std::set<std::string> ElementsOf(const std::string& value) {
  return absl::StrSplit(value, absl::ByAnyChar(", "), absl::SkipEmpty());
}

void ComparePartitions(const TopicSpec& spec, const TopicInfo& info,
                       std::vector<TopicMismatch>& mismatches) {
  if (info.partitions == spec.partitions) return;
  mismatches.push_back(
      {spec.name, "partitions", std::to_string(spec.partitions), std::to_string(info.partitions)});
}

}  // namespace

class Admin::Impl : public internal::ClientHooks {
 public:
  Impl(ClientConfig config, ClientObserver observer)
      : ClientHooks(std::move(observer)), config_(std::move(config)) {}

  absl::Status Open();
  absl::StatusOr<std::vector<TopicInfo>> ListTopics(absl::Duration within);
  absl::StatusOr<TopicInfo> Describe(std::string_view topic, absl::Duration within);
  absl::StatusOr<std::vector<std::string>> Create(std::span<const TopicSpec> specs,
                                                  Deadline deadline);
  absl::Status Alter(const TopicSpec& spec, Deadline deadline);
  absl::Status AwaitLeaders(std::span<const TopicSpec> specs, Deadline deadline);
  absl::Status Compare(const TopicSpec& spec, const TopicInfo& info, Deadline deadline,
                       std::vector<TopicMismatch>& mismatches);
  absl::Status CompareConfiguration(const std::string& topic,
                                    const std::map<std::string, std::string>& declared,
                                    Deadline deadline, std::vector<TopicMismatch>& mismatches);
  absl::StatusOr<std::map<std::string, std::string>> Configuration(const std::string& topic,
                                                                   absl::Duration within);
  absl::StatusOr<std::vector<TopicPartition>> Partitions(std::string_view topic,
                                                         absl::Duration within);
  // Runs one admin request and waits for its answer.
  absl::StatusOr<EventPtr> Ask(
      rd_kafka_admin_op_t op, absl::Duration within, std::string_view context,
      const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send);

  const ClientConfig config_;
  internal::HandlePtr handle_;
};

absl::Status Admin::Impl::Open() {
  internal::Conf conf(config_, this);
  auto handle = conf.Make(RD_KAFKA_PRODUCER);
  if (!handle.ok()) return handle.status();
  handle_ = *std::move(handle);
  return absl::OkStatus();
}

absl::StatusOr<EventPtr> Admin::Impl::Ask(
    rd_kafka_admin_op_t op, absl::Duration within, std::string_view context,
    const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send) {
  const int timeout_ms = internal::ToTimeoutMs(within);
  const OptionsPtr options(rd_kafka_AdminOptions_new(handle_.get(), op));
  std::array<char, 256> fault{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, fault.data(), fault.size());
  if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS) {
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout_ms, fault.data(),
                                                fault.size());
  }
  const QueuePtr queue(rd_kafka_queue_new(handle_.get()));
  send(options.get(), queue.get());
  // The request has a timeout of its own; this one is but a net beneath it.
  EventPtr event(rd_kafka_queue_poll(queue.get(), timeout_ms + 1000));
  if (event == nullptr) return internal::ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, context);
  if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return internal::ToStatus(
        code, fmt::format("{}: {}", context, MemStr(rd_kafka_event_error_string(event.get()))));
  }
  return event;
}

absl::StatusOr<std::vector<TopicInfo>> Admin::Impl::ListTopics(absl::Duration within) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code =
      rd_kafka_metadata(handle_.get(), 1, nullptr, &raw, internal::ToTimeoutMs(within));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return internal::ToStatus(code, "listing topics");
  const MetadataPtr metadata(raw);
  std::vector<TopicInfo> topics;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || IsInternal(topic.topic)) continue;
    topics.push_back({topic.topic, topic.partition_cnt,
                      topic.partition_cnt > 0 ? topic.partitions[0].replica_cnt : 0});
  }
  std::sort(topics.begin(), topics.end(),
            [](const TopicInfo& a, const TopicInfo& b) { return a.name < b.name; });
  return topics;
}

absl::StatusOr<TopicInfo> Admin::Impl::Describe(std::string_view topic, absl::Duration within) {
  // All topics in one request: asking for one by name would keep it in the client's own list.
  auto topics = ListTopics(within);
  if (!topics.ok()) return topics.status();
  for (TopicInfo& info : *topics) {
    if (info.name == topic) return std::move(info);
  }
  return internal::ToStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic);
}

absl::StatusOr<std::vector<TopicPartition>> Admin::Impl::Partitions(std::string_view topic,
                                                                    absl::Duration within) {
  const auto info = Describe(topic, within);
  if (!info.ok()) return info.status();
  std::vector<TopicPartition> partitions;
  for (int32_t i = 0; i < info->partitions; ++i) partitions.push_back({info->name, i});
  return partitions;
}

// The names of those that were created; one that came to be in the meantime is no error.
absl::StatusOr<std::vector<std::string>> Admin::Impl::Create(std::span<const TopicSpec> specs,
                                                             Deadline deadline) {
  std::vector<NewTopicPtr> topics;
  std::vector<rd_kafka_NewTopic_t*> raw;
  std::array<char, 256> fault{};
  for (const TopicSpec& spec : specs) {
    topics.emplace_back(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions,
                                              spec.replication_factor, fault.data(), fault.size()));
    if (topics.back() == nullptr) {
      return errors::Error(absl::StatusCode::kInvalidArgument, errors::kKafkaRefused,
                           fmt::format("{}: {}", spec.name, fault.data()));
    }
    for (const auto& [key, value] : spec.config) {
      rd_kafka_NewTopic_set_config(topics.back().get(), key.c_str(), value.c_str());
    }
    raw.push_back(topics.back().get());
  }
  auto event = Ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, deadline.Left(), "creating topics",
                   [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                     rd_kafka_CreateTopics(handle_.get(), raw.data(), raw.size(), options, queue);
                   });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  std::vector<std::string> created;
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      created.emplace_back(rd_kafka_topic_result_name(results[i]));
    } else if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      return internal::ToStatus(
          code, fmt::format("creating {}: {}", rd_kafka_topic_result_name(results[i]),
                            MemStr(rd_kafka_topic_result_error_string(results[i]))));
    }
  }
  return created;
}

absl::Status Admin::Impl::Alter(const TopicSpec& spec, Deadline deadline) {
  const ConfigResourcePtr resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, spec.name.c_str()));
  for (const auto& [key, value] : spec.config) {
    rd_kafka_ConfigResource_set_config(resource.get(), key.c_str(), value.c_str());
  }
  rd_kafka_ConfigResource_t* asked = resource.get();
  auto event = Ask(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, deadline.Left(), "altering configuration",
                   [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                     rd_kafka_AlterConfigs(handle_.get(), &asked, 1, options, queue);
                   });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_AlterConfigs_result_resources(
      rd_kafka_event_AlterConfigs_result(event->get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_ConfigResource_error(resources[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return internal::ToStatus(
        code, fmt::format("altering {}: {}", spec.name,
                          MemStr(rd_kafka_ConfigResource_error_string(resources[i]))));
  }
  return absl::OkStatus();
}

absl::Status Admin::Impl::AwaitLeaders(std::span<const TopicSpec> specs, Deadline deadline) {
  while (true) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto code =
        rd_kafka_metadata(handle_.get(), 1, nullptr, &raw, internal::ToTimeoutMs(deadline.Left()));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return internal::ToStatus(code, "awaiting leaders");
    const MetadataPtr metadata(raw);
    const auto has_leaders = [&](const TopicSpec& spec) {
      for (int i = 0; i < metadata->topic_cnt; ++i) {
        const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
        if (spec.name != topic.topic || topic.partition_cnt < spec.partitions) continue;
        return std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                           [](const rd_kafka_metadata_partition_t& p) { return p.leader >= 0; });
      }
      return false;
    };
    if (std::all_of(specs.begin(), specs.end(), has_leaders)) return absl::OkStatus();
    if (deadline.Left() < kLeaderPoll) {
      return internal::ToStatus(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, "awaiting leaders");
    }
    absl::SleepFor(kLeaderPoll);
  }
}

absl::StatusOr<std::map<std::string, std::string>> Admin::Impl::Configuration(
    const std::string& topic, absl::Duration within) {
  const ConfigResourcePtr resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  auto event = Ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, within, "describing configuration",
                   [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                     rd_kafka_DescribeConfigs(handle_.get(), &asked, 1, options, queue);
                   });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  std::map<std::string, std::string> configuration;
  for (size_t i = 0; i < count; ++i) {
    if (const auto code = rd_kafka_ConfigResource_error(resources[i]);
        code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return internal::ToStatus(code, topic);
    }
    size_t entry_count = 0;
    const rd_kafka_ConfigEntry_t** entries =
        rd_kafka_ConfigResource_configs(resources[i], &entry_count);
    for (size_t j = 0; j < entry_count; ++j) {
      configuration[rd_kafka_ConfigEntry_name(entries[j])] =
          MemStr(rd_kafka_ConfigEntry_value(entries[j]));
    }
  }
  return configuration;
}

absl::Status Admin::Impl::Compare(const TopicSpec& spec, const TopicInfo& info, Deadline deadline,
                                  std::vector<TopicMismatch>& mismatches) {
  ComparePartitions(spec, info, mismatches);
  if (info.replication_factor != spec.replication_factor) {
    mismatches.push_back({spec.name, "replication_factor", std::to_string(spec.replication_factor),
                          std::to_string(info.replication_factor)});
  }
  return CompareConfiguration(spec.name, spec.config, deadline, mismatches);
}

absl::Status Admin::Impl::CompareConfiguration(const std::string& topic,
                                               const std::map<std::string, std::string>& declared,
                                               Deadline deadline,
                                               std::vector<TopicMismatch>& mismatches) {
  if (declared.empty()) return absl::OkStatus();
  const auto found = Configuration(topic, deadline.Left());
  if (!found.ok()) return found.status();
  for (const auto& [key, wanted] : declared) {
    const auto entry = found->find(key);
    const std::string value = entry == found->end() ? "" : entry->second;
    if (ElementsOf(value) != ElementsOf(wanted)) mismatches.push_back({topic, key, wanted, value});
  }
  return absl::OkStatus();
}

// Not rd_kafka_ListConsumerGroupOffsets: in librdkafka 2.0.2 an answer such as "coordinator load in
// progress" makes it use the group of the handle, and a producer's handle has none: it crashes.
absl::StatusOr<std::unique_ptr<Admin>> Admin::Create(ClientConfig config, ClientObserver observer) {
  auto impl = std::make_unique<Impl>(std::move(config), std::move(observer));
  if (const absl::Status status = impl->Open(); !status.ok()) return status;
  return std::unique_ptr<Admin>(new Admin(std::move(impl)));
}

Admin::Admin(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Admin::~Admin() = default;

absl::StatusOr<std::string> Admin::ClusterId(absl::Duration within) {
  char* id = rd_kafka_clusterid(impl_->handle_.get(), internal::ToTimeoutMs(within));
  if (id == nullptr) {
    return internal::ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, "asking for the cluster's id");
  }
  std::string text(id);
  rd_kafka_mem_free(impl_->handle_.get(), id);
  return text;
}

absl::StatusOr<std::vector<TopicInfo>> Admin::ListTopics(absl::Duration within) {
  return impl_->ListTopics(within);
}

absl::StatusOr<CreateReport> Admin::CreateTopics(const TopicCatalogue& catalogue,
                                                 absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  const auto present = impl_->ListTopics(within);
  if (!present.ok()) return present.status();
  CreateReport report;
  std::vector<TopicSpec> missing;
  for (const TopicSpec& spec : catalogue.topics()) {
    const auto info = std::find_if(present->begin(), present->end(),
                                   [&](const TopicInfo& topic) { return topic.name == spec.name; });
    if (info == present->end()) {
      missing.push_back(spec);
      continue;
    }
    report.existing.push_back(spec.name);
    const absl::Status compared = impl_->Compare(spec, *info, deadline, report.mismatches);
    if (!compared.ok()) return compared;
  }
  if (missing.empty()) return report;
  auto created = impl_->Create(missing, deadline);
  if (!created.ok()) return created.status();
  report.created = *std::move(created);
  if (const absl::Status status = impl_->AwaitLeaders(missing, deadline); !status.ok()) {
    return status;
  }
  return report;
}

absl::Status Admin::AlterTopics(const TopicCatalogue& catalogue,
                                std::span<const TopicMismatch> mismatches, absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  std::set<std::string> topics;
  for (const TopicMismatch& mismatch : mismatches) topics.insert(mismatch.topic);
  for (const std::string& topic : topics) {
    const TopicSpec* spec = catalogue.Find(topic);
    if (spec == nullptr) continue;
    if (absl::Status altered = impl_->Alter(*spec, deadline); !altered.ok()) return altered;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TopicMismatch>> Admin::VerifyPartitions(
    const TopicCatalogue& catalogue, std::span<const std::string> topics, absl::Duration within) {
  const auto present = impl_->ListTopics(within);
  if (!present.ok()) return present.status();
  std::vector<TopicMismatch> mismatches;
  for (const std::string& name : topics) {
    const TopicSpec* spec = catalogue.Find(name);
    if (spec == nullptr) return NotDeclared(name);
    const auto info = std::find_if(present->begin(), present->end(),
                                   [&](const TopicInfo& topic) { return topic.name == name; });
    if (info == present->end()) {
      mismatches.push_back({name, "missing", std::to_string(spec->partitions), ""});
    } else {
      ComparePartitions(*spec, *info, mismatches);
    }
  }
  return mismatches;
}

absl::StatusOr<std::vector<TopicMismatch>> Admin::VerifyConfiguration(
    const TopicCatalogue& catalogue, std::span<const std::string> topics,
    std::span<const std::string_view> keys, absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  std::vector<TopicMismatch> mismatches;
  for (const std::string& name : topics) {
    const TopicSpec* spec = catalogue.Find(name);
    if (spec == nullptr) return NotDeclared(name);
    std::map<std::string, std::string> declared;
    for (const std::string_view key : keys) {
      if (const auto entry = spec->config.find(std::string(key)); entry != spec->config.end()) {
        declared.insert(*entry);
      }
    }
    RETURN_IF_ERROR(impl_->CompareConfiguration(name, declared, deadline, mismatches));
  }
  return mismatches;
}

absl::StatusOr<std::vector<int64_t>> Admin::BeginningOffsets(std::string_view topic,
                                                             absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  const auto partitions = impl_->Partitions(topic, within);
  if (!partitions.ok()) return partitions.status();
  return internal::ListOffsets(impl_->handle_.get(), *partitions, RD_KAFKA_OFFSET_BEGINNING,
                               deadline.Left());
}

absl::StatusOr<std::vector<int64_t>> Admin::EndOffsets(std::string_view topic,
                                                       absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  const auto partitions = impl_->Partitions(topic, within);
  if (!partitions.ok()) return partitions.status();
  return internal::ListOffsets(impl_->handle_.get(), *partitions, RD_KAFKA_OFFSET_END,
                               deadline.Left());
}

absl::StatusOr<std::map<TopicPartition, int64_t>> Admin::EndOffsets(
    std::span<const TopicPartition> partitions, absl::Duration within) {
  const auto offsets =
      internal::ListOffsets(impl_->handle_.get(), partitions, RD_KAFKA_OFFSET_END, within);
  if (!offsets.ok()) return offsets.status();
  std::map<TopicPartition, int64_t> ends;
  for (size_t i = 0; i < partitions.size(); ++i) ends[partitions[i]] = (*offsets)[i];
  return ends;
}

absl::StatusOr<int64_t> Admin::OffsetAt(const TopicPartition& partition, absl::Time time,
                                        absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  const int64_t time_ms = std::max<int64_t>(0, absl::ToUnixMillis(time));
  const auto found =
      internal::ListOffsets(impl_->handle_.get(), {&partition, 1}, time_ms, deadline.Left());
  if (!found.ok()) return found.status();
  if (found->front() != RD_KAFKA_OFFSET_END) return found->front();
  const auto end = internal::ListOffsets(impl_->handle_.get(), {&partition, 1}, RD_KAFKA_OFFSET_END,
                                         deadline.Left());
  if (!end.ok()) return end.status();
  return end->front();
}

}  // namespace telex::kafka
