#include "platform/service/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/observe/log.h"
#include "platform/observe/outage_log.h"
#include "platform/runtime/deadline.h"
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
constexpr absl::Duration kStartStopMax = absl::Seconds(10);
// What correctness depends on: records that are for ever, instants that are the brokers'. Other
// values of the catalogue (retention, sizes) an operator may have reasons to change.
constexpr std::array<std::string_view, 2> kTopicConfigurationReliedOn = {"cleanup.policy",
                                                                         "message.timestamp.type"};
constexpr char kHangsRunbook[] = "docs/runbooks/process-hangs.md";
constexpr char kLogCheck[] = "log";

struct PhaseBound {
  StopPhase phase;
  const char* name;
  absl::Duration within;  // all of them and the drain delay fit into a pod's grace period
};
// Of a phase, for each part that is not stopped yet.
constexpr absl::Duration kReserve = absl::Milliseconds(500);
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

}  // namespace

Host::Host(ServiceSettings settings, const HostTexts& texts, runtime::Lifecycle& lifecycle,
           runtime::HealthChecks& health, observe::Metrics& metrics, Clock clock)
    : settings_(std::move(settings)),
      texts_(texts),
      lifecycle_(lifecycle),
      health_(health),
      metrics_(metrics),
      clock_(std::move(clock)),
      clocks_(settings_.clock_skew_max, clock_) {
  AddCheck({.name = std::string(kLogCheck),
            .severity = 1,
            .business_impact = texts.not_ready_impact,
            .technical_summary = "The log has been read up to the end seen at start, and nothing "
                                 "that this replica does has stopped.",
            .panic_guide = texts.not_ready_runbook,
            .status = [this] { return Readiness(); }});
  AddCheck(BrokerCheck(texts.broker_away_impact, [this] { return connected(); }));
  AddCheck(ClockCheck(clocks_));
  Gauge("telex_clock_ahead_seconds",
        "How far this machine's clock is ahead of the brokers', at least; below 0: behind.",
        [this] { return absl::ToDoubleSeconds(clocks_.Ahead()); });
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

void Host::WatchFile(std::string name, std::string impact,
                     std::function<absl::Status()> last_read) {
  AddCheck({.name = std::move(name),
            .severity = 2,
            .business_impact = std::move(impact),
            .technical_summary = "Whether the file could be read when it last changed; what it "
                                 "said before stands otherwise.",
            .panic_guide = texts_.not_ready_runbook,
            .status = std::move(last_read),
            .gates_readiness = false});
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
                           fmt::format("what was read cannot be applied, for {} s: {}",
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
  const auto deadline = runtime::Deadline::After(within * 0.9);
  absl::Status first;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // What is left but a reserve for the others: one that hangs takes not all of it.
    const auto others = static_cast<std::int64_t>(parts.size() - i - 1);
    const absl::Duration left = deadline.Left();
    const absl::Status status =
        parts[i].stop(std::max(left / (others + 1), left - others * kReserve));
    if (!status.ok() && first.ok()) first = errors::WithContext(status, parts[i].name);
  }
  return first;
}

std::shared_ptr<observe::Heartbeat> Host::Watch(const LoopTexts& texts) {
  return health_.Watch({.name = texts.name,
                        .severity = texts.severity,
                        .business_impact = texts.impact,
                        .technical_summary = texts.summary,
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
    // A topic that is not as declared is no broker that is away: nobody is to go on with old state.
    const bool answered = cluster.ok() || errors::Is(cluster.status(), errors::kTopicMisconfigured);
    SetConnected(answered);
    if (cluster.ok()) {
      outage.Recovered();
      return cluster;
    }
    if (!IsWorthWaitingFor(cluster.status())) return cluster;
    outage.Failed(cluster.status().ToString());
    WaitFor(fmt::format("waiting for the Kafka cluster: {} ({})",
                        cluster.status().ToString(absl::StatusToStringMode::kWithNoExtraData),
                        errors::ReasonOf(cluster.status())));
    if (meanwhile && !answered) meanwhile();
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
  const auto mismatches = admin_->VerifyPartitions(*catalogue, topics, kAskMax);
  if (!mismatches.ok()) return mismatches.status();
  if (mismatches->empty()) return CheckConfiguration(*catalogue, topics);
  const kafka::TopicMismatch& first = mismatches->front();
  return errors::Error(
      absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
      fmt::format("{}: {} partitions are declared in {}, the topic has {}", first.topic,
                  first.declared, settings_.topics_file, first.found));
}

absl::Status Host::CheckConfiguration(const kafka::TopicCatalogue& catalogue,
                                      std::span<const std::string> topics) {
  const auto mismatches =
      admin_->VerifyConfiguration(catalogue, topics, kTopicConfigurationReliedOn, kAskMax);
  if (absl::IsPermissionDenied(mismatches.status())) {
    Log(Severity::kWarning, "the configuration of topics is not checked",
        {{"error", mismatches.status().ToString()}});
    return absl::OkStatus();
  }
  if (!mismatches.ok()) return mismatches.status();
  if (mismatches->empty()) return absl::OkStatus();
  const kafka::TopicMismatch& first = mismatches->front();
  return errors::Error(
      absl::StatusCode::kUnavailable, errors::kTopicMisconfigured,
      fmt::format("{}: {} is declared as {}, the topic has {}; telexctl topics apply --alter "
                  "--file deploy/kafka/topics.yaml mends it",
                  first.topic, first.what, first.declared, first.found));
}

absl::Status AwaitCaughtUp(kafka::LogReader& reader, std::stop_token stop) {
  while (true) {
    const absl::Status caught_up = reader.AwaitCaughtUp(kCaughtUpPoll);
    if (!absl::IsDeadlineExceeded(caught_up)) return caught_up;
    if (stop.stop_requested()) return absl::CancelledError("stopping");
  }
}

}  // namespace telex::service
