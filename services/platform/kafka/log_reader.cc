#include "platform/kafka/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"
#include "platform/kafka/lag_tracker.h"
#include "platform/kafka/record_view.h"
#include "platform/kafka/worker.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka {
namespace {

using internal::Backoff;
using internal::MessagePtr;
using internal::OffsetRange;
using runtime::Deadline;
using SteadyClock = std::chrono::steady_clock;

constexpr int kPollMs = 100;  // bounds how late a stop is heeded
constexpr absl::Duration kAskMax = absl::Seconds(2);
constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kProbeMax = absl::Milliseconds(500);
constexpr std::chrono::seconds kDamagePause{1};
constexpr absl::Duration kStopGrace = absl::Seconds(5);

}  // namespace

class LogReader::Impl : public internal::ClientHooks {
 public:
  Impl(LogReaderConfig config, LogHandler& handler, LogReaderObserver observer)
      : ClientHooks(observer.client),
        config_(std::move(config)),
        handler_(handler),
        observer_(std::move(observer)) {}

  absl::Status Open();
  void Run(const std::stop_token& stop);
  absl::Status AwaitCaughtUp(absl::Duration within);
  std::vector<PartitionLag> Lag() const { return lag_.Lag(handle_.get()); }
  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  void OnClientError(rd_kafka_resp_err_t code, std::string_view text) override;

  internal::Worker worker_;
  std::atomic<bool> caught_up_ = false;

 private:
  struct Place {
    ReadFrom from;
    int64_t next = 0;                // to come from the library
    std::optional<int64_t> awaited;  // the end seen at the start, until it is reached
    // What lies there is damaged, and is asked for again then; nothing is taken before.
    std::optional<SteadyClock::time_point> again_at;
    std::optional<int64_t> eof;  // the library has told the end; seen after the batch
  };

  bool Begin(const std::stop_token& stop);
  bool Wait(absl::Duration pause, const std::stop_token& stop);
  absl::Status Locate(Place& place, const OffsetRange& range);
  static int64_t FirstOf(const Place& place) {
    return place.from.before ? place.from.before->offset : place.next;
  }
  absl::Status CheckBefore(Place& place, const rd_kafka_message_t& message);
  void Gather();
  void Take(const rd_kafka_message_t& message);
  void OnReset(Place& place);
  void ReadDamagedAgain();
  bool Handle(const std::stop_token& stop);
  void Advance();
  void CaughtUp(Place& place);
  void Fail(const absl::Status& why);
  bool FailIfClientDid();
  void SetConnected(bool connected);
  void Answered();
  void Probe();

  const LogReaderConfig config_;
  LogHandler& handler_;
  const LogReaderObserver observer_;
  std::vector<TopicPartition> partitions_;
  internal::LagTracker lag_;

  // The thread's own.
  std::map<TopicPartition, Place> places_;
  std::vector<Record> batch_;
  size_t batch_bytes_ = 0;
  size_t awaited_ = 0;
  Deadline next_probe_ = Deadline::Never();  // before the first answer
  SteadyClock::time_point answered_;         // when a broker was last heard of
  std::optional<bool> connected_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  absl::Status status_;

  internal::HandlePtr handle_;  // destroyed first: its callbacks use the rest
};

absl::Status LogReader::Impl::Open() {
  if (config_.from.empty()) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldRequired,
                         "a log reader needs partitions");
  }
  for (const ReadFrom& from : config_.from) {
    if (from.partition.topic.empty() || from.partition.partition < 0 ||
        from.offset.value_or(0) < 0 ||
        (from.before && from.before->offset + 1 != from.offset.value_or(0)) ||
        !places_.emplace(from.partition, Place{.from = from}).second) {
      return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                           fmt::format("can not read from {}/{}: no such place, or named twice",
                                       from.partition.topic, from.partition.partition));
    }
    partitions_.push_back(from.partition);
  }
  internal::Conf conf(config_.client, this);
  internal::SetConsumerDefaults(conf, {.prefetch_records_min = config_.prefetch_records_min,
                                       .prefetch_kbytes_max = config_.prefetch_kbytes_max});
  // The library wants a name here; nothing is joined and nothing committed.
  conf.Set("group.id", fmt::format("{}.log-reader", config_.client.client_id));
  conf.Set("enable.partition.eof", "true");
  auto handle = conf.Make(RD_KAFKA_CONSUMER);
  if (!handle.ok()) return handle.status();
  // What the client has to say stays apart from the records (no rd_kafka_poll_set_consumer), so
  // that it can be served while no record is taken.
  handle_ = *std::move(handle);
  return absl::OkStatus();
}

void LogReader::Impl::Run(const std::stop_token& stop) {
  const observe::ScopedHeartbeat heartbeat(observer_.heartbeat);
  if (Begin(stop)) {
    while (!stop.stop_requested() && status().ok()) {
      observe::Beat();
      rd_kafka_poll(handle_.get(), 0);
      Gather();
      if (FailIfClientDid() || !status().ok()) break;
      if (!batch_.empty() && !Handle(stop)) break;
      Advance();
      ReadDamagedAgain();
      Probe();
    }
  }
  rd_kafka_assign(handle_.get(), nullptr);
  Fail(absl::CancelledError("the log reader was stopped"));
}

// Asks where the logs begin and end, and assigns. False: stopped or failed.
bool LogReader::Impl::Begin(const std::stop_token& stop) {
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  absl::StatusOr<std::vector<OffsetRange>> ranges;
  while (true) {
    ranges = internal::ListRanges(handle_.get(), partitions_, kAskMax);
    if (ranges.ok()) break;
    SetConnected(false);
    Tell(ranges.status());
    if (!Wait(backoff.Next(), stop)) return false;
  }
  Answered();
  const internal::ListPtr list = internal::ToList(partitions_, 0);
  for (size_t i = 0; i < partitions_.size(); ++i) {
    Place& place = places_.at(partitions_[i]);
    if (absl::Status fault = Locate(place, (*ranges)[i]); !fault.ok()) {
      Fail(fault);
      return false;
    }
    list->elems[i].offset = FirstOf(place);
    lag_.Start(partitions_[i], place.next);
    place.awaited = (*ranges)[i].end;
    ++awaited_;
  }
  const rd_kafka_resp_err_t code = rd_kafka_assign(handle_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(internal::ToStatus(code, "assigning partitions"));
    return false;
  }
  Advance();
  return true;
}

// The pause before the next attempt, in which no record is taken: the client is served, and what
// becomes of it and of its brokers is told. False: stopped or failed.
bool LogReader::Impl::Wait(absl::Duration pause, const std::stop_token& stop) {
  const observe::Waiting waiting("the next attempt");
  for (const Deadline end = Deadline::After(pause); !stop.stop_requested() && !end.Passed();) {
    rd_kafka_poll(handle_.get(), std::min(kPollMs, internal::ToTimeoutMs(end.Left())));
    if (FailIfClientDid()) return false;
    Probe();
  }
  return !stop.stop_requested();
}

// Sets where to read on, or says why that can not be.
absl::Status LogReader::Impl::Locate(Place& place, const OffsetRange& range) {
  const int64_t wanted = place.from.offset.value_or(range.beginning);
  place.next = wanted;
  // What retention has deleted can not be compared.
  if (place.from.before && place.from.before->offset < range.beginning) place.from.before.reset();
  absl::Status fault = internal::CheckOffset(place.from.partition, wanted, range);
  if (!fault.ok() && wanted < range.beginning && place.from.skip_expired) {
    place.next = range.beginning;
    if (observer_.on_expired) observer_.on_expired(place.from.partition, wanted, range.beginning);
    return absl::OkStatus();
  }
  return fault;
}

// The first that comes in: the record before the position, unless compaction has taken it.
absl::Status LogReader::Impl::CheckBefore(Place& place, const rd_kafka_message_t& message) {
  const Fingerprint before = *std::exchange(place.from.before, std::nullopt);
  if (message.offset != before.offset) return absl::OkStatus();
  return CheckSameRecord(place.from.partition, before, RecordView(message));
}

void LogReader::Impl::Gather() {
  batch_.clear();
  batch_bytes_ = 0;
  int timeout_ms = kPollMs;
  while (batch_.size() < config_.batch_records_max && batch_bytes_ < config_.batch_bytes_max) {
    const MessagePtr message(rd_kafka_consumer_poll(handle_.get(), timeout_ms));
    if (message == nullptr) return;
    Take(*message);
    timeout_ms = 0;  // what is here already, and no waiting for more
    if (!status().ok()) return;
  }
}

void LogReader::Impl::Take(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return SetConnected(false);
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) return;  // FailIfClientDid knows the cause
  const auto found = places_.find(internal::PlaceOf(message));
  if (found == places_.end()) {
    return Tell(internal::ToStatus(message.err, rd_kafka_message_errstr(&message)));
  }
  Place& place = found->second;
  if (place.again_at) return;  // it comes again, behind what is missing
  if (internal::IsDamage(message.err)) place.again_at = SteadyClock::now() + kDamagePause;
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      Answered();
      if (place.from.before) {
        if (const absl::Status fault = CheckBefore(place, message); !fault.ok()) return Fail(fault);
      }
      if (message.offset < place.next) return;  // a fetch that was under way before a seek
      place.next = message.offset + 1;
      batch_.push_back(internal::ToRecord(message));
      batch_bytes_ += WeightOf(batch_.back());
      lag_.Took(found->first, batch_.back().timestamp_ms);
      return;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      Answered();
      place.from.before.reset();
      place.eof = message.offset;
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return OnReset(place);
    default:
      Tell(internal::ToStatus(message.err,
                              fmt::format("{}/{}: {}", found->first.topic, found->first.partition,
                                          rd_kafka_message_errstr(&message))));
  }
}

// The broker does not know the offset we are at: the log was cut at one of its ends, or replaced.
void LogReader::Impl::OnReset(Place& place) {
  const TopicPartition& partition = place.from.partition;
  const auto ranges = internal::ListRanges(handle_.get(), {&partition, 1}, kAskMax);
  if (!ranges.ok()) {
    Tell(ranges.status());
  } else {
    place.from.offset = place.next;
    if (absl::Status fault = Locate(place, ranges->front()); !fault.ok()) {
      return Fail(fault);
    }
  }
  // Reading stands still since the error; go on from there, or meet it again.
  const internal::ListPtr list = internal::ToList({&partition, 1}, FirstOf(place));
  const internal::ErrorPtr error(
      rd_kafka_seek_partitions(handle_.get(), list.get(), internal::ToTimeoutMs(kAskMax)));
  if (error != nullptr) Tell(internal::ToStatus(rd_kafka_error_code(error.get()), "seeking"));
}

// What was damaged on its way comes whole, and another leader may have it. Until then the partition
// stands still, and lags.
void LogReader::Impl::ReadDamagedAgain() {
  for (auto& [partition, place] : places_) {
    if (!place.again_at || SteadyClock::now() < *place.again_at) continue;
    place.again_at.reset();
    OnReset(place);
  }
}

// False: stopped or failed; the batch is not done.
bool LogReader::Impl::Handle(const std::stop_token& stop) {
  Backoff backoff(config_.retry_backoff_min, config_.retry_backoff_max);
  for (int32_t attempt = 1; !stop.stop_requested(); ++attempt) {
    observe::Beat();
    const SteadyClock::time_point begin = SteadyClock::now();
    const Outcome outcome = handler_.OnBatch(batch_, stop);
    switch (outcome.kind()) {
      case Outcome::Kind::kDone:
        if (observer_.on_batch) {
          observer_.on_batch(batch_.size(), batch_bytes_,
                             absl::FromChrono(SteadyClock::now() - begin));
        }
        return true;
      case Outcome::Kind::kRetry:
        if (observer_.on_retry) observer_.on_retry(attempt, outcome.status());
        if (!Wait(backoff.Next(), stop)) return false;
        break;
      case Outcome::Kind::kFatal:
        Fail(outcome.status());
        return false;
    }
  }
  return false;
}

void LogReader::Impl::Advance() {
  for (auto& [partition, place] : places_) {
    // The end may lie beyond the last record there is: compaction and markers leave holes.
    const std::int64_t done = std::max<std::int64_t>(place.next, place.eof.value_or(-1));
    if (done != lag_.NextOffset(partition)) lag_.Done(partition, done, std::nullopt);
    if (!place.awaited || place.from.before) continue;
    if (done >= *place.awaited) CaughtUp(place);
  }
}

void LogReader::Impl::CaughtUp(Place& place) {
  handler_.OnCaughtUp(place.from.partition, *std::exchange(place.awaited, std::nullopt));
  if (--awaited_ > 0) return;
  handler_.OnAllCaughtUp();
  {
    const std::lock_guard lock(mutex_);
    caught_up_ = true;
  }
  changed_.notify_all();
}

void LogReader::Impl::Fail(const absl::Status& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!status_.ok()) return;
    status_ = why;
  }
  changed_.notify_all();
  if (!absl::IsCancelled(why) && observer_.on_fatal) observer_.on_fatal(why);
}

bool LogReader::Impl::FailIfClientDid() {
  const absl::Status fatal = internal::FatalErrorOf(handle_.get());
  if (!fatal.ok()) Fail(fatal);
  return !fatal.ok();
}

void LogReader::Impl::OnClientError(rd_kafka_resp_err_t code, std::string_view text) {
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) SetConnected(false);
  ClientHooks::OnClientError(code, text);
}

void LogReader::Impl::SetConnected(bool connected) {
  if (connected_ == connected) return;
  connected_ = connected;
  if (observer_.on_connected) observer_.on_connected(connected);
}

void LogReader::Impl::Answered() {
  answered_ = SteadyClock::now();
  next_probe_ = Deadline::After(kProbeInterval);
  SetConnected(true);
}

// An idle log says nothing when the brokers are back, nor when they stand still: ask all of them.
void LogReader::Impl::Probe() {
  if (!next_probe_.Passed()) return;
  next_probe_ = Deadline::After(kProbeInterval);
  const auto ends =
      internal::ListOffsets(handle_.get(), partitions_, RD_KAFKA_OFFSET_END, kProbeMax);
  if (ends.ok()) return Answered();
  if (absl::FromChrono(SteadyClock::now() - answered_) > config_.broker_silence_max) {
    SetConnected(false);
  }
}

absl::Status LogReader::Impl::AwaitCaughtUp(absl::Duration within) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, Deadline::After(within).time(),
                      [&] { return caught_up_ || !status_.ok(); });
  if (!status_.ok()) return status_;
  if (caught_up_) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kDeadlineExceeded, errors::kNotCaughtUp,
                       "the end seen at the start is not reached yet");
}

absl::StatusOr<std::unique_ptr<LogReader>> LogReader::Create(LogReaderConfig config,
                                                             LogHandler& handler,
                                                             LogReaderObserver observer) {
  auto impl = std::make_shared<Impl>(std::move(config), handler, std::move(observer));
  if (const absl::Status status = impl->Open(); !status.ok()) return status;
  impl->worker_.Start([impl](const std::stop_token& stop) { impl->Run(stop); });
  return std::unique_ptr<LogReader>(new LogReader(std::move(impl)));
}

LogReader::LogReader(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogReader::~LogReader() { Stop(kStopGrace).IgnoreError(); }

absl::Status LogReader::Stop(absl::Duration within) {
  impl_->worker_.RequestStop();
  if (!impl_->worker_.Await(within)) {
    return absl::DeadlineExceededError("the log reader's handler did not come back");
  }
  return absl::OkStatus();
}

absl::Status LogReader::status() const { return impl_->status(); }
bool LogReader::caught_up() const { return impl_->caught_up_; }
absl::Status LogReader::AwaitCaughtUp(absl::Duration within) {
  return impl_->AwaitCaughtUp(within);
}
std::vector<PartitionLag> LogReader::Lag() const { return impl_->Lag(); }

}  // namespace telex::kafka
