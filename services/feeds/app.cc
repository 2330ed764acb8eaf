#include "feeds/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "feeds/adapters/feeds_handler.h"
#include "feeds/adapters/follower.h"
#include "feeds/adapters/log_facts.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/request_counts.h"
#include "feeds/adapters/serving.h"
#include "feeds/loops.h"
#include "platform/errors/errors.h"
#include "platform/http/server.h"
#include "platform/kafka/admin.h"
#include "platform/kafka/dead_letter.h"
#include "platform/kafka/log_reader.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/log.h"
#include "platform/observe/outage_log.h"
#include "platform/runtime/loop.h"
#include "platform/service/broker_check.h"

namespace telex::feeds {
namespace {

using observe::Log;
using observe::Severity;

constexpr absl::Duration kAskWithin = absl::Seconds(3);  // of the cluster
constexpr absl::Duration kRetryPause = absl::Seconds(1);
constexpr absl::Duration kTouchInterval = absl::Seconds(10);
// A client whose queue is full looks again a second later: at a start it must hold about what is
// folded in a second, or folding stands still in between. Later it holds next to nothing.
constexpr std::size_t kPrefetchKibibytes = 128 << 10;
// Compaction waits for a day (min.compaction.lag.ms): a store that was left for less lies on the
// way of every other replica and may be shown at once; an older one is read to the end of the log
// first.
constexpr absl::Duration kResumeAgeMax = absl::Hours(12);

}  // namespace

struct App::Parts {
  Parts(Config config_in, runtime::Lifecycle& lifecycle_in, runtime::HealthChecks& health_in,
        observe::Metrics& metrics_in)
      : config(std::move(config_in)),
        lifecycle(lifecycle_in),
        health(health_in),
        metrics(metrics_in),
        measures(metrics_in),
        requests(metrics_in),
        loops(health_in, config.service.loop_silence_max) {}
  ~Parts();

  void Run(std::stop_token stop);
  absl::Status Begin(std::stop_token stop);
  absl::Status StartServer();
  absl::StatusOr<LogFacts> AskCluster();
  absl::StatusOr<LogFacts> AwaitCluster(std::stop_token stop);
  absl::Status OpenStore();
  absl::Status LoadIndex(const LogFacts& facts, const ArticleStore::Log& log);
  absl::Status Follow(const LogFacts& facts);
  bool RedisIsRefused() const;
  void AddGauges();
  void AddChecks();
  void AddStops();
  void Touch();
  absl::Status Readiness() const;
  std::vector<std::int64_t> Positions() const;
  void Fail(std::string_view what, const absl::Status& why);
  kafka::ClientConfig Client(const char* role) const;

  const Config config;
  runtime::Lifecycle& lifecycle;
  runtime::HealthChecks& health;
  observe::Metrics& metrics;
  FeedsMetrics measures;
  RequestCounts requests;
  const Loops loops;

  LiveFeeds feeds;
  std::atomic<bool> connected{false};
  std::atomic<bool> caught_up{false};
  std::atomic<bool> whole{false};  // the local store had all of the log, up to some point of it
  std::int32_t partitions = 0;
  std::vector<std::int64_t> first_positions;

  // In the order in which they are made; each uses those before it.
  std::unique_ptr<ArticleStore> store;
  std::unique_ptr<FragmentCache> fragments;
  std::unique_ptr<BodyCache> bodies;
  std::unique_ptr<PageSources> sources;
  std::unique_ptr<redis::Client> redis;
  std::unique_ptr<RenditionStore> renditions;
  std::unique_ptr<WorkerPool> workers;
  std::unique_ptr<Serving> serving;
  std::unique_ptr<WaitingRoom> waiting;
  std::unique_ptr<FeedsHandler> handler;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<kafka::Admin> admin;
  std::unique_ptr<kafka::Publisher> publisher;
  std::unique_ptr<kafka::DeadLetters> dead_letters;
  std::unique_ptr<Follower> follower;
  std::unique_ptr<Peers> peers;
  std::unique_ptr<kafka::LogReader> reader;
  std::vector<observe::CallbackHandle> gauges;
  // Guards `redis`, `reader` and `peers` while they are being made.
  mutable std::mutex parts_mutex;

  std::jthread starter;
};

App::App(Config config, runtime::Lifecycle& lifecycle, runtime::HealthChecks& health,
         observe::Metrics& metrics)
    : parts_(std::make_unique<Parts>(std::move(config), lifecycle, health, metrics)) {}

App::~App() = default;

App::Parts::~Parts() {
  starter = {};
  for (const char* check : {"log", "peers", "kafka", "redis"}) health.Remove(check);
  gauges.clear();
  reader.reset();
  server.reset();
  waiting.reset();  // those who wait are answered, which may still need the workers
  workers.reset();
}

void App::Start() {
  parts_->AddChecks();
  parts_->AddStops();
  parts_->starter =
      std::jthread([parts = parts_.get()](std::stop_token stop) { parts->Run(stop); });
}

void App::Parts::Run(std::stop_token stop) {
  if (const absl::Status begun = Begin(stop); !begun.ok()) {
    if (!stop.stop_requested()) Fail("telex-feeds cannot start", begun);
    return;
  }
  while (!stop.stop_requested()) {
    runtime::SleepFor(kTouchInterval, stop);
    Touch();
  }
}

absl::Status App::Parts::Begin(std::stop_token stop) {
  if (absl::Status opened = OpenStore(); !opened.ok()) return opened;
  if (absl::Status started = StartServer(); !started.ok()) return started;
  // What the store has is served before the broker is asked: it may be away.
  const auto log = store->log();
  const std::string stored_cluster = store->report().cluster_id;
  if (log && !stored_cluster.empty()) {
    const LogFacts stored{.cluster_id = stored_cluster, .partitions = log->partitions};
    if (absl::Status loaded = LoadIndex(stored, *log); !loaded.ok()) return loaded;
  }
  const auto facts = AwaitCluster(stop);
  if (!facts.ok()) return facts.status();
  if (absl::Status bound = store->BindCluster(facts->cluster_id); !bound.ok()) {
    return errors::WithContext(
        bound,
        "this is not the log that the local store was made from; if it is meant to be "
        "another one, delete the folder of TELEX_DATA_DIR");
  }
  if (log && log->partitions != facts->partitions) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kWrongPartitionCount,
        fmt::format("{} has {} partitions and had {}: the number is fixed at creation",
                    kArticlesTopic, facts->partitions, log->partitions));
  }
  if (partitions == 0) {
    const ArticleStore::Log fresh{
        .partitions = facts->partitions, .caught_up = false, .touched = absl::Now()};
    if (absl::Status kept = store->SetLog(fresh); !kept.ok()) return kept;
    if (absl::Status loaded = LoadIndex(*facts, fresh); !loaded.ok()) return loaded;
  }
  return Follow(*facts);
}

kafka::ClientConfig App::Parts::Client(const char* role) const {
  return config.service.KafkaClient(role);
}

absl::StatusOr<LogFacts> App::Parts::AskCluster() {
  if (!admin) {
    auto created = kafka::Admin::Create(Client("admin"));
    if (!created.ok()) return created.status();
    admin = *std::move(created);
  }
  return AskLogFacts(*admin, kAskWithin);
}

absl::StatusOr<LogFacts> App::Parts::AwaitCluster(std::stop_token stop) {
  observe::OutageLog outage("kafka, at the start");
  for (;;) {
    auto asked = AskCluster();
    if (asked.ok()) {
      outage.Recovered();
      return asked;
    }
    outage.Failed(asked.status().ToString());
    if (absl::IsInvalidArgument(asked.status())) return asked.status();  // a wrong property
    if (whole) feeds.SetServing();  // an old state is better than none while there is no broker
    if (!runtime::SleepFor(kRetryPause, stop)) return absl::CancelledError("stopping");
  }
}

absl::Status App::Parts::OpenStore() {
  auto opened = ArticleStore::Open(
      {.path = config.service.data_dir, .map_bytes_max = config.store_bytes_max}, absl::Now());
  if (!opened.ok()) return opened.status();
  store = *std::move(opened);
  const store::OpenReport& report = store->report();
  if (report.opening == store::Opening::kEmptied) {
    Log(Severity::kWarning, "the local store could not be trusted; the log is read again",
        {{"why", report.why}});
  }
  return absl::OkStatus();
}

absl::Status App::Parts::StartServer() {
  fragments = std::make_unique<FragmentCache>(config.fragment_cache_bytes);
  bodies = std::make_unique<BodyCache>(config.body_cache_bytes);
  const auto ttl_minutes = std::max<std::int64_t>(1, absl::ToInt64Minutes(config.max_age));
  sources = std::make_unique<PageSources>(
      PageSources{.feeds = feeds,
                  .store = *store,
                  .fragments = *fragments,
                  .bodies = *bodies,
                  .metrics = measures,
                  .channel = {.public_url = config.public_url,
                              .publisher_name = config.publisher_name,
                              .ttl_minutes = static_cast<int>(ttl_minutes)},
                  .window_items = config.window_items,
                  .max_age = config.max_age});
  if (config.redis) {
    auto client = std::make_unique<redis::Client>(
        redis::ClientOptions{.endpoint = *config.redis,
                             .password = config.redis_password,
                             .client_name = fmt::format("telex-{}", config.service.instance)});
    std::lock_guard lock(parts_mutex);
    redis = std::move(client);
  }
  renditions = std::make_unique<RenditionStore>(
      redis.get(), measures, RenditionStore::Options{.ttl = config.rendition_ttl});
  workers = std::make_unique<WorkerPool>(config.render_threads);
  waiting = std::make_unique<WaitingRoom>(config.waiting_max);
  serving = std::make_unique<Serving>(*workers, *waiting, *renditions, *bodies, measures,
                                      Serving::Options{.fold_wait_max = config.fold_wait_max});
  handler = std::make_unique<FeedsHandler>(*sources, *serving);
  feeds.OnChange([this] { waiting->FoldChanged(); });
  AddGauges();
  auto started = http::Server::Start(
      {.host = config.http_listen.host,
       .port = config.http_listen.port,
       .threads = config.http_threads},
      [this](const http::Request& request, http::Responder responder) {
        handler->Handle(request, std::move(responder));
      },
      &requests);
  if (!started.ok()) return started.status();
  server = *std::move(started);
  Log(Severity::kInfo, "serving", {{"host", config.http_listen.host}, {"port", server->port()}});
  return absl::OkStatus();
}

absl::Status App::Parts::LoadIndex(const LogFacts& facts, const ArticleStore::Log& log) {
  const absl::Time start = absl::Now();
  FeedIndex index(facts.partitions, EpochOf(facts.cluster_id));
  const auto rows = store->LoadInto(index);
  if (!rows.ok()) return rows.status();
  auto positions = store->Positions(facts.partitions);
  if (!positions.ok()) return positions.status();
  first_positions = *std::move(positions);
  partitions = facts.partitions;
  feeds.Start(std::move(index));
  whole = log.caught_up;
  if (whole && absl::Now() - log.touched <= kResumeAgeMax) feeds.SetServing();
  Log(Severity::kInfo, "the index is loaded",
      {{"articles", *rows},
       {"milliseconds", absl::ToInt64Milliseconds(absl::Now() - start)},
       {"serving", feeds.serving()}});
  return absl::OkStatus();
}

absl::Status App::Parts::Follow(const LogFacts& facts) {
  auto made =
      kafka::Publisher::Create({.client = Client("dead-letters")}, {.pulse = loops.dead_letters});
  if (!made.ok()) return made.status();
  publisher = *std::move(made);
  dead_letters = std::make_unique<kafka::DeadLetters>(*publisher, std::string(kGroup),
                                                      facts.dead_letter_partitions);
  follower = std::make_unique<Follower>(
      *store, feeds, measures,
      [this](const kafka::Record& record, const absl::Status& why, std::stop_token stop) {
        return dead_letters->Put(record, why, stop);
      },
      [] { return absl::Now(); });
  follower->OnWhole([this] {
    caught_up = true;
    connected = true;
    feeds.SetServing();
    Log(Severity::kInfo, "caught up with the log", {{"articles", feeds.articles()}});
    Touch();
  });
  kafka::LogReaderConfig reading{.client = Client("reader"),
                                 .prefetch_kbytes_max = kPrefetchKibibytes};
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    const std::int64_t next = first_positions[static_cast<std::size_t>(partition)];
    reading.from.push_back({.partition = {std::string(kArticlesTopic), partition},
                            .offset = next > 0 ? std::optional(next) : std::nullopt});
  }
  connected = true;
  auto created = kafka::LogReader::Create(
      std::move(reading), *follower,
      {.on_retry =
           [](int32_t attempt, const absl::Status& why) {
             Log(Severity::kWarning, "a batch cannot be taken in now",
                 {{"attempt", attempt}, {"error", why.ToString()}});
           },
       .on_connected =
           [this](bool now) {
             connected = now;
             Log(now ? Severity::kInfo : Severity::kWarning,
                 now ? "the broker answers" : "no broker answers; feeds are served as they are");
           },
       .on_fatal = [this](const absl::Status& why) { Fail("the log cannot be read on", why); },
       .pulse = loops.follower});
  if (!created.ok()) return created.status();
  std::lock_guard lock(parts_mutex);
  reader = *std::move(created);
  if (redis) {
    peers = std::make_unique<Peers>(
        *redis,
        Peers::Options{.cluster_id = facts.cluster_id,
                       .instance = config.service.instance,
                       .partitions = partitions,
                       .behind_max = config.behind_max},
        [this] { return Positions(); }, loops.peers);
  }
  return absl::OkStatus();
}

std::vector<std::int64_t> App::Parts::Positions() const {
  std::vector<std::int64_t> positions = first_positions;
  std::lock_guard lock(parts_mutex);
  if (!reader) return positions;
  for (const kafka::PartitionLag& lag : reader->Lag()) {
    const auto partition = static_cast<std::size_t>(lag.partition.partition);
    if (lag.next_offset >= 0 && partition < positions.size()) {
      positions[partition] = lag.next_offset;
    }
  }
  return positions;
}

// Notes that the local store is whole as of now.
void App::Parts::Touch() {
  if (!caught_up || !connected) return;
  const absl::Status kept =
      store->SetLog({.partitions = partitions, .caught_up = true, .touched = absl::Now()});
  if (!kept.ok()) {
    Log(Severity::kError, "the local store refuses", {{"error", kept.ToString()}});
  }
}

absl::Status App::Parts::Readiness() const {
  if (caught_up) return absl::OkStatus();
  if (whole && !connected) return absl::OkStatus();  // what was whole, while Kafka is away
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                       "the end that the log had at the start is not reached yet");
}

bool App::Parts::RedisIsRefused() const {
  std::lock_guard lock(parts_mutex);
  return redis && redis->breaker_state() != redis::BreakerState::kClosed;
}

void App::Parts::AddChecks() {
  health.Add(
      {.name = "log",
       .severity = 1,
       .business_impact = "This replica's feeds may lack the newest stories and takedowns.",
       .technical_summary = "Whether telex.articles.v1 was read up to the end it had at the start.",
       .panic_guide = "docs/runbooks/feeds-behind.md",
       .status = [this] { return Readiness(); }});
  health.Add({.name = "peers",
              .severity = 1,
              .business_impact = "Readers of this replica would see older feeds than others.",
              .technical_summary = "How long this replica has been behind the positions its peers "
                                   "publish in Redis.",
              .panic_guide = "docs/runbooks/feeds-behind.md",
              .status = [this]() -> absl::Status {
                std::lock_guard lock(parts_mutex);
                return peers ? peers->status() : absl::OkStatus();
              }});
  health.Add(service::BrokerCheck("Feeds are served as they are: no news, no takedown comes in.",
                                  [this] { return connected.load(); }));
  health.Add({.name = "redis",
              .severity = 3,
              .business_impact = "None: each replica renders for itself.",
              .technical_summary = "Whether the breaker of the Redis client is closed.",
              .panic_guide = "docs/runbooks/redis-away.md",
              .status = [this]() -> absl::Status {
                if (!RedisIsRefused()) return absl::OkStatus();
                return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable,
                                     "Redis does not answer");
              },
              .gates_readiness = false});
}

void App::Parts::AddGauges() {
  const auto add = [&](std::string_view name, std::string_view help,
                       std::function<double()> value) {
    gauges.push_back(metrics.GaugeCallback(name, help, {}, std::move(value)));
  };
  add("telex_feeds_articles", "Articles in the index.",
      [this] { return static_cast<double>(feeds.articles()); });
  add("telex_feeds_index_bytes", "Memory of the index, reckoned.",
      [this] { return static_cast<double>(feeds.estimated_bytes()); });
  add("telex_feeds_body_cache_bytes", "Bodies that lie ready.",
      [this] { return static_cast<double>(bodies->bytes()); });
  add("telex_feeds_store_bytes", "What the local store takes on disk.",
      [this] { return static_cast<double>(store->Stats().used_bytes); });
  add("telex_feeds_waiting_requests", "Requests that wait for the fold.",
      [this] { return static_cast<double>(waiting->waiting()); });
  add("telex_feeds_broker_connected", "1 while every broker that leads a partition answers.",
      [this] { return connected ? 1.0 : 0.0; });
  add("telex_feeds_redis_breaker_open", "1 while Redis is not asked because it does not answer.",
      [this] { return RedisIsRefused() ? 1.0 : 0.0; });
  add("telex_feeds_fold_lag_seconds", "Age of the oldest record that is not folded yet.", [this] {
    std::lock_guard lock(parts_mutex);
    absl::Duration behind = absl::ZeroDuration();
    if (reader) {
      for (const auto& lag : reader->Lag()) behind = std::max(behind, lag.behind);
    }
    return absl::ToDoubleSeconds(behind);
  });
  add("telex_feeds_behind_peers_seconds", "How long other replicas have been ahead.", [this] {
    std::lock_guard lock(parts_mutex);
    return peers ? absl::ToDoubleSeconds(peers->behind()) : 0.0;
  });
}

void App::Parts::AddStops() {
  lifecycle.OnStop({"starter", absl::Seconds(10), [this](absl::Duration) {
                      starter.request_stop();
                      if (starter.joinable()) starter.join();
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"http", absl::Seconds(10), [this](absl::Duration within) {
                      if (server) server->Stop(within - absl::Milliseconds(200));
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"reader", absl::Seconds(5), [this](absl::Duration within) {
                      if (reader) return reader->Stop(within);
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop(
      {"dead letters", absl::Seconds(5), [this](absl::Duration within) -> absl::Status {
         const std::size_t left = publisher ? publisher->Flush(within) : 0;
         if (left == 0) return absl::OkStatus();
         return absl::DataLossError(fmt::format("{} undelivered", left));
       }});
  lifecycle.OnStop({"store", absl::Seconds(10), [this](absl::Duration) {
                      gauges.clear();  // the admin port still answers
                      {
                        std::lock_guard lock(parts_mutex);
                        peers.reset();
                      }
                      waiting.reset();
                      workers.reset();
                      return store ? store->Close() : absl::OkStatus();
                    }});
}

void App::Parts::Fail(std::string_view what, const absl::Status& why) {
  Log(Severity::kError, what, {{"error", why.ToString()}, {"reason", errors::ReasonOf(why)}});
  // With the reason: /readyz shows it until the process has ended.
  lifecycle.RequestStop(
      fmt::format("{}: {}", what, why.ToString(absl::StatusToStringMode::kWithNoExtraData)),
      runtime::kExitFault);
}

}  // namespace telex::feeds
