// Appends records: idempotent, acks=all, in order within a partition.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/client_config.h"
#include "platform/kafka/record.h"
#include "platform/observe/heartbeat.h"

namespace telex::kafka {

struct PublisherConfig {
  ClientConfig client;
  // How long a record is tried before its callback gets an error. Zero: never gives up, as the
  // owner of a partition must not leave a hole.
  absl::Duration message_timeout = absl::Seconds(30);
  // How long a record waits for company. 0: it leaves at once; those that come while a request is
  // under way still travel together.
  int32_t linger_ms = 0;
  std::string compression = "lz4";  // none, gzip, snappy, lz4, zstd
  // Bounds of what is on its way.
  size_t inflight_records_max = 50'000;
  size_t inflight_bytes_max = 64u << 20;
  // When they are reached. true: Publish waits for room. false: the record is refused with
  // RESOURCE_EXHAUSTED, for whoever publishes on threads that must not block.
  bool wait_for_room = true;
  size_t record_bytes_max =
      4u << 20;  // larger: refused with RECORD_TOO_LARGE (brokers: max.message.bytes)
  // What follows when a record can not be delivered for good, or the library reports a fatal error.
  // false: the callbacks get the error, the client underneath is recreated and the publisher goes
  // on. true: nothing later is sent, each further Publish fails, and on_fatal must end the process:
  // for whoever promises a log without holes. Goes with message_timeout zero.
  bool fatal_is_fatal = false;
};

// Each may be empty. Called on the poll thread or that of the caller; must not block.
struct PublisherObserver {
  ClientObserver client;
  // How far the clock of this machine is ahead of that of the broker that appended the record (less
  // than nothing: behind), at least; zero while the two cannot be told apart. Only for topics
  // whose records are stamped by the broker (message.timestamp.type=LogAppendTime).
  std::function<void(absl::Duration ahead)> on_clock;
  // The client underneath was replaced after a fatal error.
  std::function<void(const absl::Status& cause)> on_recreated;
  // Only with fatal_is_fatal, once. What is expected of it: end the process.
  std::function<void(const absl::Status& cause)> on_fatal;
  // Carried by the poll thread, which all callbacks run on.
  std::shared_ptr<observe::Heartbeat> heartbeat;
};

// Thread-safe. The destructor waits one second for what is on its way, then drops it (callbacks get
// an error; what they publish is refused); call Flush before to know.
class Publisher {
 public:
  using Callback = std::function<void(absl::StatusOr<Position>)>;

  // InvalidArgument when the configuration is refused. Does not wait for a broker.
  static absl::StatusOr<std::unique_ptr<Publisher>> Create(PublisherConfig config,
                                                           PublisherObserver observer = {});
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Appends the record to its topic and partition (both must be set). `done` is called exactly
  // once, whatever becomes of the client underneath: on the poll thread (at the end: that of the
  // destructor), with the position, or with the error; or right here, before the return, when the
  // record is refused (InvalidArgument, RECORD_TOO_LARGE, a publisher that has failed). Waits while
  // the bounds are reached (wait_for_room); called from within a callback it does not wait but may
  // exceed the bounds. `done` must not block and may be empty. Errors: DeadlineExceeded
  // (message_timeout; whether it was appended is unknown), NotFound (no such topic or partition),
  // InvalidArgument, ResourceExhausted, Unavailable; Cancelled when `stop` is requested while it
  // waits for room: the record was not published, which is no failure of the publisher.
  void Publish(Record record, Callback done, std::stop_token stop = {});

  // Publishes all and waits for all; positions in the order of the records. The first error if
  // there is one: the others may have been appended all the same. Cancelled when `stop` is
  // requested while waiting: what is on its way may still be appended. Not from within a callback.
  absl::StatusOr<std::vector<Position>> PublishAll(std::vector<Record> records,
                                                   std::stop_token stop = {});

  // Waits until all is delivered or `within` is over; the number of records still undelivered.
  size_t Flush(absl::Duration within);

  // Fetches the topics' metadata, connects to their leaders and gets the producer id, so that the
  // first record does not wait a second for it. NotFound if a topic is missing; Unavailable.
  absl::Status WarmUp(std::span<const std::string> topics, absl::Duration within);

 private:
  class Impl;
  explicit Publisher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::kafka
