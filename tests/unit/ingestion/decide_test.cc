#include "ingestion/domain/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "tests/unit/ingestion/decide_support.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::At;
using testing::FromSource;
using testing::Guarded;
using testing::History;
using testing::kRequest;
using testing::LanguageOf;
using testing::Position;
using testing::Reached;
using testing::SectionOf;
using testing::Story;
using testing::Submit;
using testing::SubmitAs;
using testing::Words;

// The first version

TEST(DecideTest, AFirstVersionTakesAllThatWasHandedIn) {
  SetContent set = FromSource(Words("One"), At(-30));
  set.content.media = {
      {.href = "https://caliber.az/1.jpg", .media_type = "image/jpeg", .syndicated = true}};
  set.ednote = "check the name";
  set.urgency = 2;
  set.printed_views = 77;
  set.firstcreated = At(-60);
  set.warnings = {"no zone"};
  Submission submission = Submit(set);
  submission.document = "abc123";
  submission.request_id = kRequest;
  History history;
  const auto outcome = history.Decide(submission);
  EXPECT_VERDICT(outcome, Verdict::kAccepted, Reason::kNone, 1);
  EXPECT_EQ(outcome.decision.position, history.last_position());
  EXPECT_EQ(outcome.decision.subject, news::NameOf(Story()));
  EXPECT_EQ(outcome.decision.request_id, kRequest);
  EXPECT_EQ(outcome.decision.time, At(0));
  EXPECT_EQ(outcome.decision.rule, 1);

  news::Article wanted;
  wanted.id = Story();
  wanted.version = Version{1};
  wanted.source = set.source;
  wanted.source_name = "Caliber.Az";
  wanted.key = "story-1";
  wanted.canonical_url = set.canonical_url;
  wanted.content = set.content;
  wanted.ednote = "check the name";
  wanted.urgency = 2;
  wanted.firstcreated = At(-60);
  wanted.versioncreated = At(0);
  wanted.published = At(-60);
  wanted.printed_views = 77;
  wanted.shelves = {{SectionOf("world"), LanguageOf("en")}};
  wanted.warnings = {"no zone"};
  wanted.actor = "desk";
  wanted.document = "abc123";
  const ArticleHead head{.article = wanted,
                         .content_hash = news::ContentHash(set.content),
                         .position = history.last_position(),
                         .upstream = set.upstream,
                         .edited = false,
                         .rule = 1};
  EXPECT_EQ(*outcome.next, head);
}

TEST(DecideTest, SameInSameOut) {
  const Submission submission = SubmitAs(kRequest, FromSource(Words("One"), At(-1)));
  const auto once = DecideArticle(Rule{}, nullptr, nullptr, submission, Position(5));
  const auto twice = DecideArticle(Rule{}, nullptr, nullptr, submission, Position(5));
  EXPECT_EQ(once.decision, twice.decision);
  EXPECT_EQ(once.next, twice.next);
}

TEST(DecideTest, AStoryWithoutADateIsDatedWhenItCameIn) {
  History history;
  history.Decide(Submit(Words("One"), 7));
  EXPECT_EQ(history.article().firstcreated, At(7));
  EXPECT_EQ(history.article().published, At(7));
}

TEST(DecideTest, WhatAPersonHandsInIsAnEditAndWhatASourceHandsInIsNot) {
  History person;
  person.Decide(Submit(Words("One")));
  EXPECT_TRUE(person.head().edited);
  EXPECT_EQ(person.head().upstream, std::nullopt);
  History source;
  source.Decide(Submit(FromSource(Words("One"))));
  EXPECT_FALSE(source.head().edited);
}

// Every action on no article

TEST(DecideTest, WhatIsNotThereCannotBeChanged) {
  for (const Submission& submission :
       {Submit(Withhold{"why", ""}), Submit(Kill{"why", ""}), Submit(Reinstate{""}),
        Submit(Reached(1, 0)), Submit(Purge{"why", "https://caliber.az/"})}) {
    History history;
    EXPECT_VERDICT(history.Decide(submission), Verdict::kRefused, Reason::kArticleNotFound, 0);
    EXPECT_FALSE(history.has_head());
  }
}

TEST(DecideTest, ABaseOfNothingIsMetByNothingAndAnyOtherIsStale) {
  History history;
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 3))), Verdict::kStale,
                 Reason::kBaseNotHead, 0);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 0))), Verdict::kAccepted,
                 Reason::kNone, 1);
}

// Content hash: same hash as the head: unchanged

TEST(DecideTest, SameHashAsTheHeadIsUnchanged) {
  History history;
  history.Decide(Submit(Words("One")));
  EXPECT_VERDICT(history.Decide(Submit(Words("One"), 60)), Verdict::kUnchanged,
                 Reason::kSameContent, 1);
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("One")), 61)), Verdict::kUnchanged,
                 Reason::kSameContent, 1);
}

TEST(DecideTest, EveryPartOfTheContentMakesANewVersion) {
  using Change = std::function<void(news::Content&)>;
  const std::vector<std::pair<const char*, Change>> changes = {
      {"headline", [](news::Content& c) { c.headline += "!"; }},
      {"body", [](news::Content& c) { c.body_html += "<p>More.</p>"; }},
      {"byline", [](news::Content& c) { c.byline.clear(); }},
      {"section", [](news::Content& c) { c.section = SectionOf("culture"); }},
      {"language", [](news::Content& c) { c.language = LanguageOf("hy"); }},
      {"terms text", [](news::Content& c) { c.terms.text += "."; }},
      {"terms attribution", [](news::Content& c) { c.terms.attribution += "."; }},
      {"terms link", [](news::Content& c) { c.terms.link += "x"; }},
      {"media", [](news::Content& c) { c.media.push_back({.href = "https://caliber.az/1.jpg"}); }},
      {"embargo", [](news::Content& c) { c.embargoed = At(-100); }},
      {"expiry", [](news::Content& c) { c.expires = At(1e6); }},
  };
  for (const auto& [what, change] : changes) {
    for (const bool person : {true, false}) {
      History history;
      history.Decide(Submit(FromSource(Words("One"))));
      SetContent set = Words("One");
      change(set.content);
      const auto outcome = history.Decide(Submit(person ? set : FromSource(set), 60));
      EXPECT_EQ(outcome.decision.verdict, Verdict::kAccepted) << what;
      EXPECT_EQ(history.article().content, set.content) << what;
    }
  }
}

TEST(DecideTest, NotWarningsNotThePrintedViewCountNotTheOriginalBytes) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  SetContent set = FromSource(Words("One"));
  set.warnings = {"read leniently"};
  set.printed_views = 1'000;
  Submission submission = Submit(set, 60);
  submission.document = "other bytes";
  EXPECT_EQ(history.Decide(submission).decision.verdict, Verdict::kUnchanged);
  submission = Submit(set, 61);
  std::get<SetContent>(submission.action).upstream.reset();
  EXPECT_EQ(history.Decide(submission).decision.verdict, Verdict::kUnchanged);
}

TEST(DecideTest, APersonMayChangeTheNotesAndASourceThatDoesSaysNothingNew) {
  const auto noted = [](int which) {
    SetContent set = Words("One");
    if (which == 0) set.ednote = "note";
    if (which == 1) set.urgency = 1;
    if (which == 2) set.canonical_url = "https://caliber.az/moved";
    return set;
  };
  for (int which = 0; which < 3; ++which) {
    History history;
    history.Decide(Submit(FromSource(Words("One"))));
    EXPECT_EQ(history.Decide(Submit(FromSource(noted(which)), 1)).decision.verdict,
              Verdict::kUnchanged)
        << which;
    EXPECT_VERDICT(history.Decide(Submit(noted(which), 2)), Verdict::kAccepted, Reason::kNone, 2);
    EXPECT_EQ(history.article().ednote, noted(which).ednote);
    EXPECT_EQ(history.article().urgency, noted(which).urgency);
    EXPECT_EQ(history.article().canonical_url, noted(which).canonical_url);
  }
}

TEST(DecideTest, ThePrintedViewCountNeverFalls) {
  History history;
  SetContent set = Words("One");
  set.printed_views = 90;
  history.Decide(Submit(set));
  set = Words("Two");
  set.printed_views = 3;
  history.Decide(Submit(set, 60));
  EXPECT_EQ(history.article().printed_views, 90);
}

TEST(DecideTest, WhatTheFirstVersionSaidOfItsOriginStands) {
  History history;
  SetContent first = Words("One");
  first.firstcreated = At(-10);
  history.Decide(Submit(first));
  SetContent second = Words("Two");
  second.source = testing::SourceOf("other");
  second.key = "another key";
  second.firstcreated = At(-99);
  history.Decide(Submit(second, 5));
  EXPECT_EQ(history.article().version.number, 2);
  EXPECT_EQ(history.article().source, testing::SourceOf());
  EXPECT_EQ(history.article().key, "story-1");
  EXPECT_EQ(history.article().firstcreated, At(-10));
}

// request_id

TEST(DecideTest, ARepeatWithin24HoursGetsTheDecisionThatStandsWhateverHappenedSince) {
  History history;
  const auto first = history.Decide(SubmitAs(kRequest, Words("One")));
  history.Decide(Submit(Words("Two"), 1));
  history.Decide(Submit(Kill{"wrong", ""}, 2));
  const auto again = history.Decide(SubmitAs(kRequest, Words("Anything"), 3), &first.decision);
  EXPECT_VERDICT(again, Verdict::kAccepted, Reason::kNone, 1);
  EXPECT_EQ(again.decision.repeats, first.decision.position);
  EXPECT_EQ(again.decision.position, history.last_position());
  EXPECT_EQ(again.decision.time, At(3));
  EXPECT_FALSE(again.decision.StandsForRepeats());
  EXPECT_EQ(history.article().version.number, 3);
}

TEST(DecideTest, TheWindowOfARequestIdIncludesItsVeryEnd) {
  const double day = 24 * 3600;
  for (const auto& [seconds, repeated] :
       {std::pair{day, true}, std::pair{day + 0.001, false}, std::pair{-3600.0, true}}) {
    History history;
    const auto first = history.Decide(SubmitAs(kRequest, Kill{"x", ""}));
    ASSERT_EQ(first.decision.verdict, Verdict::kRefused);
    const auto made = history.Decide(SubmitAs(kRequest, Words("One")));
    const auto again = history.Decide(SubmitAs(kRequest, Words("Two"), seconds), &made.decision);
    EXPECT_EQ(again.decision.repeats.has_value(), repeated) << seconds;
    EXPECT_EQ(history.article().version.number, repeated ? 1 : 2) << seconds;
  }
}

TEST(DecideTest, WhatDidNothingMayBeTriedAgainUnderItsRequestId) {
  History history;
  const auto refused = history.Decide(SubmitAs(kRequest, Kill{"x", ""}));
  EXPECT_FALSE(refused.decision.StandsForRepeats());
  EXPECT_EQ(history.Decide(SubmitAs(kRequest, Words("One")), &refused.decision).decision.verdict,
            Verdict::kAccepted);
  const auto stale = history.Decide(SubmitAs(kRequest, Guarded(Words("Two"), 0), 1));
  EXPECT_EQ(stale.decision.verdict, Verdict::kStale);
  EXPECT_FALSE(stale.decision.StandsForRepeats());
  EXPECT_EQ(history.Decide(SubmitAs(kRequest, Guarded(Words("Two"), 1), 2), &stale.decision)
                .decision.verdict,
            Verdict::kAccepted);
}

TEST(DecideTest, AnotherRequestUnderTheSameIdIsRefusedAndDoesNothing) {
  History history;
  const auto asked = [](auto action, const char* hash, double seconds) {
    Submission submission = SubmitAs(kRequest, std::move(action), seconds);
    submission.request_hash = hash;
    return submission;
  };
  history.Decide(Submit(Words("One")));
  const auto withheld = history.Decide(asked(Withhold{"doubts", ""}, "aa", 1));
  const auto killed = history.Decide(asked(Kill{"untrue", ""}, "bb", 2), &withheld.decision);
  EXPECT_VERDICT(killed, Verdict::kRefused, Reason::kRequestIdReused, 2);
  EXPECT_EQ(killed.decision.repeats, std::nullopt);
  EXPECT_FALSE(killed.decision.StandsForRepeats());
  const auto again = history.Decide(asked(Withhold{"doubts", ""}, "aa", 3), &withheld.decision);
  EXPECT_VERDICT(again, Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_EQ(history.article().status, news::PubStatus::kWithheld);
}

TEST(DecideTest, AnotherRequestIdAndNoneAreNoRepeat) {
  History history;
  const auto first = history.Decide(SubmitAs(kRequest, Words("One")));
  EXPECT_EQ(history.Decide(SubmitAs("another", Words("Two"), 1), &first.decision).decision.repeats,
            std::nullopt);
  EXPECT_EQ(history.Decide(Submit(Words("Three"), 2), &first.decision).decision.repeats,
            std::nullopt);
}

TEST(DecideTest, UnchangedAndHeldStandForRepeats) {
  Decision decision;
  decision.request_id = kRequest;
  for (const auto& [verdict, stands] :
       {std::pair{Verdict::kAccepted, true}, std::pair{Verdict::kUnchanged, true},
        std::pair{Verdict::kHeld, true}, std::pair{Verdict::kStale, false},
        std::pair{Verdict::kRefused, false}}) {
    decision.verdict = verdict;
    EXPECT_EQ(decision.StandsForRepeats(), stands);
  }
  decision.verdict = Verdict::kAccepted;
  decision.request_id.clear();
  EXPECT_FALSE(decision.StandsForRepeats());
}

// Base or etag

TEST(DecideTest, ASubmissionWithABaseThatIsNotTheHeadIsStale) {
  History history;
  history.Decide(Submit(Words("One")));
  history.Decide(Submit(Words("Two"), 1));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 1), 2)), Verdict::kStale,
                 Reason::kBaseNotHead, 2);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 3), 2)), Verdict::kStale,
                 Reason::kBaseNotHead, 2);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 2), 2)), Verdict::kAccepted,
                 Reason::kNone, 3);
}

TEST(DecideTest, AStaleBaseWithTheHeadsOwnWordsIsUnchanged) {
  History history;
  history.Decide(Submit(Words("One")));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 0), 1)), Verdict::kUnchanged,
                 Reason::kSameContent, 1);
}

TEST(DecideTest, AStaleBaseNeverHidesTheLossOfANote) {
  // Two editors from one version: the first changes the urgency, the second the note. The second
  // must hear of it.
  History history;
  history.Decide(Submit(Words("One")));
  SetContent urgent = Guarded(Words("One"), 1);
  urgent.urgency = 1;
  ASSERT_EQ(history.Decide(Submit(urgent, 1)).decision.verdict, Verdict::kAccepted);
  SetContent noted = Guarded(Words("One"), 1);
  noted.ednote = "embargo lifted by the ministry";
  EXPECT_VERDICT(history.Decide(Submit(noted, 2)), Verdict::kStale, Reason::kBaseNotHead, 2);
}

// From a source

TEST(DecideTest, TheSameAgainFromASourceIsUnchangedEvenWhereAnEditorHasCorrectedTheStorySince) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("One")), 2)), Verdict::kUnchanged,
                 Reason::kSameUpstream, 2);
  EXPECT_EQ(history.article().content.headline, "Corrected");
}

TEST(DecideTest, TheSameAgainFromASourceIsUnchangedWhenItIsHandedInAsANewStory) {
  // CreateArticle expects that nothing is there: a source that repeats it gets the article that
  // stands.
  History history;
  history.Decide(Submit(Guarded(FromSource(Words("One")), 0)));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(FromSource(Words("One")), 0), 2)),
                 Verdict::kUnchanged, Reason::kSameUpstream, 2);
}

TEST(DecideTest, AnOlderOneFromASourceIsStale) {
  History history;
  history.Decide(Submit(FromSource(Words("One"), At(-10))));
  history.Decide(Submit(FromSource(Words("Two"), At(-5)), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Three"), At(-5.001)), 2)), Verdict::kStale,
                 Reason::kOlderUpstream, 2);
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Three"), At(-5)), 3)), Verdict::kAccepted,
                 Reason::kNone, 3);
  // A source that gives no time cannot be told to be older.
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Four")), 4)), Verdict::kAccepted,
                 Reason::kNone, 4);
}

TEST(DecideTest, TheHeadKeepsTheLastUpstreamHashAndTimeThroughEdits) {
  History history;
  history.Decide(Submit(FromSource(Words("One"), At(-10))));
  const auto upstream = history.head().upstream;
  history.Decide(Submit(Words("Corrected"), 1));
  history.Decide(Submit(Withhold{"x", ""}, 2));
  history.Decide(Submit(Reinstate{""}, 3));
  EXPECT_EQ(history.head().upstream, upstream);
  EXPECT_TRUE(history.head().edited);
  EXPECT_EQ(history.Decide(Submit(FromSource(Words("Old"), At(-11)), 4)).decision.reason,
            Reason::kOlderUpstream);
}

TEST(DecideTest, ANewOneOnAnEditedHeadIsHeldForAnEditorByDefault) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Two")), 2)), Verdict::kHeld,
                 Reason::kEditedByEditor, 2);
  EXPECT_EQ(history.article().content.headline, "Corrected");
}

TEST(DecideTest, ANewOneOnAnEditedHeadIsAppliedWhereTheSourceSaysSo) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Words("Corrected"), 1));
  SetContent set = FromSource(Words("Two"));
  set.edited_policy = EditedPolicy::kApply;
  EXPECT_VERDICT(history.Decide(Submit(set, 2)), Verdict::kAccepted, Reason::kNone, 3);
  EXPECT_FALSE(history.head().edited);
  EXPECT_EQ(history.head().upstream, set.upstream);
}

TEST(DecideTest, ANewOneOnAStoryThatOnlyAPersonWroteIsHeldToo) {
  History history;
  history.Decide(Submit(Words("Written here")));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Theirs")), 1)), Verdict::kHeld,
                 Reason::kEditedByEditor, 1);
}

TEST(DecideTest, AChangeOfStatusIsNoEditOfTheContent) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Withhold{"x", ""}, 1));
  EXPECT_FALSE(history.head().edited);
  EXPECT_EQ(history.Decide(Submit(FromSource(Words("Two")), 2)).decision.verdict,
            Verdict::kAccepted);
}

}  // namespace
}  // namespace telex::ingestion
