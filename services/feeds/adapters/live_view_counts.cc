#include "feeds/adapters/live_view_counts.h"

#include <mutex>
#include <utility>

namespace telex::feeds {

void LiveViewCounts::Start(ViewCounts counts) {
  const std::unique_lock lock(mutex_);
  if (withheld_) return;
  counts_.emplace(std::move(counts));
  ++state_;
}

bool LiveViewCounts::started() const {
  const std::shared_lock lock(mutex_);
  return counts_.has_value();
}

void LiveViewCounts::Apply(const std::vector<Arrival>& arrivals) {
  Now();  // so that no more than a few intervals are kept when nobody asks
  {
    const std::unique_lock lock(mutex_);
    if (!counts_) return;
    const absl::Time now = now_();
    for (const Arrival& one : arrivals) {
      counts_->Apply(one.partition, one.offset, one.appended, one.change, now);
    }
  }
  Tell();
}

void LiveViewCounts::SetCaughtUp() {
  {
    const std::unique_lock lock(mutex_);
    if (!counts_) return;
    counts_->CaughtUp();
    counts_->Cut(now_());
    next_cut_ms_ = absl::ToUnixMillis(counts_->NextCut());
    ++state_;
  }
  Tell();
}

void LiveViewCounts::Withhold() {
  const std::unique_lock lock(mutex_);
  withheld_ = true;
  counts_.reset();
  ++state_;
}

std::uint64_t LiveViewCounts::Now() {
  const absl::Time now = now_();
  const std::int64_t now_ms = absl::ToUnixMillis(now);
  const std::int64_t next_cut_ms = next_cut_ms_.load(std::memory_order_acquire);
  // More than an interval ahead: the clock was set back.
  if (now_ms >= next_cut_ms || now_ms + absl::ToInt64Milliseconds(every_) < next_cut_ms) {
    const std::unique_lock lock(mutex_);
    if (counts_) {
      if (counts_->Cut(now)) ++state_;
      next_cut_ms_ = absl::ToUnixMillis(counts_->NextCut());
    }
  }
  return state_.load(std::memory_order_acquire);
}

LiveViewCounts::Snapshot LiveViewCounts::Of(const std::vector<WindowItem>& items) const {
  const std::shared_lock lock(mutex_);
  Snapshot snapshot{.state = state_};
  if (!counts_ || !counts_->known()) return snapshot;
  snapshot.offsets = counts_->offsets();
  snapshot.views.reserve(items.size());
  for (const WindowItem& item : items)
    snapshot.views.push_back(item.HasViews() ? counts_->Of(item.id) : 0);
  return snapshot;
}

bool LiveViewCounts::known() const {
  const std::shared_lock lock(mutex_);
  return counts_ && counts_->known();
}

std::size_t LiveViewCounts::articles() const {
  const std::shared_lock lock(mutex_);
  return counts_ ? counts_->articles() : 0;
}

}  // namespace telex::feeds
