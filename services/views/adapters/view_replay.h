#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "platform/grpc/unary_service.h"
#include "platform/kafka/log_reader.h"
#include "platform/runtime/worker_pool.h"
#include "views/adapters/view_codec.h"

namespace telex::views {

// Takes the views of a partition, one after the other, on its reader's thread, until it ends.
class ReplayHandler : public kafka::LogHandler {
 public:
  kafka::Outcome OnBatch(std::span<const kafka::Record> records, std::stop_token stop) final;
  void OnCaughtUp(const kafka::TopicPartition&, std::int64_t) override {}

  // Nothing more is taken. The first time counts; any thread.
  void End(absl::Status how);
  // How it has ended; it does at the deadline (DEADLINE_EXCEEDED), and when a stop is requested
  // (UNAVAILABLE / STOPPING).
  absl::Status Await(absl::Time deadline, const std::stop_token& stop);

 protected:
  // `view` is null: it is none. An error ends it.
  virtual absl::Status Take(const kafka::Record& record, const View* view) = 0;
  const std::atomic<bool>& ended() const { return ended_; }

 private:
  absl::Status TakeOne(const kafka::Record& record);

  ViewReader reader_;
  std::atomic<bool> ended_ = false;
  std::mutex mutex_;  // guards how_
  std::condition_variable_any end_;
  absl::Status how_;
};

// Where telex.views.v1 is read once more, for whoever asks: one job at a time, on a thread of its
// own. Thread-safe, but for ReadThrough.
class ViewReplay {
 public:
  static constexpr absl::Duration kTimeMax = absl::Minutes(10);  // of a job

  struct Ports {
    std::int32_t partitions = 0;  // of each of the topics
    // Of telex.views.v1, by partition.
    std::function<absl::StatusOr<std::vector<std::int64_t>>(absl::Duration within)> beginnings;
    // The first of its records that was appended then or later, or where it ends.
    std::function<absl::StatusOr<std::int64_t>(std::int32_t partition, absl::Time time,
                                               absl::Duration within)>
        offset_at;
    // A reader that nothing but its handler depends on; told when it has stopped for good.
    std::function<absl::StatusOr<std::unique_ptr<kafka::LogReader>>(
        kafka::LogReaderConfig, kafka::LogHandler&, std::function<void(const absl::Status&)>)>
        read;
  };

  // Jobs are taken from now on. Once; what the ports use outlives the last of them.
  void ReadThrough(Ports ports);
  // Ends the one under way and waits for that; no other is taken.
  void Stop();

  // Does the work and answers. UNAVAILABLE / STOPPING, or NOT_CAUGHT_UP before ReadThrough;
  // RESOURCE_EXHAUSTED / OVERLOADED while another is under way.
  template <typename Answer>
  void Begin(std::function<absl::StatusOr<Answer>()> work, rpc::Done<Answer> done) {
    if (absl::Status refused = Reserve(); !refused.ok()) return done(refused);
    worker_.Add([this, work = std::move(work), done = std::move(done)] {
      auto answer = work();
      Release();
      done(std::move(answer));
    });
  }

  // For the work.
  std::int32_t partitions() const { return ports_.partitions; }
  absl::StatusOr<std::vector<std::int64_t>> Beginnings() const;
  absl::StatusOr<std::int64_t> OffsetAt(std::int32_t partition, absl::Time time) const;
  // Reads the partition from that offset on, until the handler has ended, and says how. What
  // retention deletes meanwhile would be missing: FAILED_PRECONDITION / RECORDS_EXPIRED then.
  absl::Status Read(std::int32_t partition, std::int64_t offset, absl::Time deadline,
                    ReplayHandler& handler) const;

 private:
  absl::Status Reserve();
  void Release();

  Ports ports_;                     // written before open_
  std::atomic<bool> open_ = false;  // they are there
  std::atomic<bool> busy_ = false;
  std::stop_source stop_;
  runtime::WorkerPool worker_{1};  // last: its job uses the rest
};

}  // namespace telex::views
