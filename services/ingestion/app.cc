#include "ingestion/app.h"

#include <fmt/format.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "ingestion/adapters/decider.h"
#include "ingestion/adapters/forgetter.h"
#include "ingestion/adapters/ingestion_rpc.h"
#include "ingestion/adapters/library.h"
#include "ingestion/adapters/newsroom.h"
#include "ingestion/adapters/submitter.h"
#include "ingestion/adapters/timekeeper.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/ingestion_metrics.h"
#include "ingestion/loops.h"
#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/server.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/log.h"
#include "platform/observe/outage_log.h"
#include "platform/runtime/loop.h"
#include "platform/service/broker_check.h"

namespace telex::ingestion {
namespace {

using observe::Log;
using observe::Severity;

constexpr absl::Duration kAskWithin = absl::Seconds(5);  // of the cluster
constexpr absl::Duration kRetryPause = absl::Milliseconds(500);
// A document of 4 MiB and its headers (telex.originals.v1 takes 5 MiB).
constexpr std::size_t kDocumentRecordBytesMax = 5u << 20;
// A client whose queue is full looks again a second later: at a start it must hold about what is
// taken in in a second, or the library stands still in between. Later it holds next to nothing.
constexpr std::size_t kPrefetchKibibytes = 128 << 10;
constexpr absl::Duration kWarmUpWithin = absl::Seconds(10);

// The topics that must have one and the same number of partitions.
const std::vector<std::string>& ArticleTopics() {
  static const std::vector<std::string> topics = {kSubmissionsTopic, kDecisionsTopic,
                                                  kArticlesTopic, kResourcesTopic, kOriginalsTopic};
  return topics;
}

absl::StatusOr<std::int32_t> PartitionsOf(const std::vector<kafka::TopicInfo>& topics) {
  std::int32_t partitions = 0;
  for (const std::string& wanted : ArticleTopics()) {
    const auto found =
        std::find_if(topics.begin(), topics.end(),
                     [&](const kafka::TopicInfo& topic) { return topic.name == wanted; });
    if (found == topics.end()) {
      return errors::Error(
          absl::StatusCode::kUnavailable, errors::kTopicMissing,
          fmt::format(
              "topic {} is missing: telexctl topics apply --file deploy/kafka/topics.yaml makes it",
              wanted));
    }
    if (partitions != 0 && found->partitions != partitions) {
      return errors::Error(
          absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
          fmt::format(
              "{} has {} partitions, {} has {}: all topics about articles have the same number",
              wanted, found->partitions, ArticleTopics().front(), partitions));
    }
    partitions = found->partitions;
  }
  return partitions;
}

}  // namespace

struct App::Parts {
  Parts(Config config_in, runtime::Lifecycle& lifecycle_in, runtime::HealthChecks& health_in,
        observe::Metrics& metrics_in)
      : config(std::move(config_in)),
        lifecycle(lifecycle_in),
        health(health_in),
        metrics(metrics_in),
        measures(metrics_in),
        loops(health_in, config.service.loop_silence_max) {}

  void Run(std::stop_token stop);
  absl::Status Begin(std::stop_token stop);
  // Asks until there is an answer, visibly; an error that waiting cannot mend is returned.
  template <typename Answer>
  absl::StatusOr<Answer> Ask(std::stop_token stop, const char* what,
                             const std::function<absl::StatusOr<Answer>()>& question);
  kafka::ClientConfig Client(const char* role) const;
  kafka::ClientObserver ObserveClient(const char* role);
  void Fail(std::string_view what, const absl::Status& why);
  absl::Status Readiness() const;
  absl::Status StartServer();
  absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> LibraryEnds() const;

  const Config config;
  runtime::Lifecycle& lifecycle;
  runtime::HealthChecks& health;
  observe::Metrics& metrics;
  IngestionMetrics measures;
  const Loops loops;

  mutable std::mutex why_mutex;
  std::string why_not_ready = "starting";
  std::atomic<bool> ready{false};
  std::atomic<bool> connected{true};

  // In the order in which they are made; each uses those before it.
  std::string cluster_id;
  std::int32_t partitions = 0;
  std::unique_ptr<kafka::Admin> admin;
  std::unique_ptr<Library> library;
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<kafka::Publisher>
      edge_publisher;  // gives up after its time-out: the caller is told
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: no holes
  std::unique_ptr<kafka::DeadLetters> dead_letters;
  std::unique_ptr<Submitter> submitter;
  std::unique_ptr<Decider> decider;
  std::unique_ptr<kafka::GroupConsumer> consumer;
  std::unique_ptr<Timekeeper> timekeeper;
  std::unique_ptr<Forgetter> forgetter;
  std::unique_ptr<rpc::Authenticator> authenticator;
  std::unique_ptr<Newsroom> newsroom;
  IngestionServices services;
  std::unique_ptr<rpc::Server> server;
  std::vector<observe::CallbackHandle> gauges;

  std::jthread starter;
};

App::App(Config config, runtime::Lifecycle& lifecycle, runtime::HealthChecks& health,
         observe::Metrics& metrics)
    : parts_(std::make_unique<Parts>(std::move(config), lifecycle, health, metrics)) {}

App::~App() {
  parts_->starter = {};
  // Who calls in and who calls back first, then what they use.
  parts_->server.reset();
  parts_->forgetter.reset();
  parts_->timekeeper.reset();
  parts_->consumer.reset();
  parts_->reader.reset();
  parts_->edge_publisher.reset();
  parts_->health.Remove("log");
  parts_->health.Remove("kafka");
}

kafka::ClientConfig App::Parts::Client(const char* role) const {
  return config.service.KafkaClient(role);
}

kafka::ClientObserver App::Parts::ObserveClient(const char* role) {
  return {.on_log =
              [role](int severity, std::string_view facility, std::string_view message) {
                Log(severity <= 3 ? Severity::kWarning : Severity::kDebug, "kafka client",
                    {{"role", role}, {"facility", facility}, {"text", message}});
              },
          .on_error = [this](const absl::Status&) { measures.kafka_errors.Increment(); }};
}

void App::Parts::Fail(std::string_view what, const absl::Status& why) {
  Log(Severity::kError, what, {{"error", why.ToString()}, {"reason", errors::ReasonOf(why)}});
  {
    const std::lock_guard lock(why_mutex);
    why_not_ready = fmt::format("{}: {}", what, why.ToString());
  }
  ready = false;
  // With the reason: /readyz shows it until the process has ended.
  lifecycle.RequestStop(
      fmt::format("{}: {}", what, why.ToString(absl::StatusToStringMode::kWithNoExtraData)),
      runtime::kExitFault);
}

absl::Status App::Parts::Readiness() const {
  if (ready) return absl::OkStatus();
  const std::lock_guard lock(why_mutex);
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp, why_not_ready);
}

template <typename Answer>
absl::StatusOr<Answer> App::Parts::Ask(std::stop_token stop, const char* what,
                                       const std::function<absl::StatusOr<Answer>()>& question) {
  observe::OutageLog outage(what);
  while (true) {
    auto answer = question();
    if (answer.ok()) {
      outage.Recovered();
      connected = true;
      return answer;
    }
    if (!absl::IsUnavailable(answer.status()) && !absl::IsDeadlineExceeded(answer.status()) &&
        !absl::IsNotFound(answer.status())) {
      return answer;
    }
    connected = false;
    outage.Failed(answer.status().ToString());
    {
      const std::lock_guard lock(why_mutex);
      why_not_ready = fmt::format("waiting for {}: {}", what, answer.status().ToString());
    }
    if (!runtime::SleepFor(kRetryPause, stop)) return absl::CancelledError("stopping");
  }
}

absl::StatusOr<std::map<kafka::TopicPartition, std::int64_t>> App::Parts::LibraryEnds() const {
  const auto offsets = reader->EndOffsets(kAskWithin);
  if (!offsets.ok()) return offsets.status();
  const auto places = library->StartPositions();
  std::map<kafka::TopicPartition, std::int64_t> ends;
  for (std::size_t i = 0; i < places.size() && i < offsets->size(); ++i)
    ends[places[i].partition] = (*offsets)[i];
  return ends;
}

absl::Status App::Parts::Begin(std::stop_token stop) {
  auto made_admin = kafka::Admin::Create(Client("admin"), ObserveClient("admin"));
  if (!made_admin.ok()) return made_admin.status();
  admin = *std::move(made_admin);

  auto cluster =
      Ask<std::string>(stop, "the Kafka cluster", [&] { return admin->ClusterId(kAskWithin); });
  if (!cluster.ok()) return cluster.status();
  cluster_id = *cluster;
  auto counted = Ask<std::int32_t>(stop, "the topics", [&]() -> absl::StatusOr<std::int32_t> {
    const auto topics = admin->ListTopics(kAskWithin);
    if (!topics.ok()) return topics.status();
    return PartitionsOf(*topics);
  });
  if (!counted.ok()) return counted.status();
  partitions = *counted;

  auto opened = Library::Open(
      {.folder = config.service.data_dir, .cluster_id = cluster_id, .partitions = partitions});
  if (!opened.ok()) return opened.status();
  library = *std::move(opened);
  Log(Severity::kInfo, "local store opened",
      {{"resumed", library->report().opening == store::Opening::kResumed},
       {"why", library->report().why}});

  // Publishers, and who waits for decisions.
  auto made_edge = kafka::Publisher::Create(
      {.client = Client("edge"), .record_bytes_max = kDocumentRecordBytesMax},
      {.client = ObserveClient("edge"), .pulse = loops.edge_publisher});
  if (!made_edge.ok()) return made_edge.status();
  edge_publisher = *std::move(made_edge);
  auto made_owner = kafka::Publisher::Create(
      {.client = Client("owner"), .message_timeout = absl::ZeroDuration(), .fatal_is_fatal = true},
      {.client = ObserveClient("owner"),
       .on_fatal =
           [](const absl::Status& cause) {
             // Nothing later may be appended by this process: it ends now, and its successor folds
             // on.
             Log(Severity::kError, "an append failed for good", {{"error", cause.ToString()}});
             std::_Exit(runtime::kExitFault);
           },
       .pulse = loops.owner_publisher});
  if (!made_owner.ok()) return made_owner.status();
  owner_publisher = *std::move(made_owner);
  submitter = std::make_unique<Submitter>(cluster_id, partitions, *library, *edge_publisher);
  library->OnDecisionsRead(
      [this](std::span<const Decision> decisions) { submitter->DecisionsRead(decisions); });

  // What was decided.
  auto made_reader = kafka::LogReader::Create(
      {.client = Client("library"),
       .from = library->StartPositions(),
       .prefetch_kbytes_max = kPrefetchKibibytes},
      *library,
      {.client = ObserveClient("library"),
       .on_connected =
           [this](bool now) {
             if (connected.exchange(now) == now) return;
             Log(now ? Severity::kInfo : Severity::kWarning,
                 now ? "the broker answers" : "no broker answers");
           },
       .on_fatal = [this](const absl::Status& why) { Fail("reading the log has stopped", why); },
       .pulse = loops.library});
  if (!made_reader.ok()) return made_reader.status();
  reader = *std::move(made_reader);
  {
    const std::lock_guard lock(why_mutex);
    why_not_ready = "reading the log up to the end seen at start";
  }
  while (true) {
    const absl::Status caught_up = reader->AwaitCaughtUp(absl::Milliseconds(200));
    if (caught_up.ok()) break;
    if (!absl::IsDeadlineExceeded(caught_up)) return caught_up;
    if (stop.stop_requested()) return absl::CancelledError("stopping");
  }
  Log(Severity::kInfo, "caught up", {{"articles", library->ArticleCount()}});
  for (kafka::Publisher* publisher : {edge_publisher.get(), owner_publisher.get()}) {
    if (absl::Status warm = publisher->WarmUp(ArticleTopics(), kWarmUpWithin); !warm.ok()) {
      Log(Severity::kWarning, "a publisher is not warm", {{"error", warm.ToString()}});
    }
  }

  // Who decides.
  dead_letters =
      std::make_unique<kafka::DeadLetters>(*edge_publisher, kDecidersGroup, partitions,
                                           [this](std::string_view topic, std::string_view reason) {
                                             measures.CountDeadLetter(topic, reason);
                                           });
  decider = std::make_unique<Decider>(
      KnownRules(), cluster_id, *library,
      LogEnds{
          .of_library = [this] { return LibraryEnds(); },
          .of_submissions = [this] { return admin->EndOffsets(kSubmissionsTopic, kAskWithin); }},
      *owner_publisher, *dead_letters,
      DeciderObserver{.on_decided = [this](const Decision& decision, absl::Duration since) {
        measures.CountDecision(decision, since);
      }});
  auto made_consumer = kafka::GroupConsumer::Create(
      {.client = Client("decider"),
       .group = kDecidersGroup,
       .topics = {kSubmissionsTopic},
       .partitions_together_max = static_cast<std::size_t>(partitions)},
      *decider,
      {.client = ObserveClient("decider"),
       .on_retry =
           [this](const kafka::TopicPartition& partition, std::int32_t attempt,
                  const absl::Status& why) {
             measures.retries.Increment();
             Log(Severity::kWarning, "deciding is tried again",
                 {{"partition", partition.partition},
                  {"attempt", attempt},
                  {"error", why.ToString()}});
           },
       .on_handler_stuck =
           [](const kafka::TopicPartition& partition, absl::Duration running) {
             Log(Severity::kWarning, "deciding takes long",
                 {{"partition", partition.partition}, {"seconds", absl::ToDoubleSeconds(running)}});
           },
       .on_rebalance =
           [](std::size_t count, bool assigned, bool lost) {
             Log(Severity::kInfo, assigned ? "partitions were given" : "partitions were taken",
                 {{"partitions", count}, {"lost", lost}});
           },
       .on_fatal = [this](const absl::Status& why) { Fail("deciding has stopped", why); },
       .pulse = loops.decider});
  if (!made_consumer.ok()) return made_consumer.status();
  consumer = *std::move(made_consumer);
  timekeeper = std::make_unique<Timekeeper>(
      *library, partitions, config.rule,
      Timekeeper::Ports{.now = [] { return absl::Now(); },
                        .owned = [this] { return decider->Owned(); },
                        .submit = [this](const Submission& s) { submitter->SubmitAndForget(s); },
                        .pulse = loops.timekeeper});
  forgetter = std::make_unique<Forgetter>(
      *library, partitions,
      Forgetter::Ports{.owned = [this] { return decider->Owned(); },
                       .append =
                           [this](std::vector<kafka::Record> tombstones, std::stop_token stopping) {
                             // What fails is found again at the next look.
                             (void)owner_publisher->PublishAll(std::move(tombstones), stopping);
                           },
                       .pulse = loops.forgetter});
  gauges = measures.Watch(metrics, *library, *reader, *consumer, *decider, *submitter);
  gauges.push_back(metrics.GaugeCallback("telex_ingestion_broker_connected",
                                         "1 while every broker that leads a partition answers.", {},
                                         [this] { return connected ? 1.0 : 0.0; }));
  return StartServer();
}

absl::Status App::Parts::StartServer() {
  auto callers = rpc::Authenticator::FromFile(
      {.file = config.tokens_file, .on_reload = [](const absl::Status& status) {
         Log(status.ok() ? Severity::kInfo : Severity::kError, "the callers' file was read again",
             {{"result", status.ToString()}});
       }});
  if (!callers.ok()) return callers.status();
  authenticator = *std::move(callers);
  newsroom =
      std::make_unique<Newsroom>(NewsroomOptions{.rule = config.rule, .partitions = partitions},
                                 *library, *submitter, *edge_publisher);
  services = MakeIngestionServices(*newsroom, *authenticator, config.decision_deadline_seconds);
  rpc::ServerOptions options;
  options.address = config.grpc_listen.ToString();
  options.tls = {.certificate_file = config.tls_certificate_file,
                 .key_file = config.tls_key_file,
                 .client_ca_file = config.tls_client_ca_file};
  options.receive_message_bytes_max = 5 << 20;  // a document of 4 MiB, and what stands around it
  options.on_call = [this](std::string_view method, absl::StatusCode code, absl::Duration took) {
    measures.CountCall(method, code, took);
  };
  auto started =
      rpc::Server::Start(options, {{"telex.ingestion.v1.IngestionService", services.articles.get()},
                                   {"telex.ingestion.v1.SourceService", services.sources.get()}});
  if (!started.ok()) return started.status();
  server = *std::move(started);
  server->SetServing(true);
  ready = true;
  Log(Severity::kInfo, "ready", {{"grpc", options.address}, {"instance", config.service.instance}});
  return absl::OkStatus();
}

void App::Parts::Run(std::stop_token stop) {
  const absl::Status begun = Begin(stop);
  if (!begun.ok() && !absl::IsCancelled(begun)) Fail("cannot start", begun);
}

void App::Start() {
  Parts& parts = *parts_;
  parts.health.Add(
      {.name = "log",
       .severity = 1,
       .business_impact = "Stories that are handed in here are refused; other replicas take them.",
       .technical_summary = "The log has been read up to the end seen at start, and nothing has "
                            "stopped the reading or the deciding.",
       .panic_guide = "docs/runbooks/ingestion-not-ready.md",
       .status = [&parts] { return parts.Readiness(); }});
  parts.health.Add(service::BrokerCheck(
      "No story can be handed in until it is back; nothing that was accepted is lost.",
      [&parts] { return parts.connected.load(); }));

  using Within = absl::Duration;
  auto& lifecycle = parts.lifecycle;
  lifecycle.OnStop({"starting", absl::Seconds(10), [&parts](Within) {
                      parts.starter.request_stop();
                      if (parts.starter.joinable()) parts.starter.join();
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"deciding", absl::Seconds(8), [&parts](Within within) {
                      if (parts.timekeeper) parts.timekeeper->Stop();
                      if (parts.forgetter) parts.forgetter->Stop();
                      return parts.consumer ? parts.consumer->Close(within) : absl::OkStatus();
                    }});
  lifecycle.OnStop({"calls", absl::Seconds(5), [&parts](Within within) {
                      if (parts.server) parts.server->SetServing(false);
                      if (parts.submitter) parts.submitter->Stop();
                      if (parts.server) parts.server->Shutdown(within * 0.8);
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"publishers", absl::Seconds(8), [&parts](Within within) -> absl::Status {
                      std::size_t left = 0;
                      if (parts.edge_publisher) left += parts.edge_publisher->Flush(within * 0.45);
                      if (parts.owner_publisher)
                        left += parts.owner_publisher->Flush(within * 0.45);
                      if (left > 0)
                        return absl::UnavailableError(
                            fmt::format("{} records are undelivered", left));
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"library", absl::Seconds(5), [&parts](Within within) {
                      absl::Status status =
                          parts.reader ? parts.reader->Stop(within * 0.8) : absl::OkStatus();
                      parts.gauges.clear();
                      if (status.ok() && parts.library) status = parts.library->Close();
                      return status;
                    }});
  parts.starter = std::jthread([&parts](std::stop_token stop) { parts.Run(stop); });
}

}  // namespace telex::ingestion
