// What happens at the edges of a replica's life: nobody decides yet, it stops, it starts again; and
// what time does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <set>

#include "ingestion/adapters/due_times.h"
#include "news/article_name.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // the replica's helpers

class IngestionLifecycleTest : public ::testing::Test {
 protected:
  void MakeSource(Replica& replica) {
    const auto source = Ask(replica, &SourceService::CreateSource, Editor(), CaliberRequest());
    ASSERT_TRUE(source.ok()) << source.status();
  }
  // What a decider makes of all submissions of a partition, appended step by step.
  static void FoldAll(Decider& decider, std::span<const kafka::Record> submissions,
                      kafka::Publisher& publisher) {
    std::vector<kafka::RecordView> batch;
    for (const kafka::Record& record : submissions) batch.emplace_back(record);
    decider.Take(batch);
    for (std::size_t done = 0; done < batch.size();) {
      auto round = decider.Next(false);
      ASSERT_TRUE(round.ok()) << round.status();
      for (std::vector<kafka::Record>& step : round->steps)
        ASSERT_TRUE(publisher.PublishAll(std::move(step)).ok());
      decider.Recorded();
      done += round->taken;
    }
  }
  std::vector<kafka::Record> SubmissionsOf(std::int32_t partition) {
    std::vector<kafka::Record> submissions = cluster_.RecordsOf(kSubmissionsTopic);
    std::erase_if(submissions, [&](const auto& record) { return record.partition != partition; });
    return submissions;
  }
  static DueTimes::Index PendingOf(const Replica& replica) {
    return std::bind_front(&LogStore::VisitPending, replica.log_store.get());
  }
  Cluster cluster_;
};

constexpr char kPage[] =
    "Council approves quiet engine rule\n\n18 April 2025 14:25\n\nThe council of Port Ellery has "
    "decided that all ferries in the inner basin have to run on current, its chair said.\n";

std::string NameOfStory(const std::string& key) {
  return news::NameOf(news::ArticleId::Of("caliber.az", key));
}

TEST_F(IngestionLifecycleTest, WithoutAnOwnerADecisionIsPendingAndComesWhenThereIsOne) {
  Replica edge(cluster_, {.decides = false});
  {
    Replica owner(cluster_, {.instance = "ingestion-1"});
    MakeSource(owner);
    ASSERT_TRUE(AwaitThat([&] {
      return edge.log_store->SourceHeadOf(*news::SourceId::Parse("caliber.az")).has_value();
    }));
  }
  const auto pending = Ask(edge, &ArticleService::CreateArticle,
                           SourceCall(absl::Milliseconds(100)), StoryRequest("pending"));
  EXPECT_TRUE(absl::IsUnavailable(pending.status()));
  EXPECT_EQ(errors::ReasonOf(pending.status()), errors::kDecisionPending);
  EXPECT_EQ(edge.submitter->waiting(), 0u);
  // Submitted again, and then decided: once.
  auto again = Start(edge, &ArticleService::CreateArticle, SourceCall(), StoryRequest("pending"));
  ASSERT_TRUE(AwaitThat([&] { return edge.submitter->waiting() == 1; }));
  EXPECT_FALSE(again.IsReady());
  edge.StartDeciding();
  const auto article = again.Await();
  ASSERT_TRUE(article.ok()) << article.status();
  EXPECT_EQ(article->version(), 1);
  EXPECT_THAT(cluster_.RecordsOf(kArticlesTopic), SizeIs(1));
}

TEST_F(IngestionLifecycleTest, WhoWaitsWhileItStopsIsTold) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  replica.StopDeciding();
  auto waiting =
      Start(replica, &ArticleService::CreateArticle, SourceCall(), StoryRequest("stopping"));
  ASSERT_TRUE(AwaitThat([&] { return replica.submitter->waiting() == 1; }));
  replica.submitter->Stop();
  const auto stopped = waiting.Await();
  EXPECT_TRUE(absl::IsUnavailable(stopped.status()));
  EXPECT_EQ(errors::ReasonOf(stopped.status()), errors::kStopping);
  const auto late =
      Ask(replica, &ArticleService::CreateArticle, SourceCall(), StoryRequest("late"));
  EXPECT_EQ(errors::ReasonOf(late.status()), errors::kStopping);
  replica.submitter->Stop();  // once more is harmless
}

TEST_F(IngestionLifecycleTest, WhileTheBrokerIsAwayCallersAreToldAndAfterwardsItIsDecidedOnce) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  cluster_.broker.SetDown(1);
  const auto away = Ask(replica, &ArticleService::CreateArticle,
                        SourceCall(absl::Milliseconds(300)), StoryRequest("away"));
  EXPECT_TRUE(absl::IsUnavailable(away.status())) << away.status();
  EXPECT_EQ(errors::ReasonOf(away.status()), errors::kDecisionPending);
  EXPECT_EQ(replica.submitter->waiting(), 0u);
  // What was read before is still answered.
  EXPECT_TRUE(replica.intake->articles.ListArticles({}).ok());
  cluster_.broker.SetUp(1);
  // The first was on its way all the time; the repetition finds it, or the other way round.
  const auto article =
      Ask(replica, &ArticleService::CreateArticle, SourceCall(), StoryRequest("away"));
  ASSERT_TRUE(article.ok()) << article.status();
  EXPECT_EQ(article->version(), 1);
  ASSERT_EQ(replica.edge_publisher->Flush(kWithin), 0u);
  EXPECT_THAT(cluster_.RecordsOf(kArticlesTopic), SizeIs(1));
}

TEST_F(IngestionLifecycleTest, EveryCallThatWritesIsToldAlikeWhileTheBrokerIsAway) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  const auto story = Ask(replica, &ArticleService::CreateArticle, Editor(), StoryRequest("there"));
  ASSERT_TRUE(story.ok()) << story.status();
  cluster_.broker.SetDown(1);
  const auto expect_pending =
      [&]<typename Service, typename Answer, typename Request>(
          void (Service::*method)(const Call&, const Request&, Done<Answer>),
          const Request& request) {
        const auto away = Ask(replica, method, Editor(absl::Milliseconds(200)), request);
        EXPECT_TRUE(absl::IsUnavailable(away.status())) << Request::descriptor()->name();
        EXPECT_EQ(errors::ReasonOf(away.status()), errors::kDecisionPending)
            << Request::descriptor()->name() << ": " << away.status();
      };
  expect_pending(&ArticleService::CreateArticle, StoryRequest("away"));
  v1::UpdateArticleRequest update;
  update.mutable_article()->set_name(story->name());
  update.mutable_article()->set_headline("New");
  update.mutable_update_mask()->add_paths("headline");
  expect_pending(&ArticleService::UpdateArticle, update);
  v1::WithholdArticleRequest withhold;
  withhold.set_name(story->name());
  withhold.set_reason("being checked");
  expect_pending(&ArticleService::WithholdArticle, withhold);
  v1::KillArticleRequest kill;
  kill.set_name(story->name());
  kill.set_reason("untrue");
  expect_pending(&ArticleService::KillArticle, kill);
  v1::ReinstateArticleRequest reinstate;
  reinstate.set_name(story->name());
  expect_pending(&ArticleService::ReinstateArticle, reinstate);
  v1::PurgeArticleRequest purge;
  purge.set_name(story->name());
  purge.set_reason("request 14");
  expect_pending(&ArticleService::PurgeArticle, purge);
  v1::ImportDocumentRequest import;
  import.set_source("sources/caliber.az");
  import.set_key("page");
  import.set_document(kPage);
  expect_pending(&ImportService::ImportDocument, import);
  v1::CreateSourceRequest source = CaliberRequest();
  source.set_source_id("another.example");
  expect_pending(&SourceService::CreateSource, source);
  v1::UpdateSourceRequest rename;
  rename.mutable_source()->set_name("sources/caliber.az");
  rename.mutable_source()->set_display_name("Caliber");
  rename.mutable_update_mask()->add_paths("display_name");
  expect_pending(&SourceService::UpdateSource, rename);
  EXPECT_EQ(replica.submitter->waiting(), 0u);
  cluster_.broker.SetUp(1);
  // An import that is asked again is decided once; its document stands in the log before it.
  const auto imported = Ask(replica, &ImportService::ImportDocument, SourceCall(), import);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->items(0).article().version(), 1);
  ASSERT_EQ(replica.edge_publisher->Flush(kWithin), 0u);
  EXPECT_FALSE(cluster_.RecordsOf(kOriginalsTopic).empty());
}

TEST_F(IngestionLifecycleTest, AnImportThatWaitsForTheBrokerIsToldThatTheReplicaStops) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  cluster_.broker.SetDown(1);
  v1::ImportDocumentRequest import;
  import.set_source("sources/caliber.az");
  import.set_key("page");
  import.set_document(kPage);
  auto waiting = Start(replica, &ImportService::ImportDocument, SourceCall(), import);
  EXPECT_EQ(replica.submitter->waiting(), 1u);
  replica.submitter->Stop();
  EXPECT_EQ(errors::ReasonOf(waiting.Await().status()), errors::kStopping);
  cluster_.broker.SetUp(1);
}

TEST_F(IngestionLifecycleTest, AnOwnerDecidesAllItsPartitionsInOneBatchEachInItsOrder) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  replica.StopDeciding();
  // Submitted while nobody decides, so that they lie ready together: three versions of each of many
  // stories.
  for (int story = 0; story < 12; ++story) {
    Submission submission;
    submission.rule = 1;
    submission.actor = "desk";
    submission.subject = news::ArticleId::Of("caliber.az", fmt::format("batch-{}", story));
    for (int version = 1; version <= 3; ++version) {
      SetContent set;
      set.source = *news::SourceId::Parse("caliber.az");
      set.key = fmt::format("batch-{}", story);
      set.content.headline = fmt::format("Version {}", version);
      set.content.body_html = "<p>x</p>";
      set.content.section = *news::Section::Parse("world");
      set.content.language = *news::LanguageTag::Parse("en");
      set.base = news::Version{version - 1};
      submission.time = absl::FromUnixSeconds(1'700'000'000 + version);
      submission.action = set;
      replica.submitter->SubmitAndForget(submission);
    }
  }
  ASSERT_EQ(replica.edge_publisher->Flush(kWithin), 0u);
  replica.StartDeciding();
  for (int story = 0; story < 12; ++story) {
    const std::string name = NameOfStory(fmt::format("batch-{}", story));
    EXPECT_TRUE(AwaitThat([&] { return replica.log_store->NewestVersionOf(name).number == 3; }))
        << name;
  }
  EXPECT_THAT(cluster_.RecordsOf(kArticlesTopic), SizeIs(36));
  // Whoever follows the two topics never meets a version after a later one, nor a decision twice.
  std::map<std::string, std::int64_t> newest;
  for (const kafka::Record& record : cluster_.RecordsOf(kArticlesTopic)) {
    const auto name = news::ArticleName::Parse(record.key);
    EXPECT_EQ(++newest[name->id.ToString()], name->version->number);
  }
  std::set<std::string> decided;
  for (const kafka::Record& record : cluster_.RecordsOf(kDecisionsTopic))
    EXPECT_TRUE(decided.insert(record.key).second) << record.key;
  EXPECT_EQ(decided.size(), 37u);
}

TEST_F(IngestionLifecycleTest, AnOwnerThatStartsAgainFromTheBeginningDoublesNothing) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  for (int i = 0; i < 10; ++i) {
    const auto made =
        Ask(replica, &ArticleService::CreateArticle, Editor(),
            StoryRequest(fmt::format("story-{}", i % 5), fmt::format("Words {}", i % 5)));
    ASSERT_TRUE(made.ok()) << made.status();
  }
  replica.StopDeciding();
  const auto versions = cluster_.RecordsOf(kArticlesTopic);
  const auto decisions = cluster_.RecordsOf(kDecisionsTopic);
  EXPECT_THAT(versions, SizeIs(5));
  EXPECT_THAT(decisions, SizeIs(11));

  // As a group without an offset does: all submissions from the beginning, on the same ledger and
  // on one read from the beginning.
  const auto fold_again = [&](Replica& owner) {
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      Decider decider(p, owner.decider_parts());
      const auto submissions = SubmissionsOf(p);
      if (!submissions.empty()) FoldAll(decider, submissions, *owner.owner_publisher);
    }
  };
  fold_again(replica);
  Replica again(cluster_, {.instance = "ingestion-1", .decides = false});
  fold_again(again);
  EXPECT_THAT(cluster_.RecordsOf(kArticlesTopic), SizeIs(5));
  EXPECT_THAT(cluster_.RecordsOf(kDecisionsTopic), SizeIs(11));
}

TEST_F(IngestionLifecycleTest, AnOwnerWhoseLedgerIsEmptyAppendsTheVerySameBytes) {
  // Two owners at once: the second has read nothing of what the first has decided.
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  v1::CreateArticleRequest request = StoryRequest("bytes");
  request.set_request_id("7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01");
  ASSERT_TRUE(Ask(replica, &ArticleService::CreateArticle, Editor(), request).ok());
  v1::KillArticleRequest kill;
  kill.set_name(NameOfStory("bytes"));
  kill.set_reason("wrong");
  ASSERT_TRUE(Ask(replica, &ArticleService::KillArticle, Editor(), kill).ok());
  replica.StopDeciding();

  tests::TempDir dir;
  auto empty = LogStore::Open(
      {.folder = dir / "store", .cluster_id = cluster_.id, .partitions = kPartitions});
  ASSERT_TRUE(empty.ok());
  const std::int32_t p =
      kafka::PartitionOf(news::ArticleId::Of("caliber.az", "bytes").ToString(), kPartitions);
  Decider zombie(p, {.rules = KnownRules(),
                     .cluster_id = cluster_.id,
                     .ledger = **empty,
                     .dead_letters = *replica.dead_letters,
                     .on_decided = {}});
  FoldAll(zombie, SubmissionsOf(p), *replica.owner_publisher);
  for (const std::string& topic : {kArticlesTopic, kDecisionsTopic}) {
    std::map<std::string, kafka::Record> first;
    std::size_t repeated = 0;
    for (const kafka::Record& record : cluster_.RecordsOf(topic)) {
      const auto [place, fresh] = first.try_emplace(record.key, record);
      if (fresh) continue;
      ++repeated;
      EXPECT_EQ(place->second.value, record.value) << record.key;
      EXPECT_EQ(place->second.headers, record.headers) << record.key;
    }
    EXPECT_GE(repeated, 2u) << topic;
  }
}

TEST_F(IngestionLifecycleTest, TheLooksOfAnOwnerEndAnEmbargo) {
  Replica replica(cluster_, {.instance = "ingestion-0"});
  MakeSource(replica);
  replica.StartLooks();
  v1::CreateArticleRequest request = StoryRequest("embargoed");
  *request.mutable_article()->mutable_embargoed() = news::ToProto(absl::Now() + absl::Seconds(1));
  const auto made = Ask(replica, &ArticleService::CreateArticle, Editor(), request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->availability(), news::v1::AVAILABILITY_EMBARGOED);
  ASSERT_TRUE(AwaitThat(
      [&] { return replica.log_store->NewestVersionOf(made->name()) == news::Version{2}; }));
  v1::GetArticleRequest get;
  get.set_name(made->name());
  EXPECT_EQ(replica.intake->articles.GetArticle(get)->availability(),
            news::v1::AVAILABILITY_AVAILABLE);
}

TEST_F(IngestionLifecycleTest, AnEmbargoIsReleasedOnceAndThenTheExpiry) {
  std::atomic<std::int64_t> millis = absl::ToUnixMillis(absl::Now());
  const auto clock = [&] { return absl::FromUnixMillis(millis); };
  const absl::Time begin = clock();
  Replica replica(cluster_, {.instance = "ingestion-0", .now = clock});
  MakeSource(replica);
  v1::CreateArticleRequest request = StoryRequest("embargoed");
  *request.mutable_article()->mutable_embargoed() =
      news::ToProto(begin + absl::Hours(1) + absl::Milliseconds(250));
  *request.mutable_article()->mutable_expires() = news::ToProto(begin + absl::Hours(2));
  const auto made = Ask(replica, &ArticleService::CreateArticle, Editor(), request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->availability(), news::v1::AVAILABILITY_EMBARGOED);
  EXPECT_FALSE(made->has_published());

  std::size_t submitted = 0;
  std::set<std::int32_t> owned;
  DueTimes times(kPartitions, 1);
  const auto look = [&] {
    const auto due = times.Due(clock(), owned, PendingOf(replica));
    for (const Submission& submission : due) replica.submitter->SubmitAndForget(submission);
    submitted += due.size();
    return due.size();
  };
  const auto version = [&](std::int64_t number) {
    return AwaitThat(
        [&] { return replica.log_store->NewestVersionOf(made->name()).number >= number; });
  };
  const auto article = [&] {
    v1::GetArticleRequest get;
    get.set_name(made->name());
    return *replica.intake->articles.GetArticle(get);
  };
  owned = {0, 1, 2};
  EXPECT_EQ(look(), 0u);
  millis = absl::ToUnixMillis(begin + absl::Hours(1)) + 249;
  EXPECT_EQ(look(), 0u);
  millis = millis + 1;
  owned = {};
  EXPECT_EQ(look(), 0u);  // the owner's to submit
  owned = {0, 1, 2};
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(look(), 0u);  // submitted already
  ASSERT_TRUE(version(2));
  EXPECT_EQ(article().availability(), news::v1::AVAILABILITY_AVAILABLE);
  EXPECT_EQ(news::FromProto(article().published()),
            begin + absl::Hours(1) + absl::Milliseconds(250));
  EXPECT_EQ(article().actor(), "telex");
  EXPECT_EQ(look(), 0u);

  // Submitted twice, by two owners: decided once.
  Submission twice;
  twice.rule = 1;
  twice.time = clock();
  twice.actor = "telex";
  twice.subject = news::ArticleId::Of("caliber.az", "embargoed");
  twice.action = TimeReached{news::Version{1}, begin + absl::Hours(1) + absl::Milliseconds(250)};
  replica.submitter->SubmitAndForget(twice);
  millis = absl::ToUnixMillis(begin + absl::Hours(2));
  EXPECT_EQ(look(), 1u);
  ASSERT_TRUE(version(3));
  EXPECT_EQ(article().availability(), news::v1::AVAILABILITY_EXPIRED);
  EXPECT_EQ(article().version(), 3);
  millis = absl::ToUnixMillis(begin + absl::Hours(200));
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(submitted, 2u);
}

TEST_F(IngestionLifecycleTest, WhatIsDueAndNobodyDecidesIsSubmittedAgain) {
  std::atomic<std::int64_t> millis = absl::ToUnixMillis(absl::Now());
  const auto clock = [&] { return absl::FromUnixMillis(millis); };
  Replica replica(cluster_, {.instance = "ingestion-0", .now = clock});
  MakeSource(replica);
  v1::CreateArticleRequest request = StoryRequest("again");
  *request.mutable_article()->mutable_expires() = news::ToProto(clock() + absl::Seconds(10));
  ASSERT_TRUE(Ask(replica, &ArticleService::CreateArticle, Editor(), request).ok());
  replica.StopDeciding();
  DueTimes times(kPartitions, 1);
  const auto look = [&] { return times.Due(clock(), {0, 1, 2}, PendingOf(replica)).size(); };
  millis = millis + 10'000;
  EXPECT_EQ(look(), 1u);
  for (absl::Duration pause = owner::kResendAfterMin; pause < 2 * owner::kResendAfterMax;
       pause *= 2) {
    millis = millis + absl::ToInt64Milliseconds(std::min(pause, owner::kResendAfterMax)) - 1;
    EXPECT_EQ(look(), 0u);
    millis = millis + 1;
    EXPECT_EQ(look(), 1u);
  }
  millis = millis - 20'000;  // the clock was fast, and is set
  EXPECT_EQ(look(), 1u);
}

TEST_F(IngestionLifecycleTest, AnUnknownRuleHoldsItsPartitionAndTheOthersGoOn) {
  Replica replica(cluster_, {.decides = false});
  const auto submit = [&](const std::string& key, int rule) {
    Submission submission;
    submission.rule = rule;
    submission.time = absl::FromUnixSeconds(1'700'000'000);
    submission.subject = news::ArticleId::Of("caliber.az", key);
    submission.action = Kill{"x", ""};
    replica.submitter->SubmitAndForget(submission);
    EXPECT_EQ(replica.edge_publisher->Flush(kWithin), 0u);
    return kafka::PartitionOf(std::get<news::ArticleId>(submission.subject).ToString(),
                              kPartitions);
  };
  std::string other = "other-0";
  const std::int32_t held = submit("rule", 99);
  submit("rule", 1);  // behind it
  for (int i = 1; submit(other, 1) == held; ++i) other = fmt::format("other-{}", i);
  replica.StartDeciding();
  ASSERT_TRUE(AwaitThat([&] {
    return !replica.partition_owner->Held().ok() && !cluster_.RecordsOf(kDecisionsTopic).empty();
  }));
  EXPECT_EQ(errors::ReasonOf(replica.partition_owner->Held()), errors::kUnknownRule);
  EXPECT_FALSE(replica.partition_owner->Owned().contains(held));
  EXPECT_EQ(replica.partition_owner->Owned().size(), static_cast<std::size_t>(kPartitions - 1));
  EXPECT_TRUE(replica.consumer->status().ok());
  replica.StopDeciding();
  // Its offset has not moved: the next owner meets it again.
  replica.StartDeciding();
  EXPECT_TRUE(AwaitThat([&] { return !replica.partition_owner->Held().ok(); }));
  replica.StopDeciding();
  for (const kafka::Record& decision : cluster_.RecordsOf(kDecisionsTopic))
    EXPECT_NE(decision.partition, held);
  EXPECT_THAT(cluster_.RecordsOf("telex.submissions.v1.ingestion.dlq"), IsEmpty());
}

// A partition of the articles is led by nobody: its stories wait, the others' do not.
TEST_F(IngestionLifecycleTest, APartitionThatCannotBeWrittenHoldsUpItselfAlone) {
  Replica replica(cluster_, {});
  MakeSource(replica);
  ASSERT_TRUE(AwaitThat([&] {
    return replica.partition_owner->Owned().size() == static_cast<std::size_t>(kPartitions);
  }));
  const auto partition_of = [](const std::string& key) {
    return kafka::PartitionOf(news::ArticleId::Of("caliber.az", key).ToString(), kPartitions);
  };
  const std::int32_t away = partition_of("waits");
  cluster_.broker.TakeLeader(kArticlesTopic, away);
  auto waits = Start(replica, &ArticleService::CreateArticle, Editor(), StoryRequest("waits"));
  for (int i = 0; i < 20; ++i) {
    const std::string key = fmt::format("story-{}", i);
    if (partition_of(key) == away) continue;
    const auto made = Ask(replica, &ArticleService::CreateArticle, Editor(), StoryRequest(key));
    ASSERT_TRUE(made.ok()) << made.status();
  }
  EXPECT_FALSE(waits.IsReady());
  cluster_.broker.SetLeader(kArticlesTopic, away, 1);
  const auto made = waits.Await();
  EXPECT_TRUE(made.ok()) << made.status();
}

}  // namespace
}  // namespace telex::ingestion
