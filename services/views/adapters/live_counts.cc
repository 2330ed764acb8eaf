#include "views/adapters/live_counts.h"

#include <algorithm>
#include <utility>

#include "platform/kafka/partitioner.h"

namespace telex::views {
namespace {

constexpr absl::Time kNever = absl::InfinitePast();

std::optional<Trending::Listing> ListingOf(const KnownArticle* article) {
  if (article == nullptr || !article->live) return std::nullopt;
  return Trending::Listing{.section = article->section, .language = article->language};
}

}  // namespace

LiveCounts::LiveCounts(const ArticleIndex& articles, const CountsStore& counts, absl::TimeZone zone)
    : articles_(articles), counts_(counts), zone_(zone), trending_(zone) {}

void LiveCounts::Load() {
  news::ArticleId article;
  std::vector<std::pair<Day, Hours>> days;
  const auto rank = [&] {
    std::reverse(days.begin(), days.end());
    SetTrending(article, days);
    days.clear();
  };
  counts_.VisitAll([&](const DayKey& key, const DayTotals& totals) {
    Count(ToldOf(key, nullptr, &totals));
    if (key.article != article) rank();
    article = key.article;
    days.emplace_back(key.day, totals.by_hour);
    return true;
  });
  rank();
}

LiveCounts::Told LiveCounts::ToldOf(const DayKey& key, const DayTotals* before,
                                    const DayTotals* after) {
  Told told = {.key = key, .gone = after == nullptr};
  if (after != nullptr) {
    told.views = after->views;
    told.visitors = ShownVisitors(*after);
    told.hours = after->by_hour;
  }
  told.step = told.views - (before == nullptr ? 0 : before->views);
  return told;
}

void LiveCounts::OnDay(const DayKey& key, const DayTotals* before, const DayTotals* after) {
  told_.push_back(ToldOf(key, before, after));
}

void LiveCounts::OnCommitted() {
  std::vector<news::ArticleId> changed;
  for (const Told& told : told_) {
    Count(told);
    UpdateTrending(told);
    changed.push_back(told.key.article);
  }
  told_.clear();
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  const std::lock_guard lock(changed_mutex_);
  if (changed_ && !changed.empty()) changed_(changed);
}

void LiveCounts::OnChanged(Changed changed) {
  const std::lock_guard lock(changed_mutex_);
  changed_ = std::move(changed);
}

void LiveCounts::Count(const Told& told) {
  bool none = false;
  standings_.Update(told.key.article, [&](Standing& standing) {
    standing.views += told.step;
    if (told.key.day >= standing.day) {
      standing.day = told.key.day;
      standing.day_views = told.views;
      standing.day_visitors = told.visitors;
    }
    none = told.gone && standing.views == 0;
  });
  if (none) standings_.Erase(told.key.article);
}

void LiveCounts::UpdateTrending(const Told& told) {
  {
    const std::lock_guard lock(trending_mutex_);
    if (trending_.Knows(told.key.article)) {
      trending_.SetDay(told.key.article, told.key.day, told.hours);
      return;
    }
  }
  if (!told.gone) ReloadTrending(told.key.article);
}

void LiveCounts::ReloadTrending(const news::ArticleId& article) {
  std::vector<std::pair<Day, Hours>> days;
  counts_.VisitDays(article, std::numeric_limits<Day>::min(), std::numeric_limits<Day>::max(),
                    [&](const DayKey& key, const DayTotals& totals) {
                      days.emplace_back(key.day, totals.by_hour);
                      return true;
                    });
  std::reverse(days.begin(), days.end());
  SetTrending(article, days);
}

void LiveCounts::SetTrending(const news::ArticleId& article,
                             std::span<const std::pair<Day, Hours>> days) {
  const auto known = articles_.Find(article);
  const std::lock_guard lock(trending_mutex_);
  for (const auto& [day, hours] : days) trending_.SetDay(article, day, hours);
  trending_.SetListing(article, ListingOf(known.get()));
}

void LiveCounts::OnArticle(const news::ArticleId& id, const KnownArticle& article) {
  const std::lock_guard lock(trending_mutex_);
  if (article.purged) {
    trending_.Forget(id);
  } else {
    trending_.SetListing(id, ListingOf(&article));
  }
}

void LiveCounts::SetAsOf(std::int32_t partition, std::int32_t partitions, absl::Time time) {
  const std::lock_guard lock(as_of_mutex_);
  as_of_.resize(static_cast<std::size_t>(partitions), kNever);
  as_of_[static_cast<std::size_t>(partition)] = time;
}

std::optional<absl::Time> LiveCounts::AsOf(const news::ArticleId& article) const {
  const std::shared_lock lock(as_of_mutex_);
  if (as_of_.empty()) return std::nullopt;
  const absl::Time time = as_of_[static_cast<std::size_t>(
      kafka::PartitionOf(article.ToString(), static_cast<std::int32_t>(as_of_.size())))];
  return time == kNever ? std::nullopt : std::optional(time);
}

ShownCounts LiveCounts::Find(const news::ArticleId& article, Day today) const {
  const Standing standing = standings_.Find(article);
  ShownCounts shown = {.views = standing.views, .as_of = AsOf(article)};
  if (standing.day == today) {
    shown.views_today = standing.day_views;
    shown.visitors_today = standing.day_visitors;
  }
  return shown;
}

Day LiveCounts::DayAt(absl::Time now) const { return DayOf(absl::ToCivilDay(now, zone_)); }

std::vector<Trending::Ranked> LiveCounts::Top(const Trending::Question& question,
                                              absl::Time now) const {
  const std::lock_guard lock(trending_mutex_);
  return trending_.Top(question, now);
}

std::size_t LiveCounts::trending_stories() const {
  const std::lock_guard lock(trending_mutex_);
  return trending_.stories();
}

}  // namespace telex::views
