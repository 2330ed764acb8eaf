#include "platform/kafka/group_consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"
#include "platform/kafka/lag_tracker.h"
#include "platform/kafka/offset_committer.h"
#include "platform/kafka/waker.h"
#include "platform/kafka/worker.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka {
namespace {

using internal::Backoff;
using internal::ListPtr;
using internal::MessagePtr;
using internal::QueuePtr;
using internal::Waker;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurn{100};  // bounds how late a stop is heeded
constexpr std::chrono::milliseconds kFinishingTurn{20};
constexpr int kClosePollMs = 20;
constexpr int kBatchesATurn = 8;  // of one partition, before the next has its turn
constexpr absl::Duration kAskMax = absl::Seconds(2);
constexpr absl::Duration kHeartbeatMax =
    absl::Milliseconds(1500);  // a member hears of a rebalance so late
// Polled in every turn, whatever handlers do: this bounds what a machine may sleep.
constexpr absl::Duration kMaxPollInterval = absl::Minutes(10);
// Of a partition; or its size ends reading ahead. 12 partitions of small records are read as fast
// as with 100,000, in a fifth less memory; with 10,000 the client stands still at times (a full
// queue).
constexpr size_t kPrefetchRecords = 25'000;
constexpr std::chrono::seconds kResetAgainAfter{1};
constexpr absl::Duration kLeaveMin = absl::Seconds(1);
constexpr absl::Duration kDestructorGrace = absl::Seconds(5);

// Messages of one partition, in order, that its handler deals with.
struct Batch {
  std::vector<MessagePtr> messages;
  std::vector<RecordView> records;
  SteadyClock::time_point begun;
  SteadyClock::time_point told;  // that it takes long
};

struct Assigned {
  QueuePtr queue;                  // of this partition alone
  int64_t next = 0;                // to come from the library
  bool anywhere = false;           // nothing was committed, and nothing has come yet
  std::optional<int64_t> reached;  // all before it is dealt with, once something is
  std::optional<int64_t> stored;   // to be committed
  std::optional<Batch> in_work;
  bool held = false;
  // Reading stands still until then: the broker does not know where we are, or what lies there is
  // damaged.
  std::optional<SteadyClock::time_point> reset_due;
};

// The client library has given up for good, whatever it calls the cause. OK while it has not.
absl::Status ClientFailure(rd_kafka_t* handle) {
  const absl::Status fatal = internal::FatalErrorOf(handle);
  if (fatal.ok()) return fatal;
  return errors::Error(absl::StatusCode::kAborted, errors::kKafkaRefused,
                       std::string(fatal.message()));
}

void OnQueueFilled(rd_kafka_t*, void* waker) { static_cast<Waker*>(waker)->Wake(); }

}  // namespace

class GroupConsumer::Impl : public internal::ClientHooks,
                            public std::enable_shared_from_this<GroupConsumer::Impl> {
 public:
  Impl(GroupConsumerConfig config, GroupHandler& handler, GroupConsumerObserver observer)
      : ClientHooks(observer.client),
        config_(std::move(config)),
        handler_(handler),
        observer_(std::move(observer)),
        committer_([this](const absl::Status& why) { Tell(why); }),
        messages_(config_.batch_records_max) {}

  ~Impl() override;
  absl::Status Open();
  void Run(const std::stop_token& stop);
  absl::Status Close(absl::Duration within);
  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::vector<PartitionLag> Lag() const { return lag_.Lag(handle_.get()); }
  internal::Worker worker_;

 private:
  absl::Status CheckConfig() const;

  // All of these on the worker's thread.
  void Turn();
  void ServeClient();
  void TakeError(const rd_kafka_message_t& message);
  void Work(const TopicPartition& partition, Assigned& assigned);
  bool TakeBatch(const TopicPartition& partition, Assigned& assigned);
  bool Offer(const TopicPartition& partition, Assigned& assigned, bool finishing);
  void Reached(const TopicPartition& partition, Assigned& assigned, int64_t next);
  void StoreOffset(const TopicPartition& partition, Assigned& assigned);
  void TellIfStuck(const TopicPartition& partition, Batch& batch);
  void OnReset(const TopicPartition& partition);
  void OnDamage(const TopicPartition& partition);
  void Reset(const TopicPartition& partition, Assigned& assigned);
  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* list, void* opaque);
  void Assign(std::vector<TopicPartition> partitions);
  absl::StatusOr<std::vector<AssignedPartition>> Committed(
      const std::vector<TopicPartition>& partitions);
  void Split(const AssignedPartition& one);
  void Revoke(bool lost);
  void FinishWork();
  rd_kafka_resp_err_t Subscribe();
  absl::Duration LeftToClose() const {
    const std::lock_guard lock(mutex_);
    return close_deadline_.Left();
  }
  void Leave();
  void Fail(const absl::Status& why);
  bool FailIfClientDid();
  bool Stopping() const { return stop_.stop_requested() || !status().ok(); }

  const GroupConsumerConfig config_;
  GroupHandler& handler_;
  const GroupConsumerObserver observer_;
  const std::shared_ptr<Waker> waker_ = std::make_shared<Waker>();
  internal::LagTracker lag_;
  internal::OffsetCommitter committer_;

  // The thread's own.
  std::stop_token stop_;
  std::map<TopicPartition, Assigned> assigned_;
  std::vector<TopicPartition> assignment_;
  std::vector<rd_kafka_message_t*> messages_;  // room for what is taken at once

  mutable std::mutex mutex_;
  absl::Status status_;
  std::optional<absl::Status> closed_;
  runtime::Deadline close_deadline_ = runtime::Deadline::After(absl::ZeroDuration());
  std::mutex close_mutex_;
  std::shared_ptr<Impl> left_behind_;

  internal::HandlePtr handle_;  // destroyed first: its callbacks use the rest
  QueuePtr queue_;              // of all that is no partition's; before its client
};

GroupConsumer::Impl::~Impl() {
  committer_.Close();
  assigned_.clear();
  queue_.reset();
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
  if (config_.batch_records_max == 0) return refuse("a batch must be allowed to hold a record");
  return absl::OkStatus();
}

absl::Status GroupConsumer::Impl::Open() {
  if (absl::Status fault = CheckConfig(); !fault.ok()) return fault;
  internal::Conf conf(config_.client, this);
  internal::SetConsumerDefaults(conf, {.bytes_min = config_.fetch_bytes_min,
                                       .prefetch_records_min = kPrefetchRecords,
                                       .prefetch_kbytes_max = config_.prefetch_kbytes_max});
  conf.Set("group.id", config_.group);
  conf.Set("partition.assignment.strategy", "range");
  conf.Set("session.timeout.ms", config_.session_timeout);
  conf.Set("heartbeat.interval.ms", std::min(config_.session_timeout / 4, kHeartbeatMax));
  conf.Set("max.poll.interval.ms", kMaxPollInterval);
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  auto handle = conf.Make(RD_KAFKA_CONSUMER);
  if (!handle.ok()) return handle.status();
  handle_ = *std::move(handle);
  rd_kafka_poll_set_consumer(handle_.get());
  queue_.reset(rd_kafka_queue_get_consumer(handle_.get()));
  rd_kafka_queue_cb_event_enable(queue_.get(), OnQueueFilled, waker_.get());
  committer_.Open(handle_.get());
  const rd_kafka_resp_err_t code = Subscribe();
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return internal::ToStatus(code, "subscribing");
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
  const std::stop_callback on_stop(stop, [this] { waker_->Wake(); });
  handler_.OnStart([waker = waker_] { waker->Wake(); });
  while (!Stopping()) {
    observe::Beat();
    waker_->Await(kTurn);
    Turn();
  }
  Leave();
}

void GroupConsumer::Impl::Turn() {
  ServeClient();
  if (FailIfClientDid()) return;
  if (absl::Status status = handler_.OnTurn(); !status.ok()) return Fail(status);
  for (auto& [partition, assigned] : assigned_) {
    Work(partition, assigned);
    if (Stopping()) return;
    StoreOffset(partition, assigned);
  }
  committer_.Tick(config_.commit_interval);
}

// Rebalances, and what the client has to say of the group.
void GroupConsumer::Impl::ServeClient() {
  while (!Stopping()) {
    const MessagePtr message(rd_kafka_consumer_poll(handle_.get(), 0));
    if (message == nullptr) return;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) TakeError(*message);
  }
}

void GroupConsumer::Impl::TakeError(const rd_kafka_message_t& message) {
  const TopicPartition partition = internal::PlaceOf(message);
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    return OnReset(partition);
  }
  if (internal::IsDamage(message.err)) OnDamage(partition);
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) return;  // FailIfClientDid knows the cause
  const absl::Status why =
      internal::ToStatus(message.err, fmt::format("{}/{}: {}", partition.topic, partition.partition,
                                                  rd_kafka_message_errstr(&message)));
  // No right to the group or a topic: the library would ask for ever.
  return absl::IsPermissionDenied(why) ? Fail(why) : Tell(why);
}

void GroupConsumer::Impl::Work(const TopicPartition& partition, Assigned& assigned) {
  for (int batches = 0; batches < kBatchesATurn; ++batches) {
    if (assigned.held) return;
    if (assigned.reset_due && SteadyClock::now() >= *assigned.reset_due) Reset(partition, assigned);
    if (!assigned.in_work && !TakeBatch(partition, assigned)) return;
    if (Stopping()) return;
    if (!Offer(partition, assigned, /*finishing=*/false)) return;
  }
  waker_->Wake();  // there may be more, and nobody else would say so
}

// False: there is nothing.
bool GroupConsumer::Impl::TakeBatch(const TopicPartition& partition, Assigned& assigned) {
  const ssize_t taken =
      rd_kafka_consume_batch_queue(assigned.queue.get(), 0, messages_.data(), messages_.size());
  Batch batch;
  for (ssize_t i = 0; i < taken; ++i) {
    MessagePtr message(messages_[static_cast<size_t>(i)]);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      TakeError(*message);
      continue;
    }
    if (assigned.reset_due) continue;               // it comes again, behind what is missing
    if (message->offset < assigned.next) continue;  // had already
    assigned.next = message->offset + 1;
    assigned.anywhere = false;
    batch.records.emplace_back(*message);
    batch.messages.push_back(std::move(message));
  }
  if (batch.records.empty()) return false;
  batch.begun = batch.told = SteadyClock::now();
  lag_.Took(partition, batch.records.front().timestamp_ms());
  assigned.in_work = std::move(batch);
  return true;
}

// Whether the partition may go on with its next batch.
bool GroupConsumer::Impl::Offer(const TopicPartition& partition, Assigned& assigned,
                                bool finishing) {
  Batch& batch = *assigned.in_work;
  const auto progress = handler_.OnBatch({partition, batch.records}, finishing);
  if (!progress.ok()) {
    Fail(progress.status());
    return false;
  }
  switch (progress->state) {
    case Progress::State::kWorking:
      Reached(partition, assigned, progress->next);
      TellIfStuck(partition, batch);
      return false;
    case Progress::State::kHeld:
      assigned.held = true;
      [[fallthrough]];
    case Progress::State::kStopped:
      Reached(partition, assigned, progress->next);
      assigned.in_work.reset();
      return false;
    case Progress::State::kDone:
      break;
  }
  Reached(partition, assigned, batch.records.back().offset() + 1);
  assigned.in_work.reset();
  return true;
}

// All of the batch before `next` is dealt with.
void GroupConsumer::Impl::Reached(const TopicPartition& partition, Assigned& assigned,
                                  int64_t next) {
  const Batch& batch = *assigned.in_work;
  if (next <= batch.records.front().offset()) return;
  const auto rest =
      std::partition_point(batch.records.begin(), batch.records.end(),
                           [&](const RecordView& record) { return record.offset() < next; });
  std::optional<int64_t> oldest_ms;
  if (rest != batch.records.end()) oldest_ms = rest->timestamp_ms();
  lag_.Done(partition, next, oldest_ms);
  assigned.reached = next;
  StoreOffset(partition, assigned);
}

void GroupConsumer::Impl::StoreOffset(const TopicPartition& partition, Assigned& assigned) {
  if (!assigned.reached) return;
  const std::optional<int64_t> from = handler_.ResumeFrom(partition, *assigned.reached);
  if (!from || from == assigned.stored) return;
  assigned.stored = from;
  committer_.Store(partition, *from);
}

void GroupConsumer::Impl::TellIfStuck(const TopicPartition& partition, Batch& batch) {
  const SteadyClock::time_point now = SteadyClock::now();
  if (absl::FromChrono(now - batch.told) < config_.batch_limit) return;
  batch.told = now;
  if (observer_.on_batch_stuck) {
    observer_.on_batch_stuck(partition, absl::FromChrono(now - batch.begun));
  }
}

// The broker does not know the offset we are at: the log was cut at one of its ends, or replaced.
void GroupConsumer::Impl::OnReset(const TopicPartition& partition) {
  const auto assigned = assigned_.find(partition);
  if (assigned != assigned_.end()) assigned->second.reset_due = SteadyClock::now();
}

// It is asked for again: what was damaged on its way comes whole, and another leader may have it.
// Until then the partition stands still, and lags.
void GroupConsumer::Impl::OnDamage(const TopicPartition& partition) {
  const auto assigned = assigned_.find(partition);
  if (assigned != assigned_.end()) {
    assigned->second.reset_due = SteadyClock::now() + kResetAgainAfter;
  }
}

// Reading stands still since the error: tried until it is known where to go on.
void GroupConsumer::Impl::Reset(const TopicPartition& partition, Assigned& assigned) {
  assigned.reset_due = SteadyClock::now() + kResetAgainAfter;
  const auto ranges = internal::ListRanges(handle_.get(), {&partition, 1}, kAskMax);
  if (!ranges.ok()) return Tell(ranges.status());
  if (assigned.anywhere) assigned.next = ranges->front().beginning;
  absl::Status fault = internal::CheckOffset(partition, assigned.next, ranges->front());
  if (!fault.ok()) return Fail(fault);
  const ListPtr list = internal::ToList({&partition, 1}, assigned.next);
  const internal::ErrorPtr error(
      rd_kafka_seek_partitions(handle_.get(), list.get(), internal::ToTimeoutMs(kAskMax)));
  const rd_kafka_resp_err_t code =
      error != nullptr ? rd_kafka_error_code(error.get()) : list->elems[0].err;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return Tell(internal::ToStatus(code, "seeking"));
  assigned.reset_due.reset();
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
  const auto assigned = Committed(partitions);
  if (!assigned.ok()) {
    // The library waits for an answer: with none at all it would go on waiting.
    rd_kafka_assign(handle_.get(), internal::ToList({}, 0).get());
    if (!absl::IsCancelled(assigned.status())) Fail(assigned.status());
    return;
  }
  const ListPtr list = internal::ToList(partitions, RD_KAFKA_OFFSET_BEGINNING);
  for (size_t i = 0; i < assigned->size(); ++i) {
    const AssignedPartition& one = (*assigned)[i];
    if (one.committed) list->elems[i].offset = *one.committed;
    Split(one);
  }
  handler_.OnAssigned(*assigned);
  const rd_kafka_resp_err_t code = rd_kafka_assign(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(internal::ToStatus(code, "assigning"));
  assignment_ = std::move(partitions);
  if (observer_.on_rebalance) observer_.on_rebalance(assignment_.size(), true, false);
}

// Asks until there is an answer, or the consumer closes (Cancelled), or the partitions are no
// longer ours (Cancelled: the library says so next). Without its coordinator the group is nothing.
absl::StatusOr<std::vector<AssignedPartition>> GroupConsumer::Impl::Committed(
    const std::vector<TopicPartition>& partitions) {
  std::vector<AssignedPartition> assigned;
  if (partitions.empty()) return assigned;
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  while (true) {
    const ListPtr list = internal::ToList(partitions, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t code =
        rd_kafka_committed(handle_.get(), list.get(), internal::ToTimeoutMs(kAskMax));
    assigned.clear();
    for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      code = list->elems[i].err;
      AssignedPartition one{partitions[static_cast<size_t>(i)], {}};
      if (list->elems[i].offset >= 0) one.committed = list->elems[i].offset;
      assigned.push_back(std::move(one));
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return assigned;
    if (absl::Status fatal = ClientFailure(handle_.get()); !fatal.ok()) return fatal;
    const absl::Status why = internal::ToStatus(code, "asking for committed offsets");
    if (absl::IsPermissionDenied(why)) return why;
    Tell(why);
    const bool lost = rd_kafka_assignment_lost(handle_.get()) != 0;
    if (lost || !internal::Sleep(backoff.Next(), stop_)) return absl::CancelledError("not ours");
  }
}

// Gives the partition a queue of its own, before the library begins to fill the one of all.
void GroupConsumer::Impl::Split(const AssignedPartition& one) {
  Assigned& assigned = assigned_[one.partition];
  assigned.next = one.committed.value_or(0);
  assigned.anywhere = !one.committed;
  assigned.queue.reset(rd_kafka_queue_get_partition(handle_.get(), one.partition.topic.c_str(),
                                                    one.partition.partition));
  rd_kafka_queue_forward(assigned.queue.get(), nullptr);
  rd_kafka_queue_cb_event_enable(assigned.queue.get(), OnQueueFilled, waker_.get());
  lag_.Start(one.partition, assigned.next);
}

// What was taken and not done is forgotten: the next owner reads it from the committed offset.
void GroupConsumer::Impl::Revoke(bool lost) {
  if (!lost && status().ok()) FinishWork();
  for (auto& [partition, assigned] : assigned_) {
    rd_kafka_queue_cb_event_enable(assigned.queue.get(), nullptr, nullptr);
  }
  assigned_.clear();
  lag_.Clear();
  if (lost) {
    committer_.Forget();
  } else {
    committer_.CommitNow(config_.commit_max);
  }
  const std::vector<TopicPartition> revoked = std::exchange(assignment_, {});
  if (revoked.empty()) return;
  handler_.OnRevoked(revoked, lost);
  if (observer_.on_rebalance) observer_.on_rebalance(revoked.size(), false, lost);
}

// So that the next owner does not do it again; bounded, as the group waits.
void GroupConsumer::Impl::FinishWork() {
  const auto deadline = runtime::Deadline::After(config_.finish_max);
  while (status().ok()) {
    observe::Beat();
    if (absl::Status turned = handler_.OnTurn(); !turned.ok()) return Fail(turned);
    bool working = false;
    for (auto& [partition, assigned] : assigned_) {
      if (!assigned.in_work) continue;
      Offer(partition, assigned, /*finishing=*/true);
      working = working || assigned.in_work;
    }
    if (!working || deadline.Passed()) break;
    waker_->Await(kFinishingTurn);
  }
  for (auto& [partition, assigned] : assigned_) {
    assigned.in_work.reset();
    StoreOffset(partition, assigned);
  }
}

// Closing serves a last Revoke; it is given up at the deadline, because it can hang.
void GroupConsumer::Impl::Leave() {
  if (status().ok()) FinishWork();
  // A Close that has given up on the handler leaves the time it takes to say goodbye all the same.
  const auto deadline = runtime::Deadline::After(std::max(LeftToClose(), kLeaveMin));
  committer_.CommitNow(std::min(config_.commit_max, deadline.Left()));
  committer_.Close();
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  // A rebalance that waits on the old queue would have the next answer to one wait for ever.
  while (const MessagePtr message{rd_kafka_consumer_poll(handle_.get(), 0)}) {
  }
  const QueuePtr queue(rd_kafka_queue_new(handle_.get()));
  const internal::ErrorPtr error(rd_kafka_consumer_close_queue(handle_.get(), queue.get()));
  while (error == nullptr && !rd_kafka_consumer_closed(handle_.get()) && !deadline.Passed()) {
    observe::Beat();
    const internal::EventPtr event(rd_kafka_queue_poll(queue.get(), kClosePollMs));
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
    // Destroying it would wait for the coordinator, at times for ever: it is left behind, in a
    // process that is about to end.
    left_behind_ = shared_from_this();
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
  {
    const std::lock_guard lock(mutex_);
    close_deadline_ = runtime::Deadline::After(within);
  }
  worker_.RequestStop();
  // A little longer than the thread gives itself.
  if (!worker_.Await(within + absl::Milliseconds(200))) {
    return absl::DeadlineExceededError("the consumer's handler did not come back");
  }
  const std::lock_guard lock(mutex_);
  return closed_.value_or(absl::OkStatus());
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
std::vector<PartitionLag> GroupConsumer::Lag() const { return impl_->Lag(); }

}  // namespace telex::kafka
