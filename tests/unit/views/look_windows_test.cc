#include "views/domain/look_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace telex::views {
namespace {

constexpr std::int64_t kNoon = 1'795'000'000'000;
constexpr Visitor kReader = 11;

LookWindows::LookResult LookIn(LookWindows& windows, double seconds, Visitor visitor) {
  const std::int64_t time_ms = kNoon + static_cast<std::int64_t>(seconds * 1'000);
  windows.Advance(time_ms);
  return windows.Look(visitor, time_ms, [&] { return CountedBy{.time_ms = time_ms}; });
}

class LookWindowsTest : public ::testing::Test {
 protected:
  // A look `seconds` behind noon.
  LookWindows::LookResult Look(double seconds, Visitor visitor = kReader) {
    return LookIn(windows_, seconds, visitor);
  }
  static double TakenBack(const LookWindows::LookResult& result) {
    return result.taken_back ? static_cast<double>(result.taken_back->time_ms - kNoon) / 1'000 : -1;
  }
  int Counted(std::initializer_list<double> looks) {
    int counted = 0;
    for (const double seconds : looks) {
      const auto result = Look(seconds);
      counted += result.filter == Filter::kNone ? 1 : 0;
      counted -= result.taken_back ? 1 : 0;
    }
    return counted;
  }

  LookWindows windows_{kCountingRule1};
};

TEST_F(LookWindowsTest, LooksMoreThan30SecondsApartAreTwo) { EXPECT_EQ(Counted({60, 95}), 2); }
TEST_F(LookWindowsTest, Looks29SecondsApartAreOne) { EXPECT_EQ(Counted({60, 89}), 1); }
TEST_F(LookWindowsTest, Looks30SecondsApartAreOne) { EXPECT_EQ(Counted({60, 90}), 1); }
TEST_F(LookWindowsTest, LooksAMillisecondFurtherApartAreTwo) {
  EXPECT_EQ(Counted({60, 90.001}), 2);
}
TEST_F(LookWindowsTest, ALookOpensItsWindowWhetherItCountedOrNot) {
  EXPECT_EQ(Counted({0, 20, 40, 60}), 1);
}
TEST_F(LookWindowsTest, TheTimeOfTheLookDecidesAndNotThatOfItsArrival) {
  EXPECT_EQ(Counted({60, 0}), 2);
  EXPECT_EQ(Counted({300, 280, 260, 240}), 1);
}
TEST_F(LookWindowsTest, VisitorsAreJudgedEachForThemselves) {
  EXPECT_EQ(Look(0, 1).filter, Filter::kNone);
  EXPECT_EQ(Look(0, 2).filter, Filter::kNone);
}
TEST_F(LookWindowsTest, WhoCannotBeToldFromOthersIsCountedEachTime) {
  EXPECT_EQ(Look(0, kNoVisitor).filter, Filter::kNone);
  EXPECT_EQ(Look(0, kNoVisitor).filter, Filter::kNone);
}

TEST_F(LookWindowsTest, ALookThatComesLaterTakesTheCountOfItsSuccessor) {
  EXPECT_EQ(Look(20).filter, Filter::kNone);
  const auto earlier = Look(0);
  EXPECT_EQ(earlier.filter, Filter::kNone);
  EXPECT_EQ(TakenBack(earlier), 20);
}

TEST_F(LookWindowsTest, ALookThatJoinsTwoVisitsTakesBackTheSecond) {
  EXPECT_EQ(Look(0).filter, Filter::kNone);
  EXPECT_EQ(Look(50).filter, Filter::kNone);
  const auto between = Look(25);
  EXPECT_EQ(between.filter, Filter::kRepeat);
  EXPECT_EQ(TakenBack(between), 50);
  EXPECT_EQ(Look(79).filter, Filter::kRepeat);
}

TEST_F(LookWindowsTest, WhatComesWhenItsTimeIsClosedIsLate) {
  EXPECT_EQ(Look(700, 1).filter, Filter::kNone);  // up to 100 is closed
  EXPECT_EQ(Look(100, 2).filter, Filter::kNone);
  EXPECT_EQ(Look(99.999, 3).filter, Filter::kLate);
  EXPECT_EQ(Look(0, 4).filter, Filter::kLate);
  EXPECT_EQ(Look(0, kNoVisitor).filter, Filter::kLate);
}

TEST_F(LookWindowsTest, ALookBehindALateOneIsARepeat) {
  Look(700, 1);
  EXPECT_EQ(Look(101).filter, Filter::kNone);
  const auto late = Look(99);
  EXPECT_EQ(late.filter, Filter::kLate);
  EXPECT_EQ(TakenBack(late), 101);
  EXPECT_EQ(Look(120).filter, Filter::kRepeat);
}

TEST_F(LookWindowsTest, WhatWasClosedStaysAsItWasCounted) {
  Look(700, 1);
  EXPECT_EQ(Look(100).filter, Filter::kNone);
  Look(702, 1);
  EXPECT_EQ(TakenBack(Look(99)), -1);
}

TEST_F(LookWindowsTest, WhatIsClosedIsForgotten) {
  for (int i = 0; i < 1'000; ++i) Look(i, static_cast<Visitor>(i) + 1);
  EXPECT_EQ(windows_.Closed(), kNoon + 399'000);
  EXPECT_EQ(windows_.visitors(), 631u);  // from 369 on
  Look(1'000'000);
  EXPECT_EQ(windows_.visitors(), 1u);
}

TEST_F(LookWindowsTest, OneVisitorTakesNoMoreRoomHoweverOftenTheyLook) {
  int counted = 0;
  for (int i = 0; i < 10'000; ++i) {
    counted += Look(i * 7 % 600'000 / 1'000.0).filter == Filter::kNone ? 1 : 0;
  }
  EXPECT_EQ(counted, 1);
  EXPECT_EQ(windows_.visitors(), 1u);
}

TEST_F(LookWindowsTest, RebuiltFromTheLooksThatBearOnWhatComesTheyJudgeAlike) {
  for (const double seconds : {0, 10, 55, 650, 655, 690}) Look(seconds);
  LookWindows rebuilt(kCountingRule1);
  rebuilt.Begin(windows_.Closed(), windows_.Watermark());  // closed up to 90
  for (const double seconds : {0, 10, 55, 650, 655, 690}) {
    const std::int64_t time_ms = kNoon + static_cast<std::int64_t>(seconds * 1'000);
    rebuilt.Restore(kReader, time_ms, [&] { return CountedBy{.time_ms = time_ms}; });
  }
  for (const double seconds : {640, 700, 100, 95, 750}) {
    const auto one = LookIn(windows_, seconds, kReader);
    const auto other = LookIn(rebuilt, seconds, kReader);
    EXPECT_EQ(one.filter, other.filter) << seconds;
    EXPECT_EQ(TakenBack(one), TakenBack(other)) << seconds;
  }
}

TEST(LookWindows, BeyondTheBoundOfVisitorsWhatIsOpenIsClosedBeforeItsTime) {
  CountingRule rule;
  rule.visitors_max = 10;
  LookWindows windows(rule);
  const auto look = [&](Visitor visitor, std::int64_t seconds) {
    return LookIn(windows, static_cast<double>(seconds), visitor).filter;
  };
  for (int i = 1; i <= 11; ++i) EXPECT_EQ(look(static_cast<Visitor>(i), i * 10), Filter::kNone);
  EXPECT_EQ(windows.visitors(), 10u);
  EXPECT_EQ(windows.Closed(), kNoon + 41'000);  // who looked at 10 is forgotten, 30 s behind it
  EXPECT_EQ(look(50, 40), Filter::kLate);
  // The newest second is never closed, however many look in it.
  for (Visitor i = 60; i < 90; ++i) EXPECT_EQ(look(i, 110), Filter::kNone);
  EXPECT_EQ(windows.Closed(), kNoon + 110'000);
}

}  // namespace
}  // namespace telex::views
