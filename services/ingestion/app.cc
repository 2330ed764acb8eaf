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
#include "platform/grpc/call_metrics.h"
#include "platform/observe/log.h"
#include "platform/service/callers.h"

namespace telex::ingestion {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

class App final : public service::App {
 public:
  App(Config config, service::Host& host)
      : config_(std::move(config)),
        host_(host),
        measures_(host.metrics()),
        calls_(host.metrics(), kServiceNames) {}

  absl::Status Begin(std::stop_token stop) override;

 private:
  absl::Status OpenIntake();
  absl::Status ReadLog(std::stop_token stop);
  absl::Status Serve();
  absl::Status Decide(std::stop_token stop);
  LogSettings log_settings() const {
    return {.cluster_id = cluster_.id, .partitions = cluster_.partitions, .rule = config_.rule};
  }

  const Config config_;
  service::Host& host_;
  IngestionMetrics measures_;
  rpc::CallMetrics calls_;
  service::Cluster cluster_;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<LogStore> log_store_;
  std::unique_ptr<kafka::Publisher> owner_publisher_;  // never gives up: no holes
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<kafka::LogReader> reader_;
  std::optional<kafka::DeadLetters> dead_letters_;
  std::unique_ptr<owner::GroupOwner> owner_;
  std::unique_ptr<rpc::Authenticator> callers_;
  std::unique_ptr<IngestionServer> server_;
};

absl::Status App::Begin(std::stop_token stop) {
  ASSIGN_OR_RETURN(cluster_, host_.AwaitCluster(kArticleTopics, stop));
  RETURN_IF_ERROR(OpenIntake());
  RETURN_IF_ERROR(ReadLog(stop));
  RETURN_IF_ERROR(Serve());
  host_.SetReady();
  Log(Severity::kInfo, "ready", {{"grpc", config_.grpc.listen.ToString()}});
  return Decide(std::move(stop));
}

absl::Status App::OpenIntake() {
  ASSIGN_OR_RETURN(log_store_,
                   LogStore::Open({.folder = config_.service.data_dir,
                                   .cluster_id = cluster_.id,
                                   .partitions = cluster_.partitions,
                                   .store_bytes_max = config_.service.store_bytes_max}));
  host_.AddStore(log_store_->log());
  ASSIGN_OR_RETURN(auto edge_publisher, host_.MakePublisher("edge", EdgePublisherConfig(),
                                                            host_.Watch(kEdgePublisherLoop)));
  ASSIGN_OR_RETURN(owner_publisher_,
                   host_.MakePublisher("owner", owner::OwnerPublisherConfig(cluster_.partitions),
                                       host_.Watch(kOwnerPublisherLoop)));
  intake_ = std::make_unique<Intake>(log_settings(), *log_store_, std::move(edge_publisher));
  return absl::OkStatus();
}

absl::Status App::ReadLog(std::stop_token stop) {
  ASSIGN_OR_RETURN(reader_,
                   host_.FollowLog("log-store", log_store_->log(), host_.Watch(kLogStoreLoop)));
  RETURN_IF_ERROR(service::AwaitCaughtUp(*reader_, stop));
  Log(Severity::kInfo, "caught up", {{"articles", log_store_->ArticleCount()}});
  for (kafka::Publisher* publisher : {&intake_->publisher(), owner_publisher_.get()})
    host_.WarmUp(*publisher, kArticleTopics);
  return absl::OkStatus();
}

absl::Status App::Serve() {
  ASSIGN_OR_RETURN(callers_, service::ReadCallers(host_, config_.grpc.tokens_file));
  IngestionServerOptions options = ServingOptions(config_);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls_);
  ASSIGN_OR_RETURN(server_, IngestionServer::Start(*intake_, *callers_, std::move(options)));
  host_.OnStop(StopPhase::kCalls, "grpc", [this](absl::Duration within) {
    server_->Stop(within);
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Decide(std::stop_token stop) {
  dead_letters_.emplace(host_.MakeDeadLetters(cluster_, kSubmissionsTopic, kDecidersGroup));
  ASSIGN_OR_RETURN(
      owner_, service::StartOwner(
                  host_, kOwnerTexts, log_store_->log(),
                  DecidingOptions(log_settings(), *log_store_, *dead_letters_,
                                  std::bind_front(&IngestionMetrics::CountDecision, &measures_)),
                  *owner_publisher_, std::move(stop)));
  owner_->Every(kTimekeeperInterval, host_.Watch(kTimekeeperLoop),
                SubmitDueTimes(*owner_, log_settings(), *log_store_, [this](const Submission& due) {
                  intake_->submitter().SubmitAndForget(due);
                }));
  owner_->Every(kPurgeEnforcerInterval, host_.Watch(kPurgeEnforcerLoop),
                AppendTombstonesAgain(*owner_, log_settings(), *log_store_));
  WatchParts(host_, *log_store_, intake_->submitter());
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<service::App> MakeApp(Config config, service::Host& host) {
  return std::make_unique<App>(std::move(config), host);
}

}  // namespace telex::ingestion
