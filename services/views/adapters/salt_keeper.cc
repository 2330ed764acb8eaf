#include "views/adapters/salt_keeper.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "views/domain/calendar.h"

namespace telex::views {
namespace {

constexpr std::size_t kStampDigits = 16;

// KEYS[1] of a day; ARGV: what is held here, or ""; fresh bytes in hex for when there is none, or
// "" to make none; when it is over, in ms since 1970; the padding that salts lie
// behind. Texts compare as the salts do: by when they were made, then by their bytes.
constexpr std::string_view kExchange = R"lua(
local standing = redis.call('GET', KEYS[1])
local offered = ARGV[1]
local fresh = string.sub(ARGV[2], string.len(ARGV[4]) + 1)
if offered == '' and not standing and fresh ~= '' then
  local now = redis.call('TIME')
  offered = ARGV[4] .. string.format('%016x', now[1] * 1000000 + now[2]) .. fresh
end
if offered ~= '' and (not standing or offered < standing) then
  redis.call('SET', KEYS[1], offered)
  redis.call('PEXPIREAT', KEYS[1], ARGV[3])
  standing = offered
end
return standing
)lua";

// Redis' SLOWLOG keeps the first 128 bytes of an argument, also of the commands of a script. What
// is a secret lies behind them, in what is sent and in what stands there.
const std::string kPadding(128, '.');
std::string Padded(const std::string& secret) { return kPadding + secret; }

void Wipe(std::string& text) { OPENSSL_cleanse(text.data(), text.size()); }

std::string TextOf(const SaltBytes& bytes) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string TextOf(const Salt& salt) {
  return fmt::format("{:016x}{}", salt.made_us, TextOf(salt.bytes));
}

std::optional<Salt> ParseSalt(std::string_view text) {
  if (!text.starts_with(kPadding)) return std::nullopt;
  text.remove_prefix(kPadding.size());
  Salt salt;
  if (text.size() != kStampDigits + 2 * salt.bytes.size() ||
      text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return std::nullopt;
  }
  if (!absl::SimpleHexAtoi(absl::string_view(text.data(), kStampDigits), &salt.made_us)) {
    return std::nullopt;
  }
  std::string bytes =
      absl::HexStringToBytes(absl::string_view(text.data() + kStampDigits, 2 * salt.bytes.size()));
  std::memcpy(salt.bytes.data(), bytes.data(), salt.bytes.size());
  Wipe(bytes);
  return salt;
}

std::string FreshText() {
  SaltBytes bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();  // no entropy
  return TextOf(bytes);
}

constexpr std::int64_t kStepsBetweenLooks = 60;

// With the zone: a release that had days of UTC asked for keys without one.
std::string KeyOf(SaltDay day, const absl::TimeZone& zone) {
  return fmt::format("telex:views:salt:{}:{}", zone.name(), DayText(day));
}

SaltKeeperOptions WithClocks(SaltKeeperOptions options) {
  if (!options.now_ms) options.now_ms = [] { return absl::ToUnixMillis(absl::Now()); };
  if (!options.steady_ms) {
    options.steady_ms = [] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
                 std::chrono::steady_clock::now().time_since_epoch())
          .count();
    };
  }
  return options;
}

}  // namespace

SaltKeeper::SaltKeeper(redis::Client& redis, SaltKeeperOptions options)
    : redis_(redis),
      options_(WithClocks(std::move(options))),
      script_(std::string(kExchange)),
      outage_("Redis, for the salts of views"),
      days_(options_.times, options_.zone),
      seam_(options_.repeat_within_ms, options_.times.lateness_ms, options_.zone) {}

SaltKeeper::~SaltKeeper() = default;

void SaltKeeper::Start(std::shared_ptr<observe::Heartbeat> heartbeat) {
  task_ = std::make_unique<runtime::PeriodicTask>(options_.interval, std::move(heartbeat),
                                                  [this](std::stop_token) { Step(); });
}

void SaltKeeper::Step() {
  std::vector<SaltDays::Ask> asks;
  {
    const std::unique_lock lock(mutex_);
    asks = days_.Due(options_.now_ms(), options_.steady_ms());
  }
  for (const SaltDays::Ask& ask : asks) {
    if (Exchange(ask)) continue;
    const std::unique_lock lock(mutex_);
    days_.NotAsked();
    return;
  }
  outage_.Recovered();
  if (steps_++ % kStepsBetweenLooks == 0) LookForFiles();
}

void SaltKeeper::LookForFiles() {
  const std::vector<redis::Args> commands = {{"CONFIG", "GET", "save"},
                                             {"CONFIG", "GET", "appendonly"},
                                             {"CONFIG", "GET", "slowlog-log-slower-than"}};
  const auto replies = redis_.Pipeline(commands, options_.redis_within);
  if (!replies.ok()) return;
  std::string written;
  for (const redis::Reply& reply : *replies) {
    if (reply.items.size() != 2) return;  // refused
    const std::string_view value = reply.items[1].Text().value_or("");
    if (value.empty() || value == "no" || value == "-1") continue;
    written += fmt::format("{}{} is \"{}\"", written.empty() ? "" : ", ",
                           reply.items[0].Text().value_or(""), value);
  }
  const std::unique_lock lock(mutex_);
  written_ = std::move(written);
}

absl::Status SaltKeeper::Unwritten() const {
  const std::shared_lock lock(mutex_);
  if (written_.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("Redis is set to keep more of salts than memory: {}; expected: save \"\", "
                  "appendonly no, slowlog-log-slower-than -1",
                  written_));
}

absl::StatusOr<redis::Reply> SaltKeeper::Ask(const SaltDays::Ask& ask) {
  const std::string key = KeyOf(ask.day, options_.zone);
  // Nearly always that is all: no command has a salt in its arguments then.
  auto standing = redis_.Command({"GET", key}, options_.redis_within);
  if (!standing.ok()) return standing;
  if (standing->kind == redis::Reply::Kind::kNil) {
    if (!ask.put_back && !ask.make) return standing;
  } else {
    auto salt = ParseSalt(standing->Text().value_or(""));
    const bool stands = !salt || !ask.put_back || *salt <= *ask.put_back;
    if (salt) OPENSSL_cleanse(salt->bytes.data(), salt->bytes.size());
    if (stands) return standing;
    Wipe(standing->text);
  }
  const std::int64_t over_ms = EndOfSaltDayMs(ask.day, options_.zone) + options_.times.lateness_ms;
  std::string held = ask.put_back ? TextOf(*ask.put_back) : "";
  std::string fresh = ask.make ? FreshText() : "";
  std::vector<std::string> arguments = {held.empty() ? "" : Padded(held),
                                        fresh.empty() ? "" : Padded(fresh), fmt::to_string(over_ms),
                                        kPadding};
  auto reply = redis_.Run(script_, {&key, 1}, arguments, options_.redis_within);
  for (std::string* text : {&held, &fresh, &arguments[0], &arguments[1]}) Wipe(*text);
  return reply;
}

bool SaltKeeper::Exchange(const SaltDays::Ask& ask) {
  auto reply = Ask(ask);
  if (!reply.ok()) {
    outage_.Failed(std::string(reply.status().message()));
    return false;
  }
  const std::unique_lock lock(mutex_);
  if (reply->kind == redis::Reply::Kind::kNil) {
    days_.Missed(ask.day, options_.steady_ms());
    return true;
  }
  const auto salt = ParseSalt(reply->Text().value_or(""));
  Wipe(reply->text);
  if (!salt) {
    outage_.Failed("what is there was not put there by telex-views");
    return false;
  }
  days_.Learned(ask.day, *salt);
  return true;
}

absl::Status SaltKeeper::Ready() const {
  if (For(SaltDayOf(options_.now_ms(), options_.zone))) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kUnavailable, errors::kSaltUnknown,
                       "the salt of the day is not known here yet");
}

std::optional<SaltBytes> SaltKeeper::For(SaltDay day) const {
  const std::shared_lock lock(mutex_);
  return days_.For(day);
}

std::optional<Visitor> SaltKeeper::VisitorOf(const news::ArticleId& article, std::int64_t time_ms,
                                             std::string_view address, std::string_view agent) {
  const SaltDay day = SaltDayOf(time_ms, options_.zone);
  const auto salt = For(day);
  if (!salt) {
    if (!For(SaltDayOf(options_.now_ms(), options_.zone))) return std::nullopt;
    return kNoVisitor;
  }
  const Visitor visitor = views::VisitorOf(*salt, article, address, agent);
  if (seam_.Ends(time_ms)) {
    const std::lock_guard lock(seam_mutex_);
    seam_.Note(visitor, time_ms);
  } else if (seam_.Begins(time_ms)) {
    if (const auto salt_before = For(day - 1)) {
      const Visitor before = views::VisitorOf(*salt_before, article, address, agent);
      const std::lock_guard lock(seam_mutex_);
      if (seam_.Continues(before, time_ms)) return before;
    }
  }
  return visitor;
}

}  // namespace telex::views
