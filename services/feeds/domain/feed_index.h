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
#include "feeds/domain/translations.h"
#include "feeds/domain/window_item.h"
#include "news/article_id.h"

namespace telex::feeds {

using FeedNumber =
    std::uint32_t;  // of a feed within one index; counted from 0 in order of appearance

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

// A translation stands in its feeds at the time when the first into its language was made, so that
// whoever reads on from where they were meets it; where its story was older than this by then, as
// when an archive is translated, it stands where its story does.
inline constexpr std::int64_t kNewsMillisMax = 3 * 24 * 3'600'000LL;

// The fold of telex.articles.v1 and telex.translations.v1 into feeds. It commutes over partitions,
// articles and the two logs, and only the newest version of an article and of a translation counts,
// so that it may be given any of them any number of times, in any order. At most 600 bytes an
// article (a test measures it). Not thread-safe; its owner guards it.
class FeedIndex {
 public:
  // `partitions` of the log, at most kStampPartitionsMax; `epoch`: EpochOf its cluster.
  FeedIndex(int partitions, std::uint32_t epoch);

  // Takes in one version of an article of this partition. False when it (or a newer one) is known:
  // then nothing has changed. The feeds whose state changed are appended to `changed`, if given.
  bool Apply(int partition, const ArticleSummary& summary,
             std::vector<FeedNumber>* changed = nullptr);

  // The same of a translation; its article may be known or not. False when nothing has changed.
  bool Apply(const TranslationSummary& summary, std::vector<FeedNumber>* changed = nullptr);

  // How far both logs were read: the next offset of each partition. All that lies before is
  // applied.
  struct ReadTo {
    std::vector<std::int64_t> articles;
    std::vector<std::int64_t> translations;
  };
  void SetReadTo(ReadTo read_to) { read_to_ = std::move(read_to); }
  // Those with something translated in them: SetReadTo changes their stamps.
  const std::vector<FeedNumber>& TranslatedFeeds() const { return translated_feeds_; }

  struct Standing : WindowItem {
    bool was_published = false;
    int partition = 0;
    std::int64_t updated_ms = 0;  // Unix time
    std::int64_t ranks = 0;       // of all its article's translations, added up
  };
  // Of an article, or of a translation whose article is known.
  std::optional<Standing> Find(const news::ArticleId& id) const;

  // None until something of that feed has been published: what is under embargo shows nothing of
  // itself, not even that its section exists.
  std::optional<FeedNumber> FindFeed(const FeedKey& key) const;

  const FeedKey& KeyOf(FeedNumber feed) const { return feeds_[feed].key; }
  // The newest `items_max`, and at most as many older tombstones. Takes time by their number only,
  // not by that of the articles.
  FeedWindow WindowOf(FeedNumber number, std::size_t items_max) const;
  Stamp StampOf(FeedNumber number) const;
  bool IsPublished(FeedNumber feed) const { return feeds_[feed].published; }
  std::size_t ItemsIn(FeedNumber feed) const { return feeds_[feed].order.size(); }

  std::size_t feeds() const { return feeds_.size(); }
  std::size_t articles() const { return rows_.size(); }
  std::size_t translations() const { return translations_.size(); }
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
    bool translated = false;  // something in it has a translation, or is one
    absl::btree_set<Place> order;
    absl::btree_set<Withdrawal> withdrawals;  // those of `order` that are tombstones
  };

  static constexpr std::int64_t kNeverPublished = INT64_MIN;
  static std::int64_t PublishedOf(const Row& article, const TranslationSummary& translation);
  ArticleState StateOf(const Row& article, const TranslationSummary& translation) const;

  FeedNumber NumberOf(const FeedKey& key);
  FeedSet Intern(std::vector<FeedNumber> feeds);
  FeedSet BelongsOf(const ArticleSummary& summary);
  void Insert(const news::ArticleId& id, const Row& row);
  void Erase(const news::ArticleId& id, const Row& row);
  void AddOldTombstones(const Feed& feed, std::size_t items_max, FeedWindow& window) const;
  FeedSet StandingOf(const ArticleSummary& summary, FeedSet belongs);

  void Count(const Row& before, const Row& row);
  // That what belongs to these feeds has changed, then.
  void Note(const Row& row, std::int64_t updated_ms, std::vector<FeedNumber>* changed);
  void NoteTranslated(FeedSet belongs);
  // A translation as an item; nothing before its article is known.
  Row RowOf(const Row& article, const TranslationSummary& translation);
  FeedSet InLanguage(FeedSet feeds, const std::string& language);
  // Of a visible article; empty: it has none.
  std::string_view LanguageOf(const Row& article) const;
  void Replace(const Row& article_before, const TranslationSummary* before, const Row& article,
               const TranslationSummary& now, std::vector<FeedNumber>* changed);
  WindowItem ItemOf(const Place& place, bool translated) const;
  void Describe(WindowItem& item) const;

  int partitions_;
  std::uint32_t epoch_;
  std::vector<Feed> feeds_;
  absl::flat_hash_map<FeedKey, FeedNumber> numbers_;
  std::vector<std::vector<FeedNumber>> sets_;
  absl::flat_hash_map<std::vector<FeedNumber>, FeedSet> set_numbers_;
  absl::flat_hash_map<news::ArticleId, Row> rows_;
  Translations translations_;
  std::vector<FeedNumber> translated_feeds_;
  ReadTo read_to_;
};

}  // namespace telex::feeds
