#include "tests/unit/house/text_rules.h"

#include <gmock/gmock.h>

namespace telex::house {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(CheckWords, RefusesNotesToOneself) {
  EXPECT_THAT(CheckWords("a.cc",
                         "int a;\n// TO"
                         "DO: more\n"),
              ElementsAre(StartsWith("a.cc:2: TO"
                                     "DO")));
  EXPECT_THAT(CheckWords("a.cc",
                         "# FIX"
                         "ME"),
              SizeIs(1));
  EXPECT_THAT(CheckWords("a.cc",
                         "# WI"
                         "P-TOLERANCE"),
              SizeIs(1));
}

TEST(CheckWords, RefusesPathsOfOneMachine) {
  EXPECT_THAT(CheckWords("a.md",
                         "see /wo"
                         "rk/main"),
              SizeIs(1));
  EXPECT_THAT(CheckWords("a.md",
                         "\"/ro"
                         "ot/x\""),
              SizeIs(1));
  EXPECT_THAT(CheckWords("a.md",
                         "/ho"
                         "me/me/x"),
              SizeIs(1));
}

TEST(CheckWords, KnowsWordsFromTheirParts) {
  EXPECT_THAT(CheckWords("a.md",
                         "TO"
                         "DOS WI"
                         "PE aWI"
                         "P https://example.org/wo"
                         "rk/x ./ro"
                         "ot/y ~/wo"),
              IsEmpty());
}

TEST(WallClocksIn, FindsThemInCodeAlone) {
  EXPECT_THAT(WallClocksIn("a.cc",
                           "int a;\nauto deadline = absl::Now() + within;\n"
                           "auto end = std::chrono::system_clock::now() + within;\n"),
              ElementsAre(StartsWith("a.cc:2: absl::Now()"), StartsWith("a.cc:3: system_clock")));
  EXPECT_THAT(
      WallClocksIn("a.cc", "// absl::Now()\nsteady_clock::now(); Deadline::After(within);\n"),
      IsEmpty());
}

TEST(LinesTooMany, CountsBeyondTheBound) {
  EXPECT_EQ(LinesTooMany(std::string(kFileLinesMax, '\n')), 0u);
  EXPECT_EQ(LinesTooMany(std::string(kFileLinesMax + 3, '\n')), 3u);
}

}  // namespace
}  // namespace telex::house
