#include "ingestion/domain/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using news::Availability;
using news::PubStatus;
using news::Version;
using testing::At;
using testing::FromSource;
using testing::History;
using testing::LanguageOf;
using testing::Position;
using testing::SectionOf;
using testing::Story;
using testing::Submit;
using testing::SubmitAs;
using testing::SubmitSource;
using testing::Words;

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

#define EXPECT_VERDICT(outcome, wanted_verdict, wanted_reason, wanted_version) \
  do {                                                                         \
    const auto& o = (outcome);                                                 \
    EXPECT_EQ(o.decision.verdict, wanted_verdict);                             \
    EXPECT_EQ(o.decision.reason, wanted_reason) << ReasonText(o.decision.reason); \
    EXPECT_EQ(o.decision.version.number, wanted_version);                      \
    EXPECT_EQ(o.next.has_value(), wanted_verdict == Verdict::kAccepted && !o.decision.repeats); \
  } while (false)

SetContent Guarded(SetContent set, std::int64_t base) {
  set.base = Version{base};
  return set;
}

SetContent Embargoed(std::string headline, std::optional<double> embargoed, std::optional<double> expires) {
  SetContent set = Words(std::move(headline));
  if (embargoed) set.content.embargoed = At(*embargoed);
  if (expires) set.content.expires = At(*expires);
  return set;
}

TimeReached Reached(std::int64_t version, double seconds) { return {Version{version}, At(seconds)}; }

// The first version -----------------------------------------------------------------------------------------------------------

TEST(DecideTest, AFirstVersionTakesAllThatWasHandedIn) {
  SetContent set = FromSource(Words("One"), At(-30));
  set.content.media = {{.href = "https://caliber.az/1.jpg", .media_type = "image/jpeg", .syndicated = true}};
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

// Every action on no article ----------------------------------------------------------------------------------------------------

TEST(DecideTest, WhatIsNotThereCannotBeChanged) {
  for (const Submission& submission : {Submit(Withhold{"why", ""}), Submit(Kill{"why", ""}), Submit(Reinstate{""}),
                                       Submit(Reached(1, 0)), Submit(Purge{"why", "https://caliber.az/"})}) {
    History history;
    EXPECT_VERDICT(history.Decide(submission), Verdict::kRefused, Reason::kArticleNotFound, 0);
    EXPECT_FALSE(history.has_head());
  }
}

TEST(DecideTest, ABaseOfNothingIsMetByNothingAndAnyOtherIsStale) {
  History history;
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 3))), Verdict::kStale, Reason::kBaseNotHead, 0);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 0))), Verdict::kAccepted, Reason::kNone, 1);
}

// Content hash: same hash as the head: unchanged ----------------------------------------------------------------------------------

TEST(DecideTest, SameHashAsTheHeadIsUnchanged) {
  History history;
  history.Decide(Submit(Words("One")));
  EXPECT_VERDICT(history.Decide(Submit(Words("One"), 60)), Verdict::kUnchanged, Reason::kSameContent, 1);
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("One")), 61)), Verdict::kUnchanged, Reason::kSameContent, 1);
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
    EXPECT_EQ(history.Decide(Submit(FromSource(noted(which)), 1)).decision.verdict, Verdict::kUnchanged) << which;
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

// request_id -----------------------------------------------------------------------------------------------------------------------

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
  for (const auto& [seconds, repeated] : {std::pair{day, true}, std::pair{day + 0.001, false}, std::pair{-3600.0, true}}) {
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
  EXPECT_EQ(history.Decide(SubmitAs(kRequest, Words("One")), &refused.decision).decision.verdict, Verdict::kAccepted);
  const auto stale = history.Decide(SubmitAs(kRequest, Guarded(Words("Two"), 0), 1));
  EXPECT_EQ(stale.decision.verdict, Verdict::kStale);
  EXPECT_FALSE(stale.decision.StandsForRepeats());
  EXPECT_EQ(history.Decide(SubmitAs(kRequest, Guarded(Words("Two"), 1), 2), &stale.decision).decision.verdict, Verdict::kAccepted);
}

TEST(DecideTest, AnotherRequestIdAndNoneAreNoRepeat) {
  History history;
  const auto first = history.Decide(SubmitAs(kRequest, Words("One")));
  EXPECT_EQ(history.Decide(SubmitAs("another", Words("Two"), 1), &first.decision).decision.repeats, std::nullopt);
  EXPECT_EQ(history.Decide(Submit(Words("Three"), 2), &first.decision).decision.repeats, std::nullopt);
}

TEST(DecideTest, UnchangedAndHeldStandForRepeats) {
  Decision decision;
  decision.request_id = kRequest;
  for (const auto& [verdict, stands] :
       {std::pair{Verdict::kAccepted, true}, std::pair{Verdict::kUnchanged, true}, std::pair{Verdict::kHeld, true},
        std::pair{Verdict::kStale, false}, std::pair{Verdict::kRefused, false}}) {
    decision.verdict = verdict;
    EXPECT_EQ(decision.StandsForRepeats(), stands);
  }
  decision.verdict = Verdict::kAccepted;
  decision.request_id.clear();
  EXPECT_FALSE(decision.StandsForRepeats());
}

// Base or etag ---------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, ASubmissionWithABaseThatIsNotTheHeadIsStale) {
  History history;
  history.Decide(Submit(Words("One")));
  history.Decide(Submit(Words("Two"), 1));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 1), 2)), Verdict::kStale, Reason::kBaseNotHead, 2);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 3), 2)), Verdict::kStale, Reason::kBaseNotHead, 2);
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("Three"), 2), 2)), Verdict::kAccepted, Reason::kNone, 3);
}

TEST(DecideTest, AStaleBaseWithTheHeadsOwnWordsIsUnchanged) {
  History history;
  history.Decide(Submit(Words("One")));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(Words("One"), 0), 1)), Verdict::kUnchanged, Reason::kSameContent, 1);
}

TEST(DecideTest, AStaleBaseNeverHidesTheLossOfANote) {
  // Two editors from one version: the first changes the urgency, the second the note. The second must hear of it.
  History history;
  history.Decide(Submit(Words("One")));
  SetContent urgent = Guarded(Words("One"), 1);
  urgent.urgency = 1;
  ASSERT_EQ(history.Decide(Submit(urgent, 1)).decision.verdict, Verdict::kAccepted);
  SetContent noted = Guarded(Words("One"), 1);
  noted.ednote = "embargo lifted by the ministry";
  EXPECT_VERDICT(history.Decide(Submit(noted, 2)), Verdict::kStale, Reason::kBaseNotHead, 2);
}

// From a source --------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, TheSameAgainFromASourceIsUnchangedEvenWhereAnEditorHasCorrectedTheStorySince) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("One")), 2)), Verdict::kUnchanged, Reason::kSameUpstream, 2);
  EXPECT_EQ(history.article().content.headline, "Corrected");
}

TEST(DecideTest, TheSameAgainFromASourceIsUnchangedWhenItIsHandedInAsANewStory) {
  // CreateArticle expects that nothing is there: a source that repeats it gets the article that stands.
  History history;
  history.Decide(Submit(Guarded(FromSource(Words("One")), 0)));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(Guarded(FromSource(Words("One")), 0), 2)), Verdict::kUnchanged, Reason::kSameUpstream, 2);
}

TEST(DecideTest, AnOlderOneFromASourceIsStale) {
  History history;
  history.Decide(Submit(FromSource(Words("One"), At(-10))));
  history.Decide(Submit(FromSource(Words("Two"), At(-5)), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Three"), At(-5.001)), 2)), Verdict::kStale, Reason::kOlderUpstream, 2);
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Three"), At(-5)), 3)), Verdict::kAccepted, Reason::kNone, 3);
  // A source that gives no time cannot be told to be older.
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Four")), 4)), Verdict::kAccepted, Reason::kNone, 4);
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
  EXPECT_EQ(history.Decide(Submit(FromSource(Words("Old"), At(-11)), 4)).decision.reason, Reason::kOlderUpstream);
}

TEST(DecideTest, ANewOneOnAnEditedHeadIsHeldForAnEditorByDefault) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Words("Corrected"), 1));
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Two")), 2)), Verdict::kHeld, Reason::kEditedByEditor, 2);
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
  EXPECT_VERDICT(history.Decide(Submit(FromSource(Words("Theirs")), 1)), Verdict::kHeld, Reason::kEditedByEditor, 1);
}

TEST(DecideTest, AChangeOfStatusIsNoEditOfTheContent) {
  History history;
  history.Decide(Submit(FromSource(Words("One"))));
  history.Decide(Submit(Withhold{"x", ""}, 1));
  EXPECT_FALSE(history.head().edited);
  EXPECT_EQ(history.Decide(Submit(FromSource(Words("Two")), 2)).decision.verdict, Verdict::kAccepted);
}

// Withhold, kill, reinstate ----------------------------------------------------------------------------------------------------------

TEST(DecideTest, EveryChangeOfStatusOnEveryStatus) {
  enum Act { kDoWithhold, kDoKill, kDoReinstate };
  const auto submission = [](Act act, double seconds) {
    if (act == kDoWithhold) return Submit(Withhold{"unsure", "hold it"}, seconds);
    if (act == kDoKill) return Submit(Kill{"wrong", "take it down"}, seconds);
    return Submit(Reinstate{"it stands"}, seconds);
  };
  struct Row {
    std::vector<Act> before;
    Act act;
    PubStatus after;
    bool changes;
  };
  const std::vector<Row> rows = {
      {{}, kDoWithhold, PubStatus::kWithheld, true},
      {{}, kDoKill, PubStatus::kCanceled, true},
      {{}, kDoReinstate, PubStatus::kUsable, false},
      {{kDoWithhold}, kDoWithhold, PubStatus::kWithheld, false},
      {{kDoWithhold}, kDoKill, PubStatus::kCanceled, true},
      {{kDoWithhold}, kDoReinstate, PubStatus::kUsable, true},
      {{kDoKill}, kDoWithhold, PubStatus::kCanceled, false},
      {{kDoKill}, kDoKill, PubStatus::kCanceled, false},
      {{kDoKill}, kDoReinstate, PubStatus::kUsable, true},
  };
  for (const Row& row : rows) {
    History history;
    history.Decide(Submit(Words("One")));
    double seconds = 1;
    for (const Act act : row.before) history.Decide(submission(act, seconds++));
    const std::int64_t before = history.article().version.number;
    const auto outcome = history.Decide(submission(row.act, seconds));
    if (row.changes) {
      EXPECT_VERDICT(outcome, Verdict::kAccepted, Reason::kNone, before + 1);
    } else {
      EXPECT_VERDICT(outcome, Verdict::kUnchanged, Reason::kAlreadySo, before);
    }
    EXPECT_EQ(history.article().status, row.after);
    EXPECT_EQ(history.article().status_reason.empty(), row.after == PubStatus::kUsable);
    EXPECT_EQ(history.article().content, Words("One").content);
  }
}

TEST(DecideTest, WithheldAndCanceledAreStickyOnlyAReinstateLiftsThem) {
  for (const bool kill : {true, false}) {
    History history;
    history.Decide(Submit(FromSource(Words("One"))));
    history.Decide(kill ? Submit(Kill{"wrong", ""}, 1) : Submit(Withhold{"wrong", ""}, 1));
    const PubStatus status = history.article().status;
    ASSERT_EQ(history.Decide(Submit(FromSource(Words("Two")), 2)).decision.verdict, Verdict::kAccepted);
    EXPECT_EQ(history.article().status, status);
    ASSERT_EQ(history.Decide(Submit(Words("Three"), 3)).decision.verdict, Verdict::kAccepted);
    EXPECT_EQ(history.article().status, status);
    EXPECT_EQ(history.article().status_reason, "wrong");
    history.Decide(Submit(Reinstate{""}, 4));
    EXPECT_EQ(history.article().status, PubStatus::kUsable);
    EXPECT_TRUE(history.article().IsVisible());
    EXPECT_EQ(history.article().content.headline, "Three");
  }
}

TEST(DecideTest, StatusAndTimeCarryNoBaseAndAreNeverStale) {
  // Whatever the head is, none of them is stale.
  for (int versions = 1; versions <= 3; ++versions) {
    for (const Submission& submission : {Submit(Withhold{"x", ""}, 50), Submit(Kill{"x", ""}, 50), Submit(Reinstate{""}, 50),
                                         Submit(Reached(1, 0), 50), Submit(Purge{"x", ""}, 50)}) {
      History history;
      for (int i = 0; i < versions; ++i) history.Decide(Submit(Words(std::string(static_cast<std::size_t>(i + 1), 'x')), i));
      EXPECT_NE(history.Decide(submission).decision.verdict, Verdict::kStale);
    }
  }
}

// versioncreated ---------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, VersioncreatedIsTheLaterOfTheSubmissionsTimeAndThePreviousVersionsPlusASecond) {
  History history;
  history.Decide(Submit(Words("One"), 100));
  EXPECT_EQ(history.article().versioncreated, At(100));
  history.Decide(Submit(Words("Two"), 100));  // at the same instant
  EXPECT_EQ(history.article().versioncreated, At(101));
  history.Decide(Submit(Words("Three"), 3));  // by a slow clock
  EXPECT_EQ(history.article().versioncreated, At(102));
  history.Decide(Submit(Kill{"x", ""}, 102.999));
  EXPECT_EQ(history.article().versioncreated, At(103));
  history.Decide(Submit(Reinstate{""}, 104.001));
  EXPECT_EQ(history.article().versioncreated, At(104.001));
  history.Decide(Submit(Purge{"x", ""}, 0));
  EXPECT_EQ(history.article().versioncreated, At(105.001));
}

// Embargo and expiry -----------------------------------------------------------------------------------------------------------------

TEST(DecideTest, AnEmbargoHoldsUpToItsInstantAndNotAtIt) {
  for (const auto& [seconds, wanted] :
       {std::pair{9.999, Availability::kEmbargoed}, std::pair{10.0, Availability::kAvailable}, std::pair{11.0, Availability::kAvailable}}) {
    History history;
    history.Decide(Submit(Embargoed("One", 10, std::nullopt), seconds));
    EXPECT_EQ(history.article().availability, wanted) << seconds;
    EXPECT_EQ(history.article().published.has_value(), wanted == Availability::kAvailable) << seconds;
  }
}

TEST(DecideTest, AnExpiryLetsGoAtItsInstant) {
  for (const auto& [seconds, wanted] : {std::pair{9.999, Availability::kAvailable}, std::pair{10.0, Availability::kExpired}}) {
    History history;
    history.Decide(Submit(Embargoed("One", std::nullopt, 10), seconds));
    EXPECT_EQ(history.article().availability, wanted) << seconds;
  }
}

TEST(DecideTest, TheInstantThatIsPendingIsTheEmbargosEndThenTheExpiryThenNone) {
  History history;
  history.Decide(Submit(Embargoed("One", 10, 20)));
  EXPECT_EQ(PendingInstant(history.article()), At(10));
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_EQ(history.article().availability, Availability::kAvailable);
  EXPECT_EQ(history.article().published, At(10));
  EXPECT_EQ(PendingInstant(history.article()), At(20));
  EXPECT_VERDICT(history.Decide(Submit(Reached(2, 20), 20)), Verdict::kAccepted, Reason::kNone, 3);
  EXPECT_EQ(history.article().availability, Availability::kExpired);
  EXPECT_EQ(history.article().published, At(10));
  EXPECT_EQ(PendingInstant(history.article()), std::nullopt);
}

TEST(DecideTest, ATimeThatCameForAnotherVersionOrInstantChangesNothing) {
  History history;
  history.Decide(Submit(Embargoed("One", 10, 20)));
  EXPECT_VERDICT(history.Decide(Submit(Reached(2, 10), 10)), Verdict::kUnchanged, Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 20), 20)), Verdict::kUnchanged, Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 9.999), 10)), Verdict::kUnchanged, Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kUnchanged, Reason::kOtherVersion, 2);
}

TEST(DecideTest, AnEmbargoThatIsToldOfAfterTheExpiryGoesStraightToExpired) {
  History history;
  history.Decide(Submit(Embargoed("One", 10, 20)));
  history.Decide(Submit(Reached(1, 10), 20));
  EXPECT_EQ(history.article().availability, Availability::kExpired);
  EXPECT_EQ(history.article().published, std::nullopt);
}

TEST(DecideTest, ASlowClockOfAnEdgeDoesNotBringBackAnEmbargoThatHasEnded) {
  History history;
  history.Decide(Submit(Embargoed("One", 10, std::nullopt)));
  history.Decide(Submit(Reached(1, 10), 10));
  history.Decide(Submit(Embargoed("Two", 10, std::nullopt), 5));
  EXPECT_EQ(history.article().availability, Availability::kAvailable);
}

TEST(DecideTest, ASlowClockOfAnEdgeDoesNotBringBackWhatHasExpired) {
  History history;
  history.Decide(Submit(Embargoed("One", std::nullopt, 10)));
  history.Decide(Submit(Reached(1, 10), 10));
  history.Decide(Submit(Embargoed("Two", std::nullopt, 10), 5));
  EXPECT_EQ(history.article().availability, Availability::kExpired);
}

TEST(DecideTest, AFastClockOfAnEdgeEndsNoEmbargoThatItDoesNotReach) {
  History history;
  history.Decide(Submit(Embargoed("One", 1000, std::nullopt)));
  history.Decide(Submit(Embargoed("Two", 1000, std::nullopt), 999.999));
  EXPECT_EQ(history.article().availability, Availability::kEmbargoed);
  // Many versions in one second push versioncreated ahead of every clock; an embargo is judged by the submission's time.
  for (int i = 0; i < 5; ++i) history.Decide(Submit(Embargoed("More" + std::to_string(i), 1000, std::nullopt), 999.999));
  EXPECT_GT(history.article().versioncreated, At(1000));
  EXPECT_EQ(history.article().availability, Availability::kEmbargoed);
}

TEST(DecideTest, ANewEmbargoAndANewExpiryAreObeyed) {
  History history;
  history.Decide(Submit(Words("One")));
  ASSERT_TRUE(history.article().IsVisible());
  history.Decide(Submit(Embargoed("Two", 100, std::nullopt), 1));
  EXPECT_EQ(history.article().availability, Availability::kEmbargoed);
  EXPECT_EQ(history.article().published, At(0));  // never changed after
  history.Decide(Submit(Embargoed("Three", std::nullopt, 50), 60));
  EXPECT_EQ(history.article().availability, Availability::kExpired);
  history.Decide(Submit(Embargoed("Four", std::nullopt, 500), 61));
  EXPECT_EQ(history.article().availability, Availability::kAvailable);
}

TEST(DecideTest, TimeGoesOnForWhatIsWithheld) {
  History history;
  history.Decide(Submit(Embargoed("One", 10, 20)));
  history.Decide(Submit(Withhold{"x", ""}, 1));
  EXPECT_EQ(PendingInstant(history.article()), At(10));
  history.Decide(Submit(Reached(2, 10), 10));
  EXPECT_EQ(history.article().availability, Availability::kAvailable);
  EXPECT_EQ(history.article().published, std::nullopt);  // nobody could see it
  history.Decide(Submit(Reinstate{""}, 15));
  EXPECT_EQ(history.article().published, At(10));
}

// published --------------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, PublishedIsTheStorysOwnDateNeverBeforeItsEmbargoEndedAndNeverOneToCome) {
  const auto published = [](std::optional<double> firstcreated, std::optional<double> embargoed, double seconds) {
    SetContent set = Embargoed("One", embargoed, std::nullopt);
    if (firstcreated) set.firstcreated = At(*firstcreated);
    History history;
    history.Decide(Submit(set, seconds));
    return history.article().published;
  };
  EXPECT_EQ(published(-500, std::nullopt, 0), At(-500));
  EXPECT_EQ(published(std::nullopt, std::nullopt, 3), At(3));
  EXPECT_EQ(published(3600, std::nullopt, 0), At(0));   // its clock was ahead
  EXPECT_EQ(published(-500, -100, 0), At(-100));
  EXPECT_EQ(published(-50, -100, 0), At(-50));
  EXPECT_EQ(published(-500, 100, 0), std::nullopt);     // not yet
}

TEST(DecideTest, PublishedIsSetOnceAndNeverChanged) {
  History history;
  history.Decide(Submit(Words("One"), 5));
  const auto published = history.article().published;
  history.Decide(Submit(Words("Two"), 60));
  history.Decide(Submit(Kill{"x", ""}, 61));
  history.Decide(Submit(Reinstate{""}, 62));
  history.Decide(Submit(Purge{"x", ""}, 63));
  EXPECT_EQ(history.article().published, published);
}

// Shelves ----------------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, ShelvesAreKeptSortedAndBounded) {
  History history;
  std::int64_t version = 0;
  for (std::size_t i = 0; i < news::kShelvesMax; ++i) {
    SetContent set = Words("One");
    set.content.section = SectionOf("s" + std::to_string((i * 7) % 10) + std::to_string(i));
    ASSERT_EQ(history.Decide(Submit(set, static_cast<double>(i))).decision.version.number, ++version);
  }
  EXPECT_EQ(history.article().shelves.size(), news::kShelvesMax);
  EXPECT_TRUE(std::is_sorted(history.article().shelves.begin(), history.article().shelves.end()));
  SetContent set = Words("One");
  set.content.section = SectionOf("one-too-many");
  EXPECT_VERDICT(history.Decide(Submit(set, 100)), Verdict::kRefused, Reason::kTooManyShelves, version);
  // Back on one of them is always possible.
  set.content.section = SectionOf("s00");
  EXPECT_VERDICT(history.Decide(Submit(set, 101)), Verdict::kAccepted, Reason::kNone, version + 1);
  EXPECT_EQ(history.article().shelves.size(), news::kShelvesMax);
}

// Purge ------------------------------------------------------------------------------------------------------------------------------

TEST(DecideTest, APurgeLeavesAContentFreeCanceledVersionThatStays) {
  History history;
  SetContent set = FromSource(Embargoed("Name of a person", 10, 20));
  set.content.media = {{.href = "https://caliber.az/person.jpg"}};
  set.ednote = "a person";
  set.firstcreated = At(-5);
  Submission submission = Submit(set);
  submission.document = "abc";
  history.Decide(submission);
  EXPECT_VERDICT(history.Decide(Submit(Purge{"a court's order", "https://caliber.az/"}, 1)), Verdict::kAccepted, Reason::kNone, 2);
  const news::Article& article = history.article();
  EXPECT_TRUE(article.purged);
  EXPECT_EQ(article.status, PubStatus::kCanceled);
  EXPECT_EQ(article.status_reason, "a court's order");
  EXPECT_EQ(article.key, "");
  EXPECT_EQ(article.canonical_url, "");
  EXPECT_EQ(article.ednote, "");
  EXPECT_EQ(article.document, "");
  EXPECT_TRUE(article.warnings.empty());
  news::Content left;
  left.section = SectionOf("world");
  left.language = LanguageOf("en");
  left.terms = {"Use with a hyperlink to the source.", "Caliber.Az", "https://caliber.az/"};
  EXPECT_EQ(article.content, left);
  EXPECT_EQ(article.shelves.size(), 1u);
  EXPECT_EQ(history.head().upstream, std::nullopt);
  EXPECT_EQ(history.head().content_hash, news::ContentHash(left));
  EXPECT_EQ(PendingInstant(article), std::nullopt);
}

TEST(DecideTest, APurgedArticleRefusesEverythingButAnotherPurge) {
  for (const Submission& submission :
       {Submit(Words("Two"), 5), Submit(Guarded(Words("Two"), 2), 5), Submit(FromSource(Words("One")), 5), Submit(Withhold{"x", ""}, 5),
        Submit(Kill{"x", ""}, 5), Submit(Reinstate{""}, 5), Submit(Reached(2, 0), 5)}) {
    History history;
    history.Decide(Submit(FromSource(Words("One"))));
    history.Decide(Submit(Purge{"x", ""}, 1));
    EXPECT_VERDICT(history.Decide(submission), Verdict::kRefused, Reason::kArticlePurged, 2);
  }
  History history;
  history.Decide(Submit(Words("One")));
  history.Decide(Submit(Purge{"x", ""}, 1));
  EXPECT_VERDICT(history.Decide(Submit(Purge{"y", ""}, 2)), Verdict::kUnchanged, Reason::kAlreadySo, 2);
}

TEST(DecideTest, ARepeatOfARequestOnAPurgedArticleGetsItsDecision) {
  History history;
  const auto first = history.Decide(SubmitAs(kRequest, Words("One")));
  history.Decide(Submit(Purge{"x", ""}, 1));
  EXPECT_VERDICT(history.Decide(SubmitAs(kRequest, Words("One"), 2), &first.decision), Verdict::kAccepted, Reason::kNone, 1);
}

// Sources ----------------------------------------------------------------------------------------------------------------------------

TEST(DecideSourceTest, ASourceIsMadeChangedAndLeftAlone) {
  const auto made = DecideSource(Rule{}, nullptr, nullptr, SubmitSource(testing::Caliber(), Version{0}), Position(1));
  ASSERT_TRUE(made.next);
  EXPECT_EQ(made.decision.subject, "sources/caliber.az");
  EXPECT_EQ(made.next->source.version.number, 1);
  EXPECT_EQ(made.next->source.create_time, At(0));
  EXPECT_EQ(made.next->source.update_time, At(0));
  EXPECT_EQ(made.next->source.actor, "desk");
  EXPECT_EQ(made.next->position, Position(1));

  const auto same = DecideSource(Rule{}, &*made.next, nullptr, SubmitSource(testing::Caliber(), Version{0}, 9), Position(2));
  EXPECT_VERDICT(same, Verdict::kUnchanged, Reason::kSameContent, 1);

  Source changed = testing::Caliber();
  changed.edited_policy = EditedPolicy::kApply;
  const auto stale = DecideSource(Rule{}, &*made.next, nullptr, SubmitSource(changed, Version{0}, 9), Position(3));
  EXPECT_VERDICT(stale, Verdict::kStale, Reason::kBaseNotHead, 1);
  const auto next = DecideSource(Rule{}, &*made.next, nullptr, SubmitSource(changed, Version{1}, 0.5), Position(4));
  EXPECT_VERDICT(next, Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_EQ(next.next->source.create_time, At(0));
  EXPECT_EQ(next.next->source.update_time, At(1));  // a second after the version before, at least
}

TEST(DecideSourceTest, ARepeatedRequestGetsTheDecisionThatStands) {
  Submission submission = SubmitSource(testing::Caliber(), Version{0});
  submission.request_id = kRequest;
  const auto made = DecideSource(Rule{}, nullptr, nullptr, submission, Position(1));
  submission.time = At(60);
  std::get<SetSource>(submission.action).source.display_name = "Another";
  const auto again = DecideSource(Rule{}, &*made.next, &made.decision, submission, Position(2));
  EXPECT_VERDICT(again, Verdict::kAccepted, Reason::kNone, 1);
  EXPECT_EQ(again.decision.repeats, Position(1));
}

TEST(DecisionTest, EveryReasonHasATextOfItsOwnAndIsReadBack) {
  std::set<std::string_view> texts;
  for (int reason = 0; reason <= static_cast<int>(Reason::kTooManyShelves); ++reason) {
    const std::string_view text = ReasonText(static_cast<Reason>(reason));
    EXPECT_TRUE(texts.insert(text).second) << text;
    EXPECT_EQ(ReasonFromText(text), static_cast<Reason>(reason));
  }
  EXPECT_EQ(ReasonFromText("NO_SUCH_REASON"), std::nullopt);
}

}  // namespace
}  // namespace telex::ingestion
