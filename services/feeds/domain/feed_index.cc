#include "feeds/domain/feed_index.h"

#include <algorithm>

namespace telex::feeds {

FeedIndex::FeedIndex(int partitions, std::uint32_t epoch)
    : partitions_(partitions), epoch_(epoch) {}

FeedNumber FeedIndex::NumberOf(const FeedKey& key) {
  const auto [found, added] = numbers_.try_emplace(key, static_cast<FeedNumber>(feeds_.size()));
  if (added) {
    feeds_.push_back(Feed{.key = key, .sums = std::vector<std::int64_t>(partitions_, 0)});
  }
  return found->second;
}

FeedIndex::FeedSet FeedIndex::Intern(std::vector<FeedNumber> feeds) {
  std::sort(feeds.begin(), feeds.end());
  feeds.erase(std::unique(feeds.begin(), feeds.end()), feeds.end());
  const auto found = set_numbers_.find(feeds);
  if (found != set_numbers_.end()) return found->second;
  const auto number = static_cast<FeedSet>(sets_.size());
  sets_.push_back(feeds);
  set_numbers_.emplace(std::move(feeds), number);
  return number;
}

FeedIndex::FeedSet FeedIndex::BelongsOf(const ArticleSummary& summary) {
  std::vector<FeedNumber> feeds;
  feeds.reserve(2 * summary.shelves.size() + 2);
  const auto add = [&](const FeedKey& shelf) {
    feeds.push_back(NumberOf(shelf));
    feeds.push_back(NumberOf({.section = "", .language = shelf.language}));
  };
  for (const FeedKey& shelf : summary.shelves) add(shelf);
  if (summary.shelf) add(*summary.shelf);
  return Intern(std::move(feeds));
}

FeedIndex::FeedSet FeedIndex::StandingOf(const ArticleSummary& summary, FeedSet belongs) {
  // Whoever saw it on a shelf that it has left since must hear that it was taken back.
  if (!summary.shelf || summary.state != ArticleState::kVisible) return belongs;
  return Intern(
      {NumberOf(*summary.shelf), NumberOf({.section = "", .language = summary.shelf->language})});
}

void FeedIndex::Insert(const news::ArticleId& id, const Row& row) {
  if (row.published_ms == kNeverPublished) return;
  const Place place{row.published_ms, id, row.version, row.state};
  for (const FeedNumber number : sets_[row.standing]) {
    feeds_[number].order.insert(place);
    if (row.state != ArticleState::kVisible) {
      feeds_[number].withdrawals.insert({row.versioncreated_ms, place});
    }
  }
}

void FeedIndex::Erase(const news::ArticleId& id, const Row& row) {
  if (row.version == 0 || row.published_ms == kNeverPublished) return;
  const Place place{row.published_ms, id, row.version, row.state};
  for (const FeedNumber number : sets_[row.standing]) {
    feeds_[number].order.erase(place);
    feeds_[number].withdrawals.erase({row.versioncreated_ms, place});
  }
}

bool FeedIndex::Apply(int partition, const ArticleSummary& summary,
                      std::vector<FeedNumber>* changed) {
  if (partition < 0 || partition >= partitions_ || summary.version <= 0) return false;
  Row& row = rows_[summary.id];
  if (summary.version <= row.version) return false;
  const Row before = row;
  row.version = summary.version;
  row.published_ms = summary.published_ms.value_or(kNeverPublished);
  row.versioncreated_ms = summary.versioncreated_ms;
  row.partition = static_cast<std::uint16_t>(partition);
  row.state = summary.state;
  row.belongs = BelongsOf(summary);
  row.standing = StandingOf(summary, row.belongs);

  Erase(summary.id, before);
  Insert(summary.id, row);
  Count(before, row);
  Note(row, row.versioncreated_ms, changed);
  if (const auto* translations = translations_.Of(summary.id)) {
    const Row after = row;
    NoteTranslated(after.belongs);
    for (const TranslationSummary& one : *translations) Replace(before, &one, after, one, changed);
  }
  return true;
}

void FeedIndex::Count(const Row& before, const Row& row) {
  for (const FeedNumber number : sets_[row.belongs]) {
    const auto& known = before.version > 0 ? sets_[before.belongs] : std::vector<FeedNumber>();
    const bool counted = std::binary_search(known.begin(), known.end(), number);
    feeds_[number].sums[row.partition] += row.version - (counted ? before.version : 0);
  }
}

void FeedIndex::Note(const Row& row, std::int64_t updated_ms, std::vector<FeedNumber>* changed) {
  for (const FeedNumber number : sets_[row.belongs]) {
    Feed& feed = feeds_[number];
    if (row.published_ms != kNeverPublished) {
      feed.published = true;
      feed.updated_ms = std::max(feed.updated_ms, updated_ms);
    }
    if (changed != nullptr) changed->push_back(number);
  }
}

Stamp FeedIndex::StampOf(FeedNumber number) const {
  const Feed& feed = feeds_[number];
  Stamp stamp{.epoch = epoch_, .sums = feed.sums};
  if (feed.translated) {
    stamp.articles = read_to_.articles;
    stamp.translations = read_to_.translations;
  }
  return stamp;
}

std::optional<FeedNumber> FeedIndex::FindFeed(const FeedKey& key) const {
  const auto found = numbers_.find(key);
  if (found == numbers_.end() || !feeds_[found->second].published) return std::nullopt;
  return found->second;
}

FeedWindow FeedIndex::WindowOf(FeedNumber number, std::size_t items_max) const {
  const Feed& feed = feeds_[number];
  FeedWindow window{.key = feed.key, .stamp = StampOf(number), .updated_ms = feed.updated_ms};
  window.items.reserve(std::min(items_max, feed.order.size()));
  for (const Place& place : feed.order) {
    if (window.items.size() == items_max) break;
    window.items.push_back(ItemOf(place, feed.translated));
  }
  AddOldTombstones(feed, items_max, window);
  return window;
}

void FeedIndex::AddOldTombstones(const Feed& feed, std::size_t items_max,
                                 FeedWindow& window) const {
  if (window.items.size() == feed.order.size() || window.items.empty()) return;  // all are in it
  const Place last{.published_ms = window.items.back().published_ms, .id = window.items.back().id};
  std::vector<Place> old;
  std::size_t seen = 0;
  for (const Withdrawal& withdrawal : feed.withdrawals) {
    if (seen++ == items_max) break;
    if (last < withdrawal.place) old.push_back(withdrawal.place);
  }
  std::sort(old.begin(), old.end());
  for (const Place& place : old) window.items.push_back(ItemOf(place, feed.translated));
}

std::size_t FeedIndex::EstimatedBytes() const {
  // A B-tree's leaves are two thirds full when filled at random.
  std::size_t bytes = rows_.capacity() * (sizeof(Row) + sizeof(news::ArticleId) + 1) +
                      translations_.EstimatedBytes();
  for (const Feed& feed : feeds_) {
    bytes += sizeof(Feed) + feed.sums.capacity() * sizeof(std::int64_t) +
             feed.order.size() * sizeof(Place) * 3 / 2 +
             feed.withdrawals.size() * sizeof(Withdrawal) * 3 / 2;
  }
  using Set = decltype(sets_)::value_type;
  for (const Set& set : sets_) bytes += 2 * (sizeof(Set) + set.capacity() * sizeof(FeedNumber));
  return bytes;
}

}  // namespace telex::feeds
