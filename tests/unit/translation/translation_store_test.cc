#include "translation/adapters/store/translation_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/translation/read_store.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

v1::Translation Decoded(const PendingRecord& pending) {
  v1::Translation translation;
  EXPECT_TRUE(translation.ParseFromString(pending.value.value_or("")));
  return translation;
}

// What engines were sent
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, CountsWhatAnEngineWasSentOnceHoweverOftenItIsTold) {
  ReadStore read;
  read.ReadFact(Queued::Wanting(1));
  const std::int64_t token = read.ReadFact(Claimed{Worker::kMachine, 60'000});
  v1::Text text;
  v1::Cost& cost = *text.add_costs();
  cost.set_engine("deepl");
  cost.set_characters(100);
  const JobFact failed{read.job, "engines/a", "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2",
                       Failed{.token = token, .reason = "ENGINE_CLOSED"}};
  for (const char* append : {"own-x", "own-y"}) read.Read(RecordOf(failed, append, 1, &text));
  EXPECT_EQ(read.store().spending().Of("deepl", absl::FromUnixMillis(read.now_ms)),
            (EngineSpent{.day = 100, .month = 100}));
}

// Resuming
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, GoesOnWhereTheProcessBeforeStopped) {
  ReadStore read;
  const Pair pair{Language("en"), Language("hy")};
  read.Read(RecordOf(PairPause{.pair = pair, .paused = true, .actor = "editor", .note = ""}, 1));
  read.ReadArticle(read.Article(1));
  const std::int64_t revision = read.ReadCompleted(1, "Navakner");
  const JobRow before = read.Row();
  read.Reopen();
  EXPECT_EQ(read.Row(), before);
  EXPECT_EQ(read.Row().state, JobState::kDone);
  EXPECT_TRUE(read.store().queues().IsPaused(pair));
  EXPECT_EQ(read.store().articles().Head(read.job.article)->version, news::Version{1});
  EXPECT_THAT(read.Unpublished(), SizeIs(1));
  EXPECT_EQ(read.store().jobs().Text(read.job, revision)->headline(), "Navakner");
}

TEST(TranslationStore, WhatIsUndoneIsUndoneInMemoryAndComesAgain) {
  ReadStore read;
  read.ReadFact(Queued::Wanting(1));
  const JobRow before = read.Row();
  read.outcomes.clear();
  const kafka::Record claim = read.Fact(Claimed{Worker::kMachine, 60'000});
  EXPECT_EQ(read.ReadAll({claim}, /*fails=*/true).kind(), kafka::Outcome::Kind::kRetry);
  EXPECT_EQ(read.Row(), before);
  EXPECT_THAT(read.outcomes, IsEmpty());
  read.Read(claim);
  EXPECT_EQ(read.Row().state, JobState::kClaimed);
  ASSERT_THAT(read.outcomes, SizeIs(1));
  EXPECT_EQ(read.outcomes[0].second.refusal, Refusal::kNone);
}

// Answers
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, TellsWhatBecameOfItsOwnFacts) {
  ReadStore read;
  const std::int64_t wanted = read.ReadFact(Queued::Wanting(1));
  ASSERT_THAT(read.outcomes, SizeIs(1));
  EXPECT_EQ(read.outcomes[0].first, (kafka::Position{0, wanted}));
  EXPECT_EQ(read.outcomes[0].second.stands, read.Row());
  const JobFact other{read.job, "engine", "", Claimed{Worker::kMachine, 60'000}};
  const std::int64_t claimed = read.Read(RecordOf(other, "others-1", 1));
  EXPECT_THAT(read.outcomes, SizeIs(1));
  EXPECT_TRUE(read.store().FindOutcome({0, wanted}));
  EXPECT_FALSE(read.store().FindOutcome({0, claimed}));
}

// What is to be appended
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, ACompletionIsToBePublishedUntilItIsReadBack) {
  ReadStore read;
  const std::int64_t revision = read.ReadCompleted(1, "Navakner");
  ASSERT_THAT(read.Unpublished(), SizeIs(1));
  const PendingRecord pending = read.Unpublished()[0];
  EXPECT_EQ(pending.position, revision);
  EXPECT_EQ(pending.key, news::KeyOf({read.job.article, {1}, read.job.language, revision}));
  EXPECT_EQ(Decoded(pending).text().headline(), "Navakner");
  EXPECT_EQ(Decoded(pending).source(), "sources/times");
  read.Read(read.Published(pending));
  EXPECT_THAT(read.Unpublished(), IsEmpty());
  EXPECT_EQ(read.store().translations().Newest(read.job)->revision(), revision);
}

TEST(TranslationStore, WhatIsReadBackBeforeItsFactIsNotPublishedAgain) {
  ReadStore once;
  once.ReadCompleted(1, "Navakner");
  ReadStore read;
  read.Read(once.Published(once.Unpublished()[0]));
  read.ReadCompleted(1, "Navakner");
  EXPECT_THAT(read.Unpublished(), IsEmpty());
}

TEST(TranslationStore, AReviewOfAReviewFindsItsTextBeforeAnythingIsReadBack) {
  ReadStore read;
  const std::int64_t first = read.ReadCompleted(1, "Navakner");
  const std::int64_t approved = read.ReadFact(Reviewed{.version = {1},
                                                       .revision = first,
                                                       .verdict = ReviewVerdict::kApproved,
                                                       .from = Language("en")});
  read.ReadFact(Reviewed{.version = {1},
                         .revision = approved,
                         .verdict = ReviewVerdict::kRejected,
                         .from = Language("en")});
  const auto unpublished = read.Unpublished();
  ASSERT_THAT(unpublished, SizeIs(3));
  EXPECT_EQ(Decoded(unpublished[1]).standing(), v1::STANDING_REVIEWED);
  EXPECT_TRUE(Decoded(unpublished[1]).text().segments(0).reviewed());
  EXPECT_EQ(Decoded(unpublished[2]).standing(), v1::STANDING_REJECTED);
  EXPECT_EQ(Decoded(unpublished[2]).text().SerializeAsString(),
            Decoded(unpublished[1]).text().SerializeAsString());
}

TEST(TranslationStore, AFactOfNoJobIsDiscarded) {
  ReadStore read;
  const kafka::Record claim = read.Fact(Claimed{Worker::kMachine, 60'000});
  const std::int64_t position = read.Read(claim);
  EXPECT_THAT(read.Tombstones(), ElementsAre(claim.key));
  read.Read(TombstoneOf(claim.key, 0, position));
  EXPECT_THAT(read.Tombstones(), IsEmpty());
}

TEST(TranslationStore, OfAForgottenJobNothingIsLeftAndItsFactsAreTombstonedInOrder) {
  ReadStore read;
  const std::vector<kafka::Record> facts = {
      read.Fact(Queued::Wanting(1)),
      read.Fact(Canceled{.version = {1}, .cause = CancelCause::kPerson, .note = "no"}),
      read.Fact(Forgotten{1})};
  for (const kafka::Record& fact : facts) read.Read(fact);
  EXPECT_FALSE(read.store().queues().Find(read.job));
  EXPECT_EQ(read.store().jobs().NoteOf(read.job), "");
  EXPECT_THAT(read.Tombstones(), ElementsAre(facts[0].key, facts[1].key, facts[2].key));
  read.Reopen();
  EXPECT_FALSE(read.store().queues().Find(read.job));
  EXPECT_THAT(read.Tombstones(), SizeIs(3));
  for (const kafka::Record& fact : facts) read.Read(TombstoneOf(fact.key, 0, 2));
  EXPECT_THAT(read.Tombstones(), IsEmpty());
}

TEST(TranslationStore, ALogThatIsCompactedWhileItIsReadIsReadAgain) {
  ReadStore read;
  const kafka::Record wanted = read.Fact(Queued::Wanting(1));
  read.Read(wanted);
  const kafka::Outcome outcome = read.ReadAll({TombstoneOf(wanted.key, 0, 5)});
  EXPECT_EQ(outcome.kind(), kafka::Outcome::Kind::kFatal);
  EXPECT_THAT(read.read_again, HasSubstr("read again from its beginning"));
}

// Texts
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, KeepsTheTextsOfDraftAndRevisionAlone) {
  ReadStore read;
  read.ReadFact(Queued::Wanting(1, Workflow::kPerson));
  const std::int64_t token = read.ReadFact(Claimed{Worker::kPerson, 60'000});
  read.ReadFact(Queued::Wanting(2, Workflow::kPerson));
  const auto text = [&](std::int64_t position) {
    const auto kept = read.store().jobs().Text(read.job, position);
    return kept ? kept->headline() : "none";
  };
  const std::int64_t draft = read.ReadFact(Completed{token, {1}}, "Nav");
  EXPECT_EQ(read.Row().draft, draft);
  EXPECT_EQ(text(draft), "Nav");
  EXPECT_THAT(read.Unpublished(), IsEmpty());
  const std::int64_t revision = read.ReadFact(Completed{token, {2}}, "Navakner");
  EXPECT_EQ(text(draft), "none");
  EXPECT_EQ(text(revision), "Navakner");
  const std::int64_t late = read.ReadFact(Completed{token, {2}}, "Late");
  EXPECT_EQ(text(late), "none");
}

// Purges
// -------------------------------------------------------------------------------------------------

TEST(TranslationStore, APurgeTakesTranslationsAndWhatIsToBePublished) {
  ReadStore read;
  read.ReadArticle(read.Article(1));
  read.ReadCompleted(1, "Navakner");
  const PendingRecord published = read.Unpublished()[0];
  read.Read(read.Published(published));
  read.ReadCompleted(2, "Navak");
  read.ReadArticle(read.Purged(3));
  EXPECT_THAT(read.Unpublished(), IsEmpty());
  EXPECT_FALSE(read.store().translations().Newest(read.job));
  auto unpurged = read.store().translations().UnpurgedOf(0, 10);
  ASSERT_EQ(unpurged.size(), 2u) << "what stays comes before what goes";
  v1::Translation stays;
  ASSERT_TRUE(stays.ParseFromString(unpurged[0].value.value_or("")));
  EXPECT_EQ(stays.standing(), v1::STANDING_REJECTED);
  EXPECT_FALSE(stays.has_text());
  EXPECT_EQ(stays.version(), 3);
  EXPECT_EQ(unpurged[1].key, published.key);
  EXPECT_EQ(unpurged[1].value, std::nullopt);
  kafka::Record lasting = read.Published(published);
  lasting.key = unpurged[0].key;
  lasting.value = unpurged[0].value;
  read.Read(lasting);
  kafka::Record tombstone = read.Published(published);
  tombstone.value.reset();
  read.Read(tombstone);
  EXPECT_EQ(read.store().translations().UnpurgedOf(0, 10).size(), 0u);
  read.Read(read.Published(published));  // of an owner that was thought dead
  EXPECT_FALSE(read.store().translations().Newest(read.job));
  unpurged = read.store().translations().UnpurgedOf(0, 10);
  ASSERT_EQ(unpurged.size(), 2u) << "and it is said once more";
  EXPECT_EQ(unpurged[1].key, published.key);
}

// Its revision is that of the last translation and one more, where another story's fact may lie.
TEST(TranslationStore, WhatStaysOfAPurgeIsNotTakenForAnotherStorysTranslation) {
  ReadStore read;
  const JobId other = JobOf(2);
  int appends = 0;
  const auto append = [&](const JobId& job, auto what, const v1::Text* text = nullptr) {
    const std::string name = "a" + std::to_string(++appends);
    return read.Read(RecordOf(JobFact{job, "anna", "", std::move(what)}, name, 1, text));
  };
  v1::Text text;
  text.set_headline("Navakner");
  append(read.job, Queued::Wanting(1));
  append(other, Queued::Wanting(1));
  const std::int64_t token = append(read.job, Claimed{Worker::kMachine, 60'000});
  const std::int64_t others_token = append(other, Claimed{Worker::kMachine, 60'000});
  const std::int64_t revision = append(read.job, Completed{token, {1}}, &text);
  read.Read(read.Published(read.Unpublished()[0]));
  const std::int64_t others = append(other, Completed{others_token, {1}}, &text);
  read.ReadArticle(read.Purged(2));
  const auto unpurged = read.store().translations().UnpurgedOf(0, 10);
  ASSERT_EQ(news::ParseTranslationKey(unpurged[0].key)->revision, others);
  ASSERT_EQ(others, revision + 1);
  ASSERT_THAT(read.Unpublished(), SizeIs(1));
  read.Read(
      {.topic = news::kTranslationsTopic, .key = unpurged[0].key, .value = unpurged[0].value});
  ASSERT_THAT(read.Unpublished(), SizeIs(1)) << "it was acknowledged, and nobody has published it";
  read.Read(read.Published(read.Unpublished()[0]));
  EXPECT_THAT(read.Unpublished(), IsEmpty());
}

TEST(TranslationStore, OfAPurgedStoryTheGreatestRevisionStays) {
  ReadStore read;
  read.ReadArticle(read.Article(1));
  const std::int64_t first = read.ReadCompleted(1, "Navakner");
  const kafka::Record old = read.Published(read.Unpublished()[0]);
  read.Read(old);
  const std::int64_t last = read.ReadCompleted(2, "Navak");
  read.Read(read.Published(read.Unpublished()[0]));
  read.ReadArticle(read.Purged(3));
  const auto stays = [&] { return read.store().translations().UnpurgedOf(0, 10)[0]; };
  const auto before = stays();
  ASSERT_EQ(news::ParseTranslationKey(before.key)->revision, last + 1);
  read.Read(old);  // of an owner that was thought dead
  EXPECT_EQ(stays().key, before.key);
  v1::Translation older;
  ASSERT_TRUE(older.ParseFromString(*before.value));
  older.set_revision(first + 1);
  read.Read({.topic = news::kTranslationsTopic,
             .key = news::KeyOf({read.job.article, {3}, read.job.language, first + 1}),
             .value = older.SerializeAsString()});
  EXPECT_EQ(stays().key, before.key) << "what that one said is not what is to be said";
  read.Read({.topic = news::kTranslationsTopic, .key = before.key, .value = before.value});
  EXPECT_EQ(stays().value, std::nullopt);
}

TEST(TranslationStore, JobsOfWhatIsPurgedAreToBeForgottenAlsoByTheNextProcess) {
  ReadStore read;
  read.ReadArticle(read.Article(1));
  read.ReadFact(Queued::Wanting(1));
  EXPECT_THAT(read.store().PurgedJobs(0, 10), IsEmpty());
  read.ReadArticle(read.Purged(2));
  EXPECT_THAT(read.store().PurgedJobs(0, 10), ElementsAre(read.Row()));
  read.Reopen();
  EXPECT_THAT(read.store().PurgedJobs(0, 10), ElementsAre(read.Row()));
  read.ReadFact(Forgotten{read.Row().last});
  EXPECT_THAT(read.store().PurgedJobs(0, 10), IsEmpty());
  read.ReadFact(Queued::Wanting(1));  // by an owner that is behind
  EXPECT_THAT(read.store().PurgedJobs(0, 10), ElementsAre(read.Row()));
}

TEST(TranslationStore, WhatIsCompletedBehindAPurgeIsNotPublished) {
  ReadStore read;
  read.ReadArticle(read.Purged(2));
  read.ReadCompleted(1, "Navakner");
  EXPECT_THAT(read.Unpublished(), IsEmpty());
}

}  // namespace
}  // namespace telex::translation
