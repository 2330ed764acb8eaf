#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/translation/queued.h"
#include "translation/adapters/records/job_fact_codec.h"
#include "translation/adapters/records/job_row_codec.h"
#include "translation/adapters/records/topics.h"

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

// v1 stays readable for ever: each fact as the first release writes it. A field that is written
// into another one's place reads back as it was, and not here.
TEST(JobFactCodec, WritesTheBytesOfTheFirstRelease) {
  std::vector<JobFact> facts = AllFacts();
  const JobId job = JobOf(1);
  for (const Failed& failed :
       {Failed{.token = 1, .permanent = true}, Failed{.token = 1, .escalate = true},
        Failed{.token = 1, .untried = true}})
    facts.push_back({job, "anna", "", failed});
  Wanted wanted{.version = {1}, .from = Language("en"), .urgency = 1, .requested = true};
  facts.push_back({job, "owner", "", wanted});
  wanted.requested = false;
  wanted.carried = true;
  facts.push_back({job, "owner", "", wanted});
  const std::vector<std::string> expected = {
      "080112056f776e6572521d08031202656e18032002280530063a0574696d65734007480850015801",
      "08011204616e6e611a0272315a0408031009",
      "08011204616e6e616206080110021803",
      "08011204616e6e611a0272326a0408041005",
      "08011204616e6e6172020806",
      "08011204616e6e617a1c08071001180120082a064c454e4754483208746f6f206c6f6e674001",
      "080112056f776e65728201040809100a",
      "080112056f776e65728a010e080b1004180c2206656e6f756768",
      "0801120362656e920117080d100e18032a026e6f3202656e3a0574696d65734001",
      "0801120362656e9a01070a05616761696e",
      "080112056f776e6572a20104080f1010",
      "08011204616e6e617a0408011001",
      "08011204616e6e617a0408011801",
      "08011204616e6e617a0408014001",
      "080112056f776e6572520c08011202656e180120015001",
      "080112056f776e6572520c08011202656e180120015801",
  };
  ASSERT_EQ(facts.size(), expected.size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const kafka::Record record = RecordOf(facts[i], "a1", kPartitions);
    EXPECT_EQ(record.key, "jobs/e87f7b0d-3446-5fa0-91a4-96116bcb9c90.hy/a1");
    EXPECT_EQ(absl::BytesToHexString(*record.value), expected[i]) << i;
    kafka::Record first = record;
    first.value = absl::HexStringToBytes(expected[i]);
    const auto read = Read(first);
    EXPECT_TRUE(read.ok() && std::get<JobFact>(*read) == facts[i]) << i;
  }
}

TEST(JobFactCodec, WritesPausesAndTombstonesAsTheFirstRelease) {
  const PairPause pause{{Language("en"), Language("hy")}, true, "ben", "down", 5};
  EXPECT_EQ(absl::BytesToHexString(*RecordOf(pause, kPartitions).value),
            "080110011a0362656e2204646f776e2805");
  const kafka::Record tombstone = TombstoneOf("jobs/a", 1, 77);
  ASSERT_EQ(tombstone.headers.size(), 1u);
  EXPECT_EQ(tombstone.headers[0].key, "telex-up-to");
  EXPECT_EQ(tombstone.headers[0].value, "77");
  EXPECT_FALSE(tombstone.value);
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

TEST(JobFactCodec, CarriesWhatEnginesHadMadeWhenTheyFailed) {
  v1::Text text;
  text.add_segments()->set_target("Suben los precios");
  JobFactReader reader;
  const kafka::Record failed = RecordOf(AllFacts()[5], "a1", kPartitions, &text);
  ASSERT_TRUE(reader.Read(kafka::RecordView(failed)).ok());
  ASSERT_EQ(reader.made().size(), 1);
  EXPECT_EQ(reader.made().Get(0).target(), "Suben los precios");
  const kafka::Record completed = RecordOf(AllFacts()[3], "a2", kPartitions, &text);
  ASSERT_TRUE(reader.Read(kafka::RecordView(completed)).ok());
  EXPECT_TRUE(reader.made().empty());
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

// A store that was written is read by the next release, or its schema has another number.
TEST(JobRowCodec, WritesTheBytesOfTheFirstRelease) {
  JobRow row{.id = JobOf(1),
             .from = Language("en"),
             .source = "times",
             .backfill = 1,
             .policy = 2,
             .state = JobState::kClaimed,
             .worker = Worker::kPerson,
             .workflow = Workflow::kDraftThenReview,
             .urgency = 3,
             .attempts = 4,
             .version = {5},
             .wanted_ms = 6,
             .deadline_ms = 7,
             .due_ms = 8,
             .born = 9,
             .since = 10,
             .last = 11,
             .revision = 12,
             .draft = 13,
             .answered = {{{14, 15, true}, {16, 17, false}}},
             .claim = Claim{"ben", Worker::kReviewer, 18, 19}};
  const std::string bytes =
      "0a10e87f7b0d34465fa091a496116bcb9c90120268791a02656e220574696d657328013002380240"
      "02480350035804600568067007780880010988010a90010b98010ca0010daa010d090e0000000000"
      "0000100f1801aa010b0910000000000000001011b201120a0362656e100319120000000000000020"
      "13";
  EXPECT_EQ(absl::BytesToHexString(EncodeJobRow(row)), bytes);
  EXPECT_EQ(*DecodeJobRow(EncodeJobRow(row)), row);
  row.carried = true;
  EXPECT_EQ(absl::BytesToHexString(EncodeJobRow(row)), bytes + "f00101");
  EXPECT_EQ(*DecodeJobRow(EncodeJobRow(row)), row);
  row.carried = false;
  row.withdrawn = true;
  EXPECT_EQ(absl::BytesToHexString(EncodeJobRow(row)), bytes + "f80101");
  EXPECT_EQ(*DecodeJobRow(EncodeJobRow(row)), row);
}

}  // namespace
}  // namespace telex::translation
