#include "feeds/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "feeds/adapters/feed_server.h"
#include "feeds/adapters/follower.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/request_counts.h"
#include "feeds/domain/freshness.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "platform/runtime/loop.h"

namespace telex::feeds {
namespace {

using observe::Log;
using observe::Severity;
using service::StopPhase;

constexpr char kGroup[] = "feeds";  // the dead letters' topic is <topic>.feeds.dlq

}  // namespace

struct App::Parts {
  Parts(Config config_in, service::Host& host_in)
      : config(std::move(config_in)),
        host(host_in),
        measures(host_in.metrics()),
        requests(host_in.metrics()),
        freshness(config.stale_max) {}
  ~Parts() {
    // Who calls in and who calls back first, then what they use.
    peers.reset();
    reader.reset();
    server.reset();
  }

  absl::Status OpenStore();
  absl::Status Serve();
  absl::Status LoadIndex(const std::string& cluster_id, const replica::Kept& kept);
  void ServeStored();
  absl::Status Follow(const service::Cluster& cluster);
  void Watch();
  std::vector<std::int64_t> Positions() const;
  template <typename Question>
  auto Ask(const Question& question) const {
    const std::lock_guard lock(freshness_mutex);
    return question(freshness);
  }

  const Config config;
  service::Host& host;
  FeedsMetrics measures;
  RequestCounts requests;

  mutable std::mutex freshness_mutex;
  Freshness freshness;
  LiveFeeds feeds;
  std::int32_t partitions = 0;  // of the index; 0 before it is loaded

  // In the order in which they are made; each uses those before it.
  std::unique_ptr<ArticleStore> store;
  std::unique_ptr<redis::Client> redis;
  std::unique_ptr<FeedServer> server;
  std::unique_ptr<kafka::Publisher> publisher;
  std::optional<kafka::DeadLetters> dead_letters;
  std::unique_ptr<Follower> follower;
  std::unique_ptr<kafka::LogReader> reader;
  std::unique_ptr<Peers> peers;
};

App::App(Config config, service::Host& host)
    : parts_(std::make_unique<Parts>(std::move(config), host)) {}

App::~App() = default;

absl::Status App::Begin(std::stop_token stop) {
  Parts& parts = *parts_;
  parts.host.SetReadiness([&parts](const std::string& waiting_for) {
    return parts.Ask([&](const Freshness& f) { return f.Readiness(absl::Now(), waiting_for); });
  });
  // Also when one of several is: what is stored is all that can be had.
  parts.host.OnBrokerAway([&parts] { parts.ServeStored(); });
  RETURN_IF_ERROR(parts.OpenStore());
  RETURN_IF_ERROR(parts.Serve());
  parts.Watch();
  // What the store has is served before the broker is asked: it may be away.
  replica::LogReplica& log = parts.store->log();
  const auto kept = log.kept();
  const std::string stored_cluster = log.store().report().cluster_id;
  if (kept && !stored_cluster.empty()) RETURN_IF_ERROR(parts.LoadIndex(stored_cluster, *kept));
  const std::array<std::string, 1> topics = {std::string(kArticlesTopic)};
  ASSIGN_OR_RETURN(const service::Cluster cluster,
                   parts.host.AwaitCluster(topics, stop, [&parts] { parts.ServeStored(); }));
  RETURN_IF_ERROR(log.Bind(cluster.id, cluster.partitions, absl::Now()));
  if (parts.partitions == 0) RETURN_IF_ERROR(parts.LoadIndex(cluster.id, *log.kept()));
  return parts.Follow(cluster);
}

absl::Status App::Parts::OpenStore() {
  ASSIGN_OR_RETURN(store, ArticleStore::Open({.path = config.service.data_dir,
                                              .map_bytes_max = config.service.store_bytes_max},
                                             absl::Now()));
  host.AddStore(store->log());
  return absl::OkStatus();
}

absl::Status App::Parts::Serve() {
  if (config.redis) {
    redis = std::make_unique<redis::Client>(
        redis::ClientOptions{.endpoint = *config.redis,
                             .password = config.redis_password,
                             .client_name = fmt::format("telex-{}", config.service.instance)});
  }
  const auto ttl_minutes = std::max<std::int64_t>(1, absl::ToInt64Minutes(config.max_age));
  ASSIGN_OR_RETURN(server,
                   FeedServer::Start({.store = *store,
                                      .feeds = feeds,
                                      .metrics = measures,
                                      .redis = redis.get(),
                                      .requests = &requests},
                                     {.http = {.host = config.http_listen.host,
                                               .port = config.http_listen.port,
                                               .threads = config.http_threads},
                                      .channel = {.public_url = config.public_url,
                                                  .publisher_name = config.publisher_name,
                                                  .ttl_minutes = static_cast<int>(ttl_minutes)},
                                      .window_items = config.window_items,
                                      .max_age = config.max_age,
                                      .fragment_cache_bytes = config.fragment_cache_bytes,
                                      .body_cache_bytes = config.body_cache_bytes,
                                      .render_threads = config.render_threads,
                                      .waiting_max = config.waiting_max,
                                      .fold_wait_max = config.fold_wait_max,
                                      .shared = {.ttl = config.rendition_ttl}}));
  host.OnStop(StopPhase::kCalls, "http", [this](absl::Duration within) {
    server->Stop(within);
    return absl::OkStatus();
  });
  Log(Severity::kInfo, "serving", {{"host", config.http_listen.host}, {"port", server->port()}});
  return absl::OkStatus();
}

absl::Status App::Parts::LoadIndex(const std::string& cluster_id, const replica::Kept& kept) {
  const absl::Time start = absl::Now();
  FeedIndex index(kept.partitions, EpochOf(cluster_id, config.log_generation));
  ASSIGN_OR_RETURN(const std::uint64_t rows, store->LoadInto(index));
  partitions = kept.partitions;
  feeds.Start(std::move(index));
  if (kept.caught_up) {
    const std::lock_guard lock(freshness_mutex);
    freshness.Stored(kept.touched);
  }
  if (Ask([](const Freshness& f) { return f.MayServeStored(absl::Now()); })) feeds.SetServing();
  Log(Severity::kInfo, "the index is loaded",
      {{"articles", rows},
       {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - start)},
       {"serving", feeds.serving()}});
  return absl::OkStatus();
}

// No broker answers: what is stored is all there is.
void App::Parts::ServeStored() {
  const std::lock_guard lock(freshness_mutex);
  freshness.BrokerAway();
  if (freshness.MayServeStored(absl::Now())) feeds.SetServing();
}

absl::Status App::Parts::Follow(const service::Cluster& cluster) {
  host.WaitFor("reading the log up to the end seen at start");
  ASSIGN_OR_RETURN(publisher,
                   host.MakePublisher("dead-letters", {},
                                      host.Watch("dead letters", 2,
                                                 "The first record that cannot be read holds up "
                                                 "all that follow.",
                                                 "Takes the acknowledgements of the dead-letter "
                                                 "topic.")));
  dead_letters = host.MakeDeadLetters(cluster, std::string(kArticlesTopic), kGroup);
  follower = std::make_unique<Follower>(*store, feeds, measures, [] { return absl::Now(); });
  store->log().Follow(*follower, [this](const kafka::Record& record, const absl::Status& why,
                                        std::stop_token stop) {
    return dead_letters->Put(*publisher, record, why, stop);
  });
  store->log().OnWhole([this] {
    follower->SetLive();
    {
      const std::lock_guard lock(freshness_mutex);
      freshness.CaughtUp(absl::Now());
    }
    feeds.SetServing();
    Log(Severity::kInfo, "caught up with the log", {{"articles", feeds.articles()}});
    if (absl::Status kept = store->log().Touch(absl::Now()); !kept.ok()) {
      Log(Severity::kError, "store write failed", {{"error", kept.ToString()}});
    }
  });
  ASSIGN_OR_RETURN(reader,
                   host.FollowLog("follower", store->log(),
                                  host.Watch("follower", 1,
                                             "Readers of this replica get no news, corrections "
                                             "and takedowns.",
                                             "Folds the log into the local store and the index, "
                                             "batch by batch."),
                                  [this](absl::Time now) {
                                    const std::lock_guard lock(freshness_mutex);
                                    freshness.ReadOn(now);
                                  }));
  if (redis) {
    peers = std::make_unique<Peers>(
        *redis,
        Peers::Options{.cluster_id = cluster.id,
                       .instance = config.service.instance,
                       .partitions = partitions,
                       .behind_max = config.behind_max},
        [this] { return Positions(); },
        host.Watch("peers", 2, "Should this replica fall behind, it would go on serving old feeds.",
                   "Compares its position with that of its peers, through Redis."));
    host.AddCheck({.name = "peers",
                   .severity = 1,
                   .business_impact = "Readers of this replica would see older feeds than others.",
                   .technical_summary = "How long this replica has been behind the positions its "
                                        "peers publish in Redis.",
                   .panic_guide = "docs/runbooks/feeds-behind.md",
                   .status = [this] { return peers->status(); }});
    host.Gauge("telex_feeds_behind_peers_seconds", "How long other replicas have been ahead.",
               [this] { return absl::ToDoubleSeconds(peers->behind()); });
  }
  host.OnStop(StopPhase::kReading, "peers", [this](absl::Duration) {
    peers.reset();
    return absl::OkStatus();
  });
  return absl::OkStatus();
}

std::vector<std::int64_t> App::Parts::Positions() const {
  std::vector<std::int64_t> positions;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    positions.push_back(store->log().PositionOf({std::string(kArticlesTopic), partition}));
  }
  return positions;
}

void App::Parts::Watch() {
  host.Gauge("telex_feeds_articles", "Articles in the index.",
             [this] { return static_cast<double>(feeds.articles()); });
  host.Gauge("telex_feeds_index_bytes", "Memory of the index, reckoned.",
             [this] { return static_cast<double>(feeds.estimated_bytes()); });
  host.Gauge("telex_feeds_body_cache_bytes", "Bodies that lie ready.",
             [this] { return static_cast<double>(server->body_cache_bytes()); });
  host.Gauge("telex_feeds_waiting_requests", "Requests that wait for the fold.",
             [this] { return static_cast<double>(server->waiting()); });
  host.Gauge(
      "telex_feeds_state_age_seconds",
      "How long ago what is served was all there is; infinite before it ever was.", [this] {
        return Ask([](const Freshness& f) { return absl::ToDoubleSeconds(f.Age(absl::Now())); });
      });
  if (!redis) return;
  const auto refused = [this] { return redis->breaker_state() != redis::BreakerState::kClosed; };
  host.Gauge("telex_feeds_redis_breaker_open",
             "1 while Redis is not asked because it does not answer.",
             [refused] { return refused() ? 1.0 : 0.0; });
  host.AddCheck({.name = "redis",
                 .severity = 3,
                 .business_impact = "None: each replica renders for itself.",
                 .technical_summary = "Whether the breaker of the Redis client is closed.",
                 .panic_guide = "docs/runbooks/redis-away.md",
                 .status = [refused]() -> absl::Status {
                   if (!refused()) return absl::OkStatus();
                   return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable,
                                        "Redis does not answer");
                 },
                 .gates_readiness = false});
}

}  // namespace telex::feeds
