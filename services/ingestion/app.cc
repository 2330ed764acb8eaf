#include "ingestion/app.h"

#include <functional>
#include <utility>

#include "ingestion/adapters/deciding_owner.h"
#include "ingestion/adapters/ingestion_server.h"
#include "ingestion/adapters/intake.h"
#include "ingestion/adapters/log_settings.h"
#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/topics.h"
#include "ingestion/ingestion_metrics.h"
#include "ingestion/watch.h"
#include "platform/errors/status_macros.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/call_metrics.h"
#include "platform/observe/log.h"

namespace telex::ingestion {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)),
        host(host_in),
        measures(host_in.metrics()),
        calls(host_in.metrics(), kServiceNames) {}

  absl::Status OpenIntake();
  absl::Status ReadLog(std::stop_token stop);
  absl::Status Serve();
  absl::Status Decide();
  LogSettings log_settings() const {
    return {.cluster_id = cluster.id, .partitions = cluster.partitions, .rule = config.rule};
  }

  const Config config;
  service::Host& host;
  const absl::Time started = absl::Now();
  IngestionMetrics measures;
  rpc::CallMetrics calls;
  service::Cluster cluster;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<LogStore> log_store;
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: no holes
  std::unique_ptr<Intake> intake;
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<DecidingOwner> deciding;
  std::unique_ptr<rpc::Authenticator> authenticator;
  std::unique_ptr<IngestionServer> server;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  ASSIGN_OR_RETURN(parts.cluster, parts.host.AwaitCluster(kArticleTopics, stop));
  RETURN_IF_ERROR(parts.OpenIntake());
  RETURN_IF_ERROR(parts.ReadLog(stop));
  RETURN_IF_ERROR(parts.Serve());
  parts.host.SetReady();
  Log(Severity::kInfo, "ready", {{"grpc", parts.config.grpc.listen.ToString()}});
  RETURN_IF_ERROR(AwaitPredecessor(*parts.log_store, parts.started, stop));
  return parts.Decide();
}

absl::Status App::Parts::OpenIntake() {
  ASSIGN_OR_RETURN(log_store, LogStore::Open({.folder = config.service.data_dir,
                                              .cluster_id = cluster.id,
                                              .partitions = cluster.partitions,
                                              .store_bytes_max = config.service.store_bytes_max}));
  host.AddStore(log_store->log());
  ASSIGN_OR_RETURN(auto edge_publisher, host.MakePublisher("edge", EdgePublisherConfig(),
                                                           host.Watch(kEdgePublisherLoop)));
  ASSIGN_OR_RETURN(owner_publisher,
                   host.MakePublisher("owner", owner::OwnerPublisherConfig(cluster.partitions),
                                      host.Watch(kOwnerPublisherLoop)));
  intake = std::make_unique<Intake>(log_settings(), *log_store, std::move(edge_publisher));
  return absl::OkStatus();
}

absl::Status App::Parts::ReadLog(std::stop_token stop) {
  ASSIGN_OR_RETURN(reader,
                   host.FollowLog("log-store", log_store->log(), host.Watch(kLogStoreLoop)));
  RETURN_IF_ERROR(service::AwaitCaughtUp(*reader, stop));
  Log(Severity::kInfo, "caught up", {{"articles", log_store->ArticleCount()}});
  for (kafka::Publisher* publisher : {&intake->publisher(), owner_publisher.get()})
    host.WarmUp(*publisher, kArticleTopics);
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  ASSIGN_OR_RETURN(authenticator, rpc::Authenticator::FromFile(
                                      {.file = config.grpc.tokens_file,
                                       .on_reload = service::LogReload("the callers' file")}));
  IngestionServerOptions options = ServingOptions(config);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls);
  ASSIGN_OR_RETURN(server, IngestionServer::Start(*intake, *authenticator, std::move(options)));
  host.OnStop(StopPhase::kCalls, "grpc", [this](absl::Duration within) {
    server->Stop(within);
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Parts::Decide() {
  const auto join = [this](kafka::GroupConsumerConfig group, kafka::GroupHandler& handler) {
    return host.MakeConsumer("decider", std::move(group), handler, host.Watch(kDeciderLoop));
  };
  ASSIGN_OR_RETURN(deciding,
                   DecidingOwner::Start(
                       log_settings(), *log_store, *owner_publisher,
                       host.MakeDeadLetters(cluster, kSubmissionsTopic, kDecidersGroup),
                       {.ends = std::bind_front(&service::Host::EndOffsets, &host),
                        .join = join,
                        .on_decided = std::bind_front(&IngestionMetrics::CountDecision, &measures),
                        .heartbeat = host.Watch(kPartitionEndsLoop)}));
  deciding->StartTimers([this](const Submission& due) { intake->submitter().SubmitAndForget(due); },
                        {.timekeeper = host.Watch(kTimekeeperLoop),
                         .purge_enforcer = host.Watch(kPurgeEnforcerLoop)});
  host.OnStop(StopPhase::kConsuming, "timers", [this](absl::Duration) {
    deciding->StopTimers();
    return absl::OkStatus();
  });
  WatchParts(host, *log_store, *deciding, intake->submitter(), *authenticator);
  return absl::OkStatus();
}

}  // namespace telex::ingestion
