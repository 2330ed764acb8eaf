#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "feeds/domain/feed_index.h"
#include "feeds/domain/view_counts.h"

namespace telex::feeds {

// The views of this process' stories, shared by who folds them and the threads that serve.
// Thread-safe.
class LiveViewCounts {
 public:
  // Numbers that feeds show change once in `every`, by the clock `now`.
  LiveViewCounts(absl::Duration every, std::function<absl::Time()> now)
      : every_(every), now_(std::move(now)) {}

  absl::Duration every() const { return every_; }

  // What to fold into; once.
  void Start(ViewCounts counts);
  bool started() const;

  struct Arrival {
    int partition = 0;
    std::int64_t offset = 0;
    absl::Time appended;
    std::optional<ViewCounts::Change> change;
  };
  void Apply(const std::vector<Arrival>& arrivals);
  void SetCaughtUp();
  // From now on none are known: what was folded is not the log.
  void Withhold();
  // Called when there may be something new to show, on the thread that folds; set at wiring.
  void OnChange(std::function<void()> listener) { listener_ = std::move(listener); }

  // The number of the state that is shown now: while it stands still, so do all numbers. Takes no
  // lock but where an interval is over, or the clock was set back.
  std::uint64_t Now();

  struct Snapshot {
    std::uint64_t state = 0;
    std::vector<std::int64_t> offsets;  // Stamp::views; empty: nothing is known
    std::vector<std::int64_t> views;    // of each item
  };
  Snapshot Of(const std::vector<WindowItem>& items) const;

  // Whether there are numbers to show, and of how many stories.
  bool known() const;
  std::size_t articles() const;

 private:
  void Tell() const {
    if (listener_) listener_();
  }

  const absl::Duration every_;
  const std::function<absl::Time()> now_;
  mutable std::shared_mutex mutex_;
  std::optional<ViewCounts> counts_;  // none: not started, or withheld
  bool withheld_ = false;
  std::atomic<std::uint64_t> state_{1};
  std::atomic<std::int64_t> next_cut_ms_{INT64_MIN};  // Unix time
  std::function<void()> listener_;
};

}  // namespace telex::feeds
