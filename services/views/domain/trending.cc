#include "views/domain/trending.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace telex::views {
namespace {

constexpr double kNoScore = -std::numeric_limits<double>::infinity();
// Since 1970.
double HoursOf(absl::Time time) { return static_cast<double>(absl::ToUnixMillis(time)) / 3.6e6; }

// The logarithm of a sum of numbers that are given by theirs. The greatest is taken out, so that
// what remains is between 1 and their number.
class LogSum {
 public:
  void Add(double log) {
    if (log <= greatest_) {
      rest_ += std::exp2(log - greatest_);
    } else {
      rest_ = rest_ * std::exp2(greatest_ - log) + 1;
      greatest_ = log;
    }
  }
  double value() const { return rest_ == 0 ? kNoScore : greatest_ + std::log2(rest_); }

 private:
  double greatest_ = std::numeric_limits<double>::lowest();
  double rest_ = 0;
};

}  // namespace

Trending::DayScores Trending::ScoresOf(Day day,
                                       const std::array<std::int64_t, kHoursMax>& hours) const {
  const double begin_hour = HoursOf(absl::FromCivil(CivilDayOf(day), zone_));
  std::array<LogSum, kHalfLivesHours.size()> sums;
  for (std::size_t hour = 0; hour < hours.size(); ++hour) {
    if (hours[hour] <= 0) continue;
    const double views = std::log2(static_cast<double>(hours[hour]));
    const double at = begin_hour + static_cast<double>(hour);
    for (std::size_t w = 0; w < sums.size(); ++w) sums[w].Add(views + at / kHalfLivesHours[w]);
  }
  DayScores scores = {.day = day};
  for (std::size_t w = 0; w < sums.size(); ++w) scores.scores[w] = sums[w].value();
  return scores;
}

Trending::Scores Trending::Sum(const std::vector<DayScores>& days) {
  std::array<LogSum, kHalfLivesHours.size()> sums;
  for (const DayScores& day : days) {
    for (std::size_t w = 0; w < sums.size(); ++w) sums[w].Add(day.scores[w]);
  }
  Scores scores;
  for (std::size_t w = 0; w < sums.size(); ++w) scores[w] = sums[w].value();
  return scores;
}

void Trending::SetDay(const news::ArticleId& article, Day day,
                      const std::array<std::int64_t, kHoursMax>& hours) {
  DayScores scores = ScoresOf(day, hours);
  const bool any = scores.scores[0] != kNoScore;
  const auto known = stories_.find(article);
  if (known == stories_.end() && !any) return;
  Story story;
  if (known != stories_.end()) {
    story = std::move(known->second);
    Unshelve(article, story);
    by_newest_day_.erase({story.days.back().day, article});
    stories_.erase(known);
  }
  std::erase_if(story.days, [&](const DayScores& one) { return one.day == day; });
  if (any) {
    const auto at = std::find_if(story.days.begin(), story.days.end(),
                                 [&](const DayScores& one) { return one.day > day; });
    story.days.insert(at, scores);
  }
  if (story.days.empty()) return;
  const Day newest = story.days.back().day;
  std::erase_if(story.days, [&](const DayScores& one) { return one.day <= newest - kDaysMax; });
  story.scores = Sum(story.days);
  Shelve(article, story);
  by_newest_day_.insert({newest, article});
  stories_.emplace(article, std::move(story));
  DropOldest();
}

void Trending::SetListing(const news::ArticleId& article, std::optional<Listing> listing) {
  const auto known = stories_.find(article);
  if (known == stories_.end()) return;
  Unshelve(article, known->second);
  known->second.listing = listing ? ListingNumber(*listing) : kNone;
  Shelve(article, known->second);
}

void Trending::Forget(const news::ArticleId& article) {
  const auto known = stories_.find(article);
  if (known == stories_.end()) return;
  Unshelve(article, known->second);
  by_newest_day_.erase({known->second.days.back().day, article});
  stories_.erase(known);
}

void Trending::DropOldest() {
  const Day newest = by_newest_day_.rbegin()->first;
  while (stories_.size() > stories_max_ || by_newest_day_.begin()->first <= newest - kDaysMax) {
    const news::ArticleId oldest = by_newest_day_.begin()->second;
    Forget(oldest);
  }
}

std::int32_t Trending::ListingNumber(const Listing& listing) {
  const auto known =
      std::find_if(listings_.begin(), listings_.end(), [&](const ListedStories& one) {
        return one.section == listing.section && one.language == listing.language;
      });
  if (known != listings_.end()) return static_cast<std::int32_t>(known - listings_.begin());
  listings_.push_back(
      {.section = std::string(listing.section), .language = std::string(listing.language)});
  return static_cast<std::int32_t>(listings_.size() - 1);
}

void Trending::Shelve(const news::ArticleId& article, const Story& story) {
  if (story.listing == kNone) return;
  auto& orders = listings_[static_cast<std::size_t>(story.listing)].orders;
  for (std::size_t w = 0; w < orders.size(); ++w) orders[w].insert({story.scores[w], article});
}

void Trending::Unshelve(const news::ArticleId& article, const Story& story) {
  if (story.listing == kNone) return;
  auto& orders = listings_[static_cast<std::size_t>(story.listing)].orders;
  for (std::size_t w = 0; w < orders.size(); ++w) orders[w].erase({story.scores[w], article});
}

std::vector<Trending::Ranked> Trending::Top(const Question& question, absl::Time now) const {
  const auto window = static_cast<std::size_t>(question.window);
  using Run = std::pair<Order::const_iterator, Order::const_iterator>;
  const auto later = [](const Run& a, const Run& b) { return *b.first < *a.first; };
  std::priority_queue<Run, std::vector<Run>, decltype(later)> runs(later);
  for (const ListedStories& listing : listings_) {
    if (!question.section.empty() && listing.section != question.section) continue;
    if (!question.language.empty() && listing.language != question.language) continue;
    const Order& order = listing.orders[window];
    if (!order.empty()) runs.emplace(order.begin(), order.end());
  }
  const double now_log = HoursOf(now) / kHalfLivesHours[window];
  std::vector<Ranked> top;
  while (!runs.empty() && top.size() < question.most) {
    Run run = runs.top();
    runs.pop();
    top.push_back({.article = run.first->article, .score = std::exp2(run.first->score - now_log)});
    if (++run.first != run.second) runs.push(run);
  }
  return top;
}

}  // namespace telex::views
