#include "platform/kafka/group_consumer.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"
#include "platform/kafka/lag_tracker.h"
#include "platform/kafka/offset_committer.h"
#include "platform/kafka/watchdog.h"
#include "platform/kafka/worker.h"

namespace telex::kafka {
namespace {

using internal::Backoff;
using internal::ListPtr;
using internal::MessagePtr;
using SteadyClock = std::chrono::steady_clock;

constexpr int kPollMs = 100;  // bounds how late a stop is heeded
constexpr absl::Duration kAskMax = absl::Seconds(2);
constexpr absl::Duration kHeartbeatMax =
    absl::Milliseconds(1500);  // a member hears of a rebalance so late
// A handler that asks again for longer than this is under sustained pressure: from then on the
// group is served between the attempts, with the partitions paused.
constexpr absl::Duration kRetryUnservedMax = absl::Seconds(1);
constexpr absl::Duration kLeaveMin = absl::Seconds(1);
constexpr absl::Duration kDestructorGrace = absl::Seconds(5);

struct Batch {
  TopicPartition partition;
  std::vector<Record> records;
  size_t bytes = 0;
};

// The client library has given up for good, whatever it calls the cause. OK while it has not.
absl::Status ClientFailure(rd_kafka_t* handle) {
  const absl::Status fatal = internal::FatalErrorOf(handle);
  if (fatal.ok()) return fatal;
  return errors::Error(absl::StatusCode::kAborted, errors::kKafkaRefused,
                       std::string(fatal.message()));
}

}  // namespace

class GroupConsumer::Impl : public internal::ClientHooks,
                            public std::enable_shared_from_this<GroupConsumer::Impl> {
 public:
  Impl(GroupConsumerConfig config, GroupHandler& handler, GroupConsumerObserver observer)
      : ClientHooks(observer.client),
        config_(std::move(config)),
        handler_(handler),
        observer_(std::move(observer)),
        committer_(observer_.on_commit),
        rejoin_backoff_(config_.retry_backoff_min, config_.retry_backoff_max) {}

  ~Impl() override;
  absl::Status Open();
  void Run(const std::stop_token& stop);
  absl::Status Close(absl::Duration within);
  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::vector<TopicPartition> Assignment() const {
    const std::lock_guard lock(mutex_);
    return assignment_;
  }
  std::vector<PartitionLag> Lag() const { return lag_.Lag(handle_.get()); }
  absl::Duration HandlerRunning() const { return watchdog_.Running(); }
  internal::Worker worker_;

 private:
  absl::Status CheckConfig() const;

  // All of these on the worker's thread.
  void Gather(int timeout_ms);
  void Take(const rd_kafka_message_t& message);
  void OnReset(const TopicPartition& partition);
  void HandleAll();
  bool HandleSome();
  Outcome CallHandler();
  void FinishFront(absl::Duration took, const Outcome& outcome);
  void Hold(const TopicPartition& partition, int64_t offset);
  bool WaitBeforeRetry(absl::Duration pause, absl::Duration retrying, uint64_t generation);
  void Pause(bool pause);
  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* list, void* opaque);
  void Assign(std::vector<TopicPartition> partitions);
  absl::StatusOr<ListPtr> Prepare(const std::vector<TopicPartition>& partitions);
  absl::StatusOr<std::vector<AssignedPartition>> Committed(
      const std::vector<TopicPartition>& partitions, absl::Time deadline);
  absl::Status Locate(const TopicPartition& partition, const internal::OffsetRange& range,
                      int64_t& next);
  void Revoke(bool lost);
  void GiveBack(const absl::Status& why);
  void Rejoin();
  rd_kafka_resp_err_t Subscribe();
  void Leave();
  void Fail(const absl::Status& why);
  bool FailIfClientDid();
  bool Stopping() const { return stop_.stop_requested() || !status().ok(); }

  const GroupConsumerConfig config_;
  GroupHandler& handler_;
  const GroupConsumerObserver observer_;
  internal::LagTracker lag_;
  internal::OffsetCommitter committer_;
  internal::Watchdog watchdog_;
  std::atomic<int64_t> close_deadline_ = 0;  // Unix nanoseconds

  // The thread's own.
  std::stop_token stop_;
  std::deque<Batch> batches_;               // at most one a partition, besides those in work
  size_t in_work_ = 0;                      // of them, from the front
  std::map<TopicPartition, int64_t> next_;  // to come from the library
  size_t gathered_records_ = 0;
  size_t gathered_bytes_ = 0;
  uint64_t generation_ = 0;  // of the assignment; batches do not survive it
  bool paused_ = false;
  bool gave_back_ = false;  // what was assigned could not be prepared
  Backoff rejoin_backoff_;

  mutable std::mutex mutex_;
  absl::Status status_;
  std::vector<TopicPartition> assignment_;
  std::optional<absl::Status> closed_;
  std::mutex close_mutex_;
  std::shared_ptr<Impl> left_behind_;

  internal::HandlePtr handle_;  // destroyed first: its callbacks use the rest
};

GroupConsumer::Impl::~Impl() {
  committer_.Close();
  // Closing was tried, with a deadline; destroying must not try again, without one.
  if (handle_ != nullptr) {
    rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
}

absl::Status GroupConsumer::Impl::CheckConfig() const {
  const auto refuse = [](std::string_view what) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid, what);
  };
  if (config_.group.empty()) return refuse("a group consumer needs a group");
  if (config_.topics.empty()) return refuse("a group consumer needs topics");
  if (config_.batch_records_max == 0 || config_.batch_bytes_max == 0) {
    return refuse("a batch must be allowed to hold a record");
  }
  if (config_.partitions_together_max == 0) return refuse("a call must be allowed a batch");
  if (config_.prepare_max + config_.commit_max > config_.max_poll_interval) {
    return refuse("prepare_max and commit_max must fit into max_poll_interval");
  }
  return absl::OkStatus();
}

absl::Status GroupConsumer::Impl::Open() {
  if (absl::Status fault = CheckConfig(); !fault.ok()) return fault;
  internal::Conf conf(config_.client, this);
  internal::SetConsumerDefaults(conf, config_.prefetch_records_min, config_.prefetch_kbytes_max);
  conf.Set("group.id", config_.group);
  conf.Set("partition.assignment.strategy", "range");
  conf.Set("session.timeout.ms", config_.session_timeout);
  conf.Set("heartbeat.interval.ms", std::min(config_.session_timeout / 4, kHeartbeatMax));
  conf.Set("max.poll.interval.ms", config_.max_poll_interval);
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  auto handle = conf.Make(RD_KAFKA_CONSUMER);
  if (!handle.ok()) return handle.status();
  handle_ = *std::move(handle);
  rd_kafka_poll_set_consumer(handle_.get());
  committer_.Open(handle_.get());
  const rd_kafka_resp_err_t code = Subscribe();
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return internal::ToStatus(code, "subscribing");
  watchdog_.Start(config_.handler_limit, observer_.on_handler_stuck);
  return absl::OkStatus();
}

rd_kafka_resp_err_t GroupConsumer::Impl::Subscribe() {
  const ListPtr topics(rd_kafka_topic_partition_list_new(static_cast<int>(config_.topics.size())));
  for (const std::string& topic : config_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  return rd_kafka_subscribe(handle_.get(), topics.get());
}

void GroupConsumer::Impl::Run(const std::stop_token& stop) {
  const observe::ScopedHeartbeat heartbeat(observer_.heartbeat);
  stop_ = stop;
  while (!Stopping()) {
    observe::Beat();
    if (gave_back_) Rejoin();
    Gather(kPollMs);
    if (FailIfClientDid()) break;
    HandleAll();
    committer_.Tick(config_.commit_interval);
  }
  Leave();
}

void GroupConsumer::Impl::Gather(int timeout_ms) {
  while (!Stopping() && gathered_records_ < config_.batch_records_max &&
         gathered_bytes_ < config_.batch_bytes_max) {
    const MessagePtr message(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
    if (message == nullptr) return;
    Take(*message);
    timeout_ms = 0;  // what is here already, and no waiting for more
  }
}

void GroupConsumer::Impl::Take(const rd_kafka_message_t& message) {
  const TopicPartition partition = internal::PlaceOf(message);
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    return OnReset(partition);
  }
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) return;  // FailIfClientDid knows the cause
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const absl::Status why = internal::ToStatus(
        message.err, fmt::format("{}/{}: {}", partition.topic, partition.partition,
                                 rd_kafka_message_errstr(&message)));
    // No right to the group or a topic: the library would ask for ever.
    return absl::IsPermissionDenied(why) ? Fail(why) : Tell(why);
  }
  const auto next = next_.find(partition);
  if (next == next_.end() || message.offset < next->second) return;  // not ours now, or had already
  next->second = message.offset + 1;
  Record record = internal::ToRecord(message);
  lag_.Took(partition, record.timestamp_ms);
  const size_t bytes = WeightOf(record);
  ++gathered_records_;
  gathered_bytes_ += bytes;
  // Never to a batch in work: that one comes again as it was.
  for (size_t i = in_work_; i < batches_.size(); ++i) {
    if (batches_[i].partition != partition) continue;
    batches_[i].records.push_back(std::move(record));
    batches_[i].bytes += bytes;
    return;
  }
  Batch batch{partition, {}, bytes};
  batch.records.push_back(std::move(record));
  batches_.push_back(std::move(batch));
}

// The broker does not know the offset we are at: the log was cut at one of its ends, or replaced.
void GroupConsumer::Impl::OnReset(const TopicPartition& partition) {
  const auto next = next_.find(partition);
  if (next == next_.end()) return;
  const auto ranges = internal::ListRanges(handle_.get(), {&partition, 1}, kAskMax);
  if (!ranges.ok()) {
    Tell(ranges.status());
  } else if (absl::Status fault = Locate(partition, ranges->front(), next->second); !fault.ok()) {
    return Fail(fault);
  }
  // Reading stands still since the error; go on from there, or meet it again.
  const ListPtr list = internal::ToList({&partition, 1}, next->second);
  const internal::ErrorPtr error(
      rd_kafka_seek_partitions(handle_.get(), list.get(), internal::ToTimeoutMs(kAskMax)));
  if (error != nullptr) Tell(internal::ToStatus(rd_kafka_error_code(error.get()), "seeking"));
}

absl::Status GroupConsumer::Impl::Locate(const TopicPartition& partition,
                                         const internal::OffsetRange& range, int64_t& next) {
  absl::Status fault = internal::CheckOffset(partition, next, range);
  if (!fault.ok() && next < range.beginning && config_.skip_expired) {
    if (observer_.on_expired) observer_.on_expired(partition, next, range.beginning);
    next = range.beginning;
    return absl::OkStatus();
  }
  return fault;
}

void GroupConsumer::Impl::HandleAll() {
  while (!batches_.empty() && !Stopping()) {
    if (!HandleSome()) return;
  }
}

// False: stopped, failed, or the partitions were taken away meanwhile.
bool GroupConsumer::Impl::HandleSome() {
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  const uint64_t generation = generation_;
  const SteadyClock::time_point first = SteadyClock::now();
  // As they were gathered: no two of them are of one partition.
  in_work_ = std::min(batches_.size(), config_.partitions_together_max);
  for (int32_t attempt = 1; !Stopping(); ++attempt) {
    observe::Beat();
    const SteadyClock::time_point begin = SteadyClock::now();
    const Outcome outcome = CallHandler();
    const SteadyClock::time_point end = SteadyClock::now();
    if (outcome.kind() == Outcome::Kind::kDone) {
      if (paused_) Pause(false);
      while (in_work_ > 0) FinishFront(absl::FromChrono(end - begin), outcome);
      return true;
    }
    if (outcome.kind() == Outcome::Kind::kFatal) {
      Fail(outcome.status());
      return false;
    }
    if (FailIfClientDid()) return false;
    if (observer_.on_retry) {
      observer_.on_retry(batches_.front().partition, attempt, outcome.status());
    }
    if (!WaitBeforeRetry(backoff.Next(), absl::FromChrono(end - first), generation)) return false;
  }
  return false;
}

Outcome GroupConsumer::Impl::CallHandler() {
  const internal::Watchdog::Watch watch = watchdog_.Begin(batches_.front().partition);
  std::vector<PartitionBatch> batches;
  batches.reserve(in_work_);
  for (size_t i = 0; i < in_work_; ++i) {
    batches.push_back({batches_[i].partition, batches_[i].records});
  }
  return handler_.OnBatches(batches, stop_);
}

void GroupConsumer::Impl::FinishFront(absl::Duration took, const Outcome& outcome) {
  const Batch batch = std::move(batches_.front());
  batches_.pop_front();
  --in_work_;
  gathered_records_ -= batch.records.size();
  gathered_bytes_ -= batch.bytes;
  const auto held = outcome.held().find(batch.partition);
  if (held != outcome.held().end()) return Hold(batch.partition, held->second);
  const int64_t next = batch.records.back().offset + 1;
  std::optional<int64_t> oldest_ms;
  for (const Batch& other : batches_) {
    if (other.partition == batch.partition && !other.records.empty()) {
      oldest_ms = other.records.front().timestamp_ms;
      break;
    }
  }
  lag_.Done(batch.partition, next, oldest_ms);
  committer_.Store(batch.partition, next);
  committer_.Tick(config_.commit_interval);
  if (observer_.on_batch) {
    observer_.on_batch(batch.partition, batch.records.size(), batch.bytes, took);
  }
}

// Takes no more records of the partition; its lag goes on growing, for all to see.
void GroupConsumer::Impl::Hold(const TopicPartition& partition, int64_t offset) {
  next_.erase(partition);
  for (size_t i = in_work_; i < batches_.size();) {
    if (batches_[i].partition != partition) {
      ++i;
      continue;
    }
    gathered_records_ -= batches_[i].records.size();
    gathered_bytes_ -= batches_[i].bytes;
    batches_.erase(batches_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  committer_.Store(partition, offset);
  rd_kafka_pause_partitions(handle_.get(), internal::ToList({&partition, 1}, 0).get());
}

// False: stopped, or the batch is no longer ours.
bool GroupConsumer::Impl::WaitBeforeRetry(absl::Duration pause, absl::Duration retrying,
                                          uint64_t generation) {
  if (retrying < kRetryUnservedMax) return internal::Sleep(pause, stop_);
  if (!paused_) Pause(true);
  const absl::Time until = absl::Now() + pause;
  while (!Stopping() && absl::Now() < until) {
    observe::Beat();
    const MessagePtr message(rd_kafka_consumer_poll(
        handle_.get(), std::min(kPollMs, internal::ToTimeoutMs(until - absl::Now()))));
    // An error, a record from before the pause, or one of a new assignment.
    if (message != nullptr) Take(*message);
    if (FailIfClientDid()) return false;
    if (generation != generation_) return false;
    committer_.Tick(config_.commit_interval);
  }
  return !Stopping();
}

void GroupConsumer::Impl::Pause(bool pause) {
  const ListPtr list = internal::ToList(Assignment(), 0);
  if (pause) {
    rd_kafka_pause_partitions(handle_.get(), list.get());
  } else {
    rd_kafka_resume_partitions(handle_.get(), list.get());
  }
  paused_ = pause;
}

void GroupConsumer::Impl::OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                                      rd_kafka_topic_partition_list_t* list, void* opaque) {
  Impl& self = static_cast<Impl&>(*ClientHooks::Of(opaque));
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.Assign(internal::FromList(list));
    return;
  }
  if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    self.Tell(internal::ToStatus(code, "rebalancing"));
  }
  self.Revoke(rd_kafka_assignment_lost(handle) != 0);
  rd_kafka_assign(handle, nullptr);
}

void GroupConsumer::Impl::Assign(std::vector<TopicPartition> partitions) {
  auto list = Prepare(partitions);
  if (!list.ok()) {
    // The library waits for an answer: with none at all it would go on waiting.
    rd_kafka_assign(handle_.get(), internal::ToList({}, 0).get());
    if (stop_.stop_requested()) return;
    const bool away = absl::IsCancelled(list.status()) || absl::IsUnavailable(list.status()) ||
                      absl::IsDeadlineExceeded(list.status());
    return away ? GiveBack(list.status()) : Fail(list.status());
  }
  rejoin_backoff_.Reset();
  const rd_kafka_resp_err_t code = rd_kafka_assign(handle_.get(), list->get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(internal::ToStatus(code, "assigning"));
  const size_t count = partitions.size();
  {
    const std::lock_guard lock(mutex_);
    assignment_ = std::move(partitions);
  }
  if (observer_.on_rebalance) observer_.on_rebalance(count, true, false);
}

// Lets the handler prepare and finds out where reading starts.
absl::StatusOr<ListPtr> GroupConsumer::Impl::Prepare(
    const std::vector<TopicPartition>& partitions) {
  ListPtr list = internal::ToList(partitions, RD_KAFKA_OFFSET_INVALID);
  if (partitions.empty()) return list;
  const absl::Time deadline = absl::Now() + config_.prepare_max;
  const auto assigned = Committed(partitions, deadline);
  if (!assigned.ok()) return assigned.status();
  std::map<TopicPartition, std::optional<int64_t>> starts;
  for (const AssignedPartition& one : *assigned) starts[one.partition] = one.committed;
  {
    std::stop_source prepare_stop;
    const std::stop_callback on_close(stop_, [&] { prepare_stop.request_stop(); });
    const internal::Watchdog::Watch watch =
        watchdog_.BeginUntil(partitions.front(), deadline, prepare_stop);
    auto chosen = handler_.OnAssigned(*assigned, prepare_stop.get_token());
    if (!chosen.ok()) return chosen.status();
    for (StartOffset& start : *chosen) starts[start.partition] = start.offset;
  }
  // The ranges are asked for afterwards: preparing may have taken minutes.
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  auto ranges = internal::ListRanges(handle_.get(), partitions, kAskMax);
  while (!ranges.ok()) {
    if (absl::Status fatal = ClientFailure(handle_.get()); !fatal.ok()) return fatal;
    if (absl::Now() > deadline) return ranges.status();
    Tell(ranges.status());
    if (!internal::Sleep(backoff.Next(), stop_)) return absl::CancelledError("closing");
    ranges = internal::ListRanges(handle_.get(), partitions, kAskMax);
  }
  for (size_t i = 0; i < partitions.size(); ++i) {
    int64_t next = starts[partitions[i]].value_or((*ranges)[i].beginning);
    if (absl::Status fault = Locate(partitions[i], (*ranges)[i], next); !fault.ok()) return fault;
    next_[partitions[i]] = next;
    list->elems[i].offset = next;
    lag_.Start(partitions[i], next);
  }
  return list;
}

// Asks until there is an answer, the deadline is over or the consumer closes.
absl::StatusOr<std::vector<AssignedPartition>> GroupConsumer::Impl::Committed(
    const std::vector<TopicPartition>& partitions, absl::Time deadline) {
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  while (true) {
    const ListPtr list = internal::ToList(partitions, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t code =
        rd_kafka_committed(handle_.get(), list.get(), internal::ToTimeoutMs(kAskMax));
    std::vector<AssignedPartition> assigned;
    for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      code = list->elems[i].err;
      AssignedPartition one{partitions[static_cast<size_t>(i)], {}};
      if (list->elems[i].offset >= 0) one.committed = list->elems[i].offset;
      assigned.push_back(std::move(one));
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return assigned;
    if (absl::Status fatal = ClientFailure(handle_.get()); !fatal.ok()) return fatal;
    absl::Status why = internal::ToStatus(code, "asking for committed offsets");
    if (absl::Now() > deadline) return why;
    Tell(why);
    if (!internal::Sleep(backoff.Next(), stop_)) return absl::CancelledError("closing");
  }
}

// What was gathered and not done is forgotten: the next owner reads it from the committed offset.
void GroupConsumer::Impl::Revoke(bool lost) {
  ++generation_;
  batches_.clear();
  in_work_ = 0;
  gathered_records_ = 0;
  gathered_bytes_ = 0;
  next_.clear();
  lag_.Clear();
  if (paused_) Pause(false);  // it would still be paused when it is ours again
  if (lost) {
    committer_.Forget();
  } else {
    committer_.CommitNow(config_.commit_max);
  }
  std::vector<TopicPartition> revoked;
  {
    const std::lock_guard lock(mutex_);
    revoked.swap(assignment_);
  }
  if (revoked.empty()) return;
  handler_.OnRevoked(revoked, lost);
  if (observer_.on_rebalance) observer_.on_rebalance(revoked.size(), false, lost);
}

// prepare_max is over and the brokers are still away: the partitions are not ours, and nothing is
// lost.
void GroupConsumer::Impl::GiveBack(const absl::Status& why) {
  Tell(errors::WithContext(why, "the assigned partitions could not be prepared"));
  next_.clear();
  lag_.Clear();
  gave_back_ = true;
}

// Leaves the group and joins it again, so that the partitions are assigned anew.
void GroupConsumer::Impl::Rejoin() {
  gave_back_ = false;
  rd_kafka_unsubscribe(handle_.get());
  if (!internal::Sleep(rejoin_backoff_.Next(), stop_)) return;
  if (const rd_kafka_resp_err_t code = Subscribe(); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(internal::ToStatus(code, "subscribing"));
  }
}

// Closing serves a last Revoke; it is given up at the deadline, because it can hang.
void GroupConsumer::Impl::Leave() {
  // A Close that has given up on the handler leaves the time it takes to say goodbye all the same.
  const absl::Time deadline =
      std::max(absl::FromUnixNanos(close_deadline_), absl::Now() + kLeaveMin);
  committer_.CommitNow(std::min(config_.commit_max, deadline - absl::Now()));
  committer_.Close();
  const internal::QueuePtr queue(rd_kafka_queue_new(handle_.get()));
  const internal::ErrorPtr error(rd_kafka_consumer_close_queue(handle_.get(), queue.get()));
  while (error == nullptr && !rd_kafka_consumer_closed(handle_.get()) && absl::Now() < deadline) {
    observe::Beat();
    const internal::EventPtr event(rd_kafka_queue_poll(queue.get(), kPollMs / 5));
    // On this queue the rebalance comes as an event; the callback is not called.
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
      OnRebalance(handle_.get(), rd_kafka_event_error(event.get()),
                  rd_kafka_event_topic_partition_list(event.get()),
                  static_cast<ClientHooks*>(this));
    }
  }
  const bool closed = rd_kafka_consumer_closed(handle_.get()) != 0;
  Revoke(false);  // in case closing did not
  const std::lock_guard lock(mutex_);
  closed_ = status_;
  // A client that has died does not leave: the group has put it out already.
  if (status_.ok() && !closed) {
    closed_ = absl::UnavailableError(
        "the group was not left in time; its partitions move when this member's session is over");
  }
}

void GroupConsumer::Impl::Fail(const absl::Status& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return;
    status_ = why;
  }
  if (observer_.on_fatal) observer_.on_fatal(why);
}

bool GroupConsumer::Impl::FailIfClientDid() {
  const absl::Status fatal = ClientFailure(handle_.get());
  if (!fatal.ok()) Fail(fatal);
  return !fatal.ok();
}

absl::Status GroupConsumer::Impl::Close(absl::Duration within) {
  const std::lock_guard closing(close_mutex_);
  const absl::Time deadline = absl::Now() + within;
  close_deadline_ = absl::ToUnixNanos(deadline);
  worker_.RequestStop();
  // A little longer than the thread gives itself.
  if (!worker_.Await(within + absl::Milliseconds(200))) {
    return absl::DeadlineExceededError("the consumer's handler did not come back");
  }
  watchdog_.Stop();
  const std::lock_guard lock(mutex_);
  return closed_.value_or(absl::OkStatus());
}

Outcome GroupHandler::OnBatches(std::span<const PartitionBatch> batches, std::stop_token stop) {
  std::map<TopicPartition, int64_t> held;
  for (const PartitionBatch& batch : batches) {
    const Outcome outcome = OnBatch(batch.partition, batch.records, stop);
    if (outcome.kind() != Outcome::Kind::kDone) return outcome;
    held.insert(outcome.held().begin(), outcome.held().end());
  }
  return Outcome::DoneButHeld(std::move(held));
}

absl::StatusOr<std::unique_ptr<GroupConsumer>> GroupConsumer::Create(
    GroupConsumerConfig config, GroupHandler& handler, GroupConsumerObserver observer) {
  auto impl = std::make_shared<Impl>(std::move(config), handler, std::move(observer));
  if (const absl::Status status = impl->Open(); !status.ok()) return status;
  impl->worker_.Start([impl](const std::stop_token& stop) { impl->Run(stop); });
  return std::unique_ptr<GroupConsumer>(new GroupConsumer(std::move(impl)));
}

GroupConsumer::GroupConsumer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
GroupConsumer::~GroupConsumer() { Close(kDestructorGrace).IgnoreError(); }

absl::Status GroupConsumer::Close(absl::Duration within) { return impl_->Close(within); }
absl::Status GroupConsumer::status() const { return impl_->status(); }
std::vector<TopicPartition> GroupConsumer::Assignment() const { return impl_->Assignment(); }
std::vector<PartitionLag> GroupConsumer::Lag() const { return impl_->Lag(); }
absl::Duration GroupConsumer::HandlerRunning() const { return impl_->HandlerRunning(); }

}  // namespace telex::kafka
