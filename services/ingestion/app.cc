#include "ingestion/app.h"

#include <grpcpp/impl/codegen/service_type.h>

#include <array>
#include <optional>
#include <utility>

#include "ingestion/adapters/article_service.h"
#include "ingestion/adapters/decider.h"
#include "ingestion/adapters/edge.h"
#include "ingestion/adapters/import_service.h"
#include "ingestion/adapters/ingestion_rpc.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/purge_enforcer.h"
#include "ingestion/adapters/source_service.h"
#include "ingestion/adapters/submitter.h"
#include "ingestion/adapters/timekeeper.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/ingestion_metrics.h"
#include "platform/errors/status_macros.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/server.h"
#include "platform/observe/log.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

constexpr absl::Duration kEndsMax = absl::Seconds(2);  // of one partition's leaders
// A document of 4 MiB and its headers (telex.originals.v1 takes 5 MiB).
constexpr std::size_t kDocumentRecordBytesMax = 5u << 20;
constexpr std::size_t kMessageBytesMax = 5u << 20;  // a document, and what stands around it
constexpr absl::Duration kWarmUpMax = absl::Seconds(10);

// The topics that must have one and the same number of partitions.
const std::array<std::string, 5>& ArticleTopics() {
  static const std::array<std::string, 5> topics = {
      kSubmissionsTopic, kDecisionsTopic, kArticlesTopic, kResourcesTopic, kOriginalsTopic};
  return topics;
}

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)), host(host_in), measures(host_in.metrics()) {}
  ~Parts() {
    // Who calls in and who calls back first, then what they use.
    server.reset();
    purge_enforcer.reset();
    timekeeper.reset();
    consumer.reset();
    reader.reset();
    edge_publisher.reset();
  }

  absl::Status OpenLibrary();
  absl::Status MakePublishers();
  absl::Status ReadLog(std::stop_token stop);
  absl::Status AwaitPredecessor(std::stop_token stop) const;
  absl::Status Decide();
  absl::Status Serve();

  const Config config;
  service::Host& host;
  const absl::Time started = absl::Now();
  IngestionMetrics measures;
  service::Cluster cluster;

  // In the order in which they are made; each uses those before it.
  std::unique_ptr<LogStore> log_store;
  std::unique_ptr<kafka::Publisher> edge_publisher;   // gives up in time: the caller is told
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: no holes
  std::unique_ptr<Submitter> submitter;
  std::unique_ptr<kafka::LogReader> reader;
  std::optional<kafka::DeadLetters> dead_letters;
  std::unique_ptr<owner::PartitionOwner> owner;
  std::unique_ptr<kafka::GroupConsumer> consumer;
  std::unique_ptr<Timekeeper> timekeeper;
  std::unique_ptr<PurgeEnforcer> purge_enforcer;
  std::unique_ptr<rpc::Authenticator> authenticator;
  std::unique_ptr<Edge> edge;
  std::unique_ptr<ArticleService> articles;
  std::unique_ptr<ImportService> imports;
  std::unique_ptr<SourceService> sources;
  std::unique_ptr<IngestionServices> services;
  std::unique_ptr<rpc::Server> server;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  ASSIGN_OR_RETURN(parts.cluster, parts.host.AwaitCluster(ArticleTopics(), stop));
  RETURN_IF_ERROR(parts.OpenLibrary());
  RETURN_IF_ERROR(parts.MakePublishers());
  RETURN_IF_ERROR(parts.ReadLog(stop));
  RETURN_IF_ERROR(parts.Serve());
  parts.host.SetReady();
  Log(Severity::kInfo, "ready", {{"grpc", parts.config.grpc_listen.ToString()}});
  RETURN_IF_ERROR(parts.AwaitPredecessor(stop));
  return parts.Decide();
}

absl::Status App::Parts::OpenLibrary() {
  ASSIGN_OR_RETURN(log_store, LogStore::Open({.folder = config.service.data_dir,
                                              .cluster_id = cluster.id,
                                              .partitions = cluster.partitions,
                                              .store_bytes_max = config.service.store_bytes_max}));
  host.AddStore(log_store->log());
  return absl::OkStatus();
}

absl::Status App::Parts::MakePublishers() {
  ASSIGN_OR_RETURN(
      edge_publisher,
      host.MakePublisher(
          "edge", {.wait_for_room = false, .record_bytes_max = kDocumentRecordBytesMax},
          host.Watch("edge publisher", 1, "No story can be handed in at this replica.",
                     "Takes the acknowledgements of what was handed in, and answers "
                     "calls that could not be.")));
  ASSIGN_OR_RETURN(
      owner_publisher,
      host.MakePublisher(
          "owner", owner::OwnersPublisher(cluster.partitions),
          host.Watch("owner publisher", 1, "Nothing is decided in this replica's partitions.",
                     "Takes the acknowledgements of versions and decisions.")));
  submitter =
      std::make_unique<Submitter>(cluster.id, cluster.partitions, *log_store, *edge_publisher);
  log_store->OnDecisionsRead(
      [this](std::span<const Decision> decisions) { submitter->DecisionsRead(decisions); });
  return absl::OkStatus();
}

absl::Status App::Parts::ReadLog(std::stop_token stop) {
  host.WaitFor("reading the log up to the end seen at start");
  ASSIGN_OR_RETURN(
      reader,
      host.FollowLog("log-store", log_store->log(),
                     host.Watch("log-store", 1,
                                "Calls to this replica time out, and it reads out old versions.",
                                "Reads what was decided into the local store, batch by batch.")));
  RETURN_IF_ERROR(service::AwaitCaughtUp(*reader, stop));
  Log(Severity::kInfo, "caught up", {{"articles", log_store->ArticleCount()}});
  for (kafka::Publisher* publisher : {edge_publisher.get(), owner_publisher.get()}) {
    if (absl::Status warm = publisher->WarmUp(ArticleTopics(), kWarmUpMax); !warm.ok()) {
      Log(Severity::kWarning, "a publisher is not warm", {{"error", warm.ToString()}});
    }
  }
  return absl::OkStatus();
}

// The process before this one died without leaving its group. Whoever joins before its session has
// ended makes every member wait for it; who joins afterwards makes nobody wait.
absl::Status App::Parts::AwaitPredecessor(std::stop_token stop) const {
  if (log_store->log().store().report().closed_in_order) return absl::OkStatus();
  const absl::Duration left =
      kafka::GroupConsumerConfig{}.session_timeout - (absl::Now() - started);
  if (left <= absl::ZeroDuration()) return absl::OkStatus();
  Log(Severity::kInfo, "waiting for the session of the process before to end",
      {{"seconds", absl::ToDoubleSeconds(left)}});
  return runtime::SleepFor(left, stop) ? absl::OkStatus() : absl::CancelledError("stopping");
}

absl::Status App::Parts::Decide() {
  dead_letters = host.MakeDeadLetters(cluster, kSubmissionsTopic, kDecidersGroup);
  owner::PartitionOwnerOptions options = OwnerOfSubmissions(
      {.rules = KnownRules(),
       .cluster_id = cluster.id,
       .ledger = *log_store,
       .dead_letters = *dead_letters,
       .on_decided = [this](const Decision& decision,
                            absl::Duration since) { measures.CountDecision(decision, since); }},
      [this](const kafka::TopicPartition& place) { return log_store->log().PositionOf(place); },
      [this](std::span<const kafka::TopicPartition> partitions) {
        return host.admin().EndOffsets(partitions, kEndsMax);
      });
  options.heartbeat =
      host.Watch("partition ends", 1, "Partitions that this replica is given are not decided.",
                 "Asks where the logs end, before a partition is taken over.");
  owner = std::make_unique<owner::PartitionOwner>(std::move(options), *owner_publisher);
  ASSIGN_OR_RETURN(
      consumer,
      host.MakeConsumer("decider", {.group = kDecidersGroup, .topics = {kSubmissionsTopic}}, *owner,
                        host.Watch("decider", 1,
                                   "Stories, corrections and takedowns of this replica's "
                                   "partitions do not get out.",
                                   "Decides the submissions of the partitions owned here.")));
  host.AddCheck({.name = "submissions",
                 .severity = 1,
                 .business_impact = "What is handed in to one partition is not decided here.",
                 .technical_summary = "Whether this release understands every submission of the "
                                      "partitions owned here.",
                 .panic_guide = "docs/runbooks/record-from-newer-release.md",
                 .status = [this] { return owner->Held(); }});
  host.AddCheck({.name = "partitions",
                 .severity = 1,
                 .business_impact = "What is handed in to one partition is not decided until it is "
                                    "taken over.",
                 .technical_summary = "Whether the partitions that the group gave to this replica "
                                      "are taken over in time.",
                 .panic_guide = "docs/runbooks/ingestion-not-ready.md",
                 .status = [this] { return owner->TakeoversUnderWay(); },
                 .gates_readiness = false});
  timekeeper = std::make_unique<Timekeeper>(
      *log_store, cluster.partitions, config.rule,
      Timekeeper::Ports{
          .now = [] { return absl::Now(); },
          .owned = [this] { return owner->Owned(); },
          .submit = [this](const Submission& due) { submitter->SubmitAndForget(due); },
          .heartbeat =
              host.Watch("timekeeper", 1,
                         "Embargoes of this replica's partitions do not end, nor do stories "
                         "expire.",
                         "Looks for what is due, and hands in that its time has come.")});
  purge_enforcer = std::make_unique<PurgeEnforcer>(
      *log_store, cluster.partitions,
      PurgeEnforcer::Ports{
          .owned = [this] { return owner->Owned(); },
          .append =
              [this](std::vector<kafka::Record> tombstones, std::stop_token stopping) {
                // What fails is found again at the next look.
                (void)owner_publisher->PublishAll(std::move(tombstones), stopping);
              },
          .heartbeat = host.Watch("purge enforcer", 2,
                                  "What a late writer puts behind a purge stays in the log.",
                                  "Looks for versions that came behind their tombstones, "
                                  "and appends their tombstones again.")});
  host.OnStop(StopPhase::kConsuming, "timers", [this](absl::Duration) {
    timekeeper->Stop();
    purge_enforcer->Stop();
    return absl::OkStatus();
  });
  measures.Watch(host, *log_store, *consumer, *owner, *submitter);
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  ASSIGN_OR_RETURN(authenticator,
                   rpc::Authenticator::FromFile(
                       {.file = config.tokens_file, .on_reload = [](const absl::Status& status) {
                          Log(status.ok() ? Severity::kInfo : Severity::kError,
                              "the callers' file was read again", {{"result", status.ToString()}});
                        }}));
  edge = std::make_unique<Edge>(EdgeOptions{.rule = config.rule, .partitions = cluster.partitions},
                                *log_store, *submitter);
  articles = std::make_unique<ArticleService>(*edge);
  imports = std::make_unique<ImportService>(*edge);
  sources = std::make_unique<SourceService>(*edge);
  services = std::make_unique<IngestionServices>(*articles, *imports, *sources, *authenticator,
                                                 absl::Seconds(config.decision_deadline_seconds));
  rpc::ServerOptions options;
  options.address = config.grpc_listen.ToString();
  options.tls = {.certificate_file = config.tls_certificate_file,
                 .key_file = config.tls_key_file,
                 .client_ca_file = config.tls_client_ca_file};
  options.receive_message_bytes_max = kMessageBytesMax;
  options.on_call = [this](std::string_view method, absl::StatusCode code, absl::Duration took) {
    measures.CountCall(method, code, took);
  };
  ASSIGN_OR_RETURN(
      server, rpc::Server::Start(options, {services->articles.named(), services->sources.named()}));
  host.OnStop(StopPhase::kCalls, "grpc", [this](absl::Duration within) {
    server->SetServing(false);
    submitter->Stop();
    server->Shutdown(within);
    return absl::OkStatus();
  });
  server->SetServing(true);
  return absl::OkStatus();
}

}  // namespace telex::ingestion
