#include "feeds/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "feeds/adapters/feed_server.h"

namespace telex::feeds {
namespace {

constexpr std::int64_t kMebibyte = 1 << 20;
// Compaction waits for a day (min.compaction.lag.ms): a store that was left for less lies on the
// way of every other replica, so that no reader sees time run backwards.
constexpr absl::Duration kStaleMax = absl::Hours(23);

// http(s)://host[:port][/path] of plain characters, without a slash at the end: it is the beginning
// of every link that partners get.
bool IsBaseUrl(std::string_view url) {
  const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
  if (scheme == 0 || url.ends_with('/')) return false;
  url.remove_prefix(scheme);
  const std::string_view place = url.substr(0, url.find('/'));
  const bool has_port = place.rfind(':') != place.npos && !place.ends_with(']');
  if (!config::ParseHostPort(fmt::format("{}{}", place, has_port ? "" : ":80"))) return false;
  constexpr std::string_view kPlain = "-._~%/";
  return std::all_of(url.begin() + static_cast<std::ptrdiff_t>(place.size()), url.end(),
                     [&](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || kPlain.find(c) != kPlain.npos;
                     });
}

void ReadChannel(config::Settings& settings, Config& config) {
  config.public_url = settings.Text(
      {.name = "TELEX_FEEDS_PUBLIC_URL",
       .help = "Where partners reach this service, http(s)://host, without a slash at the end.",
       .fallback = "http://127.0.0.1:8080",
       .required = true});
  if (!config.public_url.empty() && !IsBaseUrl(config.public_url)) {
    settings.Refuse("TELEX_FEEDS_PUBLIC_URL",
                    "expects http(s)://host[:port][/path] without a slash at the end");
  }
  config.publisher_name = settings.Text({.name = "TELEX_FEEDS_PUBLISHER_NAME",
                                         .help = "The publisher as the feeds' titles name it.",
                                         .fallback = "Telex",
                                         .required = true});
  config.window_items = static_cast<std::size_t>(
      settings.Integer({.name = "TELEX_FEEDS_WINDOW_ITEMS",
                        .help = "How many items a feed shows. The same on every replica.",
                        .fallback = "100"},
                       1, 1'000));
  config.max_age = settings.Duration({.name = "TELEX_FEEDS_MAX_AGE_SECONDS",
                                      .help = "How long caches may keep a feed without asking.",
                                      .fallback = "30"},
                                     absl::ZeroDuration(), absl::Hours(1));
  config.views_every = settings.Duration(
      {.name = "TELEX_FEEDS_VIEWS_SECONDS",
       .help = "How often the views change in the feeds that show them. The same on every replica.",
       .fallback = "60"},
      absl::Seconds(1), absl::Hours(1));
}

void ReadServing(config::Settings& settings, Config& config) {
  config.http_listen = settings.Address({.name = "TELEX_HTTP_LISTEN",
                                         .help = "Where feeds are served, host:port.",
                                         .fallback = "127.0.0.1:8080"});
  config.http_threads = static_cast<int>(settings.Integer(
      {.name = "TELEX_HTTP_THREADS", .help = "Threads that serve.", .fallback = "2"}, 1, 64));
  config.render_threads =
      static_cast<int>(settings.Integer({.name = "TELEX_FEEDS_RENDER_THREADS",
                                         .help = "Threads that render, compress and ask Redis.",
                                         .fallback = "2"},
                                        1, 64));
  config.fold_wait_max = settings.Duration(
      {.name = "TELEX_FEEDS_FOLD_WAIT_MS",
       .help = "How long a request that has seen more than this replica waits for the fold.",
       .fallback = "500"},
      absl::ZeroDuration(), absl::Seconds(30));
  config.waiting_max = static_cast<std::size_t>(
      settings.Integer({.name = "TELEX_FEEDS_WAITING_REQUESTS",
                        .help = "How many requests may wait so; more are answered at once.",
                        .fallback = "10000"},
                       0, 1'000'000));
  config.behind_max = settings.Duration(
      {.name = "TELEX_FEEDS_BEHIND_SECONDS",
       .help = "A replica that is behind its peers for longer says that it is not ready.",
       .fallback = "30"},
      absl::Seconds(1), absl::Hours(1));
  config.stale_max = settings.Duration(
      {.name = "TELEX_FEEDS_STALE_SECONDS",
       .help = "A replica that has not read the log for longer, because Kafka is away, says that "
               "it is not ready; a store that is older is not served before the log is read.",
       .fallback = "43200"},
      absl::Minutes(1), kStaleMax);
  config.log_generation = static_cast<std::uint32_t>(settings.Integer(
      {.name = "TELEX_FEEDS_LOG_GENERATION",
       .help =
           "Raised by one when the log was restored and has lost records, so that partners' tags "
           "of what was lost count for nothing. The same on every replica.",
       .fallback = "0"},
      0, 1'000'000));
  config.rendition_ttl = settings.Duration({.name = "TELEX_FEEDS_RENDITION_TTL_SECONDS",
                                            .help = "How long Redis keeps a rendition.",
                                            .fallback = "3600"},
                                           absl::Seconds(1), absl::Hours(24 * 7));
  config.body_cache_bytes = static_cast<std::size_t>(
      kMebibyte * settings.Integer({.name = "TELEX_FEEDS_BODY_CACHE_MEBIBYTES",
                                    .help = "Memory for cached bodies.",
                                    .fallback = "256"},
                                   1, 1 << 20));
  config.fragment_cache_bytes = static_cast<std::size_t>(
      kMebibyte * settings.Integer({.name = "TELEX_FEEDS_FRAGMENT_CACHE_MEBIBYTES",
                                    .help = "Memory for rendered items.",
                                    .fallback = "64"},
                                   1, 1 << 20));
}

}  // namespace

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "feeds-0", .admin_listen = "127.0.0.1:8081"});
  config.redis = redis::ReadRedisSettings(
      settings,
      "Empty: renditions are not shared between replicas, and none knows how far the others are.");
  ReadServing(settings, config);
  ReadChannel(settings, config);
  return config;
}

FeedServerOptions ServingOptions(const Config& config) {
  const auto ttl_minutes = std::max<std::int64_t>(1, absl::ToInt64Minutes(config.max_age));
  return {.http = {.host = config.http_listen.host,
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
          .shared = {.ttl = config.rendition_ttl}};
}

}  // namespace telex::feeds
