#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "news/article_id.h"
#include "views/adapters/article_index.h"
#include "views/adapters/article_map.h"
#include "views/adapters/counts_store.h"
#include "views/domain/calendar.h"
#include "views/domain/trending.h"

namespace telex::views {

// What is shown of a story's views.
struct ShownCounts {
  std::int64_t views = 0;           // of all days
  std::int64_t views_today = 0;     // in the zone of the counts
  std::int64_t visitors_today = 0;  // about
  std::optional<absl::Time> as_of;  // views up to then are counted
};

// The counts in memory, about 60 bytes a story, and what is looked at most: as the local store has
// them, since a call must not cost a read of it. Load and the observer's calls are of one thread at
// a time (the start, then the log's reader); all else is thread-safe.
class LiveCounts final : public CountsObserver {
 public:
  // Both outlive it, and the observer is the caller's to register. `zone`: of the days.
  LiveCounts(const ArticleIndex& articles, const CountsStore& counts, absl::TimeZone zone);

  // What the process before has left, once the articles are loaded.
  void Load();

  // Told after each commit which stories' counts have changed, on the reader's thread. Once this
  // has returned, what was set before is called no more.
  using Changed = std::function<void(std::span<const news::ArticleId> articles)>;
  void OnChanged(Changed changed);

  // CountsObserver
  void OnDay(const DayKey& key, const DayTotals* before, const DayTotals* after) override;
  void OnCommitted() override;
  void OnUndone() override { told_.clear(); }

  // The reader's, too: a story stands elsewhere, or is shown no more.
  void OnArticle(const news::ArticleId& id, const KnownArticle& article);
  // Views of the partition are counted up to then. `partitions` of all of them.
  void SetAsOf(std::int32_t partition, std::int32_t partitions, absl::Time time);

  // All zero for a story without views.
  ShownCounts Find(const news::ArticleId& article, Day today) const;
  Day DayAt(absl::Time now) const;
  std::vector<Trending::Ranked> Top(const Trending::Question& question, absl::Time now) const;
  std::size_t articles() const { return standings_.size(); }
  std::size_t trending_stories() const;

 private:
  struct Standing {
    std::int64_t views = 0;
    std::int64_t day_views = 0;  // of the newest day
    std::int64_t day_visitors = 0;
    Day day = 0;
  };
  using Hours = decltype(DayTotals::by_hour);
  // What a day has become.
  struct Told {
    DayKey key;
    std::int64_t step = 0;  // of the views
    std::int64_t views = 0;
    std::int64_t visitors = 0;
    Hours hours{};
    bool gone = false;
  };
  static Told ToldOf(const DayKey& key, const DayTotals* before, const DayTotals* after);

  void Count(const Told& told);
  void UpdateTrending(const Told& told);
  // Its days as the store has them, the newest first: an older one alone would be too old.
  void ReloadTrending(const news::ArticleId& article);
  void SetTrending(const news::ArticleId& article, std::span<const std::pair<Day, Hours>> days);
  std::optional<absl::Time> AsOf(const news::ArticleId& article) const;

  const ArticleIndex& articles_;
  const CountsStore& counts_;
  const absl::TimeZone zone_;
  std::mutex changed_mutex_;  // guards changed_, and is held while it is called
  Changed changed_;
  std::vector<Told> told_;  // by the batch under way
  ArticleMap<Standing> standings_;
  mutable std::mutex trending_mutex_;
  Trending trending_;
  mutable std::shared_mutex as_of_mutex_;
  std::vector<absl::Time> as_of_;  // by partition
};

}  // namespace telex::views
