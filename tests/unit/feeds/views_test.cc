// Feeds that show views: from the records of the counts to what a partner is answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/adapters/view_count_record.h"
#include "platform/errors/errors.h"
#include "telex/views/v1/view_counts.pb.h"
#include "tests/support/articles.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::Kill;
using tests::MakeArticle;

constexpr char kPlainJson[] = "/feeds/all.en.json";
constexpr char kJson[] = "/feeds/all.en.json?views=1";
constexpr char kRss[] = "/feeds/all.en.rss?views=1";

std::string KeyOf(int article, const std::string& day = "2027-01-15") {
  return "articles/" + MakeArticle(article).id.ToString() + "/days/" + day;
}

std::string ValueOf(std::int64_t position, std::int64_t views) {
  ::telex::views::v1::DayCounts counts;
  counts.set_position(position);
  counts.set_views(views);
  return counts.SerializeAsString();
}

// --- records -----------------------------------------------------------------------------------

TEST(ViewCountRecordTest, SaysWhatFeedsNeed) {
  const auto counted = ReadViewCount(KeyOf(1), ValueOf(7, 42));
  ASSERT_TRUE(counted.ok()) << counted.status();
  EXPECT_EQ((*counted)->article, MakeArticle(1).id);
  EXPECT_EQ((*counted)->day, "2027-01-15");
  EXPECT_EQ((*counted)->totals->position, 7);
  EXPECT_EQ((*counted)->totals->views, 42);
  EXPECT_FALSE((*ReadViewCount(KeyOf(1), std::nullopt))->totals);
  EXPECT_FALSE(ReadViewCount("partitions/3", "anything")->has_value());
}

TEST(ViewCountRecordTest, WhatIsNoneIsRefused) {
  const std::string id = MakeArticle(1).id.ToString();
  for (const std::string& key :
       {std::string(), std::string("partition/3"), "articles/" + id, "articles/" + id + "/days/",
        KeyOf(1, "2027-1-15"), KeyOf(1, "2027-01-15x"), "articles/" + id + "@1/days/2027-01-15",
        std::string("articles/x/days/2027-01-15")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadViewCount(key, ValueOf(1, 1)).status())) << key;
  }
  for (const std::string& value : {std::string("\xff"), ValueOf(-1, 1), ValueOf(1, -1)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadViewCount(KeyOf(1), value).status()));
  }
}

// --- feeds -------------------------------------------------------------------------------------

class ViewsTest : public testing::Test {
 protected:
  ViewsTest() : replica_(absl::Milliseconds(20)) {
    replica_.Read(MakeArticle(1));
    replica_.Read(MakeArticle(2), 1);
  }
  static void Begin(Replica& replica) {
    ASSERT_TRUE(replica.view_counts().Follow("c1", kPartitions).ok());
    replica.view_counts().log().OnAllCaughtUp();
  }
  // A record of the counts, appended now.
  void Read(Replica& replica, const std::string& key, std::optional<std::string> value,
            int partition = 0) {
    const std::vector<kafka::Record> batch = {
        {.topic = kViewCountsTopic,
         .partition = partition,
         .offset = next_offset_++,
         .timestamp_ms = absl::ToUnixMillis(replica.now.load()),
         .key = key,
         .value = std::move(value)}};
    ASSERT_EQ(replica.view_counts().log().OnBatch(batch, {}).kind(), kafka::Outcome::Kind::kDone);
  }
  void Count(int article, std::int64_t views, const std::string& day = "2027-01-15") {
    Read(replica_, KeyOf(article, day), ValueOf(next_offset_, views));
  }
  static void Later(Replica& replica) { replica.now = replica.now.load() + absl::Minutes(1); }
  Answer Get(const std::string& path, const std::string& tag = "") {
    return replica_.Get(path, tag.empty() ? "" : IfNoneMatch(tag));
  }

  Replica replica_;
  std::int64_t next_offset_ = 0;
};

TEST_F(ViewsTest, AreShownWhereTheyAreAskedFor) {
  Begin(replica_);
  const Answer plain = Get(kPlainJson);
  Count(1, 5);
  Count(1, 7, "2027-01-16");
  EXPECT_THAT(Get(kJson).body, HasSubstr("\"views\":0")) << "the interval is not over";
  Later(replica_);
  const Answer json = Get(kJson);
  EXPECT_THAT(json.body, HasSubstr(",\"views\":12}"));
  EXPECT_THAT(json.body, HasSubstr(",\"views\":0}"));
  EXPECT_THAT(json.body, HasSubstr("/feeds/all.en.json?views=1\""));
  EXPECT_THAT(Get(kRss).body, HasSubstr("<telex:views>12</telex:views>"));
  EXPECT_EQ(json.headers.at("cache-control"), plain.headers.at("cache-control"));
  // And nowhere else.
  const Answer still = Get(kPlainJson);
  EXPECT_EQ(still.body, plain.body);
  EXPECT_EQ(still.headers.at("etag"), plain.headers.at("etag"));
  EXPECT_THAT(plain.body, Not(HasSubstr("views")));
}

TEST_F(ViewsTest, ChangeAFeedOnceInAnIntervalAndOnlyIfTheyAreOfItsStories) {
  Begin(replica_);
  Count(1, 5);
  Later(replica_);
  const Answer first = Get(kJson);
  const std::string tag = first.headers.at("etag");
  Count(1, 6);
  EXPECT_EQ(Get(kJson, tag).status, 304) << "not before the interval is over";
  Later(replica_);
  const Answer second = Get(kJson, tag);
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.body, HasSubstr(",\"views\":6}"));
  Count(9, 1);  // a story of another feed
  Later(replica_);
  const Answer third = Get(kJson, second.headers.at("etag"));
  EXPECT_EQ(third.status, 304);
  EXPECT_EQ(third.headers.at("etag"), second.headers.at("etag"));
}

TEST_F(ViewsTest, HaveOneAddress) {
  Begin(replica_);
  const std::pair<std::string, std::string> spelled[] = {
      {"/feeds/all.en.json?views=1&x=2", "../feeds/all.en.json?views=1"},
      {"/feeds/all.en.json?x=2&views=%31", "../feeds/all.en.json?views=1"},
      {"/feeds/all.EN.json?views=1", "../feeds/all.en.json?views=1"},
      {"/%66eeds/all.en.json?views=1", "../feeds/all.en.json?views=1"}};
  for (const auto& [asked, canonical] : spelled) {
    const Answer answer = Get(asked);
    EXPECT_EQ(answer.status, 301) << asked;
    EXPECT_EQ(answer.headers.at("location"), canonical) << asked;
  }
  for (const char* value : {"0", "yes", "", "1%20", "01"}) {
    const Answer answer = Get(std::string(kPlainJson) + "?views=" + value);
    EXPECT_EQ(answer.status, 400) << value;
    EXPECT_THAT(answer.body, HasSubstr("FIELD_INVALID"));
  }
  EXPECT_EQ(Get("/feeds/all.en.json?x=views=1").body, Get(kPlainJson).body);
  EXPECT_EQ(Get("/feeds/sport.en.json?views=1").status, 404);
  EXPECT_EQ(Get("/articles/" + MakeArticle(1).id.ToString() + ".json?views=1").status, 200);
}

TEST_F(ViewsTest, OfAWithdrawnStoryAreNotShown) {
  Begin(replica_);
  Count(1, 5);
  Later(replica_);
  replica_.Read(Kill(MakeArticle(1)));
  EXPECT_THAT(Get(kJson).body, Not(HasSubstr("\"views\":5")));
  Read(replica_, KeyOf(1), std::nullopt);  // a purge
  Later(replica_);
  Get(kJson);
  EXPECT_EQ(replica_.view_counts().live().articles(), 0u);
}

TEST_F(ViewsTest, OlderTotalsBehindNewerOnesAndWhatCannotBeReadCountForNothing) {
  Begin(replica_);
  Read(replica_, KeyOf(1), ValueOf(100, 8));
  Read(replica_, KeyOf(1), ValueOf(99, 7));  // a zombie
  Read(replica_, KeyOf(1), "\xff");
  Read(replica_, "partitions/0", "a checkpoint");
  Later(replica_);
  EXPECT_THAT(Get(kJson).body, HasSubstr(",\"views\":8}"));
  EXPECT_EQ(replica_.measures().view_count_faults.Value(), 1);
}

TEST_F(ViewsTest, ATopicThatIsMissingIsToldUntilItIsRead) {
  const auto reason = [&] { return errors::ReasonOf(replica_.view_counts().status()); };
  replica_.view_counts().AwaitTopic();
  EXPECT_EQ(reason(), errors::kTopicMissing);
  EXPECT_EQ(Get(kJson).status, 200);
  ASSERT_TRUE(replica_.view_counts().Follow("c1", kPartitions).ok());
  EXPECT_EQ(reason(), errors::kTopicMissing);
  Count(1, 5);
  EXPECT_EQ(reason(), errors::kNotCaughtUp) << "it is there now";
  replica_.view_counts().log().OnAllCaughtUp();
  EXPECT_EQ(reason(), "");
}

TEST_F(ViewsTest, CountsOfAnotherClusterAreToldAndNotShown) {
  Begin(replica_);
  Count(1, 5);
  const absl::Status other = replica_.view_counts().Follow("c2", kPartitions);
  EXPECT_EQ(errors::ReasonOf(other), errors::kLogTruncated);
  replica_.view_counts().Withhold(other);
  EXPECT_EQ(errors::ReasonOf(replica_.view_counts().status()), errors::kLogTruncated);
  EXPECT_THAT(Get(kJson).body, Not(HasSubstr("\"views\"")));
}

TEST_F(ViewsTest, FeedsAreServedWithoutNumbersWhereNoneAreKnown) {
  EXPECT_EQ(errors::ReasonOf(replica_.view_counts().status()), errors::kNotCaughtUp);
  const Answer before = Get(kJson);
  EXPECT_EQ(before.status, 200);
  EXPECT_THAT(before.body, Not(HasSubstr("\"views\"")));
  EXPECT_THAT(before.body, HasSubstr("Story number 1"));
  Begin(replica_);
  EXPECT_TRUE(replica_.view_counts().status().ok());
  const Answer with = Get(kJson, before.headers.at("etag"));
  EXPECT_EQ(with.status, 200);
  EXPECT_THAT(with.body, HasSubstr("\"views\":0"));
  replica_.view_counts().Withhold(absl::DataLossError("recreated"));
  EXPECT_FALSE(replica_.view_counts().status().ok());
  EXPECT_THAT(Get(kJson).body, Not(HasSubstr("\"views\"")));
  const Answer kept = Get(kJson, with.headers.at("etag"));
  EXPECT_EQ(kept.status, 304) << "who has numbers keeps them";
  EXPECT_EQ(kept.headers.at("etag"), with.headers.at("etag"));
  replica_.Read(Kill(MakeArticle(1)));
  EXPECT_EQ(Get(kJson, with.headers.at("etag")).status, 200) << "but no story";
}

TEST_F(ViewsTest, AreTheSameOnEveryReplicaAndNeverRunBackwards) {
  Replica behind(absl::Milliseconds(20));
  behind.Read(MakeArticle(1));
  behind.Read(MakeArticle(2), 1);
  for (Replica* one : {&replica_, &behind}) {
    Begin(*one);
    next_offset_ = 0;
    Read(*one, KeyOf(1), ValueOf(1, 5));
    Later(*one);
  }
  const Answer first = Get(kRss);
  EXPECT_EQ(behind.Get(kRss).body, first.body);
  EXPECT_EQ(behind.Get(kRss).headers.at("etag"), first.headers.at("etag"));
  Count(1, 6);
  Later(replica_);
  const std::string newer = Get(kRss).headers.at("etag");
  const Answer kept = behind.Get(kRss, IfNoneMatch(newer));
  EXPECT_EQ(kept.status, 304);
  EXPECT_EQ(kept.headers.at("etag"), newer);
  behind.Read(Kill(MakeArticle(2)), 1);
  EXPECT_EQ(behind.Get(kRss, IfNoneMatch(newer)).status, 200) << "a takedown goes out";
}

TEST(ViewCountsReplicaTest, GoesOnFromItsStore) {
  tests::TempDir folder;
  observe::Metrics metrics;
  FeedsMetrics measures(metrics);
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const auto open = [&] {
    return *ViewCountsReplica::Open(
        {.path = folder / "s", .map_bytes_max = 64 << 20, .now = [now] { return now; }}, measures);
  };
  const std::vector<WindowItem> items = {{.id = MakeArticle(1).id}};
  {
    auto replica = open();
    ASSERT_TRUE(replica->Load().ok());
    ASSERT_TRUE(replica->Follow("c1", kPartitions).ok());
    replica->log().OnAllCaughtUp();
    const std::vector<kafka::Record> batch = {{.topic = kViewCountsTopic,
                                               .partition = 2,
                                               .offset = 4,
                                               .key = KeyOf(1),
                                               .value = ValueOf(9, 3)}};
    ASSERT_EQ(replica->log().OnBatch(batch, {}).kind(), kafka::Outcome::Kind::kDone);
    ASSERT_TRUE(replica->log().Close().ok());
  }
  auto replica = open();
  ASSERT_TRUE(replica->Load().ok());
  EXPECT_TRUE(replica->live().known()) << "before the broker is asked";
  const auto snapshot = replica->live().Of(items);
  EXPECT_EQ(snapshot.views, std::vector<std::int64_t>{3});
  EXPECT_EQ(snapshot.offsets, (std::vector<std::int64_t>{0, 0, 5}));
  EXPECT_EQ(errors::ReasonOf(replica->Follow("c2", kPartitions)), errors::kLogTruncated);
}

}  // namespace
}  // namespace telex::feeds
