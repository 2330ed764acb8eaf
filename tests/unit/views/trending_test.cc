#include "views/domain/trending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <string>

namespace telex::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Hours = std::array<std::int64_t, kHoursMax>;
using Question = Trending::Question;
using Listing = Trending::Listing;

constexpr Day kNewestDay = 20'700;  // 2026-09-04
constexpr Listing kWorldEn = {.section = "world", .language = "en"};

news::ArticleId Story(int n) { return news::ArticleId::Of("sources/caliber", std::to_string(n)); }

Hours At(int hour, std::int64_t views) {
  Hours hours{};
  hours[static_cast<std::size_t>(hour)] = views;
  return hours;
}

absl::TimeZone ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone));
  return zone;
}

absl::Time Clock(Day day, int hour) {
  return absl::FromCivil(CivilDayOf(day), absl::UTCTimeZone()) + absl::Hours(hour);
}

std::vector<news::ArticleId> Order(const Trending& trending, const Question& question = {},
                                   absl::Time now = Clock(kNewestDay, 12)) {
  std::vector<news::ArticleId> order;
  for (const auto& ranked : trending.Top(question, now)) order.push_back(ranked.article);
  return order;
}

void Show(Trending& trending, int story, Day day, const Hours& hours, Listing listing = kWorldEn) {
  trending.SetDay(Story(story), day, hours);
  trending.SetListing(Story(story), listing);
}

TEST(TrendingTest, AHalfLifeSaysWhatWeighsMore) {
  Trending trending(absl::UTCTimeZone());
  Show(trending, 1, kNewestDay, At(12, 100));
  Show(trending, 2, kNewestDay, At(10, 300));           // two hours earlier: a quarter of it
  Show(trending, 3, kNewestDay - 3, At(12, 1'000));     // three days earlier: an eighth
  Show(trending, 4, kNewestDay - 14, At(12, 100'000));  // two weeks earlier: a quarter
  EXPECT_THAT(Order(trending, {.window = TrendingWindow::kHour, .most = 2}),
              ElementsAre(Story(1), Story(2)));
  EXPECT_THAT(Order(trending, {.window = TrendingWindow::kDay, .most = 3}),
              ElementsAre(Story(2), Story(3), Story(1)));
  EXPECT_THAT(Order(trending, {.window = TrendingWindow::kWeek, .most = 2}),
              ElementsAre(Story(4), Story(3)));
  const auto hour = trending.Top({.window = TrendingWindow::kHour}, Clock(kNewestDay, 12));
  EXPECT_NEAR(hour[0].score, 100, 1e-6);
  EXPECT_NEAR(hour[1].score, 75, 1e-6);
}

struct ViewsByStory {
  std::map<int, std::map<Day, Hours>> views;

  double Score(int story, double half_life_hours, absl::TimeZone zone, absl::Time now) const {
    double sum = 0;
    for (const auto& [day, hours] : views.at(story)) {
      const absl::Time begin = absl::FromCivil(CivilDayOf(day), zone);
      for (std::size_t hour = 0; hour < hours.size(); ++hour) {
        const double age = absl::ToDoubleHours(now - begin) - static_cast<double>(hour);
        sum += static_cast<double>(hours[hour]) * std::exp2(-age / half_life_hours);
      }
    }
    return sum;
  }
};

ViewsByStory RandomViews(std::mt19937& random, int stories, Day days) {
  ViewsByStory world;
  for (int story = 0; story < stories; ++story) {
    const int counted = 1 + static_cast<int>(random() % 6);
    for (int n = 0; n < counted; ++n) {
      Hours& hours = world.views[story][kNewestDay - static_cast<Day>(random() % days)];
      for (int looks = 0; looks < 5; ++looks) hours[random() % 24] += 1 + random() % 1'000;
    }
  }
  return world;
}

TEST(TrendingTest, IsTheNaiveSumInAnyOrderOfTelling) {
  const absl::TimeZone zone = ZoneOf("Asia/Kathmandu");  // UTC+05:45
  std::mt19937 random(9);
  for (int round = 0; round < 20; ++round) {
    const ViewsByStory world = RandomViews(random, 40, Trending::kDaysMax - 1);
    Trending trending(zone);
    std::vector<std::pair<int, Day>> days;
    for (const auto& [story, of_story] : world.views) {
      for (const auto& [day, hours] : of_story) days.emplace_back(story, day);
    }
    // Each is told twice: a total that was less before.
    std::shuffle(days.begin(), days.end(), random);
    for (const auto& [story, day] : days) trending.SetDay(Story(story), day, At(1, 3));
    std::shuffle(days.begin(), days.end(), random);
    for (const auto& [story, day] : days) {
      trending.SetDay(Story(story), day, world.views.at(story).at(day));
      trending.SetListing(Story(story), kWorldEn);
    }
    for (std::size_t w = 0; w < kHalfLivesHours.size(); ++w) {
      const auto window = static_cast<TrendingWindow>(w);
      const auto top = trending.Top({.window = window, .most = 100}, Clock(kNewestDay, 12));
      ASSERT_EQ(top.size(), world.views.size());
      std::map<news::ArticleId, double> naive;
      for (const auto& [story, of_story] : world.views) {
        naive[Story(story)] = world.Score(story, kHalfLivesHours[w], zone, Clock(kNewestDay, 12));
      }
      for (std::size_t at = 0; at < top.size(); ++at) {
        const double expected = naive[top[at].article];
        // The naive sum underflows.
        EXPECT_NEAR(top[at].score, expected, expected * 1e-6 + 1e-290);
        if (at == 0) continue;
        EXPECT_LE(expected, naive[top[at - 1].article] * (1 + 1e-6) + 1e-290);
      }
    }
  }
}

TEST(TrendingTest, TheOrderIsTheSameWheneverItIsAsked) {
  std::mt19937 random(10);
  const ViewsByStory world = RandomViews(random, 100, 50);
  Trending trending(absl::UTCTimeZone());
  for (const auto& [story, of_story] : world.views) {
    for (const auto& [day, hours] : of_story) Show(trending, story, day, hours);
  }
  for (const TrendingWindow window :
       {TrendingWindow::kHour, TrendingWindow::kDay, TrendingWindow::kWeek}) {
    const Question question = {.window = window, .most = 100};
    const auto now = Order(trending, question);
    EXPECT_EQ(Order(trending, question, Clock(kNewestDay + 1, 0)), now);
    EXPECT_EQ(Order(trending, question, Clock(kNewestDay + 10'000, 0)), now);
    EXPECT_EQ(Order(trending, question, absl::UnixEpoch()), now);
  }
}

TEST(TrendingTest, SectionsAndLanguages) {
  Trending trending(absl::UTCTimeZone());
  Show(trending, 1, kNewestDay, At(1, 50), {.section = "world", .language = "en"});
  Show(trending, 2, kNewestDay, At(1, 40), {.section = "world", .language = "ru"});
  Show(trending, 3, kNewestDay, At(1, 30), {.section = "sport", .language = "en"});
  trending.SetDay(Story(4), kNewestDay, At(1, 99));  // stands nowhere
  EXPECT_THAT(Order(trending), ElementsAre(Story(1), Story(2), Story(3)));
  EXPECT_THAT(Order(trending, {.section = "world"}), ElementsAre(Story(1), Story(2)));
  EXPECT_THAT(Order(trending, {.language = "en"}), ElementsAre(Story(1), Story(3)));
  EXPECT_THAT(Order(trending, {.section = "sport", .language = "en"}), ElementsAre(Story(3)));
  EXPECT_THAT(Order(trending, {.section = "sport", .language = "ru"}), IsEmpty());
  trending.SetListing(Story(1), Listing{.section = "sport", .language = "en"});
  EXPECT_THAT(Order(trending, {.section = "sport"}), ElementsAre(Story(1), Story(3)));
  trending.SetListing(Story(1), std::nullopt);  // killed
  EXPECT_THAT(Order(trending), ElementsAre(Story(2), Story(3)));
  trending.SetDay(Story(1), kNewestDay, At(1, 60));
  EXPECT_THAT(Order(trending), ElementsAre(Story(2), Story(3)));
  trending.SetListing(Story(1), kWorldEn);
  EXPECT_THAT(Order(trending), ElementsAre(Story(1), Story(2), Story(3)));
  trending.Forget(Story(1));
  EXPECT_THAT(Order(trending), ElementsAre(Story(2), Story(3)));
}

TEST(TrendingTest, LooksThatWereTakenBackAreGone) {
  Trending trending(absl::UTCTimeZone());
  Show(trending, 1, kNewestDay, At(1, 5));
  trending.SetDay(Story(1), kNewestDay - 1, Hours{});
  trending.SetDay(Story(1), kNewestDay, Hours{});
  EXPECT_FALSE(trending.Knows(Story(1)));
  EXPECT_THAT(Order(trending), IsEmpty());
}

TEST(TrendingTest, WhatHasNoViewsForLongLeaves) {
  Trending trending(absl::UTCTimeZone());
  Show(trending, 1, kNewestDay - Trending::kDaysMax + 1, At(1, 5));
  Show(trending, 2, kNewestDay, At(1, 5));
  EXPECT_TRUE(trending.Knows(Story(1)));
  Show(trending, 2, kNewestDay + 1, At(1, 5));
  EXPECT_FALSE(trending.Knows(Story(1)));
  Show(trending, 1, kNewestDay - Trending::kDaysMax + 1, At(1, 5));
  EXPECT_EQ(trending.stories(), 1u);
}

TEST(TrendingTest, NoMoreStoriesThanTheBound) {
  Trending trending(absl::UTCTimeZone(), 2);
  Show(trending, 1, kNewestDay - 2, At(1, 500));
  Show(trending, 2, kNewestDay, At(1, 5));
  Show(trending, 3, kNewestDay - 1, At(1, 50));
  EXPECT_THAT(Order(trending, {.window = TrendingWindow::kWeek}), ElementsAre(Story(3), Story(2)));
  EXPECT_FALSE(trending.Knows(Story(1)));
}

}  // namespace
}  // namespace telex::views
