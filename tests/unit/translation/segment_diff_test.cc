#include "translation/domain/segment_diff.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "translation/domain/likeness.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Change = SegmentChange::Kind;
using Texts = std::vector<std::string_view>;

constexpr SegmentChange Same(int before) { return {Change::kUnchanged, before}; }
constexpr SegmentChange From(int before) { return {Change::kChanged, before}; }
constexpr SegmentChange New() { return {Change::kNew, -1}; }

// Sentences that have little in common but how they are built.
std::vector<std::string> Story(int sentences, unsigned seed) {
  static constexpr std::string_view kVocabulary[] = {
      "harbour", "ferry",  "council", "engine", "river",  "winter", "school",   "bridge",
      "voted",   "closed", "opened",  "slowly", "yellow", "forty",  "million",  "crowns",
      "against", "under",  "beside",  "nobody", "treaty", "border", "minister", "glacier"};
  std::mt19937 random(seed);
  std::vector<std::string> story;
  for (int i = 0; i < sentences; ++i) {
    std::string sentence = fmt::format("On day {} the", i);
    for (int word = 0; word < 9; ++word)
      sentence.append(" ").append(kVocabulary[random() % std::size(kVocabulary)]);
    story.push_back(sentence + ".");
  }
  return story;
}

Texts ViewsOf(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

TEST(SegmentDiff, OfTheSameVersionIsNothing) {
  const Texts texts = {"a", "b", "a"};
  const SegmentDiff diff = DiffSegments(texts, texts);
  EXPECT_THAT(diff.segments, ElementsAre(Same(0), Same(1), Same(2)));
  EXPECT_THAT(diff.deleted, IsEmpty());
  EXPECT_THAT(DiffSegments({}, {}).segments, IsEmpty());
}

TEST(SegmentDiff, OfAOneWordFixIsOneSegment) {
  const std::vector<std::string> before = Story(150, 1);
  std::vector<std::string> after = before;
  after[70].replace(after[70].find(" the "), 5, " a ");
  const SegmentDiff diff = DiffSegments(ViewsOf(before), ViewsOf(after));
  EXPECT_EQ(diff.Count(Change::kChanged), 1);
  EXPECT_EQ(diff.Count(Change::kUnchanged), 149);
  EXPECT_EQ(diff.segments[70], From(70));
  EXPECT_THAT(diff.deleted, IsEmpty());
}

TEST(SegmentDiff, OfAMovedParagraphIsNothing) {
  const std::vector<std::string> before = Story(150, 2);
  std::vector<std::string> after = before;
  std::rotate(after.begin() + 10, after.begin() + 20, after.begin() + 90);
  const SegmentDiff diff = DiffSegments(ViewsOf(before), ViewsOf(after));
  EXPECT_EQ(diff.Count(Change::kUnchanged), 150);
  EXPECT_EQ(diff.segments[10], Same(20));
  EXPECT_THAT(diff.deleted, IsEmpty());
}

TEST(SegmentDiff, OfAParagraphTakenBackIsNothing) {
  const Texts first = {"head", "one", "two", "three"};
  const Texts second = {"head", "one"};
  EXPECT_THAT(DiffSegments(first, second).deleted, ElementsAre(2, 3));
  const SegmentDiff diff = DiffSegments(second, first, first);
  EXPECT_THAT(diff.segments, ElementsAre(Same(0), Same(1), Same(2 + 2), Same(2 + 3)));
}

TEST(SegmentDiff, TellsNewFromChangedFromDeleted) {
  const Texts before = {"The ferry leaves at noon.", "Nobody knew why.", "It was cold."};
  const Texts after = {"The ferry leaves at six.", "Prices of bread doubled in a year.",
                       "It was cold."};
  const SegmentDiff diff = DiffSegments(before, after);
  EXPECT_THAT(diff.segments, ElementsAre(From(0), New(), Same(2)));
  EXPECT_THAT(diff.deleted, ElementsAre(1));
}

TEST(SegmentDiff, FindsWhatWasChangedWhereverItMoved) {
  const std::vector<std::string> before = Story(60, 3);
  std::vector<std::string> after = before;
  std::reverse(after.begin(), after.end());
  for (std::size_t i = 0; i < after.size(); i += 3) after[i].insert(after[i].size() - 1, " today");
  const SegmentDiff diff = DiffSegments(ViewsOf(before), ViewsOf(after));
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(diff.segments[i], i % 3 == 0 ? From(59 - i) : Same(59 - i)) << i;
}

TEST(SegmentDiff, KeepsEqualTextsBesideTheirNeighbours) {
  const Texts before = {"a", "said.", "b", "said.", "c", "said."};
  EXPECT_THAT(DiffSegments(before, Texts{"b", "said.", "c", "said."}).segments,
              ElementsAre(Same(2), Same(3), Same(4), Same(5)));
  EXPECT_THAT(DiffSegments(before, Texts{"said.", "c"}).segments, ElementsAre(Same(3), Same(4)));
}

TEST(SegmentDiff, ServesATextThatComesMoreOften) {
  EXPECT_THAT(DiffSegments(Texts{"a", "b"}, Texts{"a", "b", "a", "a"}).segments,
              ElementsAre(Same(0), Same(1), Same(0), Same(0)));
}

TEST(SegmentDiff, TakesEachOldTextForOneChangedOnly) {
  const Texts before = {"The ferry leaves at noon."};
  const Texts after = {"The ferry leaves at six.", "The ferry leaves at noon today."};
  const SegmentDiff diff = DiffSegments(before, after);
  EXPECT_THAT(diff.segments, ElementsAre(New(), From(0)));
}

TEST(SegmentDiff, OfAnyTwoVersionsIsWhole) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto version = [&random] {
      std::vector<std::string> texts(random() % 12);
      for (std::string& text : texts) text = std::string(1 + random() % 3, 'a' + random() % 3);
      return texts;
    };
    const std::vector<std::string> before = version(), after = version();
    const SegmentDiff diff = DiffSegments(ViewsOf(before), ViewsOf(after));
    ASSERT_EQ(diff.segments.size(), after.size());
    std::vector<int> from(before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      const auto& [kind, place] = diff.segments[i];
      const bool is_old = std::find(before.begin(), before.end(), after[i]) != before.end();
      EXPECT_EQ(kind == Change::kUnchanged, is_old) << "seed " << seed;
      if (kind == Change::kUnchanged) {
        EXPECT_EQ(before[place], after[i]) << "seed " << seed;
      }
      if (kind != Change::kNew) ++from[place];
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool deleted =
          std::find(diff.deleted.begin(), diff.deleted.end(), i) != diff.deleted.end();
      EXPECT_EQ(deleted, from[i] == 0) << "seed " << seed;
    }
  }
}

TEST(SegmentDiff, OfManyThatAreAlikeTakesLinearTime) {
  std::vector<std::string> before, after;
  for (int i = 0; i < 5'000; ++i) {
    before.push_back(fmt::format("The ferry number {} leaves the harbour at noon.", i));
    after.push_back(fmt::format("The ferry number {} leaves the harbour at six.", i));
  }
  const SegmentDiff diff = DiffSegments(ViewsOf(before), ViewsOf(after));
  EXPECT_EQ(diff.Count(Change::kUnchanged), 0);
  EXPECT_GT(diff.Count(Change::kChanged), 4'900);
}

TEST(Likeness, GoesFromNothingToAll) {
  const auto like = [](std::string_view one, std::string_view other) {
    return Likeness(FingerprintOf(one), FingerprintOf(other));
  };
  EXPECT_EQ(like("The ferry leaves.", "The ferry leaves."), 1);
  EXPECT_EQ(like("", ""), 1);
  EXPECT_EQ(like("abc", ""), 0);
  EXPECT_EQ(like("abcdef", "uvwxyz"), 0);
  EXPECT_GT(like("Նախարարը հանդիպեց դեսպանին", "Նախարարը հանդիպեց դեսպանների հետ"), 0.6);
  EXPECT_GT(like("首相は昨日会見した", "首相は今日会見した"), 0.4);
  EXPECT_LT(like("Prices of bread doubled.", "Nobody knew why."), 0.1);
}

}  // namespace
}  // namespace telex::translation
