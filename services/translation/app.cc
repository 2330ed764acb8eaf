#include "translation/app.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "platform/errors/status_macros.h"
#include "platform/grpc/call_metrics.h"
#include "platform/observe/log.h"
#include "platform/service/callers.h"
#include "translation/adapters/desk/log_job_desk.h"
#include "translation/adapters/machine/machine_room.h"
#include "translation/adapters/owner/article_jobs.h"
#include "translation/adapters/records/resource_codec.h"
#include "translation/adapters/records/topics.h"
#include "translation/adapters/rpc/translation_server.h"
#include "translation/watch.h"

namespace telex::translation {
namespace {

using observe::Log;

using service::StopPhase;

// Records of many callers travel together; a call waits so much longer.
constexpr std::int32_t kDeskLingerMs = 2;

class App final : public service::App {
 public:
  App(Config config, service::Host& host)
      : config_(std::move(config)), host_(host), calls_(host.metrics(), kServiceNames) {}

  absl::Status Begin(std::stop_token stop) override;

 private:
  absl::Status OpenStore();
  absl::Status Serve();
  absl::Status Follow(std::stop_token stop);
  absl::Status Own(std::stop_token stop);
  absl::Status Work();

  const Config config_;
  service::Host& host_;
  rpc::CallMetrics calls_;
  AppendNames names_;
  service::Cluster cluster_;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<TranslationStore> store_;
  std::unique_ptr<LogJobDesk> desk_;
  std::atomic<kafka::Publisher*> resource_publisher_{nullptr};  // once there is one
  std::unique_ptr<ResourceDesk> resources_;
  std::unique_ptr<MachineRoom> machines_;
  std::unique_ptr<kafka::Publisher> desk_publisher_;  // calls the desk back, to its end
  std::unique_ptr<rpc::Authenticator> callers_;
  std::unique_ptr<kafka::Publisher> dead_letter_publisher_;
  std::optional<kafka::DeadLetters> dead_letters_;
  std::unique_ptr<kafka::Publisher> owner_publisher_;  // never gives up: nothing is lost
  std::unique_ptr<kafka::LogReader> reader_;
  std::unique_ptr<owner::GroupOwner> owner_;
  std::unique_ptr<TranslationServer> server_;
};

absl::Status App::Begin(std::stop_token stop) {
  RETURN_IF_ERROR(OpenStore());
  // What the store has is shown before the broker is asked: it may be away.
  RETURN_IF_ERROR(Serve());
  ASSIGN_OR_RETURN(cluster_, host_.AwaitCluster(kTranslationTopics, stop));
  RETURN_IF_ERROR(Follow(stop));
  host_.SetReady();
  Log(observe::Severity::kInfo, "ready", {});
  RETURN_IF_ERROR(Own(std::move(stop)));
  return Work();
}

absl::Status App::OpenStore() {
  ASSIGN_OR_RETURN(auto log, host_.OpenReplica(TranslationStore::Options()));
  store_ = std::make_unique<TranslationStore>(std::move(log), names_.prefix());
  RETURN_IF_ERROR(store_->Load());
  WatchQueue(host_, *store_);
  desk_ = std::make_unique<LogJobDesk>(*store_, names_);
  resources_ = std::make_unique<ResourceDesk>(
      store_->resources(),
      [this] { return resource_publisher_.load() == nullptr ? 0 : store_->queues().partitions(); },
      [this](kafka::Record record, kafka::Publisher::Callback done) {
        resource_publisher_.load()->Publish(std::move(record), std::move(done));
      },
      [this] { return names_.Next(); });
  WatchDesk(host_, *desk_);
  ASSIGN_OR_RETURN(machines_, MachineRoom::Make(EnginesOf(config_), *desk_, host_.metrics()));
  return absl::OkStatus();
}

absl::Status App::Serve() {
  ASSIGN_OR_RETURN(callers_, service::ReadCallers(host_, config_.grpc.tokens_file));
  TranslationServerOptions options = ServingOptions(config_);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls_);
  ASSIGN_OR_RETURN(server_,
                   TranslationServer::Start({.desk = *desk_,
                                             .resources = *resources_,
                                             .callers = *callers_,
                                             .engines = [this] { return machines_->Stats(); }},
                                            std::move(options)));
  host_.OnStop(StopPhase::kCalls, "server", [this](absl::Duration within) {
    server_->Stop(within);
    desk_->Stop();
    resources_->Stop();
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Follow(std::stop_token stop) {
  RETURN_IF_ERROR(store_->Bind(cluster_.id, cluster_.partitions, absl::Now()));
  ASSIGN_OR_RETURN(dead_letter_publisher_,
                   host_.MakePublisher("dead-letters", {}, host_.Watch(kDeadLettersLoop)));
  ASSIGN_OR_RETURN(owner_publisher_,
                   host_.MakePublisher("owner", owner::OwnerPublisherConfig(cluster_.partitions),
                                       host_.Watch(kOwnerPublisherLoop)));
  ASSIGN_OR_RETURN(desk_publisher_,
                   host_.MakePublisher("desk", {.linger_ms = kDeskLingerMs, .wait_for_room = false},
                                       host_.Watch(kDeskPublisherLoop)));
  for (kafka::Publisher* publisher : {desk_publisher_.get(), owner_publisher_.get()})
    host_.WarmUp(*publisher, kTranslationTopics);
  desk_->AppendThrough(*desk_publisher_);
  resource_publisher_ = desk_publisher_.get();
  store_->Follow(host_.MakeSetAside(
      cluster_, {news::kArticlesTopic, news::kTranslationsTopic, kJobsTopic, kResourcesTopic},
      kTranslatorsGroup, *dead_letter_publisher_));
  ASSIGN_OR_RETURN(reader_, host_.FollowLog("follower", store_->log(), host_.Watch(kFollowerLoop)));
  return service::AwaitCaughtUp(*reader_, stop);
}

absl::Status App::Own(std::stop_token stop) {
  dead_letters_.emplace(host_.MakeDeadLetters(cluster_, news::kArticlesTopic, kTranslatorsGroup));
  const ArticleJobsParts parts{
      .store = *store_,
      .dead_letters = *dead_letters_,
      .policy_at = std::bind_front(&ResourceStore::PolicyAt, &store_->resources()),
      .resource_places = PlacesOfPlans(cluster_.partitions),
      .actor = "owners/" + host_.settings().instance,
      .next_append = [this] { return names_.Next(); }};
  ASSIGN_OR_RETURN(owner_, service::StartOwner(host_, kOwnerTexts, store_->log(),
                                               {.group = kTranslatorsGroup,
                                                .input = news::kArticlesTopic,
                                                .derived = {kJobsTopic, news::kTranslationsTopic},
                                                .make_fold =
                                                    [parts](std::int32_t partition) {
                                                      return std::make_unique<ArticleJobs>(
                                                          partition, parts);
                                                    },
                                                .is_not_awaited =
                                                    [this](const kafka::TopicPartition& place) {
                                                      // ArticleJobs tells why it goes no further.
                                                      return place.topic == kResourcesTopic &&
                                                             !store_->log().Held(place).ok();
                                                    }},
                                               *owner_publisher_, std::move(stop)));
  return absl::OkStatus();
}

absl::Status App::Work() {
  host_.OnStop(StopPhase::kConsuming, "engines", [this](absl::Duration) {
    machines_->Stop();
    return absl::OkStatus();
  });
  machines_->Start([this](int thread) {
    service::LoopTexts texts = kEnginesLoop;
    const std::string name = fmt::format("{} {}", texts.name, thread);
    texts.name = name.c_str();
    return host_.Watch(texts);
  });
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<service::App> MakeApp(Config config, service::Host& host) {
  return std::make_unique<App>(std::move(config), host);
}

}  // namespace telex::translation
