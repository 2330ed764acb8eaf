#pragma once

#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>

#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/submission.h"
#include "platform/observe/heartbeat.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {

// Says that the time has come: for the partitions that this replica owns, an embargo that ends or
// an expiry that is reached becomes a TimeReached submission. Nobody downstream reads a clock. Said
// twice, by two owners, it is decided once.
class Timekeeper {
 public:
  struct Ports {
    std::function<absl::Time()> now;
    std::function<std::set<std::int32_t>()> owned;  // partitions
    std::function<void(const Submission&)> submit;
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of its thread; may be null
  };

  // `log_store` outlives it. Starts its thread; the destructor ends it.
  Timekeeper(const LogStore& log_store, std::int32_t partitions, int rule, Ports ports);

  // One look at what is due: the number of submissions made. What was said is said again after
  // kSayAgainMin, then after twice as long each time: the log's clock may be behind this one's. For
  // tests; the thread does the same.
  std::size_t Tick();
  void Stop();

  static constexpr absl::Duration kSayAgainMin = absl::Seconds(1);
  static constexpr absl::Duration kSayAgainMax = absl::Seconds(30);
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  static constexpr std::size_t kDueAtOnceMax = 1'000;

 private:
  const LogStore& log_store_;
  const std::int32_t partitions_;
  const int rule_;
  const Ports ports_;
  std::mutex mutex_;
  struct Said {
    absl::Time last;
    absl::Duration pause;  // until it is said again
  };
  std::map<std::pair<news::ArticleId, news::Version>, Said> said_;
  runtime::PeriodicTask task_;
};

}  // namespace telex::ingestion
