#include "translation/adapters/text/job_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "platform/errors/errors.h"
#include "tests/unit/translation/job_text_support.h"

namespace telex::translation {
namespace {

using State = JobTextSegment::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Paragraphs of three sentences each, with these numbers.
std::string BodyOf(const std::vector<int>& numbers) {
  std::string body;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    body += i % 3 == 0 ? "<p>" : " ";
    body += SentenceOf(numbers[i]);
    if (i % 3 == 2 || i + 1 == numbers.size()) body += "</p>";
  }
  return body;
}
std::vector<int> Numbers(int count) {
  std::vector<int> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(i + 1);
  return numbers;
}

int Count(const JobText& job, State state) {
  return static_cast<int>(std::ranges::count(job.segments, state, &JobTextSegment::state));
}

// "place reason" of each.
std::vector<std::string> FaultsOf(const absl::Status& status) {
  std::vector<std::string> faults;
  const auto details = errors::DetailsOf(status);
  if (!details) return {status.ToString()};
  for (const errors::FieldViolation& field : details->fields)
    faults.push_back(field.field + " " + field.reason);
  return faults;
}

std::vector<std::string> FaultsOf(const JobText& job, const std::vector<DoneSegment>& done,
                                  const Glossary* glossary = nullptr,
                                  std::string_view actor = "ana") {
  return FaultsOf(FinishJobText(job, done, actor, glossary).status());
}

Glossary GlossaryOf(std::vector<Term> terms) { return *Glossary::Make(std::move(terms)); }

class JobTextTest : public ::testing::Test {
 protected:
  // What was translated of a story: by an engine, or by a person.
  static v1::Translation Translated(const news::Article& story, const std::string& engine = "") {
    const JobText job = Opened({.article = story, .to = kEs});
    return TranslationOf(job, Finished(job, Done(job, engine), engine.empty() ? "ana" : ""));
  }
  static news::Article Story(const std::vector<int>& numbers, std::int64_t version = 1) {
    return StoryOf("Prices rise", BodyOf(numbers), version);
  }
};

// --- what is offered ---

TEST_F(JobTextTest, AStoryThatWasNeverTranslatedIsNew) {
  const JobText job = Opened({.article = Story({1, 2}), .to = kEs, .glossary_version = 4});
  EXPECT_EQ(job.from, Language("en"));
  EXPECT_EQ(job.to, kEs);
  EXPECT_EQ(job.version.number, 1);
  EXPECT_EQ(job.glossary_version, 4);
  ASSERT_EQ(job.segments.size(), 3U);
  EXPECT_EQ(Count(job, State::kNew), 3);
  EXPECT_FALSE(job.IsUnchanged());
  const v1::Segment& segment = job.segments[1].segment;
  EXPECT_EQ(segment.place(), "body.p1.s1");
  EXPECT_EQ(segment.id(), "body.p1.s1");
  EXPECT_EQ(segment.source(), "Boats leave harbour 1.");
  EXPECT_TRUE(segment.target().empty());
}

TEST_F(JobTextTest, AStoryThatCannotBeCutIsRefused) {
  const auto job =
      OpenJobText({.article = StoryOf("Prices rise", "<p><em>One</p></em>"), .to = kEs});
  EXPECT_THAT(FaultsOf(job.status()), ElementsAre("body_html FIELD_INVALID"));
}

TEST_F(JobTextTest, OneChangedSentenceOf150IsAllThatIsLeft) {
  std::vector<int> numbers = Numbers(150);
  const v1::Translation before = Translated(Story(numbers));
  std::string body = BodyOf(numbers);
  const std::string old = SentenceOf(77);
  body.replace(body.find(old), old.size(), "Ships left harbour 77.");
  const JobText job =
      Opened({.article = StoryOf("Prices rise", body, 2), .to = kEs, .before = &before});
  EXPECT_EQ(Count(job, State::kChanged), 1);
  EXPECT_EQ(Count(job, State::kUnchanged), 150);
  const JobTextSegment& changed = SegmentAt(job, "body.p26.s2");
  EXPECT_TRUE(changed.segment.target().empty());
  EXPECT_EQ(changed.before_source, "Boats leave harbour 77.");
  EXPECT_EQ(changed.before_target, "Los barcos salen del puerto 77.");
}

TEST_F(JobTextTest, AMovedParagraphLeavesNothing) {
  const v1::Translation before = Translated(Story({1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const JobText job =
      Opened({.article = Story({4, 5, 6, 7, 8, 9, 1, 2, 3}, 2), .to = kEs, .before = &before});
  EXPECT_TRUE(job.IsUnchanged());
  EXPECT_EQ(SegmentAt(job, "body.p3.s1").segment.target(), "Los barcos salen del puerto 1.");
}

TEST_F(JobTextTest, AParagraphThatIsTakenBackLeavesNothing) {
  const v1::Translation first = Translated(Story({1, 2, 3, 4, 5, 6}));
  const v1::Translation second = Translated(Story({1, 2, 3}, 2));
  const v1::Translation* const earlier[] = {&first};
  const JobText job = Opened(
      {.article = Story({1, 2, 3, 4, 5, 6}, 3), .to = kEs, .before = &second, .earlier = earlier});
  EXPECT_TRUE(job.IsUnchanged());
  EXPECT_EQ(SegmentAt(job, "body.p2.s3").segment.target(), "Los barcos salen del puerto 6.");
}

TEST_F(JobTextTest, WhatIsCarriedKeepsWhoMadeIt) {
  const v1::Translation by_engine = Translated(Story({1}), "fake");
  const v1::Translation by_person = Translated(Story({1}));
  const JobText engines = Opened({.article = Story({1}, 2), .to = kEs, .before = &by_engine});
  EXPECT_EQ(engines.segments[1].segment.origin(), v1::ORIGIN_CARRIED);
  EXPECT_EQ(engines.segments[1].segment.engine(), "fake");
  EXPECT_FALSE(engines.segments[1].segment.reviewed());
  const JobText persons = Opened({.article = Story({1}, 2), .to = kEs, .before = &by_person});
  EXPECT_EQ(persons.segments[1].segment.origin(), v1::ORIGIN_CARRIED);
  EXPECT_EQ(persons.segments[1].segment.actor(), "ana");
}

TEST_F(JobTextTest, OfARejectedOneNothingIsTakenOver) {
  v1::Translation rejected = Translated(Story({1, 2}));
  rejected.set_standing(v1::STANDING_REJECTED);
  const JobText job = Opened({.article = Story({1, 2}), .to = kEs, .before = &rejected});
  EXPECT_EQ(Count(job, State::kChanged), 3);
  EXPECT_EQ(job.segments[1].before_source, "Boats leave harbour 1.");
  EXPECT_EQ(job.segments[1].before_target, "Los barcos salen del puerto 1.");
  const v1::Translation* const earlier[] = {&rejected};
  const JobText later = Opened({.article = Story({1, 2}), .to = kEs, .earlier = earlier});
  EXPECT_EQ(Count(later, State::kNew), 3);
}

TEST_F(JobTextTest, AStoryWhoseLanguageWasCorrectedIsTranslatedAnew) {
  const v1::Translation before = Translated(Story({1}));
  news::Article story = Story({1}, 2);
  story.content.language = Language("nl");
  EXPECT_EQ(Count(Opened({.article = story, .to = kEs, .before = &before}), State::kChanged), 2);
}

TEST_F(JobTextTest, TheMemoryHasWhatOtherStoriesHad) {
  const auto recall = [](std::string_view source) -> std::optional<MemoryEntry> {
    if (source != SentenceOf(2)) return std::nullopt;
    return MemoryEntry{.target = "Salen barcos del puerto 2.",
                       .rank = MemoryRank::kPerson,
                       .article = news::ArticleId::Of("source", "9")};
  };
  const JobText job = Opened({.article = Story({1, 2}), .to = kEs, .recall = recall});
  EXPECT_EQ(Count(job, State::kNew), 2);
  const JobTextSegment& recalled = SegmentAt(job, "body.p1.s2");
  EXPECT_EQ(recalled.state, State::kMemory);
  EXPECT_EQ(recalled.segment.target(), "Salen barcos del puerto 2.");
  EXPECT_EQ(recalled.segment.origin(), v1::ORIGIN_MEMORY);
  EXPECT_TRUE(recalled.segment.reviewed());
  EXPECT_EQ(recalled.segment.match().score(), 100);
  EXPECT_EQ(recalled.segment.match().translation(),
            "articles/" + news::ArticleId::Of("source", "9").ToString());
  // What the story itself had comes first.
  const v1::Translation before = Translated(Story({1, 2}));
  EXPECT_TRUE(Opened({.article = Story({1, 2}, 2), .to = kEs, .before = &before, .recall = recall})
                  .IsUnchanged());
}

TEST_F(JobTextTest, ADraftComesBeforeAnEarlierVersion) {
  const v1::Translation before = Translated(Story({1, 2}));
  const JobText second = Opened({.article = Story({1, 2, 3}, 2), .to = kEs, .before = &before});
  std::vector<DoneSegment> done = Done(second);
  for (DoneSegment& segment : done) {
    if (segment.place == "body.p1.s1") segment.target = "Barcos dejan el puerto 1.";
  }
  const v1::Text draft = Finished(second, done, "ben");
  const JobText job =
      Opened({.article = Story({1, 2, 3, 8}, 3), .to = kEs, .before = &before, .draft = &draft});
  EXPECT_EQ(SegmentAt(job, "body.p1.s1").state, State::kDraft);
  EXPECT_EQ(SegmentAt(job, "body.p1.s1").segment.target(), "Barcos dejan el puerto 1.");
  EXPECT_EQ(SegmentAt(job, "body.p1.s1").segment.actor(), "ben");
  EXPECT_EQ(SegmentAt(job, "body.p1.s2").state, State::kUnchanged);  // the draft has carried it
  EXPECT_EQ(SegmentAt(job, "body.p1.s3").state, State::kDraft);
  EXPECT_EQ(SegmentAt(job, "body.p2.s1").state, State::kNew);
}

TEST_F(JobTextTest, WhatChangedSinceADraftIsShownBesideIt) {
  const JobText first = Opened({.article = Story({1}), .to = kEs});
  const v1::Text draft = Finished(first, Done(first));
  const JobText job = Opened({.article = StoryOf("Prices rise", "<p>Ships left harbour 1.</p>", 2),
                              .to = kEs,
                              .draft = &draft});
  const JobTextSegment& changed = SegmentAt(job, "body.p1.s1");
  EXPECT_EQ(changed.state, State::kChanged);
  EXPECT_EQ(changed.before_source, "Boats leave harbour 1.");
  EXPECT_EQ(changed.before_target, "Los barcos salen del puerto 1.");
}

TEST_F(JobTextTest, ProtectedTextIsItsOwnTranslation) {
  const JobText job = Opened({.article = StoryOf("https://a.example/x", BodyOf({1})), .to = kEs});
  const JobTextSegment& headline = SegmentAt(job, "headline");
  EXPECT_EQ(headline.state, State::kUnchanged);
  EXPECT_EQ(headline.segment.target(), "https://a.example/x");
  EXPECT_EQ(headline.segment.origin(), v1::ORIGIN_PROTECTED);
  EXPECT_EQ(SegmentAt(job, "body.p1.s1").state, State::kNew);
}

TEST_F(JobTextTest, ANewGlossaryOutdatesWhatItFindsWrongAndNothingElse) {
  const v1::Translation before =
      Translated(StoryOf("Prices rise", "<p>Boats leave harbour 1. Ships left harbour 2.</p>"));
  const Glossary glossary = GlossaryOf({{.source = "ships", .allowed = {"navíos"}}});
  const news::Article story =
      StoryOf("Prices rise", "<p>Boats leave harbour 1. Ships left harbour 2.</p>", 2);
  const JobText job = Opened({.article = story,
                              .to = kEs,
                              .before = &before,
                              .glossary = &glossary,
                              .glossary_version = 5});
  EXPECT_EQ(Count(job, State::kUnchanged), 2);
  const JobTextSegment& changed = SegmentAt(job, "body.p1.s2");
  EXPECT_EQ(changed.state, State::kChanged);
  EXPECT_EQ(changed.before_source, changed.segment.source());
  EXPECT_EQ(changed.before_target, "Los buques dejaron el puerto 2.");
}

TEST_F(JobTextTest, WhatWasOverruledUnderTheSameGlossaryStands) {
  const Glossary glossary = GlossaryOf({{.source = "ships", .allowed = {"navíos"}}});
  const news::Article story = StoryOf("Prices rise", "<p>Ships left harbour 2.</p>");
  const JobText job =
      Opened({.article = story, .to = kEs, .glossary = &glossary, .glossary_version = 5});
  std::vector<DoneSegment> done = Done(job);
  v1::OverruledCheck& overruled = done[1].overruled.emplace_back();
  overruled.set_check("TERM_MISSING");
  overruled.set_reason("a name");
  const auto finished = FinishJobText(job, done, "ana", &glossary);
  ASSERT_TRUE(finished.ok()) << finished.status();
  const v1::Translation before = TranslationOf(job, finished->text);
  const JobTextParts again = {
      .article = story, .to = kEs, .before = &before, .glossary = &glossary, .glossary_version = 5};
  EXPECT_TRUE(Opened(again).IsUnchanged());
}

TEST_F(JobTextTest, TheMemoryIsNotTakenAgainstTheGlossary) {
  const auto recall = [](std::string_view source) -> std::optional<MemoryEntry> {
    return MemoryEntry{.target = SpanishOf(std::string(source))};
  };
  const Glossary glossary = GlossaryOf({{.source = "harbour", .allowed = {"bahía"}}});
  const JobText job =
      Opened({.article = Story({1}), .to = kEs, .recall = recall, .glossary = &glossary});
  EXPECT_EQ(SegmentAt(job, "headline").state, State::kMemory);
  EXPECT_EQ(SegmentAt(job, "body.p1.s1").state, State::kNew);
}

// --- what is put on record ---

TEST_F(JobTextTest, WhatIsPutOnRecordIsPutTogether) {
  news::Article story = StoryOf("Prices rise", "<p>Boats leave <em>harbour 1</em>.</p>");
  story.content.media = {
      {.href = "https://a.example/1.jpg", .alt_text = "not for partners"},
      {.href = "https://a.example/2.jpg", .alt_text = "Boats leave harbour 2", .syndicated = true}};
  const JobText job = Opened({.article = story, .to = kEs, .glossary_version = 4});
  const v1::Text text =
      Finished(job, {{.place = "headline", .target = "Suben los precios"},
                     {.place = "media2.alt", .target = "Los barcos salen del puerto 2"},
                     {.place = "body.p1.s1", .target = "Los barcos salen del <1>puerto 1</1>."}});
  EXPECT_EQ(text.headline(), "Suben los precios");
  EXPECT_EQ(text.body_html(), "<p>Los barcos salen del <em>puerto 1</em>.</p>");
  ASSERT_EQ(text.alt_texts_size(), 1);
  EXPECT_EQ(text.alt_texts(0).href(), "https://a.example/2.jpg");
  EXPECT_EQ(text.alt_texts(0).text(), "Los barcos salen del puerto 2");
  EXPECT_EQ(text.segmentation(), kSegmentationRule1);
  EXPECT_EQ(text.glossary(), 4);
  ASSERT_EQ(text.segments_size(), 3);  // in the source's order
  EXPECT_EQ(text.segments(1).place(), "body.p1.s1");
  EXPECT_EQ(text.segments(1).source(), "Boats leave <1>harbour 1</1>.");
  EXPECT_EQ(text.segments(1).origin(), v1::ORIGIN_PERSON);
  EXPECT_EQ(text.segments(1).actor(), "ana");
  EXPECT_EQ(StandingOf(text), v1::STANDING_PERSON);
}

TEST_F(JobTextTest, EachSegmentOnceAndAllFaultsAtOnce) {
  const JobText job = Opened({.article = Story({1, 2}), .to = kEs});
  EXPECT_THAT(FaultsOf(job, {{.place = "headline", .target = "Suben los precios"},
                             {.place = "headline", .target = "Suben los precios"},
                             {.place = "body.p9.s1", .target = "x"},
                             {.place = "body.p1.s2", .target = " "}}),
              UnorderedElementsAre("segments[\"headline\"] SEGMENT_TWICE",
                                   "segments[\"body.p9.s1\"] SEGMENT_UNKNOWN",
                                   "segments[\"body.p1.s1\"] SEGMENT_MISSING",
                                   "segments[\"body.p1.s2\"] TRANSLATION_MISSING"));
}

TEST_F(JobTextTest, SoftChecksAreOverruledWithAReasonAndHardOnesNever) {
  const JobText job = Opened({.article = Story({1}), .to = kEs});
  const auto done = [&](std::string target, std::string check, std::string reason) {
    std::vector<DoneSegment> segments = Done(job);
    segments[1].target = std::move(target);
    if (check.empty()) return segments;
    v1::OverruledCheck& overruled = segments[1].overruled.emplace_back();
    overruled.set_check(std::move(check));
    overruled.set_reason(std::move(reason));
    return segments;
  };
  const std::string wrong = "Los barcos salen del puerto 2.";
  const std::string field = "segments[\"body.p1.s1\"]";
  EXPECT_THAT(FaultsOf(job, done(wrong, "", "")),
              ElementsAre(field + " NUMBERS_DIFFER", field + " NUMBERS_DIFFER"));
  EXPECT_THAT(FaultsOf(job, done(wrong, "NUMBERS_DIFFER", " ")),
              testing::Contains(field + ".overruled FIELD_REQUIRED"));
  EXPECT_THAT(FaultsOf(job, done(wrong, "NUMBERS_DIFFER", std::string(501, 'x'))),
              testing::Contains(field + ".overruled FIELD_TOO_LONG"));
  EXPECT_THAT(FaultsOf(job, done(wrong, "TASTE", "mine")),
              testing::Contains(field + ".overruled FIELD_INVALID"));
  EXPECT_THAT(FaultsOf(job, done("<1>Los</1> barcos salen del puerto 1.", "MARKUP_BROKEN", "so")),
              ElementsAre(field + ".overruled FIELD_INVALID", field + " MARKUP_BROKEN"));

  const auto finished =
      FinishJobText(job, done(wrong, "NUMBERS_DIFFER", "renamed"), "ana", nullptr);
  ASSERT_TRUE(finished.ok()) << finished.status();
  const v1::Segment& segment = finished->text.segments(1);
  ASSERT_EQ(segment.overruled_size(), 1);
  EXPECT_EQ(segment.overruled(0).check(), "NUMBERS_DIFFER");
  EXPECT_EQ(segment.overruled(0).reason(), "renamed");
  EXPECT_EQ(segment.overruled(0).actor(), "ana");
  ASSERT_EQ(finished->findings.size(), 2U);
  EXPECT_TRUE(finished->findings[0].overruled);
  EXPECT_EQ(finished->findings[0].place, "body.p1.s1");

  // What is not found is not overruled, and an engine overrules nothing.
  EXPECT_EQ(FinishJobText(job, done("Los barcos salen del puerto 1.", "NUMBERS_DIFFER", "so"),
                          "ana", nullptr)
                ->text.segments(1)
                .overruled_size(),
            0);
  EXPECT_THAT(FaultsOf(job, done(wrong, "NUMBERS_DIFFER", "renamed"), nullptr, ""),
              testing::Contains(field + " NUMBERS_DIFFER"));
}

TEST_F(JobTextTest, TheGlossaryIsAGate) {
  const JobText job = Opened({.article = Story({1}), .to = kEs});
  const Glossary glossary = GlossaryOf({{.source = "harbour", .allowed = {"bahía"}}});
  EXPECT_THAT(FaultsOf(job, Done(job), &glossary),
              ElementsAre("segments[\"body.p1.s1\"] TERM_MISSING"));
}

TEST_F(JobTextTest, WhatIsHandedOverAsItWasOfferedIsReviewedByAPersonAndKeepsItsProvenance) {
  const v1::Translation before = Translated(Story({1, 2}), "fake");
  EXPECT_EQ(before.standing(), v1::STANDING_MACHINE);
  const JobText job = Opened({.article = Story({1, 2}, 2), .to = kEs, .before = &before});
  const v1::Text again = Finished(job, OfferedSegments(job), "");
  EXPECT_EQ(again.segments(1).engine(), "fake");
  EXPECT_EQ(again.segments(1).origin(), v1::ORIGIN_CARRIED);
  EXPECT_FALSE(again.segments(1).reviewed());
  EXPECT_EQ(StandingOf(again), v1::STANDING_MACHINE);

  std::vector<DoneSegment> done = OfferedSegments(job);
  done[2].target = "Salen los barcos del puerto 2.";
  const v1::Text read = Finished(job, done, "ana");
  EXPECT_EQ(read.segments(1).engine(), "fake");
  EXPECT_TRUE(read.segments(1).reviewed());
  EXPECT_EQ(read.segments(2).engine(), "");
  EXPECT_EQ(read.segments(2).actor(), "ana");
  EXPECT_EQ(read.segments(2).origin(), v1::ORIGIN_PERSON);
  EXPECT_EQ(StandingOf(read), v1::STANDING_REVIEWED);
}

TEST_F(JobTextTest, SoftFindingsOfWhatNobodyTouchedAreToldOnly) {
  v1::Translation before = Translated(Story({1}), "fake");
  before.mutable_text()->mutable_segments(1)->set_target("Los barcos salen del puerto 2.");
  const JobText job = Opened({.article = Story({1}, 2), .to = kEs, .before = &before});
  const auto finished = FinishJobText(job, OfferedSegments(job), "", nullptr);
  ASSERT_TRUE(finished.ok()) << finished.status();
  ASSERT_FALSE(finished->findings.empty());
  EXPECT_EQ(finished->findings[0].finding.check, Check::kNumbers);
  EXPECT_FALSE(finished->findings[0].overruled);
}

TEST_F(JobTextTest, WhatCannotStandInItsPlaceIsBrokenMarkup) {
  const JobText job =
      Opened({.article = StoryOf("Prices rise",
                                 "<p><a href=\"https://a.example/\">Boats</a> leave "
                                 "<a href=\"https://b.example/\">harbour 1</a>.</p>"),
              .to = kEs});
  std::vector<DoneSegment> done = Done(job);
  done[1].target = "<1>Los barcos salen <2>del puerto 1</2></1>.";
  EXPECT_THAT(FaultsOf(job, done), ElementsAre("segments[\"body.p1.s1\"] MARKUP_BROKEN"));
}

TEST_F(JobTextTest, ATextIsBounded) {
  const JobText job = Opened({.article = Story({1}), .to = kEs});
  std::vector<DoneSegment> done = Done(job);
  done[0].target = "Suben " + std::string(news::kHeadlineBytesMax, 'x');
  v1::OverruledCheck& overruled = done[0].overruled.emplace_back();
  overruled.set_check("LENGTH_UNLIKELY");
  overruled.set_reason("so it is");
  EXPECT_THAT(FaultsOf(job, done), ElementsAre("segments[\"headline\"] FIELD_TOO_LONG"));

  // Source, target and body are more than a record takes together.
  std::string body;
  for (int i = 0; i < 7'000; ++i)
    body += fmt::format("<p>{} {}</p>", std::string(78, 'x'), SentenceOf(i));
  const news::Article large = StoryOf("Prices rise", body);
  v1::Translation before;
  before.set_from("en");
  for (const JobTextSegment& segment : Opened({.article = large, .to = kEs}).segments) {
    v1::Segment& same = *before.mutable_text()->add_segments();
    same.set_source(segment.segment.source());
    same.set_target(segment.segment.source());
  }
  const JobText again = Opened({.article = large, .to = kEs, .before = &before});
  EXPECT_THAT(FaultsOf(again, OfferedSegments(again)), ElementsAre("segments FIELD_TOO_LONG"));
}

TEST_F(JobTextTest, StandingIsThatOfThePersonOnlyWhenEachSegmentIs) {
  v1::Text text;
  v1::Segment& protected_one = *text.add_segments();
  protected_one.set_origin(v1::ORIGIN_PROTECTED);
  v1::Segment& persons = *text.add_segments();
  persons.set_origin(v1::ORIGIN_CARRIED);
  persons.set_actor("ana");
  EXPECT_EQ(StandingOf(text), v1::STANDING_PERSON);
  v1::Segment& engines = *text.add_segments();
  engines.set_origin(v1::ORIGIN_ENGINE);
  engines.set_engine("deepl");
  EXPECT_EQ(StandingOf(text), v1::STANDING_MACHINE);
  engines.set_reviewed(true);
  EXPECT_EQ(StandingOf(text), v1::STANDING_REVIEWED);
  engines.set_origin(v1::ORIGIN_CARRIED);
  EXPECT_EQ(StandingOf(text), v1::STANDING_REVIEWED) << "by a version that changes no text";
  text.add_segments()->set_origin(v1::ORIGIN_MEMORY);
  EXPECT_EQ(StandingOf(text), v1::STANDING_MACHINE);
}

}  // namespace
}  // namespace telex::translation
