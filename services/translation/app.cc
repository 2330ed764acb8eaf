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
#include "translation/adapters/article_jobs.h"
#include "translation/adapters/log_job_desk.h"
#include "translation/adapters/machine_room.h"
#include "translation/adapters/resource_codec.h"
#include "translation/adapters/topics.h"
#include "translation/adapters/translation_server.h"
#include "translation/watch.h"

namespace telex::translation {
namespace {

using observe::Log;

using service::StopPhase;

// Records of many callers travel together; a call waits so much longer.
constexpr std::int32_t kDeskLingerMs = 2;

// Where policies and backfills lie.
std::vector<kafka::TopicPartition> ResourcePlaces(std::int32_t partitions) {
  std::vector<kafka::TopicPartition> places;
  for (const auto kind : {ResourceName::Kind::kPolicy, ResourceName::Kind::kBackfill})
    places.push_back({kResourcesTopic, PartitionOf({.kind = kind}, partitions)});
  return places;
}

MachineRoomOptions EnginesOf(const Config& config) {
  return {.engines = config.engines,
          .networks = config.engine_networks,
          .threads = config.engine_threads,
          .instance = config.service.instance,
          .user_agent = "Telex/" TELEX_VERSION};
}

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)), host(host_in), calls(host_in.metrics(), kServiceNames) {}

  absl::Status OpenStore();
  absl::Status Serve();
  absl::Status Follow(std::stop_token stop);
  absl::Status Own(std::stop_token stop);
  absl::Status Work();

  const Config config;
  service::Host& host;
  rpc::CallMetrics calls;
  AppendNames names;
  service::Cluster cluster;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<TranslationStore> store;
  std::unique_ptr<LogJobDesk> desk;
  std::atomic<kafka::Publisher*> resource_publisher{nullptr};  // once there is one
  std::unique_ptr<ResourceDesk> resources;
  std::unique_ptr<MachineRoom> machines;
  std::unique_ptr<kafka::Publisher> desk_publisher;  // calls the desk back, to its end
  std::unique_ptr<rpc::Authenticator> callers;
  std::unique_ptr<kafka::Publisher> dead_letter_publisher;
  std::optional<kafka::DeadLetters> dead_letters;
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: nothing is lost
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<owner::GroupOwner> owner;
  std::unique_ptr<TranslationServer> server;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  RETURN_IF_ERROR(parts.OpenStore());
  // What the store has is shown before the broker is asked: it may be away.
  RETURN_IF_ERROR(parts.Serve());
  ASSIGN_OR_RETURN(parts.cluster, parts.host.AwaitCluster(kTranslationTopics, stop));
  RETURN_IF_ERROR(parts.Follow(stop));
  parts.host.SetReady();
  Log(observe::Severity::kInfo, "ready", {});
  RETURN_IF_ERROR(parts.Own(std::move(stop)));
  return parts.Work();
}

absl::Status App::Parts::OpenStore() {
  ASSIGN_OR_RETURN(auto log, host.OpenReplica(TranslationStore::Options()));
  store = std::make_unique<TranslationStore>(std::move(log), names.prefix());
  RETURN_IF_ERROR(store->Load());
  WatchQueue(host, *store);
  desk = std::make_unique<LogJobDesk>(*store, names);
  resources = std::make_unique<ResourceDesk>(
      store->resources(),
      [this] { return resource_publisher.load() == nullptr ? 0 : store->queues().partitions(); },
      [this](kafka::Record record, kafka::Publisher::Callback done) {
        resource_publisher.load()->Publish(std::move(record), std::move(done));
      },
      [this] { return names.Next(); });
  WatchDesk(host, *desk);
  ASSIGN_OR_RETURN(machines, MachineRoom::Make(EnginesOf(config), *desk, host.metrics()));
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  ASSIGN_OR_RETURN(callers, rpc::Authenticator::FromFile(
                                {.file = config.grpc.tokens_file,
                                 .on_reload = service::LogReload("the callers' file")}));
  TranslationServerOptions options = ServingOptions(config);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls);
  ASSIGN_OR_RETURN(server,
                   TranslationServer::Start({.desk = *desk,
                                             .resources = *resources,
                                             .callers = *callers,
                                             .engines = [this] { return machines->Stats(); }},
                                            std::move(options)));
  WatchFiles(host, *callers);
  host.OnStop(StopPhase::kCalls, "server", [this](absl::Duration within) {
    server->Stop(within);
    desk->Stop();
    resources->Stop();
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Parts::Follow(std::stop_token stop) {
  RETURN_IF_ERROR(store->Bind(cluster.id, cluster.partitions, absl::Now()));
  ASSIGN_OR_RETURN(dead_letter_publisher,
                   host.MakePublisher("dead-letters", {}, host.Watch(kDeadLettersLoop)));
  ASSIGN_OR_RETURN(owner_publisher,
                   host.MakePublisher("owner", owner::OwnerPublisherConfig(cluster.partitions),
                                      host.Watch(kOwnerPublisherLoop)));
  ASSIGN_OR_RETURN(desk_publisher,
                   host.MakePublisher("desk", {.linger_ms = kDeskLingerMs, .wait_for_room = false},
                                      host.Watch(kDeskPublisherLoop)));
  for (kafka::Publisher* publisher : {desk_publisher.get(), owner_publisher.get()})
    host.WarmUp(*publisher, kTranslationTopics);
  desk->AppendThrough(*desk_publisher);
  resource_publisher = desk_publisher.get();
  store->Follow(host.MakeSetAside(
      cluster, {news::kArticlesTopic, news::kTranslationsTopic, kJobsTopic, kResourcesTopic},
      kTranslatorsGroup, *dead_letter_publisher));
  ASSIGN_OR_RETURN(reader, host.FollowLog("follower", store->log(), host.Watch(kFollowerLoop)));
  return service::AwaitCaughtUp(*reader, stop);
}

absl::Status App::Parts::Own(std::stop_token stop) {
  dead_letters.emplace(host.MakeDeadLetters(cluster, news::kArticlesTopic, kTranslatorsGroup));
  const ArticleJobsParts parts{
      .store = *store,
      .dead_letters = *dead_letters,
      .policy_at = std::bind_front(&ResourceStore::PolicyAt, &store->resources()),
      .resource_places = ResourcePlaces(cluster.partitions),
      .actor = "owners/" + host.settings().instance,
      .next_append = [this] { return names.Next(); }};
  ASSIGN_OR_RETURN(owner, service::StartOwner(host, kOwnerTexts, store->log(),
                                              {.group = kTranslatorsGroup,
                                               .input = news::kArticlesTopic,
                                               .derived = {kJobsTopic, news::kTranslationsTopic},
                                               .make_fold =
                                                   [parts](std::int32_t partition) {
                                                     return std::make_unique<ArticleJobs>(partition,
                                                                                          parts);
                                                   },
                                               .is_not_awaited =
                                                   [this](const kafka::TopicPartition& place) {
                                                     // ArticleJobs tells why it goes no further.
                                                     return place.topic == kResourcesTopic &&
                                                            !store->log().Held(place).ok();
                                                   }},
                                              *owner_publisher, std::move(stop)));
  return absl::OkStatus();
}

absl::Status App::Parts::Work() {
  host.OnStop(StopPhase::kConsuming, "engines", [this](absl::Duration) {
    machines->Stop();
    return absl::OkStatus();
  });
  machines->Start([this](int thread) {
    service::LoopTexts texts = kEnginesLoop;
    const std::string name = fmt::format("{} {}", texts.name, thread);
    texts.name = name.c_str();
    return host.Watch(texts);
  });
  return absl::OkStatus();
}

}  // namespace telex::translation
