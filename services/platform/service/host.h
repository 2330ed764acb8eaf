// What every service stands on, one a process: its Kafka clients with their logs and metrics,
// waiting for the cluster, readiness with its reason, failing with a reason, the thread that starts
// it, the order of its stop. A service's app.cc makes its parts with it and names what is its own.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/kafka/admin.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/metrics.h"
#include "platform/replica/log_replica.h"
#include "platform/runtime/health.h"
#include "platform/runtime/lifecycle.h"
#include "platform/runtime/loop.h"
#include "platform/service/clock_check.h"
#include "platform/service/service_settings.h"

namespace telex::service {

// What its checks tell whoever is paged, in the words of this service.
struct HostTexts {
  const char* not_ready_impact;  // "Stories submitted here are refused; other replicas take them."
  const char* broker_away_impact;  // "No story can be submitted until it is back; ..."
  const char* not_ready_runbook;   // "docs/runbooks/ingestion-not-ready.md"
};

// A thread that goes round for ever (runtime::Loop).
struct LoopTexts {
  const char* name = nullptr;  // "follower"
  int severity = 3;
  const char* impact = nullptr;   // while it hangs
  const char* summary = nullptr;  // what it does
};

// What must be known of the log before it is read.
struct Cluster {
  std::string id;                                     // it was formatted with
  std::int32_t partitions = 0;                        // of each of the topics that were asked for
  std::map<std::string, std::int32_t> partitions_of;  // of all topics there are
};

// The parts of a stop, in this order; those of one phase in the order in which they were added.
enum class StopPhase { kConsuming, kCalls, kPublishing, kReading, kStores };

// Thread-safe, but for the making of clients and parts, which is the start thread's.
class Host {
 public:
  using Clock = runtime::HealthChecks::Clock;

  // All but the settings and the texts outlive it. The clock is for tests.
  Host(
      ServiceSettings settings, const HostTexts& texts, runtime::Lifecycle& lifecycle,
      runtime::HealthChecks& health, observe::Metrics& metrics,
      Clock clock = [] { return std::chrono::steady_clock::now(); });
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const ServiceSettings& settings() const { return settings_; }
  observe::Metrics& metrics() { return metrics_; }
  // How long ago it was made: this process runs for longer than that.
  absl::Duration age() const { return absl::FromChrono(clock_() - started_); }
  runtime::HealthChecks& health() { return health_; }

  // Runs `begin` on the start thread. Its error, unless a stop was requested meanwhile, ends the
  // process as a fault.
  void Start(std::function<absl::Status(std::stop_token)> begin);
  // Ends the start thread and takes the checks away, so that what they use may be destroyed. The
  // stop does it; for whoever destroys parts without one.
  void Abandon();

  // What the process waits for, until SetReady: the check "log" of /readyz and its text.
  void WaitFor(std::string_view what);
  void SetReady();
  // In place of the two: asked at each /readyz, from what is known. `text` is what WaitFor was
  // told.
  void SetReadiness(std::function<absl::Status(const std::string& text)> readiness);
  // The process ends, with this reason in log, /readyz and exit code 70. From any thread.
  void Fail(std::string_view what, const absl::Status& why);

  // A part of the stop. It is told how long it has. May be added while the service runs.
  void OnStop(StopPhase phase, std::string name, std::function<absl::Status(absl::Duration)> stop);

  // A further check of /readyz, and a gauge; both are gone before the stores are closed. What they
  // use lives until then.
  void AddCheck(runtime::Check check);
  void Gauge(std::string_view name, std::string_view help, std::function<double()> value);

  // The check `name`, which does not gate readiness: whether such a file could be read when it last
  // changed. `impact`: while what it said before stands.
  void WatchFile(std::string name, std::string impact, std::function<absl::Status()> last_read);

  // A loop for /livez, once; to be carried by its thread.
  std::shared_ptr<observe::Heartbeat> Watch(const LoopTexts& texts);

  // Waits until a broker answers and has `topics`, visibly; `meanwhile`, if any, is called after
  // each attempt that found no broker, or not all topics. What waiting cannot mend is returned: a
  // refusal (credentials, ACLs, a wrong property), WRONG_PARTITION_COUNT (topics that differ among
  // each other or from the catalogue of TELEX_TOPICS_FILE), Cancelled after a stop. Waited for is
  // also that the topics have the cleanup.policy and the message.timestamp.type of that catalogue:
  // TOPIC_MISCONFIGURED.
  absl::StatusOr<Cluster> AwaitCluster(std::span<const std::string> topics, std::stop_token stop,
                                       const std::function<void()>& meanwhile = {});
  // After AwaitCluster.
  kafka::Admin& admin() { return *admin_; }
  // The ends of logs, as owner::PartitionOwnerOptions::ends asks for them: of each leader for two
  // seconds at most. After AwaitCluster.
  absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> EndOffsets(
      std::span<const kafka::TopicPartition> partitions);
  // False from when a broker is known not to answer; true once all do again.
  bool connected() const { return connected_; }
  // UNAVAILABLE / CLOCK_SKEWED while this machine's clock is known to be wrong.
  absl::Status ClockAgrees() const { return clocks_.Check(); }
  // Told on a client's thread when connected() becomes false. Set at wiring.
  void OnBrokerAway(std::function<void()> listener) { on_broker_away_ = std::move(listener); }

  // Clients whose log lines, errors, retries and connections are logged and counted
  // (telex_kafka_*). The config's client and the observer's are filled in here. `role` tells a
  // client from the process' others in the brokers' logs and in metrics.
  absl::StatusOr<std::unique_ptr<kafka::Publisher>> MakePublisher(
      const std::string& role, kafka::PublisherConfig config,
      std::shared_ptr<observe::Heartbeat> heartbeat);
  // Fetches metadata and connects, so that the first record does not wait for it; a failure is
  // logged and mended by the publisher itself.
  void WarmUp(kafka::Publisher& publisher, std::span<const std::string> topics);
  // What it reads is the log of this service: telex_log_lag_seconds. A batch that fails for longer
  // than kFailingMax makes the replica unready, with the reason.
  static constexpr absl::Duration kFailingMax = absl::Seconds(30);
  absl::StatusOr<std::unique_ptr<kafka::LogReader>> MakeReader(
      const std::string& role, kafka::LogReaderConfig config, kafka::LogHandler& handler,
      std::shared_ptr<observe::Heartbeat> heartbeat);
  // A reader for one question, which its maker stops: nothing here depends on it. `on_fatal`: it
  // has stopped by itself. Thread-safe.
  absl::StatusOr<std::unique_ptr<kafka::LogReader>> MakeStandaloneReader(
      const std::string& role, kafka::LogReaderConfig config, kafka::LogHandler& handler,
      std::function<void(const absl::Status&)> on_fatal);
  // A replica in the folder and of the size that the settings say (filled in here), with AddStore.
  // Errors as of LogReplica::Open.
  absl::StatusOr<std::unique_ptr<replica::LogReplica>> OpenReplica(replica::Options options);
  // A replica's local store, once it is open: how it was opened goes to the log, its size to
  // telex_store_bytes, a partition that is held to /readyz; the stop closes it.
  void AddStore(replica::LogReplica& replica);
  // MakeReader of all that the replica reads, and WaitFor that. Every 10 s that a broker answers
  // its age is set back, and `on_current` is told.
  absl::StatusOr<std::unique_ptr<kafka::LogReader>> FollowLog(
      const std::string& role, replica::LogReplica& replica,
      std::shared_ptr<observe::Heartbeat> heartbeat,
      std::function<void(absl::Time now)> on_current = {});
  absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>> MakeConsumer(
      const std::string& role, kafka::GroupConsumerConfig config, kafka::GroupHandler& handler,
      std::shared_ptr<observe::Heartbeat> heartbeat);
  // For records of `topic` that cannot be handled: into <topic>.<group>.dlq, logged and counted.
  kafka::DeadLetters MakeDeadLetters(const Cluster& cluster, const std::string& topic,
                                     const std::string& group);
  // The same for LogReplica::Follow, of all topics that it reads. `publisher` outlives the reader.
  replica::SetAside MakeSetAside(const Cluster& cluster, std::initializer_list<std::string> topics,
                                 const std::string& group, kafka::Publisher& publisher);

 private:
  kafka::ClientConfig Client(const std::string& role) const;
  kafka::ClientObserver Observe(const std::string& role);
  void SetConnected(bool connected);
  void BatchFailed(const absl::Status& why);
  void BatchDone();
  absl::Status Readiness() const;
  absl::Status StopAll(StopPhase phase, absl::Duration within);
  void RemoveChecks();
  absl::StatusOr<Cluster> AskCluster(std::span<const std::string> topics);
  absl::Status CheckCatalogue(std::span<const std::string> topics);
  absl::Status CheckConfiguration(const kafka::TopicCatalogue& catalogue,
                                  std::span<const std::string> topics);

  const ServiceSettings settings_;
  const HostTexts texts_;
  runtime::Lifecycle& lifecycle_;
  runtime::HealthChecks& health_;
  observe::Metrics& metrics_;
  const Clock clock_;
  const std::chrono::steady_clock::time_point started_ = clock_();

  ClockComparison clocks_;
  std::atomic<bool> connected_{false};
  std::function<void()> on_broker_away_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> any_failing_{false};
  std::unique_ptr<kafka::Admin> admin_;

  mutable std::mutex mutex_;
  std::string waiting_for_ = "starting";
  absl::Status failure_;
  std::function<absl::Status(const std::string&)> readiness_;
  struct Failing {
    std::chrono::steady_clock::time_point since;
    std::string why;
  };
  std::optional<Failing> failing_;  // the reader's batch
  struct Part {
    StopPhase phase;
    std::string name;
    std::function<absl::Status(absl::Duration)> stop;
  };
  std::vector<Part> parts_;
  std::vector<std::string> checks_;
  std::vector<observe::CallbackHandle> gauges_;
  std::vector<std::unique_ptr<runtime::PeriodicTask>>
      tasks_;  // the start thread's, then the stop's
  std::jthread starter_;
};

// For files that are read again when they change: logs that `what` ("the callers' file") was
// reloaded, or why it could not be.
std::function<void(const absl::Status&)> LogReload(std::string_view what);

// Waits until all partitions have reached the end seen at the start; Cancelled after a stop.
absl::Status AwaitCaughtUp(kafka::LogReader& reader, std::stop_token stop);

}  // namespace telex::service
