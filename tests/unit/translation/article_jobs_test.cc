#include "translation/adapters/owner/article_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telex/translation/v1/resource.pb.h"
#include "tests/unit/translation/read_store.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// The owner of a partition, and the articles that it is given. What it appends is read as it is
// told to.
class Owning {
 public:
  Owning() {
    policy_.version = 1;
    policy_.rules = {{.to = {Language("hy")}, .workflow = Workflow::kMachine}};
  }

  ReadStore read;

  // The offset of the record, which the store has read.
  std::int64_t Come(const news::Article& article) {
    kafka::Record record = ReadStore::RecordOfArticle(article);
    record.offset = read.Read(record);
    record.timestamp_ms = read.now_ms;
    batch_.push_back(std::move(record));
    return batch_.back().offset;
  }
  void Take() {
    views_.clear();
    for (const kafka::Record& record : batch_) views_.emplace_back(record);
    jobs_.Take(views_);
  }
  owner::Round Next() {
    EXPECT_FALSE(jobs_.Next(false)->read_first.empty());
    return *jobs_.Next(true);
  }
  // All that it appends of its own.
  std::vector<kafka::Record> Idle(absl::Duration later = absl::ZeroDuration()) {
    auto round = jobs_.Idle(absl::FromUnixMillis(read.now_ms) + later);
    jobs_.Recorded();
    return round->steps.empty() ? std::vector<kafka::Record>() : round->steps[0];
  }
  ArticleJobs& jobs() { return jobs_; }
  void GiveToPeople() { policy_.rules[0].workflow = Workflow::kPerson; }
  // What the round asks of the queue.
  std::vector<JobFact> Facts(const owner::Round& round) {
    std::vector<JobFact> facts;
    JobFactReader reader;
    for (const kafka::Record& record : round.steps.back())
      facts.push_back(std::get<JobFact>(*reader.Read(kafka::RecordView(record))));
    return facts;
  }

 private:
  Policy policy_;
  kafka::DeadLetters dead_letters_{kTranslatorsGroup, 1};
  int appends_ = 0;
  std::vector<kafka::Record> batch_;
  std::vector<kafka::RecordView> views_;
  ArticleJobs jobs_{
      0,
      {.store = read.store(),
       .dead_letters = dead_letters_,
       .policy_at = [this](std::int64_t) { return std::make_shared<const Policy>(policy_); },
       .resource_places = {{kResourcesTopic, 0}},
       .actor = "owners/a",
       .next_append = [this] { return "owner-" + std::to_string(++appends_); }}};
};

TEST(ArticleJobs, ReadsFirstWhatItsAnswerIsMadeOf) {
  Owning owning;
  owning.Come(owning.read.Article(1));
  owning.Take();
  EXPECT_THAT(
      owning.jobs().Next(false)->read_first,
      ElementsAre(kafka::TopicPartition{kResourcesTopic, 0}, kafka::TopicPartition{kJobsTopic, 0},
                  kafka::TopicPartition{news::kTranslationsTopic, 0},
                  kafka::TopicPartition{news::kArticlesTopic, 0}));
}

TEST(ArticleJobs, VersionsOfOneArticleComeInRoundsOfTheirOwn) {
  Owning owning;
  owning.Come(owning.read.Article(1));
  owning.Come(owning.read.Article(2));
  owning.Take();
  for (int version = 1; version <= 2; ++version) {
    const owner::Round round = owning.Next();
    EXPECT_EQ(round.taken, 1u);
    EXPECT_THAT(round.steps.back(), SizeIs(1));
    for (const kafka::Record& fact : round.steps.back()) owning.read.Read(fact);
    owning.jobs().Recorded();
  }
  EXPECT_EQ(owning.read.Row().version, news::Version{2});
}

TEST(ArticleJobs, NothingFollowsOfACopyBehindANewerVersion) {
  Owning owning;
  owning.Come(owning.read.Article(2));
  owning.Come(owning.read.Article(1));
  owning.Take();
  const owner::Round round = owning.Next();
  EXPECT_EQ(round.taken, 2u);
  EXPECT_THAT(round.steps.back(), SizeIs(1));
}

// All of version 1 as a person has translated it, as it is read back.
void ReadTranslated(ReadStore& read) {
  read.ReadFact(Queued::Wanting(1, Workflow::kPerson));
  const std::int64_t token = read.ReadFact(Claimed{Worker::kPerson, 60'000});
  v1::Text text;
  for (const auto& [place, source] : {std::pair{"headline", "Boats leave harbour"},
                                      std::pair{"body.p1.s1", "Boats leave harbour."}}) {
    v1::Segment& segment = *text.add_segments();
    segment.set_place(place);
    segment.set_source(source);
    segment.set_target("Navery mekni en navahangstits");
    segment.set_origin(v1::ORIGIN_PERSON);
  }
  read.Read(RecordOf(JobFact{read.job, "anna", "", Completed{token, {1}}}, "own-t", 1, &text));
  read.Read(read.Published(read.Unpublished()[0]));
}

TEST(ArticleJobs, WhatANewTermOfTheGlossarySpeaksAgainstNeedsAPerson) {
  for (const bool has_term : {false, true}) {
    Owning owning;
    owning.GiveToPeople();
    owning.read.ReadArticle(owning.read.Article(1));
    ReadTranslated(owning.read);
    if (has_term) {
      owning.read.Read(RecordOf(
          ResourceRecord{.actor = "anna",
                         .what = GlossaryChange{{Language("en"), Language("hy")},
                                                *Glossary::Make({{.source = "harbour",
                                                                  .allowed = {"kayan"}}})}},
          "g", 1));
    }
    owning.Come(owning.read.Article(2));  // of which nothing is to be translated
    owning.Take();
    const auto facts = owning.Facts(owning.Next());
    ASSERT_THAT(facts, SizeIs(1));
    const auto& wanted = std::get<Wanted>(facts[0].what);
    EXPECT_EQ(wanted.workflow, has_term ? Workflow::kPerson : Workflow::kMachine);
    EXPECT_EQ(wanted.carried, !has_term);
  }
}

TEST(ArticleJobs, WhatIsAskedForWhileACorrectionComesInIsAskedForAgain) {
  for (const bool is_killed : {false, true}) {
    Owning owning;
    news::Article head = owning.read.Article(2);
    if (is_killed) head.status = news::PubStatus::kCanceled;
    owning.Come(head);
    owning.Take();
    owning.Next();  // knows no job into Spanish, of which the policy says nothing
    owning.jobs().Recorded();
    Wanted wanted = Queued::Wanting(1);
    wanted.requested = true;
    const JobId spanish{owning.read.job.article, Language("es")};
    owning.read.Read(RecordOf(JobFact{spanish, "anna", "", wanted}, "own-w", 1));
    EXPECT_THAT(owning.Idle(), IsEmpty());
    EXPECT_THAT(owning.Idle(absl::Seconds(9)), IsEmpty());
    const auto records = owning.Idle(absl::Seconds(10));
    EXPECT_THAT(owning.Idle(absl::Seconds(11)), IsEmpty());
    for (const kafka::Record& record : records) owning.read.Read(record);
    const JobRow row = owning.read.store().queues().Find(spanish).value();
    EXPECT_EQ(row.version, news::Version{2});
    EXPECT_EQ(row.state, is_killed ? JobState::kCanceled : JobState::kOpen);
    EXPECT_THAT(owning.Idle(absl::Minutes(1)), IsEmpty());
  }
}

TEST(ArticleJobs, WhatIsBehindIsFoundByWhoStartsThen) {
  Owning owning;
  owning.read.ReadFact(Queued::Wanting(1));  // before its article
  owning.read.ReadArticle(owning.read.Article(2));
  EXPECT_THAT(owning.read.store().ArticlesBehind(0, 9), ElementsAre(owning.read.job.article));
  owning.read.Reopen();
  EXPECT_THAT(owning.read.store().ArticlesBehind(0, 9), ElementsAre(owning.read.job.article));
  owning.read.ReadFact(Queued::Wanting(2));
  EXPECT_THAT(owning.read.store().ArticlesBehind(0, 9), IsEmpty());
}

TEST(ArticleJobs, APolicyOfANewerReleaseStopsNothingButWhatItIsAskedFor) {
  Owning owning;
  owning.read.ReadCompleted(1, "Navakner");
  owning.Come(owning.read.Article(1));
  owning.Take();
  const PolicyChange change{{{.to = {Language("hy")}, .workflow = Workflow::kPerson}}};
  kafka::Record policy = RecordOf(ResourceRecord{.actor = "anna", .what = change}, "p", 1);
  v1::ResourceRecord newer;
  ASSERT_TRUE(newer.ParseFromString(*policy.value));
  newer.mutable_policy()->mutable_rules(0)->set_workflow(static_cast<v1::Workflow>(99));
  policy.value = newer.SerializeAsString();
  EXPECT_FALSE(owning.jobs().Next(false)->read_first.empty());
  owning.read.ReadAll({policy});
  for (const bool read : {true, false}) {
    const absl::Status held = owning.jobs().Next(read).status();
    EXPECT_EQ(held.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(errors::ReasonOf(held), errors::kRecordFromNewerRelease);
  }
  EXPECT_THAT(owning.Idle(), SizeIs(1));  // the publication
}

TEST(ArticleJobs, ABackfillThatIsStoppedIsLeftAloneOnceNothingOfItIsLeft) {
  Owning owning;
  news::Article article = owning.read.Article(1);
  article.published = absl::FromUnixMillis(5);
  owning.read.ReadArticle(article);
  const BackfillRange range{.until_ms = 10, .pair = {Language("en"), Language("hy")}};
  const std::int64_t backfill = BackfillIdOf(
      owning.read.Read(RecordOf(ResourceRecord{.actor = "anna", .what = range}, "b", 1)));
  const auto read_all = [&](absl::Duration later) {
    const auto records = owning.Idle(later);
    for (const kafka::Record& record : records) owning.read.Read(record);
    return records.size();
  };
  EXPECT_EQ(read_all(absl::ZeroDuration()), 1u);
  EXPECT_EQ(owning.read.Row().backfill, backfill);
  const std::int64_t token = owning.read.ReadFact(Claimed{Worker::kMachine, 600'000});
  owning.read.Read(
      RecordOf(ResourceRecord{.actor = "anna", .what = BackfillStop{backfill}}, "s", 1));
  EXPECT_EQ(read_all(absl::Seconds(2)), 0u);  // somebody has begun
  owning.read.ReadFact(Released{token});
  EXPECT_EQ(read_all(absl::Seconds(4)), 0u);
  EXPECT_EQ(read_all(absl::Seconds(63)), 1u);
  EXPECT_EQ(owning.read.Row().state, JobState::kCanceled);
  EXPECT_EQ(read_all(absl::Seconds(65)), 0u);
}

TEST(ArticleJobs, PublishesOnceUntilItIsReadBack) {
  Owning owning;
  owning.read.ReadCompleted(1, "Navakner");
  const auto records = owning.Idle();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].topic, news::kTranslationsTopic);
  EXPECT_THAT(owning.Idle(absl::Hours(1)), IsEmpty());
}

TEST(ArticleJobs, PublishesNoMoreInATurnThanItsBytes) {
  Owning owning;
  const std::string large(700'000, 'x');  // which each text has twice
  for (int version = 1; version <= 5; ++version) owning.read.ReadCompleted(version, large);
  EXPECT_THAT(owning.Idle(), SizeIs(3));
  EXPECT_THAT(owning.Idle(), SizeIs(2));
  EXPECT_THAT(owning.Idle(), IsEmpty());
}

TEST(ArticleJobs, AsksAgainForWhatIsDueAlsoWhenItsClockIsSetBack) {
  Owning owning;
  owning.read.ReadFact(Queued::Wanting(1));
  owning.read.ReadFact(Claimed{Worker::kMachine, 60'000});
  EXPECT_THAT(owning.Idle(absl::Seconds(59)), IsEmpty());
  EXPECT_THAT(owning.Idle(absl::Minutes(30)), SizeIs(1));
  EXPECT_THAT(owning.Idle(absl::Minutes(30)), IsEmpty());
  EXPECT_THAT(owning.Idle(absl::Minutes(30) + absl::Seconds(3)), SizeIs(1));
  EXPECT_THAT(owning.Idle(absl::Minutes(2)), SizeIs(1));
}

TEST(ArticleJobs, AsksSeldomForWhatIsToBeForgotten) {
  Owning owning;
  owning.read.ReadFact(Canceled{.version = {2}});
  const absl::Duration rested = absl::Milliseconds(kRestMs);
  EXPECT_THAT(owning.Idle(rested), SizeIs(1));
  EXPECT_THAT(owning.Idle(rested + absl::Minutes(59)), IsEmpty()) << "the broker's clock is behind";
  EXPECT_THAT(owning.Idle(rested + absl::Minutes(61)), SizeIs(1));
  owning.read.ReadFact(Queued::Wanting(1));  // is refused, and what was asked for is too
  EXPECT_THAT(owning.Idle(rested + absl::Minutes(61)), SizeIs(1));
}

TEST(ArticleJobs, ForgetsJobsOfWhatIsPurgedOnceEach) {
  Owning owning;
  owning.read.ReadFact(Queued::Wanting(1));
  owning.read.ReadFact(Claimed{Worker::kMachine, 1'000});
  owning.read.ReadArticle(owning.read.Purged(2));
  const absl::Duration due = absl::Minutes(1);
  EXPECT_THAT(owning.Idle(due), SizeIs(2));  // and its lease is over
  EXPECT_THAT(owning.Idle(due), IsEmpty());
}

TEST(ArticleJobs, ATombstoneComesAgainWhileItsRecordIsThere) {
  Owning owning;
  owning.read.ReadArticle(owning.read.Article(1));
  owning.read.ReadCompleted(1, "Navakner");
  const kafka::Record published = owning.read.Published(owning.read.Unpublished()[0]);
  owning.read.Read(published);
  owning.read.ReadArticle(owning.read.Purged(2));
  const auto tombstones = [&](absl::Duration later) {
    std::vector<std::string> keys;
    for (const kafka::Record& record : owning.Idle(later))
      if (!record.value) keys.push_back(record.key);
    return keys;
  };
  ASSERT_THAT(tombstones(absl::ZeroDuration()), ElementsAre(published.key));
  EXPECT_THAT(tombstones(absl::Seconds(1)), IsEmpty());
  kafka::Record tombstone = published;
  tombstone.value.reset();
  owning.read.Read(tombstone);
  owning.read.Read(published);  // before the owner has looked
  EXPECT_THAT(tombstones(absl::Seconds(40)), ElementsAre(published.key));
}

}  // namespace
}  // namespace telex::translation
