#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "platform/observe/heartbeat.h"
#include "platform/observe/outage_log.h"
#include "platform/redis/client.h"
#include "platform/runtime/loop.h"
#include "views/domain/counting_rule.h"
#include "views/domain/day_seam.h"
#include "views/domain/salt_days.h"

namespace telex::views {

struct SaltKeeperOptions {
  absl::TimeZone zone = absl::UTCTimeZone();  // of the days of the counts
  SaltTimes times;
  std::int64_t repeat_within_ms = kCountingRule1.repeat_within_ms;
  absl::Duration interval = absl::Seconds(1);
  absl::Duration redis_within = absl::Seconds(1);
  // For tests.
  std::function<std::int64_t()> now_ms = {};     // wall clock
  std::function<std::int64_t()> steady_ms = {};  // steady clock
};

// The salts of the days, shared by all replicas through Redis:
// `telex:views:salt:{zone}:{yyyy-mm-dd}`, padding that SLOWLOG cuts off behind, 16 hex digits of
// when it was made (Redis' clock, µs since 1970) and 32 of the salt, until its day and the lateness
// are over. Of two the earlier stands. Neither a salt nor a visitor gets into a log line.
// Thread-safe.
class SaltKeeper {
 public:
  // `redis` outlives it.
  SaltKeeper(redis::Client& redis, SaltKeeperOptions options);
  ~SaltKeeper();

  // Steps on a thread of its own from now on. `heartbeat` may be null.
  void Start(std::shared_ptr<observe::Heartbeat> heartbeat);
  // Asks Redis once. Blocks for as long as that may take.
  void Step();

  // OK once today's salt is held; else UNAVAILABLE / SALT_UNKNOWN.
  absl::Status Ready() const;

  // FAILED_PRECONDITION when Redis was last seen to write what it holds to files, or
  // arguments to SLOWLOG: salts of days that are over would stay there. OK while that is not known
  // (CONFIG may be refused to Telex).
  absl::Status Unwritten() const;

  // Of a look that is taken now; its time is not after that. nullopt while today's salt is not
  // known. kNoVisitor when the salt of its day is destroyed already: it comes too late to be
  // counted. `address`: its bytes.
  std::optional<Visitor> VisitorOf(const news::ArticleId& article, std::int64_t time_ms,
                                   std::string_view address, std::string_view agent);

 private:
  std::optional<SaltBytes> For(SaltDay day) const;
  // What stands in Redis after the exchange.
  absl::StatusOr<redis::Reply> Ask(const SaltDays::Ask& ask);
  // False: Redis could not be asked.
  bool Exchange(const SaltDays::Ask& ask);
  void LookForFiles();

  redis::Client& redis_;
  const SaltKeeperOptions options_;
  const redis::Script script_;
  observe::OutageLog outage_;
  mutable std::shared_mutex mutex_;
  SaltDays days_;        // by mutex_
  std::string written_;  // by mutex_; by which settings Redis writes files, or ""
  std::int64_t steps_ = 0;
  std::mutex seam_mutex_;
  DaySeam seam_;  // by seam_mutex_; what it answers about times is const
  std::unique_ptr<runtime::PeriodicTask> task_;
};

}  // namespace telex::views
