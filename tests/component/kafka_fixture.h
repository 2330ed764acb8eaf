// What the Kafka component tests share: handlers that note what they are given, and bounded waits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"

namespace telex::kafka::testing {

inline constexpr std::chrono::seconds kWaitMax{30};
inline constexpr absl::Duration kCallMax = absl::Seconds(15);

// Values guarded by a mutex, with a bounded wait for a condition on them.
template <typename T>
class Guarded {
 public:
  template <typename F>
  auto With(F&& f) {
    const std::lock_guard lock(mutex_);
    if constexpr (std::is_void_v<std::invoke_result_t<F, T&>>) {
      f(value_);
      changed_.notify_all();
    } else {
      auto result = f(value_);
      changed_.notify_all();
      return result;
    }
  }
  bool Await(const std::function<bool(const T&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, [&] { return condition(value_); });
  }
  T Copy() {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  T value_{};
};

struct Noted {
  std::vector<Record> records;
  std::vector<AssignedPartition> assigned;
  std::vector<TopicPartition> revoked;
  std::vector<TopicPartition> caught_up;
  int batches = 0;
  int retries = 0;
  bool all_caught_up = false;
  absl::Status fatal;
};

class NotingHandler : public GroupHandler, public LogHandler {
 public:
  Guarded<Noted> noted;
  // Asked before a batch is noted; empty: Done.
  std::function<Outcome(std::span<const Record>, std::stop_token)> decide;
  // Of a consumer: asked first; none: `decide` is asked, and a Retry is asked again.
  std::function<std::optional<Progress>(const PartitionBatch&, bool finishing)> progress;
  // Empty: behind what is dealt with.
  std::function<std::optional<int64_t>(const TopicPartition&, int64_t next)> resume_from;

  void OnAssigned(std::span<const AssignedPartition> partitions) override {
    noted.With([&](Noted& n) { n.assigned.assign(partitions.begin(), partitions.end()); });
  }
  absl::StatusOr<Progress> OnBatch(const PartitionBatch& batch, bool finishing) override {
    if (progress) {
      if (const auto answer = progress(batch, finishing)) return *answer;
    }
    std::vector<Record> records;
    for (const RecordView& record : batch.records) records.push_back(record.Copy());
    const Outcome outcome = OnBatch(records, {});
    if (outcome.kind() == Outcome::Kind::kFatal) return outcome.status();
    if (outcome.kind() == Outcome::Kind::kDone) return Progress{};
    return Progress{finishing ? Progress::State::kStopped : Progress::State::kWorking,
                    records.front().offset};
  }
  std::optional<int64_t> ResumeFrom(const TopicPartition& partition, int64_t next) override {
    return resume_from ? resume_from(partition, next) : next;
  }
  void OnRevoked(std::span<const TopicPartition> partitions, bool) override {
    noted.With([&](Noted& n) { n.revoked.assign(partitions.begin(), partitions.end()); });
  }
  Outcome OnBatch(std::span<const Record> records, std::stop_token stop) override {
    Outcome outcome = decide ? decide(records, stop) : Outcome::Done();
    noted.With([&](Noted& n) {
      ++n.batches;
      if (outcome.kind() == Outcome::Kind::kRetry) ++n.retries;
      if (outcome.kind() != Outcome::Kind::kDone) return;
      n.records.insert(n.records.end(), records.begin(), records.end());
    });
    return outcome;
  }
  void OnCaughtUp(const TopicPartition& partition, int64_t) override {
    noted.With([&](Noted& n) { n.caught_up.push_back(partition); });
  }
  void OnAllCaughtUp() override {
    noted.With([](Noted& n) { n.all_caught_up = true; });
  }

  std::function<void(const absl::Status&)> NoteFatal() {
    return [this](const absl::Status& why) { noted.With([&](Noted& n) { n.fatal = why; }); };
  }
  bool AwaitRecords(size_t count) {
    return noted.Await([&](const Noted& n) { return n.records.size() >= count; });
  }
  bool AwaitFatal() {
    return noted.Await([](const Noted& n) { return !n.fatal.ok(); });
  }
};

inline Record MakeRecord(const std::string& topic, int32_t partition, const std::string& key,
                         const std::string& value) {
  return {.topic = topic, .partition = partition, .key = key, .value = value, .headers = {}};
}

// `count` records with the values "0", "1", ... in one partition.
inline std::vector<Record> MakeRecords(const std::string& topic, int32_t partition, int count,
                                       int first = 0) {
  std::vector<Record> records;
  for (int i = first; i < first + count; ++i) {
    records.push_back(MakeRecord(topic, partition, "k" + std::to_string(i), std::to_string(i)));
  }
  return records;
}

}  // namespace telex::kafka::testing
