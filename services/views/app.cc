#include "views/app.h"

#include <functional>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/grpc/call_metrics.h"
#include "platform/http/request_metrics.h"
#include "platform/observe/log.h"
#include "platform/service/redis_check.h"
#include "views/adapters/counting_metrics.h"
#include "views/adapters/counting_owner.h"
#include "views/adapters/routes.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_explain.h"
#include "views/adapters/view_recount.h"
#include "views/adapters/views_server.h"
#include "views/watch.h"

namespace telex::views {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

constexpr service::RedisTexts kRedisAway = {
    .severity = 2, .impact = "From midnight (UTC) on no view is taken, nor by what is started."};

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)),
        host(host_in),
        calls(host_in.metrics(), kServiceNames),
        requests(host_in.metrics(), kRoutes,
                 [](std::string_view path) { return static_cast<std::size_t>(RouteOf(path)); }),
        counting(host_in.metrics()) {}

  absl::Status OpenStore();
  absl::Status OpenEdge();
  absl::Status Serve();
  absl::Status Follow(std::stop_token stop);
  ViewReplay::Ports ReplayPorts(const std::string& role);
  absl::Status Count(std::stop_token stop);

  const Config config;
  service::Host& host;
  rpc::CallMetrics calls;
  http::RequestMetrics requests;
  CountingMetrics counting;
  service::Cluster cluster;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<ViewsStore> store;
  std::unique_ptr<redis::Client> redis;
  std::unique_ptr<SaltKeeper> salts;
  std::unique_ptr<ViewEdge> edge;
  std::unique_ptr<kafka::Publisher> edge_publisher;  // calls the edge back, to its end
  std::unique_ptr<rpc::Authenticator> callers;
  std::unique_ptr<kafka::Publisher> dead_letters;
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: no total is lost
  std::unique_ptr<kafka::LogReader> reader;
  std::optional<kafka::DeadLetters> owner_dead_letters;
  std::unique_ptr<owner::GroupOwner> owner;
  std::unique_ptr<ViewRecount> recount;
  std::unique_ptr<ViewExplain> explain;
  std::unique_ptr<ViewsServer> server;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  RETURN_IF_ERROR(parts.OpenStore());
  RETURN_IF_ERROR(parts.OpenEdge());
  // What the store has is told before the broker is asked: it may be away.
  RETURN_IF_ERROR(parts.Serve());
  ASSIGN_OR_RETURN(parts.cluster, parts.host.AwaitCluster(kViewTopics, stop));
  RETURN_IF_ERROR(parts.Follow(stop));
  parts.host.SetReady();
  Log(Severity::kInfo, "ready", {{"articles", parts.store->articles().size()}});
  return parts.Count(std::move(stop));
}

absl::Status App::Parts::OpenStore() {
  ASSIGN_OR_RETURN(auto log, host.OpenReplica(ViewsStore::Options()));
  store = std::make_unique<ViewsStore>(std::move(log), config.zone);
  WatchStore(host, *store);
  return store->Load();
}

absl::Status App::Parts::OpenEdge() {
  redis = std::make_unique<redis::Client>(redis::OptionsOf(config.redis, config.service.instance));
  service::WatchRedis(host, *redis, kRedisAway);
  salts = std::make_unique<SaltKeeper>(*redis, SaltKeeperOptions{});
  WatchSalts(host, *salts);
  salts->Start(host.Watch(kSaltsLoop));
  ASSIGN_OR_RETURN(edge_publisher, host.MakePublisher("edge", ViewPublisherConfig(),
                                                      host.Watch(kEdgePublisherLoop)));
  ViewEdgeOptions options = EdgeOptions(config);
  options.on_partners_reload = service::LogReload("the partners' file");
  options.connected = [this] { return host.connected(); };
  ASSIGN_OR_RETURN(edge, ViewEdge::Make(*store, *salts, host.metrics(), std::move(options)));
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  ASSIGN_OR_RETURN(callers, rpc::Authenticator::FromFile(
                                {.file = config.grpc.tokens_file,
                                 .on_reload = service::LogReload("the callers' file")}));
  recount = std::make_unique<ViewRecount>(*store, config.zone);
  explain = std::make_unique<ViewExplain>(*store, config.zone);
  ViewsServerOptions options = ServingOptions(config);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls);
  ASSIGN_OR_RETURN(server, ViewsServer::Start({.store = *store,
                                               .edge = *edge,
                                               .recount = *recount,
                                               .explain = *explain,
                                               .callers = *callers,
                                               .observer = &requests},
                                              std::move(options)));
  WatchServer(host, *server);
  WatchFiles(host, *callers, edge->partners());
  host.OnStop(StopPhase::kCalls, "servers", [this](absl::Duration within) {
    recount->Stop();
    explain->Stop();
    server->Stop(within);
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Parts::Follow(std::stop_token stop) {
  RETURN_IF_ERROR(store->Bind(cluster.id, cluster.partitions, absl::Now()));
  ASSIGN_OR_RETURN(dead_letters,
                   host.MakePublisher("dead-letters", {}, host.Watch(kDeadLettersLoop)));
  ASSIGN_OR_RETURN(owner_publisher,
                   host.MakePublisher("owner", owner::OwnerPublisherConfig(cluster.partitions),
                                      host.Watch(kOwnerPublisherLoop)));
  for (kafka::Publisher* publisher : {edge_publisher.get(), owner_publisher.get()})
    host.WarmUp(*publisher, kViewTopics);
  edge->PublishThrough(*edge_publisher, cluster.partitions);
  recount->ReadThrough(ReplayPorts("recount"));
  explain->ReadThrough(ReplayPorts("explain"));
  store->Follow(host.MakeSetAside(cluster, {news::kArticlesTopic, kViewCountsTopic}, kCountersGroup,
                                  *dead_letters));
  ASSIGN_OR_RETURN(reader, host.FollowLog("follower", store->log(), host.Watch(kFollowerLoop)));
  return service::AwaitCaughtUp(*reader, stop);
}

ViewReplay::Ports App::Parts::ReplayPorts(const std::string& role) {
  return {.partitions = cluster.partitions,
          .beginnings =
              [this](absl::Duration within) {
                return host.admin().BeginningOffsets(kViewsTopic, within);
              },
          .offset_at =
              [this](std::int32_t partition, absl::Time time, absl::Duration within) {
                return host.admin().OffsetAt({kViewsTopic, partition}, time, within);
              },
          .read = std::bind_front(&service::Host::MakeStandaloneReader, &host, role)};
}

absl::Status App::Parts::Count(std::stop_token stop) {
  owner_dead_letters.emplace(host.MakeDeadLetters(cluster, kViewsTopic, kCountersGroup));
  ASSIGN_OR_RETURN(
      owner,
      service::StartOwner(
          host, kOwnerTexts, store->log(),
          CountingOptions({.zone = config.zone,
                           .recorded = store->counts(),
                           .dead_letters = *owner_dead_letters,
                           .on_recorded = std::bind_front(&CountingMetrics::Recorded, &counting)}),
          *owner_publisher, std::move(stop)));
  owner->Every(kPurgeEnforcerInterval, host.Watch(kPurgeEnforcerLoop),
               ForgetPurged(*owner, cluster.partitions, store->counts()));
  return absl::OkStatus();
}

}  // namespace telex::views
