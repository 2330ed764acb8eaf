#include "platform/kafka/publisher.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/kafka/handle.h"
#include "platform/kafka/producer_generation.h"
#include "platform/runtime/deadline.h"

namespace telex::kafka {
namespace {

using internal::Delivery;
using internal::Generation;
using internal::HandlePtr;
using runtime::Deadline;

constexpr int kPollMsMax = 100;
// A client that is given up and has called nobody back for so long has forgotten the rest.
constexpr absl::Duration kDrainSilenceMax = absl::Seconds(1);
constexpr absl::Duration kDestroyGrace = absl::Seconds(1);
constexpr const char* kWaitsForRoom = "room among the records on their way to Kafka";

absl::Status Refused(std::string_view reason, std::string_view message) {
  return errors::Error(absl::StatusCode::kInvalidArgument, reason, message);
}

}  // namespace

class Publisher::Impl : public internal::ClientHooks {
 public:
  Impl(PublisherConfig config, PublisherObserver observer)
      : ClientHooks(observer.client), config_(std::move(config)), observer_(std::move(observer)) {}

  ~Impl() override { Stop(); }

  absl::Status Start();
  void Stop();
  void Publish(Record record, Callback done, std::stop_token stop);
  absl::StatusOr<std::vector<Position>> PublishAll(std::vector<Record> records,
                                                   std::stop_token stop);
  size_t Flush(absl::Duration within);
  absl::Status WarmUp(std::span<const std::string> topics, absl::Duration within);

  void OnClientError(rd_kafka_resp_err_t code, std::string_view text) override;

 private:
  absl::StatusOr<HandlePtr> MakeHandle();
  absl::Status Check(const Record& record) const;
  bool OnPollThread() const { return std::this_thread::get_id() == poll_thread_id_; }
  bool HasRoom(size_t bytes) const {
    return inflight_records_ == 0 || (inflight_records_ < config_.inflight_records_max &&
                                      inflight_bytes_ + bytes <= config_.inflight_bytes_max);
  }
  rd_kafka_resp_err_t HandWhenRoom(const Record& record, Delivery* delivery,
                                   std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  static void Report(Delivery& delivery, absl::StatusOr<Position> result);
  void Refuse(Delivery& delivery, absl::Status why);
  void CompareClocks(const rd_kafka_message_t& message, absl::Time sent) const;
  void Serve(Generation& generation, int wait_ms);
  void Settle();
  void Retire(Generation& old);
  void Fail(const absl::Status& cause);
  void Poll(std::stop_token stop);
  void Recreate(const absl::Status& cause);
  static void OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);

  const PublisherConfig config_;
  const PublisherObserver observer_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;  // room, delivery, failure
  std::shared_ptr<Generation> generation_;
  size_t inflight_records_ = 0;
  size_t inflight_bytes_ = 0;
  absl::Status failure_;   // with fatal_is_fatal: why nothing is accepted any more
  bool stopping_ = false;  // nor now

  // The poll thread's own.
  bool told_fatal_ = false;          // of this generation
  std::vector<Delivery*> reported_;  // called back, but still counted as under way
  std::thread::id poll_thread_id_;
  std::jthread poll_thread_;
};

absl::StatusOr<HandlePtr> Publisher::Impl::MakeHandle() {
  internal::Conf conf(config_.client, this);
  conf.Set("enable.idempotence", "true");
  conf.Set("acks", "all");
  // A record that fails in the middle of a series ends the series, so that no later one is
  // appended.
  if (config_.fatal_is_fatal) conf.Set("enable.gapless.guarantee", "true");
  conf.Set("message.timeout.ms", config_.message_timeout);
  conf.Set("linger.ms", config_.linger_ms);
  conf.Set("compression.type", config_.compression);
  conf.Set("partitioner", "murmur2_random");
  conf.Set("message.max.bytes", static_cast<int64_t>(config_.record_bytes_max) + 4096);
  // Our own bounds are the ones that are met; the library's leave room for what callbacks publish.
  conf.Set("queue.buffering.max.messages", static_cast<int64_t>(config_.inflight_records_max) * 2);
  conf.Set("queue.buffering.max.kbytes",
           static_cast<int64_t>((config_.inflight_bytes_max + config_.record_bytes_max) / 512));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivery);
  return conf.Make(RD_KAFKA_PRODUCER);
}

absl::Status Publisher::Impl::Start() {
  auto handle = MakeHandle();
  if (!handle.ok()) return handle.status();
  generation_ = std::make_shared<Generation>(*std::move(handle));
  std::unique_lock lock(mutex_);
  poll_thread_ = std::jthread([this](std::stop_token stop) {
    { std::unique_lock started(mutex_); }  // poll_thread_id_ is set
    Poll(std::move(stop));
  });
  poll_thread_id_ = poll_thread_.get_id();
  return absl::OkStatus();
}

void Publisher::Impl::Stop() {
  if (!poll_thread_.joinable()) return;
  Flush(kDestroyGrace);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;  // what callbacks publish from now on is refused
  }
  changed_.notify_all();
  poll_thread_.request_stop();
  poll_thread_.join();
  Retire(*generation_);
  generation_.reset();
}

absl::Status Publisher::Impl::Check(const Record& record) const {
  if (record.topic.empty()) return Refused(errors::kFieldRequired, "a record needs a topic");
  if (record.partition < 0) return Refused(errors::kFieldRequired, "a record needs a partition");
  if (WeightOf(record) > config_.record_bytes_max) {
    return Refused(errors::kRecordTooLarge,
                   fmt::format("a record for {} weighs {} bytes; {} are allowed", record.topic,
                               WeightOf(record), config_.record_bytes_max));
  }
  return absl::OkStatus();
}

// With mutex_ held, so that nothing is handed over once failure_ is set. Waits for room unless on
// the poll thread. RD_KAFKA_RESP_ERR__QUEUE_FULL with
// `stop` requested, failure_ or stopping_ set: not handed over for that reason.
rd_kafka_resp_err_t Publisher::Impl::HandWhenRoom(const Record& record, Delivery* delivery,
                                                  std::unique_lock<std::mutex>& lock,
                                                  const std::stop_token& stop) {
  const bool on_poll_thread = OnPollThread();
  const bool may_wait = config_.wait_for_room && !on_poll_thread;
  std::optional<observe::Waiting> waiting;
  while (failure_.ok() && !stopping_) {
    if (on_poll_thread || HasRoom(delivery->bytes)) {
      const rd_kafka_resp_err_t code = generation_->Produce(record, delivery);
      // A client with a fatal error is about to be replaced; a full queue empties.
      const bool again = code == RD_KAFKA_RESP_ERR__QUEUE_FULL ||
                         (code == RD_KAFKA_RESP_ERR__FATAL && !config_.fatal_is_fatal);
      if (!again || !may_wait) return code;
      if (!waiting) waiting.emplace(kWaitsForRoom);
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    } else {
      if (!may_wait) break;
      if (!waiting) waiting.emplace(kWaitsForRoom);
      changed_.wait_for(lock, stop, std::chrono::milliseconds(kPollMsMax),
                        [&] { return !failure_.ok() || stopping_ || HasRoom(delivery->bytes); });
    }
    if (stop.stop_requested()) break;
  }
  return RD_KAFKA_RESP_ERR__QUEUE_FULL;
}

void Publisher::Impl::Publish(Record record, Callback done, std::stop_token stop) {
  std::list<Delivery> made;
  Delivery& delivery = made.emplace_back();
  delivery.done = std::move(done);
  delivery.bytes = WeightOf(record);
  if (observer_.on_clock) delivery.sent = absl::Now();
  if (absl::Status fault = Check(record); !fault.ok()) {
    return Refuse(delivery, std::move(fault));
  }
  std::unique_lock lock(mutex_);
  const rd_kafka_resp_err_t code = HandWhenRoom(record, &delivery, lock, stop);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++inflight_records_;
    inflight_bytes_ += delivery.bytes;
    // Settle takes it out again; it needs mutex_ for that.
    delivery.generation = generation_.get();
    delivery.place = made.begin();
    generation_->under_way.splice(generation_->under_way.end(), made);
  }
  absl::Status failure = failure_;
  const bool stopped = stopping_ || stop.stop_requested();
  lock.unlock();

  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (!failure.ok()) return Refuse(delivery, std::move(failure));
  if (stopped) {
    return Refuse(delivery, absl::CancelledError("publishing was stopped"));
  }
  Refuse(delivery, internal::ToStatus(code, fmt::format("{}/{}", record.topic, record.partition)));
}

void Publisher::Impl::Report(Delivery& delivery, absl::StatusOr<Position> result) {
  if (delivery.done) delivery.done(std::move(result));
}

// For a record that was never handed over.
void Publisher::Impl::Refuse(Delivery& delivery, absl::Status why) {
  // A record that is left out is a hole, too.
  if (config_.fatal_is_fatal && !absl::IsCancelled(why)) Fail(why);
  Report(delivery, std::move(why));
}

void Publisher::Impl::OnDelivery(rd_kafka_t* handle, const rd_kafka_message_t* message,
                                 void* opaque) {
  Impl& self = static_cast<Impl&>(*ClientHooks::Of(opaque));
  Delivery& delivery = *static_cast<Delivery*>(message->_private);
  const char* topic = rd_kafka_topic_name(message->rkt);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (self.observer_.on_clock) self.CompareClocks(*message, delivery.sent);
    self.Report(delivery, Position{message->partition, message->offset});
  } else {
    absl::Status why =
        internal::ToStatus(message->err, fmt::format("{}/{}", topic, message->partition));
    if (self.config_.fatal_is_fatal) {
      self.Fail(why);
      rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING);
    }
    self.Report(delivery, std::move(why));
  }
  self.reported_.push_back(&delivery);
}

// Calls back what has been delivered. Flush waits until the callbacks have returned.
void Publisher::Impl::Serve(Generation& generation, int wait_ms) {
  rd_kafka_poll(generation.handle.get(), wait_ms);
  Settle();
}

// Of a turn's callbacks in one go: there are hundreds where there are many.
void Publisher::Impl::Settle() {
  if (reported_.empty()) return;
  std::list<Delivery> settled;  // what their callbacks hold is let go of without the mutex
  {
    const std::lock_guard lock(mutex_);
    inflight_records_ -= reported_.size();
    for (Delivery* delivery : reported_) {
      inflight_bytes_ -= delivery->bytes;
      settled.splice(settled.end(), delivery->generation->under_way, delivery->place);
    }
  }
  reported_.clear();
  changed_.notify_all();
}

// Of a generation that nothing is handed to any more, on the one thread that polls it: each of its
// records is called back, by the library or in its stead.
void Publisher::Impl::Retire(Generation& old) {
  rd_kafka_purge(old.handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  size_t left = old.under_way.size();
  for (Deadline silence = Deadline::After(kDrainSilenceMax); left > 0 && !silence.Passed();) {
    observe::Beat();
    Serve(old, internal::ToTimeoutMs(silence.Left()));
    if (old.under_way.size() < left) silence = Deadline::After(kDrainSilenceMax);
    left = old.under_way.size();
  }
  while (!old.under_way.empty()) {
    Delivery& delivery = old.under_way.front();
    Report(delivery, internal::ToStatus(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, *delivery.topic));
    reported_.push_back(&delivery);
    Settle();
  }
}

// The broker's stamp lies between sending and now, if both clocks are right.
void Publisher::Impl::CompareClocks(const rd_kafka_message_t& message, absl::Time sent) const {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const absl::Time stamp = absl::FromUnixMillis(rd_kafka_message_timestamp(&message, &type));
  if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME) return;
  observer_.on_clock(std::max(sent - stamp, absl::ZeroDuration()) -
                     std::max(stamp - absl::Now(), absl::ZeroDuration()));
}

void Publisher::Impl::Fail(const absl::Status& cause) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.ok()) return;
    failure_ = errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kPublisherFailed,
        fmt::format("nothing more is published after: {}", std::string(cause.message())));
  }
  changed_.notify_all();
  if (observer_.on_fatal) observer_.on_fatal(cause);
}

void Publisher::Impl::OnClientError(rd_kafka_resp_err_t code, std::string_view text) {
  // What is fatal is seen by Poll, which asks for it: the cause is not in here.
  if (code != RD_KAFKA_RESP_ERR__FATAL) return ClientHooks::OnClientError(code, text);
}

void Publisher::Impl::Poll(std::stop_token stop) {
  const observe::ScopedHeartbeat heartbeat(observer_.heartbeat);
  while (!stop.stop_requested()) {
    observe::Beat();
    // Only this thread replaces it.
    Serve(*generation_, kPollMsMax);
    const absl::Status fatal = internal::FatalErrorOf(generation_->handle.get());
    if (fatal.ok()) continue;
    if (!std::exchange(told_fatal_, true)) Tell(fatal);
    if (config_.fatal_is_fatal) {
      Fail(fatal);
    } else {
      Recreate(fatal);
    }
  }
}

void Publisher::Impl::Recreate(const absl::Status& cause) {
  auto handle = MakeHandle();
  if (!handle.ok()) return Fail(handle.status());  // it was accepted at the start
  auto generation = std::make_shared<Generation>(*std::move(handle));
  {
    const std::lock_guard lock(mutex_);
    generation_.swap(generation);
  }
  changed_.notify_all();
  // What the old one still holds gets its callback with an error; it may be published again.
  Retire(*generation);
  told_fatal_ = false;
  if (observer_.on_recreated) observer_.on_recreated(cause);
}

absl::StatusOr<std::vector<Position>> Publisher::Impl::PublishAll(std::vector<Record> records,
                                                                  std::stop_token stop) {
  if (OnPollThread()) {
    return absl::FailedPreconditionError("PublishAll would wait for its own thread");
  }
  // Shared with the callbacks, which may come after a cancelled wait.
  struct Gathering {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::vector<Position> positions;
    size_t left = 0;
    absl::Status first_error;
  };
  auto gathering = std::make_shared<Gathering>();
  gathering->positions.resize(records.size());
  gathering->left = records.size();
  for (size_t i = 0; i < records.size(); ++i) {
    const auto done = [gathering, i](absl::StatusOr<Position> result) {
      const std::lock_guard lock(gathering->mutex);
      if (result.ok()) {
        gathering->positions[i] = *result;
      } else {
        gathering->first_error.Update(result.status());
      }
      if (--gathering->left == 0) gathering->changed.notify_all();
    };
    Publish(std::move(records[i]), done, stop);
  }
  // The poll thread, which brings them, has a heartbeat of its own.
  const observe::Waiting waiting("acknowledgements of Kafka");
  std::unique_lock lock(gathering->mutex);
  gathering->changed.wait(lock, stop, [&] { return gathering->left == 0; });
  if (gathering->left > 0) {
    return absl::CancelledError(
        fmt::format("stopped while {} records were on their way", gathering->left));
  }
  if (!gathering->first_error.ok()) return gathering->first_error;
  return std::move(gathering->positions);
}

size_t Publisher::Impl::Flush(absl::Duration within) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, Deadline::After(within).time(), [&] { return inflight_records_ == 0; });
  return inflight_records_;
}

absl::Status Publisher::Impl::WarmUp(std::span<const std::string> topics, absl::Duration within) {
  const Deadline deadline = Deadline::After(within);
  for (const std::string& name : topics) {
    std::shared_ptr<Generation> generation;
    rd_kafka_topic_t* topic = nullptr;
    {
      const std::lock_guard lock(mutex_);
      generation = generation_;
      topic = generation->TopicOf(name).handle.get();
    }
    const rd_kafka_metadata_t* metadata = nullptr;
    const rd_kafka_resp_err_t code = rd_kafka_metadata(
        generation->handle.get(), 0, topic, &metadata, internal::ToTimeoutMs(deadline.Left()));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return internal::ToStatus(code, fmt::format("warming up for {}", name));
    }
    rd_kafka_resp_err_t topic_code = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (metadata->topic_cnt == 1) topic_code = metadata->topics[0].err;
    rd_kafka_metadata_destroy(metadata);
    if (topic_code != RD_KAFKA_RESP_ERR_NO_ERROR) return internal::ToStatus(topic_code, name);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Create(PublisherConfig config,
                                                             PublisherObserver observer) {
  auto impl = std::make_unique<Impl>(std::move(config), std::move(observer));
  if (const absl::Status status = impl->Start(); !status.ok()) return status;
  return std::unique_ptr<Publisher>(new Publisher(std::move(impl)));
}

Publisher::Publisher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Publisher::~Publisher() { impl_->Stop(); }  // with callbacks that may publish

void Publisher::Publish(Record record, Callback done, std::stop_token stop) {
  impl_->Publish(std::move(record), std::move(done), std::move(stop));
}

absl::StatusOr<std::vector<Position>> Publisher::PublishAll(std::vector<Record> records,
                                                            std::stop_token stop) {
  return impl_->PublishAll(std::move(records), std::move(stop));
}

size_t Publisher::Flush(absl::Duration within) { return impl_->Flush(within); }

absl::Status Publisher::WarmUp(std::span<const std::string> topics, absl::Duration within) {
  return impl_->WarmUp(topics, within);
}

}  // namespace telex::kafka
