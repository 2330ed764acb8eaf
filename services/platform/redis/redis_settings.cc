#include "platform/redis/redis_settings.h"

#include <fmt/format.h>

#include <utility>

namespace telex::redis {
namespace {

constexpr const char* kUrl = "TELEX_REDIS_URL";
constexpr const char* kForms = "redis://[user@]host[:port][/db] or unix:///path";

}  // namespace

RedisSettings ReadRedisSettings(config::Settings& settings, std::string_view when_empty) {
  RedisSettings read;
  const std::string help =
      fmt::format("{}.{}{}", kForms, when_empty.empty() ? "" : " ", when_empty);
  const std::string url = settings.Text({.name = kUrl,
                                         .help = help,
                                         .fallback = "redis://127.0.0.1:6379",
                                         .required = when_empty.empty()});
  if (!url.empty()) {
    auto endpoint = ParseUrl(url);
    if (endpoint.ok()) {
      read.endpoint = *std::move(endpoint);
    } else {
      settings.Refuse(kUrl, kForms);
    }
  }
  read.password = settings.Secret({.name = "TELEX_REDIS_PASSWORD", .help = "Of the Redis user."});
  return read;
}

ClientOptions OptionsOf(const RedisSettings& settings, std::string_view instance) {
  return {.endpoint = *settings.endpoint,
          .password = settings.password,
          .client_name = fmt::format("telex-{}", instance)};
}

}  // namespace telex::redis
