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
  absl::Status Decide(std::stop_token stop);
  LogSettings log_settings() const {
    return {.cluster_id = cluster.id, .partitions = cluster.partitions, .rule = config.rule};
  }

  const Config config;
  service::Host& host;
  IngestionMetrics measures;
  rpc::CallMetrics calls;
  service::Cluster cluster;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<LogStore> log_store;
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: no holes
  std::unique_ptr<Intake> intake;
  std::unique_ptr<kafka::LogReader> reader;
  std::optional<kafka::DeadLetters> dead_letters;
  std::unique_ptr<owner::GroupOwner> owner;
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
  return parts.Decide(std::move(stop));
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

absl::Status App::Parts::Decide(std::stop_token stop) {
  dead_letters.emplace(host.MakeDeadLetters(cluster, kSubmissionsTopic, kDecidersGroup));
  ASSIGN_OR_RETURN(
      owner, service::StartOwner(
                 host, kOwnerTexts, log_store->log(),
                 DecidingOptions(log_settings(), *log_store, *dead_letters,
                                 std::bind_front(&IngestionMetrics::CountDecision, &measures)),
                 *owner_publisher, std::move(stop)));
  owner->Every(kTimekeeperInterval, host.Watch(kTimekeeperLoop),
               SubmitDueTimes(*owner, log_settings(), *log_store, [this](const Submission& due) {
                 intake->submitter().SubmitAndForget(due);
               }));
  owner->Every(kPurgeEnforcerInterval, host.Watch(kPurgeEnforcerLoop),
               AppendTombstonesAgain(*owner, log_settings(), *log_store));
  WatchParts(host, *log_store, intake->submitter(), *authenticator);
  return absl::OkStatus();
}

}  // namespace telex::ingestion
