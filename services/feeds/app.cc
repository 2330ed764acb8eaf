#include "feeds/app.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/feeds_handler.h"
#include "feeds/adapters/peers.h"
#include "feeds/view_counts_follower.h"
#include "feeds/watch.h"
#include "platform/errors/status_macros.h"
#include "platform/http/request_metrics.h"
#include "platform/observe/log.h"
#include "platform/service/redis_check.h"

namespace telex::feeds {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

constexpr char kGroup[] = "feeds";  // the dead letters' topic is <topic>.feeds.dlq

constexpr service::RedisTexts kRedisAway = {.severity = 3,
                                            .impact = "None: each replica renders for itself."};

class App final : public service::App {
 public:
  App(Config config, service::Host& host)
      : config_(std::move(config)),
        host_(host),
        measures_(host.metrics()),
        requests_(host.metrics(), kRoutes, RouteOf),
        view_counts_(host, measures_) {}

  absl::Status Begin(std::stop_token stop) override;

 private:
  absl::Status OpenReplica();
  absl::Status Serve();
  absl::Status Follow(const service::Cluster& cluster);
  void MeetPeers(const std::string& cluster_id);

  const Config config_;
  service::Host& host_;
  FeedsMetrics measures_;
  http::RequestMetrics requests_;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<redis::Client> redis_;
  std::unique_ptr<FeedReplica> replica_;
  ViewCountsFollower view_counts_;
  std::unique_ptr<FeedServer> server_;
  std::unique_ptr<kafka::Publisher> publisher_;  // of dead letters
  std::unique_ptr<kafka::LogReader> reader_;
  std::unique_ptr<Peers> peers_;
};

absl::Status App::Begin(std::stop_token stop) {
  RETURN_IF_ERROR(OpenReplica());
  RETURN_IF_ERROR(view_counts_.Open(config_));
  RETURN_IF_ERROR(Serve());
  // What the store has is served before the broker is asked: it may be away.
  RETURN_IF_ERROR(replica_->LoadStored());
  RETURN_IF_ERROR(view_counts_.Load());
  ASSIGN_OR_RETURN(const service::Cluster cluster,
                   host_.AwaitCluster(std::vector{kArticlesTopic, kTranslationsTopic}, stop,
                                      [this] { replica_->BrokerAway(); }));
  RETURN_IF_ERROR(replica_->Bind(cluster.id, cluster.partitions));
  RETURN_IF_ERROR(Follow(cluster));
  return view_counts_.Follow(cluster);
}

absl::Status App::OpenReplica() {
  ASSIGN_OR_RETURN(replica_,
                   FeedReplica::Open({.store = {.path = config_.service.data_dir,
                                                .map_bytes_max = config_.service.store_bytes_max},
                                      .stale_max = config_.stale_max,
                                      .log_generation = config_.log_generation},
                                     measures_));
  host_.AddStore(replica_->store().log());
  host_.SetReadiness(
      [this](const std::string& waiting_for) { return replica_->Readiness(waiting_for); });
  // Also when one of several is: what is stored is all that can be had.
  host_.OnBrokerAway([this] { replica_->BrokerAway(); });
  return absl::OkStatus();
}

absl::Status App::Serve() {
  if (config_.redis.endpoint) {
    redis_ =
        std::make_unique<redis::Client>(redis::OptionsOf(config_.redis, config_.service.instance));
  }
  ASSIGN_OR_RETURN(server_, FeedServer::Start({.store = replica_->store(),
                                               .feeds = replica_->feeds(),
                                               .metrics = measures_,
                                               .views = &view_counts_.replica().live(),
                                               .redis = redis_.get(),
                                               .requests = &requests_},
                                              ServingOptions(config_)));
  host_.OnStop(StopPhase::kCalls, "http", [this](absl::Duration within) {
    server_->Stop(within);
    return absl::OkStatus();
  });
  Log(Severity::kInfo, "serving", {{"host", config_.http_listen.host}, {"port", server_->port()}});
  WatchParts(host_, *replica_, *server_);
  if (redis_) service::WatchRedis(host_, *redis_, kRedisAway);
  return absl::OkStatus();
}

absl::Status App::Follow(const service::Cluster& cluster) {
  ASSIGN_OR_RETURN(publisher_,
                   host_.MakePublisher("dead-letters", {}, host_.Watch(kDeadLettersLoop)));
  replica_->Follow(
      host_.MakeSetAside(cluster, {kArticlesTopic, kTranslationsTopic}, kGroup, *publisher_));
  ASSIGN_OR_RETURN(reader_, host_.FollowLog("follower", replica_->store().log(),
                                            host_.Watch(kFollowerLoop), [this](absl::Time now) {
                                              replica_->ReadOn(now);
                                              view_counts_.replica().Touch(now);
                                            }));
  if (redis_) MeetPeers(cluster.id);
  return absl::OkStatus();
}

void App::MeetPeers(const std::string& cluster_id) {
  peers_ = std::make_unique<Peers>(
      *redis_,
      Peers::Options{.cluster_id = cluster_id,
                     .instance = config_.service.instance,
                     .positions = static_cast<std::int32_t>(replica_->Positions().size()),
                     .behind_max = config_.behind_max},
      [this] { return replica_->Positions(); }, host_.Watch(kPeersLoop));
  WatchPeers(host_, *peers_);
  host_.OnStop(StopPhase::kReading, "peers", [this](absl::Duration) {
    peers_->Stop();
    return absl::OkStatus();
  });
}

}  // namespace

std::unique_ptr<service::App> MakeApp(Config config, service::Host& host) {
  return std::make_unique<App>(std::move(config), host);
}

}  // namespace telex::feeds
