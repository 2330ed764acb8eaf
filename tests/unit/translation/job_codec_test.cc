#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/translation/queued.h"
#include "translation/adapters/job_fact_codec.h"
#include "translation/adapters/job_row_codec.h"
#include "translation/adapters/topics.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

constexpr std::int32_t kPartitions = 12;

std::vector<JobFact> AllFacts() {
  const JobId job = JobOf(1);
  const auto en = Language("en");
  const Wanted wanted{.version = {3},
                      .from = en,
                      .workflow = Workflow::kDraftThenReview,
                      .urgency = 2,
                      .deadline_ms = 5,
                      .not_before_ms = 6,
                      .source = "times",
                      .policy = 7,
                      .backfill = 8,
                      .requested = true,
                      .carried = true};
  return {{job, "owner", "", wanted},
          {job, "anna", "r1", Claimed{Worker::kReviewer, 9}},
          {job, "anna", "", Extended{1, 2, 3}},
          {job, "anna", "r2", Completed{4, {5}}},
          {job, "anna", "", Released{6}},
          {job, "anna", "", Failed{7, true, true, 8, "LENGTH", "too long", true}},
          {job, "owner", "", Due{9, 10}},
          {job, "owner", "", Canceled{{11}, CancelCause::kBackfill, 12, "enough"}},
          {job, "ben", "", Reviewed{{13}, 14, ReviewVerdict::kRejected, "no", en, "times", true}},
          {job, "ben", "", Replayed{"again"}},
          {job, "owner", "", Forgotten{15, 16}}};
}

absl::StatusOr<JobRecord> Read(const kafka::Record& record) {
  JobFactReader reader;
  return reader.Read(kafka::RecordView(record));
}
kafka::Record RecordWith(const v1::JobFact& message) {
  kafka::Record record = RecordOf(AllFacts().front(), "a1", kPartitions);
  record.value = message.SerializeAsString();
  return record;
}
v1::JobFact MessageOf(const JobFact& fact) {
  v1::JobFact message;
  EXPECT_TRUE(message.ParseFromString(*RecordOf(fact, "a1", kPartitions).value));
  return message;
}

TEST(JobFactCodec, ReadsWhatItWrites) {
  const std::vector<JobFact> facts = AllFacts();
  EXPECT_EQ(facts.size(), std::variant_size_v<decltype(JobFact::what)>);
  for (const JobFact& fact : facts) {
    const auto record = Read(RecordOf(fact, "a1", kPartitions));
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(std::get<JobFact>(*record), fact) << fact.what.index();
  }
}

TEST(JobFactCodec, CarriesTexts) {
  v1::Text text;
  text.add_segments()->set_target("Բարև");
  for (const JobFact& fact : {AllFacts()[3], AllFacts()[8]}) {
    JobFactReader reader;
    const kafka::Record record = RecordOf(fact, "a1", kPartitions, &text);
    ASSERT_TRUE(reader.Read(kafka::RecordView(record)).ok());
    EXPECT_EQ(reader.text().SerializeAsString(), text.SerializeAsString());
    const kafka::Record other = RecordOf(AllFacts()[0], "a1", kPartitions, &text);
    ASSERT_TRUE(reader.Read(kafka::RecordView(other)).ok());
    EXPECT_EQ(reader.text().segments_size(), 0);
  }
}

TEST(JobFactCodec, CarriesCosts) {
  v1::Text text;
  text.set_headline("is not put on record");
  text.add_costs()->set_engine("deepl");
  for (const JobFact& fact : {AllFacts()[3], AllFacts()[5]}) {
    JobFactReader reader;
    const kafka::Record record = RecordOf(fact, "a1", kPartitions, &text);
    ASSERT_TRUE(reader.Read(kafka::RecordView(record)).ok());
    ASSERT_EQ(reader.costs().size(), 1);
    EXPECT_EQ(reader.costs().Get(0).engine(), "deepl");
  }
}

TEST(JobFactCodec, IsSmall) {
  const kafka::Record record = RecordOf(
      {JobOf(1), "anna", "0c9b2a4e-0000-4000-8000-000000000000", Claimed{}}, "b7-1", kPartitions);
  EXPECT_LE(kafka::WeightOf(record), 120u);
  EXPECT_TRUE(record.headers.empty());
}

TEST(JobFactCodec, PausesLieInThePartitionOfTheirPair) {
  const PairPause pause{{Language("en"), Language("hy")}, true, "ben", "the engine is down", 5};
  const kafka::Record record = RecordOf(pause, kPartitions);
  EXPECT_EQ(record.key, "pairs/en.hy");
  const auto read = Read(record);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(std::get<PairPause>(*read), pause);
}

TEST(JobFactCodec, TombstonesSayUpToWhere) {
  const kafka::Record of = RecordOf(AllFacts().front(), "a1", kPartitions);
  const auto read = Read(TombstoneOf(of.key, of.partition, 77));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(std::get<FactTombstone>(*read), (FactTombstone{JobOf(1), 77}));
  kafka::Record bare = of;
  bare.value.reset();
  EXPECT_EQ(Read(bare).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(JobFactCodec, WhatANewerReleaseHasWrittenIsNotMisread) {
  const std::vector<JobFact> facts = AllFacts();
  v1::JobFact rule = MessageOf(facts[0]);
  rule.set_rule(kQueueRule + 1);
  v1::JobFact fact = MessageOf(facts[0]);
  fact.clear_wanted();
  v1::JobFact workflow = MessageOf(facts[0]);
  workflow.mutable_wanted()->set_workflow(static_cast<v1::Workflow>(99));
  v1::JobFact worker = MessageOf(facts[1]);
  worker.mutable_claimed()->set_worker(static_cast<v1::Worker>(99));
  v1::JobFact cause = MessageOf(facts[7]);
  cause.mutable_canceled()->set_cause(static_cast<v1::CancelCause>(99));
  v1::JobFact verdict = MessageOf(facts[8]);
  verdict.mutable_reviewed()->set_verdict(static_cast<v1::ReviewVerdict>(99));
  for (const v1::JobFact& message : {rule, fact, workflow, worker, cause, verdict}) {
    EXPECT_EQ(Read(RecordWith(message)).status().code(), absl::StatusCode::kUnimplemented)
        << message.ShortDebugString();
  }
}

TEST(JobFactCodec, WhatNoReleaseHasWrittenIsRefusedByItsField) {
  const kafka::Record good = RecordOf(AllFacts().front(), "a1", kPartitions);
  for (const std::string_view key :
       {"", "jobs/", "jobs/x.hy/a", "pairs/en", "pairs/en.xx-", "articles/1"}) {
    kafka::Record record = good;
    record.key = key;
    EXPECT_THAT(std::string(Read(record).status().message()), HasSubstr("key")) << key;
  }
  kafka::Record record = good;
  for (const std::string_view tail : {"", "/", "/a/b"}) {
    record.key = good.key.substr(0, good.key.rfind('/')) + std::string(tail);
    EXPECT_EQ(Read(record).status().code(), absl::StatusCode::kInvalidArgument) << tail;
  }
  const std::vector<JobFact> facts = AllFacts();
  v1::JobFact rule = MessageOf(facts[0]);
  rule.set_rule(0);
  v1::JobFact version = MessageOf(facts[0]);
  version.mutable_wanted()->set_version(0);
  v1::JobFact urgency = MessageOf(facts[0]);
  urgency.mutable_wanted()->set_urgency(10);
  v1::JobFact from = MessageOf(facts[0]);
  from.mutable_wanted()->set_from("?");
  v1::JobFact worker = MessageOf(facts[1]);
  worker.mutable_claimed()->clear_worker();
  const std::pair<v1::JobFact, std::string> cases[] = {{rule, "rule"},
                                                       {version, "version"},
                                                       {urgency, "urgency"},
                                                       {from, "from"},
                                                       {worker, "worker"}};
  for (const auto& [message, field] : cases) {
    const absl::Status status = Read(RecordWith(message)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(field));
  }
}

TEST(JobRowCodec, ReadsWhatItWrites) {
  Queued log;
  log.Want(1, Workflow::kDraftThenReview);
  log.Append(Completed{log.Claim(), {1}}, "anna", "r1");
  EXPECT_EQ(*DecodeJobRow(EncodeJobRow(log.Row())), log.Row());
  log.Claim(Worker::kReviewer, "ben", "r2");
  EXPECT_EQ(*DecodeJobRow(EncodeJobRow(log.Row())), log.Row());
  EXPECT_EQ(JobRowKey(log.job), std::string(log.job.article.bytes()) + "hy");
  JobRow row = log.Row();
  row.state = JobState::kOpen;
  EXPECT_FALSE(DecodeJobRow(EncodeJobRow(row)).ok()) << "open, with a claim";
  EXPECT_FALSE(DecodeJobRow("no row").ok());
}

}  // namespace
}  // namespace telex::translation
