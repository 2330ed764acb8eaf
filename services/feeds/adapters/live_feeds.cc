#include "feeds/adapters/live_feeds.h"

#include <algorithm>
#include <mutex>

namespace telex::feeds {

void LiveFeeds::Start(FeedIndex index) {
  std::unique_lock lock(mutex_);
  index_ = std::move(index);
  while (changes_.size() < index_.feeds()) changes_.push_back(std::make_unique<Changes>(1));
}

void LiveFeeds::Apply(const std::vector<Arrival>& arrivals, FeedIndex::ReadTo read_to) {
  {
    std::unique_lock lock(mutex_);
    std::vector<FeedNumber> changed;
    for (const Arrival& arrival : arrivals) {
      if (const auto* version = std::get_if<ArticleSummary>(&arrival.summary)) {
        index_.Apply(arrival.partition, *version, &changed);
      } else {
        index_.Apply(std::get<TranslationSummary>(arrival.summary), &changed);
      }
    }
    index_.SetReadTo(std::move(read_to));
    const std::vector<FeedNumber>& translated = index_.TranslatedFeeds();
    changed.insert(changed.end(), translated.begin(), translated.end());
    if (changed.empty()) return;
    while (changes_.size() < index_.feeds()) changes_.push_back(std::make_unique<Changes>(1));
    for (const FeedNumber feed : changed) changes_[feed]->fetch_add(1, std::memory_order_release);
  }
  if (listener_) listener_();
}

LiveFeeds::Snapshot LiveFeeds::WindowOf(FeedNumber feed, std::size_t items_max) const {
  std::shared_lock lock(mutex_);
  return {.window = index_.WindowOf(feed, items_max),
          .changes = changes_[feed]->load(std::memory_order_acquire)};
}

std::optional<std::pair<FeedNumber, const LiveFeeds::Changes*>> LiveFeeds::FindFeed(
    const FeedKey& key) const {
  std::shared_lock lock(mutex_);
  const auto feed = index_.FindFeed(key);
  if (!feed) return std::nullopt;
  return std::pair{*feed, static_cast<const Changes*>(changes_[*feed].get())};
}

std::optional<FeedIndex::Standing> LiveFeeds::Find(const news::ArticleId& id) const {
  std::shared_lock lock(mutex_);
  return index_.Find(id);
}

std::uint32_t LiveFeeds::epoch() const {
  std::shared_lock lock(mutex_);
  return index_.epoch();
}

int LiveFeeds::partitions() const {
  std::shared_lock lock(mutex_);
  return index_.partitions();
}

Stamp LiveFeeds::StampOfNothing() const {
  std::shared_lock lock(mutex_);
  return {.epoch = index_.epoch(),
          .sums = std::vector<std::int64_t>(static_cast<std::size_t>(index_.partitions()), 0)};
}

std::vector<LiveFeeds::Listed> LiveFeeds::List() const {
  std::vector<Listed> listed;
  {
    std::shared_lock lock(mutex_);
    for (FeedNumber feed = 0; feed < index_.feeds(); ++feed) {
      if (!index_.IsPublished(feed)) continue;
      listed.push_back({.key = index_.KeyOf(feed), .items = index_.ItemsIn(feed)});
    }
  }
  std::sort(listed.begin(), listed.end(),
            [](const Listed& a, const Listed& b) { return a.key < b.key; });
  return listed;
}

std::size_t LiveFeeds::articles() const {
  std::shared_lock lock(mutex_);
  return index_.articles();
}

std::size_t LiveFeeds::translations() const {
  std::shared_lock lock(mutex_);
  return index_.translations();
}

std::size_t LiveFeeds::estimated_bytes() const {
  std::shared_lock lock(mutex_);
  return index_.EstimatedBytes();
}

}  // namespace telex::feeds
