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

TEST(CheckWords, RefusesCalques) {
  EXPECT_THAT(CheckWords("a.md",
                         "what was handed"
                         " in is read an"
                         "ew, an hour at the"
                         " most"),
              SizeIs(3));
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

TEST(NewsroomWordsIn, FindsThemInCodeAlone) {
  EXPECT_THAT(NewsroomWordsIn("a.cc",
                              "// when an embargo ends\n"
                              "Check(\"Embargoes set here\");  // of a story\n"
                              "redisReaderFeed(bytes);\n"),
              ElementsAre(StartsWith("a.cc:2: embargoes")));
}

TEST(LinesTooMany, CountsBeyondTheBound) {
  EXPECT_EQ(LinesTooMany(std::string(kFileLinesMax, '\n')), 0u);
  EXPECT_EQ(LinesTooMany(std::string(kFileLinesMax + 3, '\n')), 3u);
}

// A text with one function of `lines` lines, `depth` deep.
std::string WithFunction(std::size_t lines, std::size_t depth) {
  const std::string indent(depth, ' ');
  std::string text =
      "namespace telex {\n\n" + indent + "void Do(int a,\n" + indent + "        int b) {\n#if 1\n";
  for (std::size_t i = 0; i < lines - 5; ++i) text += indent + "  a += b;\n";
  return text + "#endif\n" + indent + "}\n\n}  // namespace telex\n";
}

TEST(LongFunctionsIn, MeasuresFromSignatureToBrace) {
  for (const std::size_t depth : {0, 2}) {
    EXPECT_THAT(LongFunctionsIn("a.cc", WithFunction(kFunctionLinesMax, depth)), IsEmpty());
    EXPECT_THAT(LongFunctionsIn("a.cc", WithFunction(kFunctionLinesMax + 1, depth)),
                ElementsAre(StartsWith("a.cc:3: a function of 71 lines")));
  }
}

TEST(LongFunctionsIn, ClassesAndTablesMayBeLong) {
  std::string members;
  for (int i = 0; i < 100; ++i) members += "  int a;\n";
  EXPECT_THAT(LongFunctionsIn("a.h", "class A {\n" + members + "};\n"), IsEmpty());
  EXPECT_THAT(LongFunctionsIn("a.h", "class A {\n public:\n" + members + "  int B() {\n  }\n};\n"),
              IsEmpty());
}

}  // namespace
}  // namespace telex::house
