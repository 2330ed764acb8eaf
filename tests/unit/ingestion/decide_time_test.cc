#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "ingestion/domain/decide.h"
#include "news/article_name.h"
#include "tests/unit/ingestion/decide_support.h"

namespace telex::ingestion {
namespace {

using news::Availability;
using news::PubStatus;
using news::Version;
using testing::At;
using testing::Embargoed;
using testing::FromSource;
using testing::Guarded;
using testing::History;
using testing::kRequest;
using testing::LanguageOf;
using testing::Position;
using testing::Reached;
using testing::SectionOf;
using testing::Submit;
using testing::SubmitAs;
using testing::SubmitSource;
using testing::Words;

// Withhold, kill, reinstate

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
    ASSERT_EQ(history.Decide(Submit(FromSource(Words("Two")), 2)).decision.verdict,
              Verdict::kAccepted);
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

TEST(DecideTest, AStatusHasItsOwnNoteAndLeavesTheStorysAlone) {
  SetContent noted = Words("One");
  noted.ednote = "names checked";
  History history;
  history.Decide(Submit(noted));
  history.Decide(Submit(Kill{"untrue", "take it down"}, 1));
  EXPECT_EQ(history.article().status_note, "take it down");
  EXPECT_EQ(history.article().NoteToPartners(), "take it down\nnames checked");
  // The story itself, once more, is nothing new.
  EXPECT_VERDICT(history.Decide(Submit(noted, 2)), Verdict::kUnchanged, Reason::kSameContent, 2);
  // Another reason for the same status is.
  EXPECT_VERDICT(history.Decide(Submit(Kill{"libel", "take it down"}, 3)), Verdict::kAccepted,
                 Reason::kNone, 3);
  EXPECT_EQ(history.article().status_reason, "libel");
  noted.content.headline = "Two";
  history.Decide(Submit(noted, 4));
  EXPECT_EQ(history.article().status_note, "take it down");
  history.Decide(Submit(Reinstate{"it stands"}, 5));
  EXPECT_EQ(history.article().NoteToPartners(), "it stands\nnames checked");
  noted.content.headline = "Three";
  history.Decide(Submit(noted, 6));
  EXPECT_EQ(history.article().NoteToPartners(), "names checked");
}

TEST(DecideTest, StatusAndTimeCarryNoBaseAndAreNeverStale) {
  // Whatever the head is, none of them is stale.
  for (int versions = 1; versions <= 3; ++versions) {
    for (const Submission& submission :
         {Submit(Withhold{"x", ""}, 50), Submit(Kill{"x", ""}, 50), Submit(Reinstate{""}, 50),
          Submit(Reached(1, 0), 50), Submit(Purge{"x", ""}, 50)}) {
      History history;
      for (int i = 0; i < versions; ++i)
        history.Decide(Submit(Words(std::string(static_cast<std::size_t>(i + 1), 'x')), i));
      EXPECT_NE(history.Decide(submission).decision.verdict, Verdict::kStale);
    }
  }
}

// versioncreated

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

// Embargo and expiry

TEST(DecideTest, AnEmbargoHoldsUpToItsInstantAndNotAtIt) {
  for (const auto& [seconds, wanted] :
       {std::pair{9.999, Availability::kEmbargoed}, std::pair{10.0, Availability::kAvailable},
        std::pair{11.0, Availability::kAvailable}}) {
    History history;
    history.Decide(Submit(Embargoed("One", 10, std::nullopt), seconds));
    EXPECT_EQ(history.article().availability, wanted) << seconds;
    EXPECT_EQ(history.article().published.has_value(), wanted == Availability::kAvailable)
        << seconds;
  }
}

TEST(DecideTest, AnExpiryLetsGoAtItsInstant) {
  for (const auto& [seconds, wanted] :
       {std::pair{9.999, Availability::kAvailable}, std::pair{10.0, Availability::kExpired}}) {
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
  EXPECT_VERDICT(history.Decide(Submit(Reached(2, 10), 10)), Verdict::kUnchanged,
                 Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 20), 20)), Verdict::kUnchanged,
                 Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 9.999), 10)), Verdict::kUnchanged,
                 Reason::kOtherVersion, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kUnchanged,
                 Reason::kOtherVersion, 2);
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
  // Many versions in one second push versioncreated ahead of every clock; an embargo is judged by
  // the submission's time.
  for (int i = 0; i < 5; ++i)
    history.Decide(Submit(Embargoed("More" + std::to_string(i), 1000, std::nullopt), 999.999));
  EXPECT_GT(history.article().versioncreated, At(1000));
  EXPECT_EQ(history.article().availability, Availability::kEmbargoed);
}

TEST(DecideTest, WhatExpiredUnderItsEmbargoIsNotOutOfIt) {
  History history;
  history.Decide(Submit(Embargoed("One", 1000, 50)));
  history.Decide(Submit(Embargoed("Two", 1000, 50), 60));
  ASSERT_EQ(history.article().availability, Availability::kExpired);
  history.Decide(Submit(Embargoed("Three", 1000, std::nullopt), 70));
  EXPECT_EQ(history.article().availability, Availability::kEmbargoed);
  history.Decide(Submit(Embargoed("Four", 1000, 1100), 1000));
  history.Decide(Submit(Embargoed("Five", 1000, 1100), 1200));
  ASSERT_EQ(history.article().availability, Availability::kExpired);
  history.Decide(Submit(Embargoed("Six", 1000, std::nullopt), 999));
  EXPECT_EQ(history.article().availability, Availability::kAvailable);
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

// published

TEST(DecideTest, PublishedIsTheStorysOwnDateNeverBeforeItsEmbargoEndedAndNeverOneToCome) {
  const auto published = [](std::optional<double> firstcreated, std::optional<double> embargoed,
                            double seconds) {
    SetContent set = Embargoed("One", embargoed, std::nullopt);
    if (firstcreated) set.firstcreated = At(*firstcreated);
    History history;
    history.Decide(Submit(set, seconds));
    return history.article().published;
  };
  EXPECT_EQ(published(-500, std::nullopt, 0), At(-500));
  EXPECT_EQ(published(std::nullopt, std::nullopt, 3), At(3));
  EXPECT_EQ(published(3600, std::nullopt, 0), At(0));  // its clock was ahead
  EXPECT_EQ(published(-500, -100, 0), At(-100));
  EXPECT_EQ(published(-50, -100, 0), At(-50));
  EXPECT_EQ(published(-500, 100, 0), std::nullopt);  // not yet
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

// Shelves

TEST(DecideTest, ShelvesAreKeptSortedAndBounded) {
  History history;
  std::int64_t version = 0;
  for (std::size_t i = 0; i < news::kShelvesMax; ++i) {
    SetContent set = Words("One");
    set.content.section = SectionOf("s" + std::to_string((i * 7) % 10) + std::to_string(i));
    ASSERT_EQ(history.Decide(Submit(set, static_cast<double>(i))).decision.version.number,
              ++version);
  }
  EXPECT_EQ(history.article().shelves.size(), news::kShelvesMax);
  EXPECT_TRUE(std::is_sorted(history.article().shelves.begin(), history.article().shelves.end()));
  SetContent set = Words("One");
  set.content.section = SectionOf("one-too-many");
  EXPECT_VERDICT(history.Decide(Submit(set, 100)), Verdict::kRefused, Reason::kTooManyShelves,
                 version);
  // Back on one of them is always possible.
  set.content.section = SectionOf("s00");
  EXPECT_VERDICT(history.Decide(Submit(set, 101)), Verdict::kAccepted, Reason::kNone, version + 1);
  EXPECT_EQ(history.article().shelves.size(), news::kShelvesMax);
}

// Purge

TEST(DecideTest, APurgeLeavesAContentFreeCanceledVersionThatStays) {
  History history;
  SetContent set = FromSource(Embargoed("Name of a person", 10, 20));
  set.content.media = {{.href = "https://caliber.az/person.jpg"}};
  set.ednote = "a person";
  set.firstcreated = At(-5);
  Submission submission = Submit(set);
  submission.document = "abc";
  history.Decide(submission);
  EXPECT_VERDICT(history.Decide(Submit(Purge{"a court's order", "https://caliber.az/"}, 1)),
                 Verdict::kAccepted, Reason::kNone, 2);
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
       {Submit(Words("Two"), 5), Submit(Guarded(Words("Two"), 2), 5),
        Submit(FromSource(Words("One")), 5), Submit(Withhold{"x", ""}, 5), Submit(Kill{"x", ""}, 5),
        Submit(Reinstate{""}, 5), Submit(Reached(2, 0), 5)}) {
    History history;
    history.Decide(Submit(FromSource(Words("One"))));
    history.Decide(Submit(Purge{"x", ""}, 1));
    EXPECT_VERDICT(history.Decide(submission), Verdict::kRefused, Reason::kArticlePurged, 2);
  }
  History history;
  history.Decide(Submit(Words("One")));
  history.Decide(Submit(Purge{"x", ""}, 1));
  EXPECT_VERDICT(history.Decide(Submit(Purge{"y", ""}, 2)), Verdict::kUnchanged, Reason::kAlreadySo,
                 2);
}

TEST(DecideTest, APurgeOfAnotherVersionThanTheHeadIsStaleFromRule4On) {
  for (const int rule : {3, 4}) {
    History history(KnownRules().at(rule));
    history.Decide(Submit(Words("One")));
    history.Decide(Submit(Words("Two"), 1));
    if (rule == 4) {
      for (const std::int64_t other : {0, 1, 3}) {
        EXPECT_VERDICT(history.Decide(Submit(Purge{"x", "", Version{other}}, 2)), Verdict::kStale,
                       Reason::kBaseNotHead, 2);
      }
    }
    const Version base{rule == 4 ? 2 : 1};
    EXPECT_VERDICT(history.Decide(Submit(Purge{"x", "", base}, 3)), Verdict::kAccepted,
                   Reason::kNone, 3);
    EXPECT_VERDICT(history.Decide(Submit(Purge{"x", "", base}, 4)), Verdict::kUnchanged,
                   Reason::kAlreadySo, 3);
  }
}

TEST(DecideTest, ARepeatOfARequestOnAPurgedArticleGetsItsDecision) {
  History history;
  const auto first = history.Decide(SubmitAs(kRequest, Words("One")));
  history.Decide(Submit(Purge{"x", ""}, 1));
  EXPECT_VERDICT(history.Decide(SubmitAs(kRequest, Words("One"), 2), &first.decision),
                 Verdict::kAccepted, Reason::kNone, 1);
}

// Sources

TEST(DecideSourceTest, ASourceIsMadeChangedAndLeftAlone) {
  const auto made = DecideSource(Rule{}, nullptr, nullptr,
                                 SubmitSource(testing::Caliber(), Version{0}), Position(1));
  ASSERT_TRUE(made.next);
  EXPECT_EQ(made.decision.subject, "sources/caliber.az");
  EXPECT_EQ(made.next->source.version.number, 1);
  EXPECT_EQ(made.next->source.create_time, At(0));
  EXPECT_EQ(made.next->source.update_time, At(0));
  EXPECT_EQ(made.next->source.actor, "desk");
  EXPECT_EQ(made.next->position, Position(1));

  const auto same = DecideSource(Rule{}, &*made.next, nullptr,
                                 SubmitSource(testing::Caliber(), Version{0}, 9), Position(2));
  EXPECT_VERDICT(same, Verdict::kUnchanged, Reason::kSameContent, 1);

  Source changed = testing::Caliber();
  changed.edited_policy = EditedPolicy::kApply;
  const auto stale =
      DecideSource(Rule{}, &*made.next, nullptr, SubmitSource(changed, Version{0}, 9), Position(3));
  EXPECT_VERDICT(stale, Verdict::kStale, Reason::kBaseNotHead, 1);
  const auto next = DecideSource(Rule{}, &*made.next, nullptr,
                                 SubmitSource(changed, Version{1}, 0.5), Position(4));
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
  for (int reason = 0; reason <= static_cast<int>(Reason::kTooEarly); ++reason) {
    const std::string_view text = ReasonText(static_cast<Reason>(reason));
    EXPECT_TRUE(texts.insert(text).second) << text;
    EXPECT_EQ(ReasonFromText(text), static_cast<Reason>(reason));
  }
  EXPECT_EQ(ReasonFromText("NO_SUCH_REASON"), std::nullopt);
}

}  // namespace
}  // namespace telex::ingestion
