#include "feeds/app.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "feeds/adapters/feed_replica.h"
#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/feeds_handler.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/view_counts_replica.h"
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

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)),
        host(host_in),
        measures(host_in.metrics()),
        requests(host_in.metrics(), kRoutes, RouteOf) {}

  absl::Status OpenReplica();
  absl::Status OpenViewCounts();
  absl::Status Serve();
  absl::Status Follow(const service::Cluster& cluster);
  absl::Status FollowViewCounts(const service::Cluster& cluster);
  void MeetPeers(const std::string& cluster_id);

  const Config config;
  service::Host& host;
  FeedsMetrics measures;
  http::RequestMetrics requests;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<redis::Client> redis;
  std::unique_ptr<FeedReplica> replica;
  std::unique_ptr<ViewCountsReplica> view_counts;
  std::unique_ptr<FeedServer> server;
  std::unique_ptr<kafka::Publisher> publisher;  // of dead letters
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<kafka::LogReader> view_counts_reader;
  std::unique_ptr<Peers> peers;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  RETURN_IF_ERROR(parts.OpenReplica());
  RETURN_IF_ERROR(parts.OpenViewCounts());
  RETURN_IF_ERROR(parts.Serve());
  // What the store has is served before the broker is asked: it may be away.
  RETURN_IF_ERROR(parts.replica->LoadStored());
  RETURN_IF_ERROR(parts.view_counts->Load());
  ASSIGN_OR_RETURN(const service::Cluster cluster,
                   parts.host.AwaitCluster(std::vector{kArticlesTopic, kTranslationsTopic}, stop,
                                           [&parts] { parts.replica->BrokerAway(); }));
  RETURN_IF_ERROR(parts.replica->Bind(cluster.id, cluster.partitions));
  RETURN_IF_ERROR(parts.Follow(cluster));
  return parts.FollowViewCounts(cluster);
}

absl::Status App::Parts::OpenReplica() {
  ASSIGN_OR_RETURN(replica,
                   FeedReplica::Open({.store = {.path = config.service.data_dir,
                                                .map_bytes_max = config.service.store_bytes_max},
                                      .stale_max = config.stale_max,
                                      .log_generation = config.log_generation},
                                     measures));
  host.AddStore(replica->store().log());
  host.SetReadiness(
      [this](const std::string& waiting_for) { return replica->Readiness(waiting_for); });
  // Also when one of several is: what is stored is all that can be had.
  host.OnBrokerAway([this] { replica->BrokerAway(); });
  return absl::OkStatus();
}

absl::Status App::Parts::OpenViewCounts() {
  ASSIGN_OR_RETURN(view_counts,
                   ViewCountsReplica::Open({.path = config.service.data_dir + "/view-counts",
                                            .map_bytes_max = config.service.store_bytes_max,
                                            .every = config.views_every},
                                           measures));
  WatchViewCounts(host, *view_counts);
  host.OnStop(StopPhase::kStores, "view counts",
              [this](absl::Duration) { return view_counts->log().Close(); });
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  if (config.redis.endpoint) {
    redis =
        std::make_unique<redis::Client>(redis::OptionsOf(config.redis, config.service.instance));
  }
  ASSIGN_OR_RETURN(server, FeedServer::Start({.store = replica->store(),
                                              .feeds = replica->feeds(),
                                              .metrics = measures,
                                              .views = &view_counts->live(),
                                              .redis = redis.get(),
                                              .requests = &requests},
                                             ServingOptions(config)));
  host.OnStop(StopPhase::kCalls, "http", [this](absl::Duration within) {
    server->Stop(within);
    return absl::OkStatus();
  });
  Log(Severity::kInfo, "serving", {{"host", config.http_listen.host}, {"port", server->port()}});
  WatchParts(host, *replica, *server);
  if (redis) service::WatchRedis(host, *redis, kRedisAway);
  return absl::OkStatus();
}

absl::Status App::Parts::Follow(const service::Cluster& cluster) {
  ASSIGN_OR_RETURN(publisher, host.MakePublisher("dead-letters", {}, host.Watch(kDeadLettersLoop)));
  replica->Follow(
      host.MakeSetAside(cluster, {kArticlesTopic, kTranslationsTopic}, kGroup, *publisher));
  ASSIGN_OR_RETURN(reader, host.FollowLog("follower", replica->store().log(),
                                          host.Watch(kFollowerLoop), [this](absl::Time now) {
                                            replica->ReadOn(now);
                                            view_counts->Touch(now);
                                          }));
  if (redis) MeetPeers(cluster.id);
  return absl::OkStatus();
}

// Beside all else: no feed without views depends on them. A topic that is not there yet is waited
// for by the reader.
absl::Status App::Parts::FollowViewCounts(const service::Cluster& cluster) {
  const auto found = cluster.partitions_of.find(kViewCountsTopic);
  const std::int32_t partitions =
      found == cluster.partitions_of.end() ? cluster.partitions : found->second;
  if (found == cluster.partitions_of.end()) view_counts->AwaitTopic();
  if (absl::Status bound = view_counts->Follow(cluster.id, partitions); !bound.ok()) {
    view_counts->Withhold(bound);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      view_counts_reader,
      host.MakeStandaloneReader("view-counts", {.from = view_counts->log().StartPositions()},
                                view_counts->log(),
                                [this](const absl::Status& why) { view_counts->Withhold(why); }));
  host.OnStop(StopPhase::kReading, "view counts",
              [this](absl::Duration within) { return view_counts_reader->Stop(within); });
  return absl::OkStatus();
}

void App::Parts::MeetPeers(const std::string& cluster_id) {
  peers = std::make_unique<Peers>(
      *redis,
      Peers::Options{.cluster_id = cluster_id,
                     .instance = config.service.instance,
                     .positions = static_cast<std::int32_t>(replica->Positions().size()),
                     .behind_max = config.behind_max},
      [this] { return replica->Positions(); }, host.Watch(kPeersLoop));
  WatchPeers(host, *peers);
  host.OnStop(StopPhase::kReading, "peers", [this](absl::Duration) {
    peers->Stop();
    return absl::OkStatus();
  });
}

}  // namespace telex::feeds
