#include "translation/app.h"

#include <functional>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/grpc/call_metrics.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"
#include "translation/adapters/topics.h"
#include "translation/adapters/translation_server.h"
#include "translation/watch.h"

namespace telex::translation {
namespace {

using observe::Log;

using service::StopPhase;

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)), host(host_in), calls(host_in.metrics(), kServiceNames) {}

  absl::Status OpenStore();
  absl::Status Serve();
  absl::Status Follow(std::stop_token stop);
  absl::Status Own();

  const Config config;
  service::Host& host;
  rpc::CallMetrics calls;
  AppendNames names;
  service::Cluster cluster;

  // Each uses those before it. Destroyed in reverse: who calls in and who calls back first, then
  // what they use.
  std::unique_ptr<TranslationStore> store;
  std::unique_ptr<LogJobDesk> desk;
  std::unique_ptr<kafka::Publisher> desk_publisher;  // calls the desk back, to its end
  std::unique_ptr<rpc::Authenticator> callers;
  std::unique_ptr<kafka::Publisher> dead_letter_publisher;
  std::optional<kafka::DeadLetters> dead_letters;
  std::unique_ptr<kafka::Publisher> owner_publisher;  // never gives up: nothing is lost
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<JobsOwner> owner;
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
  return parts.Own();
}

absl::Status App::Parts::OpenStore() {
  ASSIGN_OR_RETURN(auto log, host.OpenReplica(TranslationStore::Options()));
  store = std::make_unique<TranslationStore>(std::move(log), names.prefix());
  RETURN_IF_ERROR(store->Load());
  WatchQueue(host, *store);
  desk = std::make_unique<LogJobDesk>(*store, names, LogJobDesk::Ports{});
  WatchDesk(host, *desk);
  host.OnStop(StopPhase::kCalls, "desk", [this](absl::Duration) {
    desk->Stop();
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  ASSIGN_OR_RETURN(callers, rpc::Authenticator::FromFile(
                                {.file = config.grpc.tokens_file,
                                 .on_reload = service::LogReload("the callers' file")}));
  TranslationServerOptions options = ServingOptions(config);
  options.on_call = std::bind_front(&rpc::CallMetrics::Count, &calls);
  ASSIGN_OR_RETURN(
      server, TranslationServer::Start({.desk = *desk,
                                        .callers = *callers,
                                        .policy = [] { return std::shared_ptr<const Policy>(); },
                                        .engines = {},
                                        .advise = {},
                                        .offers = {}},
                                       std::move(options)));
  WatchFiles(host, *callers);
  host.OnStop(StopPhase::kCalls, "server", [this](absl::Duration within) {
    server->Stop(within);
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

absl::Status App::Parts::Follow(std::stop_token stop) {
  RETURN_IF_ERROR(store->Bind(cluster.id, cluster.partitions, absl::Now()));
  ASSIGN_OR_RETURN(dead_letter_publisher,
                   host.MakePublisher("dead-letters", {}, Watch(host, Loop::kDeadLetters)));
  ASSIGN_OR_RETURN(owner_publisher,
                   host.MakePublisher("owner", owner::OwnerPublisherConfig(cluster.partitions),
                                      Watch(host, Loop::kOwnerPublisher)));
  ASSIGN_OR_RETURN(desk_publisher, host.MakePublisher("desk", {.wait_for_room = false},
                                                      Watch(host, Loop::kDeskPublisher)));
  for (kafka::Publisher* publisher : {desk_publisher.get(), owner_publisher.get()})
    host.WarmUp(*publisher, kTranslationTopics);
  desk->AppendThrough(*desk_publisher);
  store->Follow(host.MakeSetAside(
      cluster, {news::kArticlesTopic, news::kTranslationsTopic, kJobsTopic, kResourcesTopic},
      kTranslatorsGroup, *dead_letter_publisher));
  ASSIGN_OR_RETURN(reader, host.FollowLog("follower", store->log(), Watch(host, Loop::kFollower)));
  return service::AwaitCaughtUp(*reader, stop);
}

absl::Status App::Parts::Own() {
  dead_letters.emplace(host.MakeDeadLetters(cluster, news::kArticlesTopic, kTranslatorsGroup));
  ASSIGN_OR_RETURN(
      owner,
      JobsOwner::Start({.store = *store,
                        .dead_letters = *dead_letters,
                        .policy_at = [](std::int64_t) { return std::shared_ptr<const Policy>(); },
                        .policy_places = {},
                        .actor = "owners/" + host.settings().instance,
                        .next_append = [this] { return names.Next(); }},
                       *owner_publisher,
                       {.ends = std::bind_front(&service::Host::EndOffsets, &host),
                        .join =
                            [this](kafka::GroupConsumerConfig group, kafka::GroupHandler& handler) {
                              return host.MakeConsumer("owner", std::move(group), handler,
                                                       Watch(host, Loop::kOwner));
                            },
                        .heartbeat = Watch(host, Loop::kPartitionEnds)}));
  WatchOwner(host, *owner);
  return absl::OkStatus();
}

}  // namespace telex::translation
