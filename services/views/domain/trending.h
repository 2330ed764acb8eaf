// Which stories are looked at most now.
#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "news/article_id.h"
#include "views/domain/calendar.h"

namespace telex::views {

// By which half-life a view loses weight: of an hour, a day, a week.
enum class TrendingWindow : std::uint8_t { kHour = 0, kDay = 1, kWeek = 2 };
inline constexpr std::array<double, 3> kHalfLivesHours = {1, 24, 24 * 7};

// Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward Decay", ICDE 2009): a view of the
// hour h weighs 2^(h / half-life), for ever. So two stories keep their order while time passes, and
// nothing is rewritten. The weights are beyond any number; their sums are kept as logarithms.
//
// What is known of a story is a function of its totals: each day's hours take the place of what was
// said of that day before. Days further back than kDaysMax from its newest one do not count, and a
// story without views for as long, by the newest day of all, leaves. Pure; not thread-safe.
class Trending {
 public:
  static constexpr Day kDaysMax = 60;
  static constexpr std::size_t kStoriesMax = 300'000;  // those whose last views are oldest leave

  // `zone`: of the days.
  explicit Trending(absl::TimeZone zone, std::size_t stories_max = kStoriesMax)
      : zone_(zone), stories_max_(stories_max) {}

  // Whether its days are known. If not, each of them has to be set: it may have left before.
  bool Knows(const news::ArticleId& article) const { return stories_.contains(article); }
  // Its views on that day, by the n-th hour that has begun.
  void SetDay(const news::ArticleId& article, Day day,
              const std::array<std::int64_t, kHoursMax>& hours);
  // Where it stands, for a story that is known; none: not to be shown.
  struct Listing {
    std::string_view section;
    std::string_view language;
  };
  void SetListing(const news::ArticleId& article, std::optional<Listing> listing);
  void Forget(const news::ArticleId& article);

  struct Ranked {
    news::ArticleId article;
    double score = 0;  // its views, each by how old it is at `now`
  };
  struct Question {
    TrendingWindow window = TrendingWindow::kDay;
    std::string_view section;   // empty: all
    std::string_view language;  // empty: all
    std::size_t most = 20;
  };
  // Of those that are shown the greatest score first; equal ones by id.
  std::vector<Ranked> Top(const Question& question, absl::Time now) const;

  std::size_t stories() const { return stories_.size(); }

 private:
  using Scores = std::array<double, kHalfLivesHours.size()>;  // logarithms to the base of 2
  struct DayScores {
    Day day = 0;
    Scores scores = {};
  };
  struct Story {
    std::vector<DayScores> days;  // by day; never empty
    Scores scores = {};
    std::int32_t listing = kNone;  // of listings_
  };
  static constexpr std::int32_t kNone = -1;
  // The greatest score first.
  struct Place {
    double score = 0;
    news::ArticleId article;
    bool operator<(const Place& other) const {
      return score != other.score ? score > other.score : article < other.article;
    }
  };
  using Order = absl::btree_set<Place>;
  struct ListedStories {
    std::string section;
    std::string language;
    std::array<Order, kHalfLivesHours.size()> orders;
  };

  DayScores ScoresOf(Day day, const std::array<std::int64_t, kHoursMax>& hours) const;
  static Scores Sum(const std::vector<DayScores>& days);
  std::int32_t ListingNumber(const Listing& listing);
  void Shelve(const news::ArticleId& article, const Story& story);
  void Unshelve(const news::ArticleId& article, const Story& story);
  void DropOldest();

  const absl::TimeZone zone_;
  const std::size_t stories_max_;
  absl::flat_hash_map<news::ArticleId, Story> stories_;
  absl::btree_set<std::pair<Day, news::ArticleId>> by_newest_day_;
  std::deque<ListedStories> listings_;  // as many as there are sections and languages
};

}  // namespace telex::views
