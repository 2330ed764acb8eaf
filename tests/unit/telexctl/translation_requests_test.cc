#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/requests/translated_file.h"
#include "translation/formats/job_forms.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kArticle[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";
const std::string kName = std::string("jobs/") + kArticle + ".ru";

TEST(JobNameTest, IsReadInBothForms) {
  EXPECT_EQ(**JobName(kName), kName);
  EXPECT_EQ(**JobName(std::string(" ") + kArticle + ".RU "), kName);
  EXPECT_FALSE(JobName(kArticle)->has_value());
  EXPECT_FALSE(JobName("https://courier.example/1.ru")->has_value());
  EXPECT_TRUE(IsUsage(JobName(std::string(kArticle) + ".qqqqqqqqq").status()));
  EXPECT_EQ(ArticleOf(kName), std::string("articles/") + kArticle);
  EXPECT_EQ(LanguageOf(kName), "ru");
}

TEST(PairTest, IsReadAsPeopleWriteIt) {
  for (const char* text : {"en.ru", "en-ru", "en:ru", "EN>RU", "glossaries/en.ru"}) {
    const auto pair = PairOf(text);
    ASSERT_TRUE(pair.ok()) << text;
    EXPECT_EQ(PairName(pair->from(), pair->to()), "en.ru");
  }
  EXPECT_EQ(PairOf("pt-BR.zh-Hant")->from(), "pt-BR");
  for (const char* text : {"", "en", "en.", "en.ru.hy", "en.qqqqqqqqq"})
    EXPECT_TRUE(IsUsage(PairOf(text).status())) << text;
}

TEST(SpanTest, IsReadWithItsUnit) {
  EXPECT_EQ(Span("45m", "--lease")->seconds(), 2700);
  EXPECT_EQ(Span("1h30m", "--lease")->seconds(), 5400);
  EXPECT_EQ(Span("3d", "--lease")->seconds(), 259'200);
  EXPECT_EQ(Span("1.5s", "--lease")->nanos(), 500'000'000);
  for (const char* text : {"", "d", "-1h", "0s", "45", "inf", "1x", "99999d"})
    EXPECT_TRUE(IsUsage(Span(text, "--lease").status())) << text;
}

TEST(WorkflowTest, WordsAreThoseOfTheContract) {
  EXPECT_THAT(WorkflowWords(),
              ElementsAre("machine", "person", "draft-then-review", "machine-then-review"));
  EXPECT_EQ(WorkflowOf("draft-then-review"), jobs::WORKFLOW_DRAFT_THEN_REVIEW);
  EXPECT_EQ(WorkflowOf(""), jobs::WORKFLOW_UNSPECIFIED);
  EXPECT_EQ(JobStateOf("dead"), jobs::JOB_STATE_DEAD);
  EXPECT_EQ(JobStateOf("unspecified"), jobs::JOB_STATE_UNSPECIFIED);
}

TEST(OverrulingTest, NamesPlaceCheckAndReason) {
  const auto read = Overrulings({"body.p2.s3:numbers_differ=a = b: c"});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->at(0).place, "body.p2.s3");
  EXPECT_EQ(read->at(0).check, "NUMBERS_DIFFER");
  EXPECT_EQ(read->at(0).reason, "a = b: c");
  for (const char* text : {"", "a", "a:B", "a:B=", "a:B= ", ":B=c", "a:=c", "a=b:c"})
    EXPECT_TRUE(IsUsage(Overrulings({text}).status())) << text;
}

TEST(TaggedTest, PlainTextHasNoTags) { EXPECT_EQ(TaggedOf("a<b & c"), "a&lt;b &amp; c"); }

jobs::JobText Text() {
  jobs::JobText text;
  text.set_job(kName);
  text.set_version(3);
  text.set_from("en");
  text.set_language("ru");
  text.set_article_headline("Prices rise");
  jobs::JobSegment& changed = *text.add_segments();
  changed.set_place("headline");
  changed.set_source("Council <1>rose</1>");
  changed.set_state(jobs::JobSegment::STATE_CHANGED);
  changed.set_before_source("Council <1>rises</1>");
  changed.set_before_target("Совет <1>встаёт</1>");
  jobs::GlossaryTerm& term = *changed.add_terms();
  term.set_source("Council");
  term.add_allowed("Совет");
  term.add_allowed("Советы");
  term.add_forbidden("Консул");
  jobs::Suggestion& suggestion = *changed.add_suggestions();
  suggestion.set_score(92);
  suggestion.set_source("The council rose");
  suggestion.set_target("Совет встал");
  changed.add_tags()->set_open("<a href=\"https://x.example/\">");
  changed.mutable_tags(0)->set_close("</a>");
  jobs::JobSegment& draft = *text.add_segments();
  draft.set_place("body.p1.s1");
  draft.set_source("Why?");
  draft.set_target("Зачем?");
  draft.set_state(jobs::JobSegment::STATE_DRAFT);
  draft.set_engine("deepl");
  return text;
}

TEST(TranslatorFileTest, ShowsWhatATranslatorNeeds) {
  const std::string file =
      translation::WriteJob(translation::JobForm::kMarkedText, JobFileOf(Text()));
  EXPECT_THAT(file,
              HasSubstr("#version articles/5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2@3\n#from en\n"));
  EXPECT_EQ(file.substr(file.find("# Story")),
            "# Story: Prices rise\n"
            "# Then: telexctl translations check FILE, and telexctl translations complete FILE\n"
            "\n[[headline]]\n"
            "# Council <1>rose</1>\n"
            "#~ changed; before: Council <1>rises</1>\n"
            "#~ translated then: Совет <1>встаёт</1>\n"
            "#~ term: Council = Совет | Советы; not: Консул\n"
            "#~ memory, 92 % alike: Совет встал\n"
            "#~   of: The council rose\n"
            "#~ <1> is <a href=\"https://x.example/\">\n"
            "\n"
            "\n[[body.p1.s1]]\n"
            "# Why?\n"
            "#~ a draft of deepl\n"
            "Зачем?\n");
  EXPECT_EQ(FileNameOf(Text(), false), std::string(kArticle) + ".ru.v3.txt");
  EXPECT_EQ(FileNameOf(Text(), true), std::string(kArticle) + ".ru.v3.xlf");
}

absl::StatusOr<jobs::JobText> Nobody(const std::string&) {
  return absl::InternalError("nobody is to be asked");
}

TEST(TranslatorFileTest, IsEnoughByItself) {
  for (const auto form : {translation::JobForm::kMarkedText, translation::JobForm::kXliff}) {
    const auto file = ReadTranslatedFile(translation::WriteJob(form, JobFileOf(Text())), Nobody);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->job.job, kName);
    EXPECT_EQ(file->version, 3);
    EXPECT_EQ(file->segments[1].target, "Зачем?");
  }
}

TEST(TranslatorFileTest, WithoutItsSourcesTheServiceIsAsked) {
  std::string bytes = translation::WriteJob(translation::JobForm::kMarkedText, JobFileOf(Text()));
  bytes.erase(bytes.find("# Why?\n"), 7);
  const auto file = ReadTranslatedFile(bytes, [](const std::string& job) {
    EXPECT_EQ(job, kName);
    return absl::StatusOr<jobs::JobText>(Text());
  });
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->segments[1].source, "Why?");
  jobs::JobText gone_on = Text();
  gone_on.set_version(4);
  const auto old = ReadTranslatedFile(
      bytes, [&](const std::string&) { return absl::StatusOr<jobs::JobText>(gone_on); });
  EXPECT_TRUE(errors::Is(old.status(), errors::kFieldInvalid));
  EXPECT_THAT(std::string(old.status().message()), HasSubstr("has gone on to version 4"));
}

TEST(TranslatorFileTest, IsHandedOverWithWhatIsOverruled) {
  const auto file = ReadTranslatedFile(
      translation::WriteJob(translation::JobForm::kMarkedText, JobFileOf(Text())), Nobody);
  jobs::CompleteJobRequest request;
  ASSERT_TRUE(SetSegments(*file, *Overrulings({"body.p1.s1:END_PUNCTUATION=so"}),
                          *request.mutable_segments())
                  .ok());
  ASSERT_EQ(request.segments_size(), 2);
  EXPECT_EQ(request.segments(1).overruled(0).check(), "END_PUNCTUATION");
  EXPECT_TRUE(
      IsUsage(SetSegments(*file, *Overrulings({"body.p9:X=y"}), *request.mutable_segments())));
}

TEST(TranslatorFileTest, IsCheckedInParts) {
  jobs::JobText text = Text();
  for (int i = 0; i < 250; ++i) {
    *text.add_segments() = text.segments(1);
    text.mutable_segments()->rbegin()->set_place("body.p2.s" + std::to_string(i));
  }
  const auto file = ReadTranslatedFile(
      translation::WriteJob(translation::JobForm::kXliff, JobFileOf(text)), Nobody);
  const auto requests = CheckRequests(*file);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].segments_size(), 200);
  EXPECT_EQ(requests[1].segments_size(), 52);
  EXPECT_EQ(requests[1].language(), "ru");
}

}  // namespace
}  // namespace telex::cli
