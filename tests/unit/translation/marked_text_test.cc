#include "translation/formats/marked_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/translation/job_file_support.h"
#include "translation/formats/job_forms.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

TEST(MarkedText, ComesBackAsItWent) {
  const std::string text = WriteMarkedText(ExampleJob());
  const auto read = ReadMarkedText(text, ExampleJob());
  ASSERT_TRUE(read.ok()) << read.status();
  JobFile job = ExampleJob();
  job.segments[0].state = SegmentState::kTranslated;  // states are not of this form
  EXPECT_EQ(*read, job.segments);
  EXPECT_THAT(text, HasSubstr("\n[[headline]]\n# Prices rise\nЦены растут\n"));
  EXPECT_THAT(text, HasSubstr("\n№ 1\n\n\\[[два]]\n\\#три\n\\\\четыре\n"));
}

TEST(MarkedText, IsReadAsEditorsLeaveIt) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : WriteMarkedText(ExampleJob())) text += c == '\n' ? "\r\n" : std::string(1, c);
  text = Edited(text, "[[body.p1.s1]]\r\n", "[[body.p1.s1]]  \r\n\r\n<3/><1>а<2>б</2></1>\r\n\r\n");
  const auto read = ReadMarkedText(text, ExampleJob());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).target, "Цены растут");
  EXPECT_EQ(read->at(1).target, "<3/><1>а<2>б</2></1>");
  EXPECT_EQ(read->at(1).state, SegmentState::kTranslated);
  EXPECT_EQ(read->at(2).target, ExampleJob().segments[2].target);
}

TEST(MarkedText, ThatIsBrokenIsRefusedWithItsLine) {
  const std::string text = WriteMarkedText(ExampleJob());
  const struct {
    std::string text;
    std::string_view why;
  } kCases[] = {
      {"", "version: the line #stamp is missing"},
      {"# nothing\n", "version: the line #stamp is missing"},
      {"hello", "file: line 1: text before the first mark"},
      {"#stamp v123", "version: the file is of another version"},
      {"[[headline\n", "file: line 1: a mark is"},
      {"[[]]\n", "file: line 1: a mark is"},
      {Edited(text, "[[body.p1.s2]]", "[[headline]]"),
       "segments[\"headline\"]: line 17: came before, in line 9"},
      {Edited(text, "[[body.p1.s2]]", "[[other]]"), "segments[\"other\"]: line 17: no segment"},
      {text.substr(0, text.find("[[body.p1.s2")), "segments[\"body.p1.s2\"]: the file lacks"},
      {Edited(text, "Цены", "<1>Цены"),
       "segments[\"headline\"]: line 9: byte 24: <1> is not closed"},
      {Edited(text, "Цены", "<1/>Цены"), "segments[\"headline\"]: line 9: the source has no <1/>"},
      {Edited(text, "Цены", "<Цены"), "segments[\"headline\"]: line 9: byte 0: no tag"},
      {Edited(text, "Цены", "\xff"), "file: the text is read as UTF-8"},
  };
  for (const auto& [broken, why] : kCases) {
    const auto read = ReadMarkedText(broken, ExampleJob());
    ASSERT_FALSE(read.ok()) << why;
    EXPECT_THAT(Violation(read.status()), HasSubstr(std::string(why)));
  }
  EXPECT_TRUE(
      errors::Is(ReadMarkedText(std::string(kJobFileBytesMax + 1, ' '), ExampleJob()).status(),
                 errors::kDocumentTooLarge));
}

JobFile WithNotes() {
  JobFile job = ExampleJob();
  job.notes = {"next: complete it"};
  job.segments[0].notes = {"before: Prices fall", "translated: Цены\nпадают"};
  return job;
}

TEST(MarkedText, NotesAreForTheTranslatorAlone) {
  const std::string text = WriteMarkedText(WithNotes());
  EXPECT_THAT(text, HasSubstr("\n# next: complete it\n"));
  EXPECT_THAT(text, HasSubstr("\n# Prices rise\n#~ before: Prices fall\n#~ translated: Цены\n"
                              "#~ падают\nЦены растут\n"));
  const auto read = ReadMarkedText(text, ExampleJob());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).target, "Цены растут");
  EXPECT_TRUE(read->at(0).notes.empty());
}

TEST(MarkedText, SaysItselfWhatItIsOf) {
  std::string text = WriteMarkedText(WithNotes());
  const auto stated = ReadStatedJob(text);
  ASSERT_TRUE(stated.ok()) << stated.status();
  EXPECT_TRUE(stated->IsIntact());
  EXPECT_EQ(stated->job.job, ExampleJob().job);
  EXPECT_EQ(stated->job.version, ExampleJob().version);
  EXPECT_EQ(stated->job.target_language.text(), "ru");
  ASSERT_EQ(stated->job.segments.size(), 3u);
  EXPECT_EQ(stated->job.segments[2].source, ExampleJob().segments[2].source);
  const auto read = ReadSegments(text, stated->job);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(2).target, ExampleJob().segments[2].target);
  // An editor that leaves no comments, or blanks, leaves a stamp that says so.
  EXPECT_FALSE(ReadStatedJob(Edited(text, "# Prices rise\n", ""))->IsIntact());
  for (const char* line : {"#version ", "#from ", "#job ", "#stamp "}) {
    EXPECT_FALSE(ReadStatedJob(Edited(text, line, "#no ")).ok()) << line;
  }
}

}  // namespace
}  // namespace telex::translation
