#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "feeds/domain/article_summary.h"
#include "feeds/domain/feed_key.h"
#include "feeds/domain/stamp.h"
#include "news/article_id.h"

namespace telex::feeds {

using FeedNumber =
    std::uint32_t;  // of a feed within one index; counted from 0 in order of appearance

struct WindowItem {
  news::ArticleId id;
  std::int64_t version = 0;
  std::int64_t published_ms = 0;  // Unix time
  ArticleState state = ArticleState::kVisible;

  bool IsTombstone() const { return state != ArticleState::kVisible; }
  bool operator==(const WindowItem&) const = default;
};

// What a feed shows: its newest items by (published descending, id), tombstones in their places;
// and behind them, in the same order, the tombstones of older stories, of the newest withdrawals as
// many as items: who has an old story hears that it was taken back
// (docs/adr/takedowns-of-old-stories.md).
struct FeedWindow {
  FeedKey key;
  Stamp stamp;
  // The newest versioncreated of all that ever was in the feed. It never goes back, whoever leaves.
  std::int64_t updated_ms = 0;
  std::vector<WindowItem> items;

  bool operator==(const FeedWindow&) const = default;
};

// The fold of telex.articles.v1 into feeds. It commutes over partitions and articles, and only the
// newest version of an article counts, so that it may be given any version any number of times, in
// any order that keeps to "newest wins". At most 600 bytes an article (a test measures it).
// Not thread-safe; its owner guards it.
class FeedIndex {
 public:
  // `partitions` of the log, at most kStampPartitionsMax; `epoch`: EpochOf its cluster.
  FeedIndex(int partitions, std::uint32_t epoch);

  // Takes in one version of an article of this partition. False when it (or a newer one) is known:
  // then nothing has changed. The feeds whose state changed are appended to `changed`, if given.
  bool Apply(int partition, const ArticleSummary& summary,
             std::vector<FeedNumber>* changed = nullptr);

  struct Standing {
    std::int64_t version = 0;
    ArticleState state = ArticleState::kVisible;
    bool was_published = false;
    int partition = 0;
    std::int64_t versioncreated_ms = 0;  // Unix time
  };
  std::optional<Standing> Find(const news::ArticleId& id) const;

  // None until something of that feed has been published: what is under embargo shows nothing of
  // itself, not even that its section exists.
  std::optional<FeedNumber> FindFeed(const FeedKey& key) const;

  const FeedKey& KeyOf(FeedNumber feed) const { return feeds_[feed].key; }
  // The newest `items_max`, and at most as many older tombstones. Takes time by their number only,
  // not by that of the articles.
  FeedWindow WindowOf(FeedNumber number, std::size_t items_max) const;
  Stamp StampOf(FeedNumber feed) const { return {.epoch = epoch_, .sums = feeds_[feed].sums}; }
  bool IsPublished(FeedNumber feed) const { return feeds_[feed].published; }
  std::size_t ItemsIn(FeedNumber feed) const { return feeds_[feed].order.size(); }

  std::size_t feeds() const { return feeds_.size(); }
  std::size_t articles() const { return rows_.size(); }
  int partitions() const { return partitions_; }
  std::uint32_t epoch() const { return epoch_; }
  // What the index holds in memory, estimated from its counts; bytes.
  std::size_t EstimatedBytes() const;

 private:
  using FeedSet = std::uint32_t;  // place in sets_: which feeds, interned

  struct Row {
    std::int64_t version = 0;
    std::int64_t published_ms = kNeverPublished;
    std::int64_t versioncreated_ms = 0;
    FeedSet belongs = 0;   // every feed it ever stood in
    FeedSet standing = 0;  // those it stands in now; a tombstone in all it ever stood in
    std::uint16_t partition = 0;
    ArticleState state = ArticleState::kVisible;
  };

  // An item in its place. Holds all that a window needs, so that reading one touches nothing else.
  struct Place {
    std::int64_t published_ms = 0;
    news::ArticleId id;
    std::int64_t version = 0;
    ArticleState state = ArticleState::kVisible;

    bool operator<(const Place& other) const {
      if (published_ms != other.published_ms) return published_ms > other.published_ms;
      return id < other.id;
    }
  };

  // A tombstone, by when it was withdrawn: the newest first.
  struct Withdrawal {
    std::int64_t versioncreated_ms = 0;
    Place place;

    bool operator<(const Withdrawal& other) const {
      if (versioncreated_ms != other.versioncreated_ms) {
        return versioncreated_ms > other.versioncreated_ms;
      }
      return place.id < other.place.id;
    }
  };

  struct Feed {
    FeedKey key;
    std::vector<std::int64_t> sums;  // by partition
    std::int64_t updated_ms = 0;
    bool published = false;
    absl::btree_set<Place> order;
    absl::btree_set<Withdrawal> withdrawals;  // those of `order` that are tombstones
  };

  static constexpr std::int64_t kNeverPublished = INT64_MIN;
  static constexpr std::int64_t kMillisPerSecond = 1'000;

  FeedNumber NumberOf(const FeedKey& key);
  FeedSet Intern(std::vector<FeedNumber> feeds);
  FeedSet BelongsOf(const ArticleSummary& summary);
  void Insert(const news::ArticleId& id, const Row& row);
  void Erase(const news::ArticleId& id, const Row& row);
  static void AddOldTombstones(const Feed& feed, std::size_t items_max, FeedWindow& window);
  FeedSet StandingOf(const ArticleSummary& summary, FeedSet belongs);

  int partitions_;
  std::uint32_t epoch_;
  std::vector<Feed> feeds_;
  absl::flat_hash_map<FeedKey, FeedNumber> numbers_;
  std::vector<std::vector<FeedNumber>> sets_;
  absl::flat_hash_map<std::vector<FeedNumber>, FeedSet> set_numbers_;
  absl::flat_hash_map<news::ArticleId, Row> rows_;
};

}  // namespace telex::feeds
