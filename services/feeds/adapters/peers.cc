#include "feeds/adapters/peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "platform/errors/errors.h"

namespace telex::feeds {
namespace {

// A clock that is set must not look like a replica that is behind.
absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

std::string EncodePositions(const std::vector<std::int64_t>& positions) {
  return fmt::format("{}", fmt::join(positions, ","));
}

std::vector<std::int64_t> DecodePositions(std::string_view text) {
  std::vector<std::int64_t> positions;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    std::int64_t position = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + comma, position);
    if (fault != std::errc() || end != text.data() + comma) return {};
    positions.push_back(position);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return positions;
}

Peers::Peers(redis::Client& client, Options options, Positions own,
             std::shared_ptr<observe::Heartbeat> heartbeat)
    : client_(client),
      options_(std::move(options)),
      own_(std::move(own)),
      lag_(options_.positions),
      task_(options_.interval, std::move(heartbeat), [this](const std::stop_token&) { Round(); }) {}

absl::Duration Peers::behind() const {
  std::lock_guard lock(mutex_);
  return behind_;
}

absl::Status Peers::status() const {
  const absl::Duration now_behind = behind();
  if (now_behind <= options_.behind_max) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                       fmt::format("behind its peers for {} s", absl::ToInt64Seconds(now_behind)));
}

void Peers::Round() {
  const std::vector<std::int64_t> own = own_();
  const auto ahead = Exchange(own);
  if (ahead.ok()) {
    outage_.Recovered();
  } else {
    outage_.Failed(ahead.status().ToString());
  }
  const absl::Time now = options_.clock ? options_.clock() : SteadyNow();
  const absl::Duration behind =
      lag_.Observe(now, own, ahead.ok() ? *ahead : std::vector<std::int64_t>());
  std::lock_guard lock(mutex_);
  behind_ = behind;
}

absl::StatusOr<std::vector<std::int64_t>> Peers::Exchange(const std::vector<std::int64_t>& own) {
  const std::string prefix = fmt::format("telex:feeds:{}", options_.cluster_id);
  const std::string replicas = prefix + ":replicas";
  const auto position_key = [&](std::string_view instance) {
    return fmt::format("{}:position:{}", prefix, instance);
  };
  const std::vector<redis::Args> commands = {
      {"SET", position_key(options_.instance), EncodePositions(own), "PX",
       fmt::format("{}", absl::ToInt64Milliseconds(options_.ttl))},
      {"SADD", replicas, options_.instance},
      {"SMEMBERS", replicas}};
  auto replies = client_.Pipeline(commands, options_.within);
  if (!replies.ok()) return replies.status();
  for (const redis::Reply& reply : *replies) {
    if (reply.is_error()) {
      return errors::Error(absl::StatusCode::kUnavailable, errors::kRedisUnavailable,
                           fmt::format("Redis refuses: {}", reply.text));
    }
  }
  std::vector<std::int64_t> ahead(static_cast<std::size_t>(options_.positions), 0);
  std::vector<std::string> instances;
  redis::Args ask = {"MGET"};
  for (const redis::Reply& member : (*replies)[2].items) {
    if (!member.Text() || *member.Text() == options_.instance) continue;
    instances.emplace_back(*member.Text());
    ask.push_back(position_key(instances.back()));
  }
  if (!instances.empty()) {
    const auto reply = client_.Command(ask, options_.within);
    if (!reply.ok()) return reply.status();
    for (std::size_t n = 0; n < instances.size() && n < reply->items.size(); ++n) {
      const auto text = reply->items[n].Text();
      if (!text) {  // it has not been heard of for a while
        if (auto gone = client_.Command({"SREM", replicas, instances[n]}, options_.within);
            !gone.ok()) {
          return gone.status();
        }
        continue;
      }
      const auto theirs = DecodePositions(*text);
      for (std::size_t p = 0; p < ahead.size() && p < theirs.size(); ++p) {
        ahead[p] = std::max(ahead[p], theirs[p]);
      }
    }
  }
  return ahead;
}

}  // namespace telex::feeds
