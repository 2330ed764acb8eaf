#include "platform/service/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/observe/log.h"
#include "platform/observe/outage_log.h"
#include "platform/runtime/loop.h"
#include "platform/service/broker_check.h"

namespace telex::service {
namespace {

using observe::Log;
using observe::Severity;

constexpr absl::Duration kAskMax = absl::Seconds(5);  // one question to the cluster
constexpr absl::Duration kAskAgainAfter = absl::Milliseconds(500);
constexpr absl::Duration kCaughtUpPoll =
    absl::Milliseconds(200);  // bounds how late a stop is heeded
constexpr absl::Duration kTouchInterval = absl::Seconds(10);
// A client whose queue is full looks again a second later: at a start it must hold about what is
// taken in in a second, or taking in stands still in between. Later it holds next to nothing.
constexpr std::size_t kPrefetchKibibytes = 128 << 10;
constexpr absl::Duration kStartStopMax = absl::Seconds(10);
constexpr char kNewerReleaseRunbook[] = "docs/runbooks/record-from-newer-release.md";
constexpr char kHangsRunbook[] = "docs/runbooks/process-hangs.md";
constexpr char kLogCheck[] = "log";

struct PhaseBound {
  StopPhase phase;
  const char* name;
  absl::Duration within;  // all of them and the drain delay fit into a pod's grace period
};
constexpr std::array<PhaseBound, 5> kPhases = {{
    {StopPhase::kConsuming, "consuming", absl::Seconds(8)},
    {StopPhase::kCalls, "calls", absl::Seconds(10)},
    {StopPhase::kPublishing, "publishing", absl::Seconds(8)},
    {StopPhase::kReading, "reading", absl::Seconds(5)},
    {StopPhase::kStores, "stores", absl::Seconds(10)},
}};

// What the next attempt may find otherwise: a broker that is away, a topic that is not made yet.
bool IsWorthWaitingFor(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsNotFound(status);
}

absl::Status TopicMissing(std::string_view topic) {
  return errors::Error(
      absl::StatusCode::kUnavailable, errors::kTopicMissing,
      fmt::format(
          "topic {} is missing: telexctl topics apply --file deploy/kafka/topics.yaml makes it",
          topic));
}

double LongestBehind(const std::vector<kafka::PartitionLag>& lags) {
  absl::Duration behind = absl::ZeroDuration();
  for (const kafka::PartitionLag& lag : lags) behind = std::max(behind, lag.behind);
  return absl::ToDoubleSeconds(behind);
}

}  // namespace

Host::Host(ServiceSettings settings, const HostTexts& texts, runtime::Lifecycle& lifecycle,
           runtime::HealthChecks& health, observe::Metrics& metrics, Clock clock)
    : settings_(std::move(settings)),
      texts_(texts),
      lifecycle_(lifecycle),
      health_(health),
      metrics_(metrics),
      clock_(std::move(clock)) {
  AddCheck({.name = std::string(kLogCheck),
            .severity = 1,
            .business_impact = texts.not_ready_impact,
            .technical_summary = "The log has been read up to the end seen at start, and nothing "
                                 "that this replica does has stopped.",
            .panic_guide = texts.not_ready_runbook,
            .status = [this] { return Readiness(); }});
  AddCheck(BrokerCheck(texts.broker_away_impact, [this] { return connected(); }));
  Gauge("telex_kafka_broker_connected", "1 while every broker that leads a partition answers.",
        [this] { return connected() ? 1.0 : 0.0; });
  lifecycle_.OnStop({"starting", kStartStopMax, [this](absl::Duration) {
                       starter_.request_stop();
                       if (starter_.joinable()) starter_.join();
                       return absl::OkStatus();
                     }});
  for (const PhaseBound& bound : kPhases) {
    lifecycle_.OnStop(
        {bound.name, bound.within,
         [this, phase = bound.phase](absl::Duration within) { return StopAll(phase, within); }});
  }
}

Host::~Host() { Abandon(); }

void Host::Start(std::function<absl::Status(std::stop_token)> begin) {
  starter_ = std::jthread([this, begin = std::move(begin)](const std::stop_token& stop) {
    const absl::Status begun = begin(stop);
    if (!begun.ok() && !stop.stop_requested()) Fail("cannot start", begun);
  });
}

void Host::Abandon() {
  starter_ = {};
  tasks_.clear();
  RemoveChecks();
}

void Host::AddCheck(runtime::Check check) {
  {
    const std::lock_guard lock(mutex_);
    checks_.push_back(check.name);
  }
  health_.Add(std::move(check));
}

void Host::Gauge(std::string_view name, std::string_view help, std::function<double()> value) {
  auto handle = metrics_.GaugeCallback(name, help, {}, std::move(value));
  const std::lock_guard lock(mutex_);
  gauges_.push_back(std::move(handle));
}

// Not under the lock: both wait for a check or a scrape that is under way, which may need it.
void Host::RemoveChecks() {
  std::vector<std::string> checks;
  std::vector<observe::CallbackHandle> gauges;
  {
    const std::lock_guard lock(mutex_);
    checks.swap(checks_);
    gauges.swap(gauges_);
  }
  for (const std::string& check : checks) health_.Remove(check);
}

void Host::WaitFor(std::string_view what) {
  const std::lock_guard lock(mutex_);
  waiting_for_ = what;
}

void Host::SetReady() { ready_ = true; }

void Host::SetReadiness(std::function<absl::Status(const std::string&)> readiness) {
  const std::lock_guard lock(mutex_);
  readiness_ = std::move(readiness);
}

absl::Status Host::Readiness() const {
  const std::lock_guard lock(mutex_);
  if (!failure_.ok()) return failure_;
  if (failing_) {
    const auto failing = absl::FromChrono(clock_() - failing_->since);
    if (failing > kFailingMax) {
      return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                           fmt::format("what was read cannot be taken in, for {} s: {}",
                                       absl::ToInt64Seconds(failing), failing_->why));
    }
  }
  if (readiness_) return readiness_(waiting_for_);
  if (ready_) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp, waiting_for_);
}

void Host::Fail(std::string_view what, const absl::Status& why) {
  Log(Severity::kError, what, {{"error", why.ToString()}, {"reason", errors::ReasonOf(why)}});
  const std::string text =
      fmt::format("{}: {}", what, why.ToString(absl::StatusToStringMode::kWithNoExtraData));
  {
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) {
      failure_ = errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp, text);
    }
  }
  // With the reason: /readyz shows it until the process has ended.
  lifecycle_.RequestStop(text, runtime::kExitFault);
}

void Host::OnStop(StopPhase phase, std::string name,
                  std::function<absl::Status(absl::Duration)> stop) {
  const std::lock_guard lock(mutex_);
  parts_.push_back({phase, std::move(name), std::move(stop)});
}

absl::Status Host::StopAll(StopPhase phase, absl::Duration within) {
  if (phase == StopPhase::kStores) RemoveChecks();  // the admin port still answers
  std::vector<Part> parts;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(parts_.begin(), parts_.end(), std::back_inserter(parts),
                 [&](const Part& part) { return part.phase == phase; });
  }
  const absl::Time deadline = absl::Now() + within * 0.9;
  absl::Status first;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // An equal share of what is left: one that hangs takes not all of it.
    const auto left = static_cast<std::int64_t>(parts.size() - i);
    const absl::Status status = parts[i].stop((deadline - absl::Now()) / left);
    if (!status.ok() && first.ok()) first = errors::WithContext(status, parts[i].name);
  }
  return first;
}

std::shared_ptr<observe::Heartbeat> Host::Watch(std::string name, int severity, std::string impact,
                                                std::string summary) {
  return health_.Watch({.name = std::move(name),
                        .severity = severity,
                        .business_impact = std::move(impact),
                        .technical_summary = std::move(summary),
                        .panic_guide = kHangsRunbook,
                        .silence_max = settings_.loop_silence_max});
}

// The cluster
// -------------------------------------------------------------------------------------------------

absl::StatusOr<Cluster> Host::AwaitCluster(std::span<const std::string> topics,
                                           std::stop_token stop,
                                           const std::function<void()>& meanwhile) {
  observe::OutageLog outage("the Kafka cluster, at the start");
  while (true) {
    auto cluster = AskCluster(topics);
    SetConnected(cluster.ok());
    if (cluster.ok()) {
      outage.Recovered();
      return cluster;
    }
    if (!IsWorthWaitingFor(cluster.status())) return cluster;
    outage.Failed(cluster.status().ToString());
    WaitFor(fmt::format("waiting for the Kafka cluster: {}", cluster.status().ToString()));
    if (meanwhile) meanwhile();
    if (!runtime::SleepFor(kAskAgainAfter, stop)) return absl::CancelledError("stopping");
  }
}

absl::StatusOr<Cluster> Host::AskCluster(std::span<const std::string> topics) {
  if (!admin_) {
    auto admin = kafka::Admin::Create(Client("admin"), Observe("admin"));
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
  }
  Cluster cluster;
  auto id = admin_->ClusterId(kAskMax);
  if (!id.ok()) return id.status();
  cluster.id = *std::move(id);
  const auto found = admin_->ListTopics(kAskMax);
  if (!found.ok()) return found.status();
  for (const kafka::TopicInfo& topic : *found) cluster.partitions_of[topic.name] = topic.partitions;
  for (const std::string& topic : topics) {
    const auto partitions = cluster.partitions_of.find(topic);
    if (partitions == cluster.partitions_of.end()) return TopicMissing(topic);
    if (cluster.partitions != 0 && partitions->second != cluster.partitions) {
      return errors::Error(
          absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
          fmt::format(
              "{} has {} partitions, {} has {}: all topics about articles have the same number",
              topic, partitions->second, topics.front(), cluster.partitions));
    }
    cluster.partitions = partitions->second;
  }
  if (absl::Status declared = CheckCatalogue(topics); !declared.ok()) return declared;
  return cluster;
}

absl::Status Host::CheckCatalogue(std::span<const std::string> topics) {
  if (settings_.topics_file.empty()) return absl::OkStatus();
  const auto catalogue = kafka::TopicCatalogue::Load(settings_.topics_file);
  if (!catalogue.ok()) {
    return errors::WithContext(absl::InvalidArgumentError(catalogue.status().message()),
                               "TELEX_TOPICS_FILE");
  }
  const auto mismatches = admin_->Verify(*catalogue, topics, /*configuration=*/false, kAskMax);
  if (!mismatches.ok()) return mismatches.status();
  if (mismatches->empty()) return absl::OkStatus();
  const kafka::TopicMismatch& first = mismatches->front();
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
      fmt::format("{}: {} partitions are declared in {}, the topic has {}", first.topic,
                  first.declared, settings_.topics_file, first.found));
}

// Kafka clients
// -------------------------------------------------------------------------------------------------

kafka::ClientConfig Host::Client(const std::string& role) const {
  return settings_.KafkaClient(role);
}

kafka::ClientObserver Host::Observe(const std::string& role) {
  observe::Counter& errors = metrics_.Counter(
      "telex_kafka_errors_total", "Errors that a Kafka client reported; it goes on trying.",
      {{"client", role}});
  return {.on_log =
              [role](int severity, std::string_view facility, std::string_view message) {
                Log(severity <= 3 ? Severity::kWarning : Severity::kDebug, "kafka client",
                    {{"client", role}, {"facility", facility}, {"text", message}});
              },
          .on_error = [&errors](const absl::Status&) { errors.Increment(); }};
}

void Host::SetConnected(bool connected) {
  if (connected_.exchange(connected) == connected) return;
  Log(connected ? Severity::kInfo : Severity::kWarning,
      connected ? "the broker answers" : "no broker answers");
}

void Host::BatchFailed(const absl::Status& why) {
  const std::lock_guard lock(mutex_);
  if (!failing_) failing_ = Failing{.since = clock_(), .why = {}};
  failing_->why = why.ToString(absl::StatusToStringMode::kWithNoExtraData);
  any_failing_ = true;
}

// Nearly always there is nothing to take back, and a batch is no time for a lock.
void Host::BatchDone() {
  if (!any_failing_) return;
  const std::lock_guard lock(mutex_);
  failing_.reset();
  any_failing_ = false;
}

absl::StatusOr<std::unique_ptr<kafka::Publisher>> Host::MakePublisher(
    const std::string& role, kafka::PublisherConfig config,
    std::shared_ptr<observe::Heartbeat> heartbeat) {
  config.client = Client(role);
  auto made = kafka::Publisher::Create(std::move(config),
                                       {.client = Observe(role),
                                        .on_recreated =
                                            [role](const absl::Status& cause) {
                                              Log(Severity::kWarning, "kafka producer made anew",
                                                  {{"client", role}, {"error", cause.ToString()}});
                                            },
                                        .on_fatal =
                                            [role](const absl::Status& cause) {
                                              // Nothing later may be appended by this process: it
                                              // ends now, and its successor goes on.
                                              Log(Severity::kError, "an append failed for good",
                                                  {{"client", role}, {"error", cause.ToString()}});
                                              std::_Exit(runtime::kExitFault);
                                            },
                                        .heartbeat = std::move(heartbeat)});
  if (!made.ok()) return made.status();
  OnStop(StopPhase::kPublishing, role,
         [publisher = made->get()](absl::Duration within) -> absl::Status {
           const std::size_t left = publisher->Flush(within);
           if (left == 0) return absl::OkStatus();
           return absl::UnavailableError(fmt::format("{} records are undelivered", left));
         });
  return made;
}

absl::StatusOr<std::unique_ptr<kafka::LogReader>> Host::MakeReader(
    const std::string& role, kafka::LogReaderConfig config, kafka::LogHandler& handler,
    std::shared_ptr<observe::Heartbeat> heartbeat) {
  config.client = Client(role);
  observe::Counter& retries = metrics_.Counter(
      "telex_kafka_retries_total", "Batches that were handled again.", {{"client", role}});
  auto made = kafka::LogReader::Create(
      std::move(config), handler,
      {.client = Observe(role),
       .on_batch = [this](std::size_t, std::size_t, absl::Duration) { BatchDone(); },
       .on_retry =
           [this, role, &retries](std::int32_t attempt, const absl::Status& why) {
             BatchFailed(why);
             retries.Increment();
             Log(Severity::kWarning, "batch failed, retrying",
                 {{"client", role}, {"attempt", attempt}, {"error", why.ToString()}});
           },
       .on_connected = [this](bool now) { SetConnected(now); },
       .on_expired =
           [role](const kafka::TopicPartition& partition, std::int64_t wanted,
                  std::int64_t beginning) {
             Log(Severity::kWarning, "records expired before they were read",
                 {{"client", role},
                  {"topic", partition.topic},
                  {"partition", partition.partition},
                  {"wanted", wanted},
                  {"beginning", beginning}});
           },
       .on_fatal = [this](const absl::Status& why) { Fail("reading the log has stopped", why); },
       .heartbeat = std::move(heartbeat)});
  if (!made.ok()) return made.status();
  kafka::LogReader* reader = made->get();
  Gauge("telex_log_lag_seconds", "Age of the oldest record of the log that is not taken in.",
        [reader] { return LongestBehind(reader->Lag()); });
  OnStop(StopPhase::kReading, role,
         [reader](absl::Duration within) { return reader->Stop(within); });
  return made;
}

void Host::AddStore(replica::LogReplica& replica) {
  const store::OpenReport& report = replica.store().report();
  const bool emptied = report.opening == store::Opening::kEmptied;
  Log(emptied ? Severity::kWarning : Severity::kInfo, "local store opened",
      {{"resumed", report.opening == store::Opening::kResumed}, {"why", report.why}});
  Gauge("telex_store_bytes", "What the local store takes on disk.",
        [&replica] { return static_cast<double>(replica.store().Stats().used_bytes); });
  AddCheck({.name = "log records",
            .severity = 1,
            .business_impact = texts_.not_ready_impact,
            .technical_summary = "Whether this release understands every record that was read.",
            .panic_guide = kNewerReleaseRunbook,
            .status = [&replica] { return replica.Held(); }});
  AddCheck(
      {.name = "store",
       .severity = 2,
       .business_impact = "None yet; after a crash of the machine this replica reads the log anew.",
       .technical_summary = "Whether the disk takes what the local store writes.",
       .panic_guide = texts_.not_ready_runbook,
       .status = [&replica]() -> absl::Status {
         const std::uint64_t failures = replica.store().Stats().sync_failures;
         if (failures == 0) return absl::OkStatus();
         return errors::Error(absl::StatusCode::kUnavailable, errors::kStoreFailed,
                              fmt::format("{} writes to the disk failed", failures));
       },
       .gates_readiness = false});
  Gauge("telex_store_sync_failures", "Writes of the local store that the disk refused.",
        [&replica] { return static_cast<double>(replica.store().Stats().sync_failures); });
  OnStop(StopPhase::kStores, "store", [&replica](absl::Duration) { return replica.Close(); });
}

absl::StatusOr<std::unique_ptr<kafka::LogReader>> Host::FollowLog(
    const std::string& role, replica::LogReplica& replica,
    std::shared_ptr<observe::Heartbeat> heartbeat, std::function<void(absl::Time now)> on_current) {
  auto made = MakeReader(
      role, {.from = replica.StartPositions(), .prefetch_kbytes_max = kPrefetchKibibytes}, replica,
      std::move(heartbeat));
  if (!made.ok()) return made;
  tasks_.push_back(std::make_unique<runtime::PeriodicTask>(
      kTouchInterval, nullptr,
      [this, &replica, on_current = std::move(on_current)](const std::stop_token&) {
        if (!connected()) return;
        const absl::Time now = absl::Now();
        if (absl::Status kept = replica.Touch(now); !kept.ok()) {
          Log(Severity::kError, "store write failed", {{"error", kept.ToString()}});
        }
        if (on_current) on_current(now);
      }));
  OnStop(StopPhase::kReading, "ages", [task = tasks_.back().get()](absl::Duration) {
    task->Stop();
    return absl::OkStatus();
  });
  return made;
}

absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>> Host::MakeConsumer(
    const std::string& role, kafka::GroupConsumerConfig config, kafka::GroupHandler& handler,
    std::shared_ptr<observe::Heartbeat> heartbeat) {
  config.client = Client(role);
  observe::Counter& retries = metrics_.Counter(
      "telex_kafka_retries_total", "Batches that were handled again.", {{"client", role}});
  auto made = kafka::GroupConsumer::Create(
      std::move(config), handler,
      {.client = Observe(role),
       .on_retry =
           [role, &retries](const kafka::TopicPartition& partition, std::int32_t attempt,
                            const absl::Status& why) {
             retries.Increment();
             Log(Severity::kWarning, "batch failed, retrying",
                 {{"client", role},
                  {"partition", partition.partition},
                  {"attempt", attempt},
                  {"error", why.ToString()}});
           },
       .on_handler_stuck =
           [role](const kafka::TopicPartition& partition, absl::Duration running) {
             Log(Severity::kWarning, "batch takes long",
                 {{"client", role},
                  {"partition", partition.partition},
                  {"seconds", absl::ToDoubleSeconds(running)}});
           },
       .on_rebalance =
           [role](std::size_t count, bool assigned, bool lost) {
             Log(Severity::kInfo, assigned ? "partitions assigned" : "partitions revoked",
                 {{"client", role}, {"partitions", count}, {"lost", lost}});
           },
       .on_fatal = [this, role](
                       const absl::Status& why) { Fail(fmt::format("{} has stopped", role), why); },
       .heartbeat = std::move(heartbeat)});
  if (!made.ok()) return made.status();
  OnStop(
      StopPhase::kConsuming, role,
      [role, consumer = made->get()](absl::Duration within) -> absl::Status {
        const absl::Status closed = consumer->Close(within);
        if (!absl::IsUnavailable(closed)) return closed;
        // Nothing is undone, and a coordinator that is away is no fault of this process.
        Log(Severity::kWarning, "group not left", {{"client", role}, {"error", closed.ToString()}});
        return absl::OkStatus();
      });
  return made;
}

std::unique_ptr<kafka::DeadLetters> Host::MakeDeadLetters(kafka::Publisher& publisher,
                                                          const Cluster& cluster,
                                                          const std::string& topic,
                                                          const std::string& group) {
  const std::string letters = kafka::DeadLetterTopic(topic, group);
  const auto count = [this, topic](std::string_view reason) -> observe::Counter& {
    return metrics_.Counter("telex_kafka_dead_letters_total",
                            "Records set aside because they could not be handled.",
                            {{"topic", topic}, {"reason", std::string(reason)}});
  };
  count(errors::kRecordUnreadable);  // there from the start, at 0
  const auto found = cluster.partitions_of.find(letters);
  return std::make_unique<kafka::DeadLetters>(
      publisher, group, found == cluster.partitions_of.end() ? 1 : found->second,
      [count, letters](const kafka::Record& record, std::string_view reason,
                       const absl::Status& why) {
        count(reason).Increment();
        Log(Severity::kError, "record set aside",
            {{"topic", record.topic},
             {"partition", record.partition},
             {"offset", record.offset},
             {"dead_letter_topic", letters},
             {"reason", reason},
             {"error", why.ToString()}});
      });
}

absl::Status AwaitCaughtUp(kafka::LogReader& reader, std::stop_token stop) {
  while (true) {
    const absl::Status caught_up = reader.AwaitCaughtUp(kCaughtUpPoll);
    if (!absl::IsDeadlineExceeded(caught_up)) return caught_up;
    if (stop.stop_requested()) return absl::CancelledError("stopping");
  }
}

}  // namespace telex::service
