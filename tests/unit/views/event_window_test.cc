#include "views/domain/event_window.h"

#include <gtest/gtest.h>

namespace telex::views {
namespace {

const news::ArticleId kStory = news::ArticleId::Of("desk.example", "story");

EventId Id(int number) {
  EventId id = {};
  id[4] = static_cast<std::uint8_t>(number);
  id[5] = static_cast<std::uint8_t>(number >> 8);
  return id;
}

TEST(EventWindow, AnEventIsNewOnce) {
  EventWindow window(kCountingRule1);
  EXPECT_TRUE(window.Take(kStory, Id(1), 100));
  EXPECT_TRUE(window.Take(kStory, Id(2), 100));
  EXPECT_FALSE(window.Take(kStory, Id(1), 100));
  EXPECT_FALSE(window.Take(kStory, Id(2), 700));
}

TEST(EventWindow, OneIdOfTwoStoriesIsTwoEvents) {
  EventWindow window(kCountingRule1);
  const news::ArticleId other = news::ArticleId::Of("desk.example", "other");
  EXPECT_TRUE(window.Take(kStory, Id(1), 100));
  EXPECT_TRUE(window.Take(other, Id(1), 100));
  EXPECT_FALSE(window.Take(other, Id(1), 101));
}

EventId Halves(std::uint8_t first, std::uint8_t second) {
  EventId id = {};
  id[7] = first;
  id[15] = second;
  return id;
}

news::ArticleId StoryOf(const EventId& id) {
  return *news::ArticleId::FromBytes({reinterpret_cast<const char*>(id.data()), id.size()});
}

TEST(EventWindow, IdsWhoseHalvesAreAlikeAreTwo) {
  EventWindow window(kCountingRule1);
  EXPECT_TRUE(window.Take(kStory, Halves(1, 2), 100));
  EXPECT_TRUE(window.Take(kStory, Halves(2, 1), 100));
  EXPECT_TRUE(window.Take(kStory, Halves(3, 3), 100));
  EXPECT_TRUE(window.Take(kStory, Halves(4, 4), 100));
  EXPECT_FALSE(window.Take(kStory, Halves(2, 1), 100));
}

TEST(EventWindow, AnIdThatIsTheStorysOwnIsAnEventOfThatStory) {
  EventWindow window(kCountingRule1);
  EXPECT_TRUE(window.Take(StoryOf(Halves(1, 2)), Halves(1, 2), 100));
  EXPECT_TRUE(window.Take(StoryOf(Halves(5, 6)), Halves(5, 6), 100));
  EXPECT_TRUE(window.Take(StoryOf(Halves(1, 2)), Halves(5, 6), 100));
  EXPECT_TRUE(window.Take(StoryOf(Halves(5, 6)), Halves(1, 2), 100));
}

TEST(EventWindow, EachTimeItComesItIsKnownForAsLongAgain) {
  EventWindow window(kCountingRule1);
  EXPECT_TRUE(window.Take(kStory, Id(1), 0));
  EXPECT_FALSE(window.Take(kStory, Id(1), 600));
  EXPECT_FALSE(window.Take(kStory, Id(1), 1'200));
  EXPECT_TRUE(window.Take(kStory, Id(1), 1'801));
}

TEST(EventWindow, WhatIsNotKnownAnyMoreTakesNoRoom) {
  EventWindow window(kCountingRule1);
  for (int second = 0; second < 2'000; ++second) window.Take(kStory, Id(second), second);
  EXPECT_EQ(window.size(), 601u);
}

TEST(EventWindow, OfASecondWithTooManyTheFirstAreKnown) {
  CountingRule rule;
  rule.events_per_second_max = 2;
  EventWindow window(rule);
  for (int number = 1; number <= 3; ++number) EXPECT_TRUE(window.Take(kStory, Id(number), 7));
  EXPECT_FALSE(window.Take(kStory, Id(1), 8));
  EXPECT_FALSE(window.Take(kStory, Id(2), 8));
  EXPECT_TRUE(window.Take(kStory, Id(3), 8));
  EXPECT_EQ(window.size(), 2u);
}

}  // namespace
}  // namespace telex::views
