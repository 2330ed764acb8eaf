#include "views/app.h"

#include <functional>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/grpc/call_metrics.h"
#include "platform/http/request_metrics.h"
#include "platform/observe/log.h"
#include "platform/service/callers.h"
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
    .severity = 2,
    .impact = "From midnight after next on no view is taken, nor by what is started."};

class App final : public service::App {
 public:
  App(Config config, service::Host& host)
      : config_(std::move(config)),
        host_(host),
        calls_(host.metrics(), kServiceNames),
        requests_(host.metrics(), kRoutes,
                  [](std::string_view path) { return static_cast<std::size_t>(RouteOf(path)); }),
        counting_(host.metrics()) {}

  absl::Status Begin(std::stop_token stop) override;

 private:
  absl::Status OpenStore();
  absl::Status OpenEdge();
  absl::Status Serve();
  absl::Status Follow(std::stop_token stop);
  ViewReplay::Ports ReplayPorts(const std::string& role);
  absl::Status Count(std::stop_token stop);

  const Config config_;
  service::Host& host_;
  rpc::CallMetrics calls_;
  http::RequestMetrics requests_;
  CountingMetrics counting_;
  service::Cluster cluster_;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<ViewsStore> store_;
  std::unique_ptr<redis::Client> redis_;
  std::unique_ptr<SaltKeeper> salts_;
  std::unique_ptr<ViewEdge> edge_;
  std::unique_ptr<kafka::Publisher> edge_publisher_;  // calls the edge back, to its end
  std::unique_ptr<rpc::Authenticator> callers_;
  std::unique_ptr<kafka::Publisher> dead_letters_;
  std::unique_ptr<kafka::Publisher> owner_publisher_;  // never gives up: no total is lost
  std::unique_ptr<kafka::LogReader> reader_;
  std::optional<kafka::DeadLetters> owner_dead_letters_;
  std::unique_ptr<owner::GroupOwner> owner_;
  std::unique_ptr<ViewRecount> recount_;
  std::unique_ptr<ViewExplain> explain_;
  std::unique_ptr<ViewsServer> server_;
};

absl::Status App::Begin(std::stop_token stop) {
  RETURN_IF_ERROR(OpenStore());
  RETURN_IF_ERROR(OpenEdge());
  // What the store has is told before the broker is asked: it may be away.
  RETURN_IF_ERROR(Serve());
  ASSIGN_OR_RETURN(cluster_, host_.AwaitCluster(kViewTopics, stop));
  RETURN_IF_ERROR(Follow(stop));
  host_.SetReady();
  Log(Severity::kInfo, "ready", {{"articles", store_->articles().size()}});
  return Count(std::move(stop));
}

absl::Status App::OpenStore() {
  ASSIGN_OR_RETURN(auto log, host_.OpenReplica(ViewsStore::Options()));
  store_ = std::make_unique<ViewsStore>(std::move(log), config_.zone);
  WatchStore(host_, *store_);
  return store_->Load();
}

absl::Status App::OpenEdge() {
  redis_ =
      std::make_unique<redis::Client>(redis::OptionsOf(config_.redis, config_.service.instance));
  service::WatchRedis(host_, *redis_, kRedisAway);
  salts_ = std::make_unique<SaltKeeper>(*redis_, SaltKeeperOptions{.zone = config_.zone});
  WatchSalts(host_, *salts_);
  salts_->Start(host_.Watch(kSaltsLoop));
  ASSIGN_OR_RETURN(edge_publisher_, host_.MakePublisher("edge", ViewPublisherConfig(),
                                                        host_.Watch(kEdgePublisherLoop)));
  ViewEdgeOptions options = EdgeOptions(config_);
  options.on_partners_reload = service::LogReload("the partners' file");
  options.connected = [this] { return host_.connected(); };
  options.clock = [this] { return host_.ClockAgrees(); };
  ASSIGN_OR_RETURN(edge_, ViewEdge::Make(*store_, *salts_, host_.metrics(), std::move(options)));
  return absl::OkStatus();
}

absl::Status App::Serve() {
  ASSIGN_OR_RETURN(callers_, service::ReadCallers(host_, config_.grpc.tokens_file));
  recount_ = std::make_unique<ViewRecount>(*store_, config_.zone);
  explain_ = std::make_unique<ViewExplain>(*store_, config_.zone);
  ViewsServerOptions options = ServingOptions(config_);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls_);
  ASSIGN_OR_RETURN(server_, ViewsServer::Start({.store = *store_,
                                                .edge = *edge_,
                                                .recount = *recount_,
                                                .explain = *explain_,
                                                .callers = *callers_,
                                                .observer = &requests_},
                                               std::move(options)));
  WatchServer(host_, *server_);
  WatchPartners(host_, edge_->partners());
  host_.OnStop(StopPhase::kCalls, "servers", [this](absl::Duration within) {
    recount_->Stop();
    explain_->Stop();
    server_->Stop(within);
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Follow(std::stop_token stop) {
  RETURN_IF_ERROR(store_->Bind(cluster_.id, cluster_.partitions, absl::Now()));
  ASSIGN_OR_RETURN(dead_letters_,
                   host_.MakePublisher("dead-letters", {}, host_.Watch(kDeadLettersLoop)));
  ASSIGN_OR_RETURN(owner_publisher_,
                   host_.MakePublisher("owner", owner::OwnerPublisherConfig(cluster_.partitions),
                                       host_.Watch(kOwnerPublisherLoop)));
  for (kafka::Publisher* publisher : {edge_publisher_.get(), owner_publisher_.get()})
    host_.WarmUp(*publisher, kViewTopics);
  edge_->PublishThrough(*edge_publisher_, cluster_.partitions);
  recount_->ReadThrough(ReplayPorts("recount"));
  explain_->ReadThrough(ReplayPorts("explain"));
  store_->Follow(host_.MakeSetAside(cluster_, {news::kArticlesTopic, kViewCountsTopic},
                                    kCountersGroup, *dead_letters_));
  ASSIGN_OR_RETURN(reader_, host_.FollowLog("follower", store_->log(), host_.Watch(kFollowerLoop)));
  store_->ReadBy(*reader_);
  return service::AwaitCaughtUp(*reader_, stop);
}

ViewReplay::Ports App::ReplayPorts(const std::string& role) {
  return {.partitions = cluster_.partitions,
          .beginnings =
              [this](absl::Duration within) {
                return host_.admin().BeginningOffsets(kViewsTopic, within);
              },
          .offset_at =
              [this](std::int32_t partition, absl::Time time, absl::Duration within) {
                return host_.admin().OffsetAt({kViewsTopic, partition}, time, within);
              },
          .read = std::bind_front(&service::Host::MakeStandaloneReader, &host_, role)};
}

absl::Status App::Count(std::stop_token stop) {
  owner_dead_letters_.emplace(host_.MakeDeadLetters(cluster_, kViewsTopic, kCountersGroup));
  ASSIGN_OR_RETURN(
      owner_,
      service::StartOwner(
          host_, kOwnerTexts, store_->log(),
          CountingOptions({.zone = config_.zone,
                           .recorded = store_->counts(),
                           .dead_letters = *owner_dead_letters_,
                           .on_recorded = std::bind_front(&CountingMetrics::Recorded, &counting_)}),
          *owner_publisher_, std::move(stop)));
  owner_->Every(kPurgeEnforcerInterval, host_.Watch(kPurgeEnforcerLoop),
                ForgetPurged(*owner_, cluster_.partitions, store_->counts()));
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<service::App> MakeApp(Config config, service::Host& host) {
  return std::make_unique<App>(std::move(config), host);
}

}  // namespace telex::views
