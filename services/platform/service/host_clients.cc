// The host's Kafka clients, with their logs and metrics, and what reads the log into a local store.
#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/observe/log.h"
#include "platform/service/host.h"

namespace telex::service {
namespace {

using observe::Log;
using observe::Severity;

constexpr absl::Duration kTouchInterval = absl::Seconds(10);
constexpr absl::Duration kEndsMax = absl::Seconds(2);  // of one partition's leaders
constexpr absl::Duration kWarmUpMax = absl::Seconds(10);
// A client whose queue is full looks again a second later: at a start it must hold about what is
// taken in in a second, or taking in stands still in between. Later it holds next to nothing.
constexpr std::size_t kPrefetchRecords = 100'000;
constexpr std::size_t kPrefetchKibibytes = 128 << 10;
constexpr char kNewerReleaseRunbook[] = "docs/runbooks/record-from-newer-release.md";

}  // namespace

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
  if (!connected && on_broker_away_) on_broker_away_();
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
  auto made = kafka::Publisher::Create(
      std::move(config), {.client = Observe(role),
                          .on_clock = [this](absl::Duration ahead) { clocks_.Learn(ahead); },
                          .on_recreated =
                              [role](const absl::Status& cause) {
                                Log(Severity::kWarning, "kafka producer recreated",
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
  Gauge("telex_log_lag_seconds", "Age of the oldest record of the log that is not applied.",
        [reader] { return absl::ToDoubleSeconds(kafka::LongestBehind(reader->Lag())); });
  OnStop(StopPhase::kReading, role,
         [reader](absl::Duration within) { return reader->Stop(within); });
  return made;
}

absl::StatusOr<std::unique_ptr<kafka::LogReader>> Host::MakeStandaloneReader(
    const std::string& role, kafka::LogReaderConfig config, kafka::LogHandler& handler,
    std::function<void(const absl::Status&)> on_fatal) {
  config.client = Client(role);
  return kafka::LogReader::Create(std::move(config), handler,
                                  {.client = Observe(role), .on_fatal = std::move(on_fatal)});
}

absl::StatusOr<std::unique_ptr<replica::LogReplica>> Host::OpenReplica(replica::Options options) {
  options.store.path = settings_.data_dir;
  options.store.map_bytes_max = settings_.store_bytes_max;
  auto opened = replica::LogReplica::Open(std::move(options), absl::Now());
  if (opened.ok()) AddStore(**opened);
  return opened;
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
  AddCheck({.name = "store",
            .severity = 2,
            .business_impact = texts_.not_ready_impact,
            .technical_summary =
                "Whether the disk takes what the local store writes. What it has "
                "refused may be gone from memory, too: started again, this replica "
                "reads the log from the beginning.",
            .panic_guide = texts_.not_ready_runbook,
            .status = [&replica]() -> absl::Status {
              const std::uint64_t failures = replica.store().Stats().sync_failures;
              if (failures == 0) return absl::OkStatus();
              return errors::Error(absl::StatusCode::kUnavailable, errors::kStoreFailed,
                                   fmt::format("{} writes to the disk failed; see to the disk and "
                                               "start this replica again",
                                               failures));
            }});
  Gauge("telex_store_sync_failures", "Writes of the local store that the disk refused.",
        [&replica] { return static_cast<double>(replica.store().Stats().sync_failures); });
  OnStop(StopPhase::kStores, "store", [&replica](absl::Duration) { return replica.Close(); });
}

absl::StatusOr<std::unique_ptr<kafka::LogReader>> Host::FollowLog(
    const std::string& role, replica::LogReplica& replica,
    std::shared_ptr<observe::Heartbeat> heartbeat, std::function<void(absl::Time now)> on_current) {
  WaitFor("reading the log up to the end seen at start");
  auto made = MakeReader(role,
                         {.from = replica.StartPositions(),
                          .prefetch_records_min = kPrefetchRecords,
                          .prefetch_kbytes_max = kPrefetchKibibytes},
                         replica, std::move(heartbeat));
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
  auto made = kafka::GroupConsumer::Create(
      std::move(config), handler,
      {.client = Observe(role),
       .on_batch_stuck =
           [role](const kafka::TopicPartition& partition, absl::Duration in_work) {
             Log(Severity::kWarning, "batch takes long",
                 {{"client", role},
                  {"partition", partition.partition},
                  {"seconds", absl::ToDoubleSeconds(in_work)}});
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

kafka::DeadLetters Host::MakeDeadLetters(const Cluster& cluster, const std::string& topic,
                                         const std::string& group) {
  const std::string letters = kafka::DeadLetterTopic(topic, group);
  const auto count = [this, topic](std::string_view reason) -> observe::Counter& {
    return metrics_.Counter("telex_kafka_dead_letters_total",
                            "Records set aside because they could not be handled.",
                            {{"topic", topic}, {"reason", std::string(reason)}});
  };
  count(errors::kRecordUnreadable);  // there from the start, at 0
  const auto found = cluster.partitions_of.find(letters);
  return kafka::DeadLetters(group, found == cluster.partitions_of.end() ? 1 : found->second,
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

void Host::WarmUp(kafka::Publisher& publisher, std::span<const std::string> topics) {
  if (absl::Status warm = publisher.WarmUp(topics, kWarmUpMax); !warm.ok()) {
    Log(Severity::kWarning, "publisher warm-up failed", {{"error", warm.ToString()}});
  }
}

absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> Host::EndOffsets(
    std::span<const kafka::TopicPartition> partitions) {
  return admin_->EndOffsets(partitions, kEndsMax);
}

std::function<void(const absl::Status&)> LogReload(std::string_view what) {
  return [what = std::string(what)](const absl::Status& status) {
    if (status.ok()) {
      Log(Severity::kInfo, fmt::format("{} was reloaded", what));
    } else {
      Log(Severity::kError, fmt::format("{} cannot be reloaded, what it said before stands", what),
          {{"error", status.ToString()}});
    }
  };
}

replica::SetAside Host::MakeSetAside(const Cluster& cluster,
                                     std::initializer_list<std::string> topics,
                                     const std::string& group, kafka::Publisher& publisher) {
  std::map<std::string, kafka::DeadLetters> letters;
  for (const std::string& topic : topics) {
    letters.emplace(topic, MakeDeadLetters(cluster, topic, group));
  }
  return [letters = std::move(letters), &publisher](const kafka::Record& record,
                                                    const absl::Status& why, std::stop_token stop) {
    return letters.at(record.topic).Put(publisher, record, why, std::move(stop));
  };
}

}  // namespace telex::service
