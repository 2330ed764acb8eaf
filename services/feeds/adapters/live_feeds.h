#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "feeds/domain/feed_index.h"

namespace telex::feeds {

// The index of this process, shared by the follower that folds and the threads that serve. Each
// feed has a change counter that can be read without a lock: while it stands still, whatever was
// made of the feed is still true. Thread-safe.
class LiveFeeds {
 public:
  using Changes = std::atomic<std::uint64_t>;

  // What to fold into; before anybody is served, and never again afterwards.
  void Start(FeedIndex index);
  // Whether requests may be answered from it: it is whole, up to some point of the log.
  bool serving() const { return serving_.load(std::memory_order_acquire); }
  void SetServing() { serving_.store(true, std::memory_order_release); }

  struct Arrival {
    int partition = 0;
    std::variant<ArticleSummary, TranslationSummary> summary;
  };
  // Folds, notes how far the log was read with that, counts the changes, and tells the listener
  // (once for all of them).
  void Apply(const std::vector<Arrival>& arrivals, FeedIndex::ReadTo read_to);
  // Called after each change, on the follower's thread; set at wiring.
  void OnChange(std::function<void()> listener) { listener_ = std::move(listener); }

  struct Snapshot {
    FeedWindow window;
    std::uint64_t changes = 0;
  };
  Snapshot WindowOf(FeedNumber feed, std::size_t items_max) const;
  std::optional<std::pair<FeedNumber, const Changes*>> FindFeed(const FeedKey& key) const;
  std::optional<FeedIndex::Standing> Find(const news::ArticleId& id) const;
  std::uint32_t epoch() const;
  int partitions() const;
  // Of a feed that nothing ever belonged to.
  Stamp StampOfNothing() const;

  struct Listed {
    FeedKey key;
    std::size_t items = 0;
  };
  std::vector<Listed> List() const;  // published ones, by key

  std::size_t articles() const;
  std::size_t translations() const;
  std::size_t estimated_bytes() const;

 private:
  mutable std::shared_mutex mutex_;
  FeedIndex index_{1, 0};
  std::vector<std::unique_ptr<Changes>> changes_;  // by FeedNumber; never moves
  std::atomic<bool> serving_{false};
  std::function<void()> listener_;
};

}  // namespace telex::feeds
