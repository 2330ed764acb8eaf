#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/feeds_handler.h"
#include "feeds/adapters/follower.h"
#include "feeds/adapters/peers.h"
#include "feeds/adapters/rendition_store.h"
#include "feeds/adapters/serving.h"
#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "platform/compress/compress.h"
#include "platform/errors/errors.h"
#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;
using tests::RecordOf;
using tests::Withhold;

TEST(ArticleStoreTest, RowsAreReadAsTheyAreWritten) {
  ArticleSummary summary = SummaryOf(MakeArticle(1, 7));
  summary.shelves.push_back({"sport", "hy"});
  EXPECT_EQ(DecodeRow(summary.id, EncodeRow(2, summary))->summary, summary);
  EXPECT_EQ(DecodeRow(summary.id, EncodeRow(2, summary))->partition, 2);
  summary.published_ms.reset();
  summary.shelf.reset();
  summary.state = ArticleState::kPurged;
  const std::string bytes = EncodeRow(0, summary);
  EXPECT_EQ(DecodeRow(summary.id, bytes)->summary, summary);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeRow(summary.id, bytes.substr(0, size))) << size;
  }
}

TEST(ArticleStoreTest, ResumesWithIndexAndBodies) {
  tests::TempDir folder;
  const ArticleStore::Options options{
      .path = folder / "s", .cluster_id = "c1", .map_bytes_max = 64 << 20};
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  FeedIndex expected(kPartitions, 1);
  {
    auto store = *ArticleStore::Open(options, now);
    auto txn = *store->log().store().BeginWrite();
    for (int n = 0; n < 20; ++n) {
      for (std::int64_t version = 1; version <= 1 + n % 3; ++version) {
        const news::Article article = MakeArticle(n, version);
        const ArticleSummary summary = SummaryOf(article);
        ASSERT_TRUE(store->Put(txn, n % 3, summary, *RecordOf(article, 0, 0).value).ok());
        expected.Apply(n % 3, summary);
      }
    }
    ASSERT_TRUE(txn.Commit().ok());
    ASSERT_TRUE(store->log().Close().ok());
  }
  auto store = *ArticleStore::Open(options, now + absl::Hours(1));
  EXPECT_EQ(store->log().store().report().opening, store::Opening::kResumed);
  FeedIndex index(kPartitions, 1);
  EXPECT_EQ(*store->LoadInto(index), 20u);
  const FeedKey key{"world", "en"};
  EXPECT_EQ(index.WindowOf(*index.FindFeed(key), 100),
            expected.WindowOf(*expected.FindFeed(key), 100));
  EXPECT_EQ(store->Read(MakeArticle(2).id, 2)->content, MakeArticle(2).content);
  EXPECT_TRUE(absl::IsNotFound(store->Read(MakeArticle(2).id, 9).status()));
}

TEST(FollowerTest, APurgeTakesAllBodiesAndNoneComesBack) {
  Replica replica;
  const news::Article first = MakeArticle(1, 1);
  const news::Article second = MakeArticle(1, 2);
  const news::Article purged = Purge(second);
  replica.Read(first);
  replica.Read(second);
  replica.Read(purged);
  replica.Read(first);  // a zombie repeats itself
  EXPECT_FALSE(replica.store().Read(first.id, 1).ok());
  EXPECT_FALSE(replica.store().Read(first.id, 2).ok());
  EXPECT_TRUE(replica.store().Read(first.id, 3).ok());
  kafka::Record tombstone = RecordOf(second, 0, 10);
  tombstone.value.reset();
  EXPECT_EQ(replica.Read(std::vector{tombstone}).kind(), kafka::Outcome::Kind::kDone);
  EXPECT_EQ(replica.Get("/articles/" + first.id.ToString() + ".json").status, 410);
  const Answer feed = replica.Get("/feeds/world.en.rss");
  EXPECT_THAT(feed.body, HasSubstr("<title>Withdrawn</title>"));
  EXPECT_THAT(feed.body, Not(HasSubstr("Story number")));
}

TEST(FollowerTest, WhatCannotBeReadIsSetAsideAndHoldsNothingUp) {
  Replica replica;
  kafka::Record garbage = RecordOf(MakeArticle(1), 0, 0);
  garbage.value = "no protobuf \xFF";
  kafka::Record nameless = RecordOf(MakeArticle(2), 0, 1);
  nameless.key = "articles/nobody";
  kafka::Record other = RecordOf(MakeArticle(3), 0, 2);
  other.key = news::NameOf(MakeArticle(3).id, news::Version{2});
  const kafka::Record good = RecordOf(MakeArticle(4), 0, 3);
  const std::vector<kafka::Record> batch = {garbage, nameless, other, good};
  replica.dead_letters_work = false;
  EXPECT_EQ(replica.Read(batch).kind(), kafka::Outcome::Kind::kRetry);
  EXPECT_EQ(replica.PositionOf(0), 0);  // nothing is lost
  replica.dead_letters_work = true;
  EXPECT_EQ(replica.Read(batch).kind(), kafka::Outcome::Kind::kDone);
  EXPECT_EQ(replica.dead_letters.size(), 3u);
  EXPECT_EQ(replica.feeds().articles(), 1u);
  EXPECT_EQ(replica.PositionOf(0), 4);
  replica.Read(MakeArticle(4, 2), 1);  // not its partition
  EXPECT_EQ(replica.dead_letters.size(), 4u);
}

// An older release must not pass over what may be a takedown.
TEST(FollowerTest, ARecordOfANewerReleaseHoldsItsPartitionAndNoOther) {
  Replica replica;
  news::v1::ArticleRecord newer;
  *newer.mutable_article() = news::ToProto(MakeArticle(1, 2));
  newer.mutable_article()->set_pub_status(static_cast<news::v1::PubStatus>(17));
  kafka::Record status = RecordOf(MakeArticle(1, 2), 0, 1);
  status.value = news::DeterministicBytes(newer);
  const std::vector<kafka::Record> batch = {RecordOf(MakeArticle(1, 1), 0, 0), status,
                                            RecordOf(MakeArticle(2), 0, 2),
                                            RecordOf(MakeArticle(3), 1, 0)};
  EXPECT_EQ(replica.Read(batch).kind(), kafka::Outcome::Kind::kDone);
  EXPECT_EQ(replica.PositionOf(0), 1) << "before it";
  EXPECT_EQ(replica.PositionOf(1), 1);
  EXPECT_EQ(replica.feeds().articles(), 2u) << "articles 1 and 3";
  EXPECT_TRUE(replica.dead_letters.empty());
  EXPECT_EQ(errors::ReasonOf(replica.store().log().Held()), errors::kRecordFromNewerRelease);
}

TEST(FeedsHandlerTest, ServesNothingBeforeTheFoldIsWhole) {
  Replica replica(absl::Seconds(20), false);
  replica.Read(MakeArticle(1));
  const Answer answer = replica.Get("/feeds/world.en.rss");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("retry-after"), "2");
  EXPECT_THAT(answer.body, HasSubstr("NOT_CAUGHT_UP"));
}

TEST(FeedsHandlerTest, ServesFeedsWithValidators) {
  Replica replica;
  for (int n = 0; n < 30; ++n) replica.Read(MakeArticle(n), n % 3);
  const Answer plain = replica.Get("/feeds/all.en.rss");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.headers.at("content-type"), "application/rss+xml; charset=utf-8");
  EXPECT_EQ(plain.headers.at("vary"), "Accept-Encoding");
  EXPECT_EQ(plain.headers.at("cache-control"), "public, max-age=30, must-revalidate");
  EXPECT_EQ(plain.headers.at("content-length"), std::to_string(plain.body.size()));
  EXPECT_EQ(plain.headers.count("content-encoding"), 0u);
  EXPECT_THAT(plain.body, HasSubstr("https://feeds.example.org/feeds/all.en.rss"));
  EXPECT_EQ(replica.measures().renders.Value(), 1u);

  const Answer packed = replica.Get("/feeds/all.en.rss", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(*compress::Gunzip(packed.body, 1 << 20), plain.body);
  EXPECT_EQ(packed.headers.at("etag"),
            plain.headers.at("etag").substr(0, plain.headers.at("etag").size() - 1) + "-gzip\"");
  const Answer brotli = replica.Get("/feeds/all.en.rss", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(brotli.headers.at("content-encoding"), "br");
  EXPECT_EQ(replica.measures().renders.Value(), 1u);  // compressed from what lay ready

  const Answer same = replica.Get("/feeds/all.en.rss", IfNoneMatch(plain.headers.at("etag")));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.headers.at("etag"), plain.headers.at("etag"));
  EXPECT_EQ(same.headers.at("vary"), "Accept-Encoding");
  EXPECT_TRUE(same.body.empty());
  const Answer head = replica.Get("/feeds/all.en.rss", "", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), plain.headers.at("content-length"));
  EXPECT_TRUE(head.body.empty());

  // A change outside of this feed's window leaves body and copy as they are.
  news::Article embargoed = MakeArticle(99);
  embargoed.published.reset();
  embargoed.availability = news::Availability::kEmbargoed;
  replica.Read(embargoed);
  EXPECT_EQ(replica.Get("/feeds/all.en.rss", IfNoneMatch(plain.headers.at("etag"))).status, 304);
  const Answer unchanged = replica.Get("/feeds/all.en.rss");
  EXPECT_EQ(unchanged.body, plain.body);
  EXPECT_EQ(replica.measures().renders.Value(), 1u);
}

// A takedown of yesterday's story may come in after today's news: a date tells nobody that it has.
TEST(FeedsHandlerTest, ADateAloneIsNoCondition) {
  Replica replica;
  replica.Read(MakeArticle(1));
  const Answer first = replica.Get("/feeds/world.en.rss");
  EXPECT_EQ(first.headers.count("last-modified"), 0u);
  for (const char* header : {"If-Modified-Since", "If-Unmodified-Since"}) {
    for (const char* date : {"Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
      const Answer answer =
          replica.Get("/feeds/world.en.rss", std::string(header) + ": " + date + "\r\n");
      EXPECT_EQ(answer.status, 200) << header;
      EXPECT_EQ(answer.body, first.body);
    }
  }
}

TEST(FeedsHandlerTest, RefusesWithReasons) {
  Replica replica;
  replica.Read(MakeArticle(1));
  const auto refused = [&](const std::string& path, int status, const std::string& reason,
                           const std::string& method = "GET") {
    const Answer answer = replica.Get(path, "", method);
    EXPECT_EQ(answer.status, status) << path;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << path;
    EXPECT_THAT(answer.body, HasSubstr(reason)) << path;
  };
  refused("/feeds/sport.en.rss", 404, "FEED_NOT_FOUND");
  refused("/feeds/world.hy.rss", 404, "FEED_NOT_FOUND");
  refused("/feeds/world.en.xml", 404, "FORMAT_NOT_FOUND");
  refused("/feeds/", 404, "FORMAT_NOT_FOUND");
  refused("/nothing", 404, "PATH_NOT_FOUND");
  refused("/articles/123.json", 404, "ARTICLE_NOT_FOUND");
  refused("/articles/" + MakeArticle(2).id.ToString() + ".json", 404, "ARTICLE_NOT_FOUND");
  refused("/feeds/world.en.rss", 405, "METHOD_NOT_ALLOWED", "DELETE");
}

TEST(FeedsHandlerTest, ServesAnArticleUntilItIsTakenBack) {
  Replica replica;
  const news::Article article = MakeArticle(1);
  const std::string path = "/articles/" + article.id.ToString() + ".json";
  news::Article embargoed = article;
  embargoed.published.reset();
  embargoed.availability = news::Availability::kEmbargoed;
  replica.Read(embargoed);
  EXPECT_EQ(replica.Get(path).status, 404);
  news::Article published = MakeArticle(1, 2);
  replica.Read(published);
  const Answer shown = replica.Get(path);
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body, HasSubstr("\"version\":\"2\""));
  EXPECT_EQ(replica.Get(path, IfNoneMatch(shown.headers.at("etag"))).status, 304);
  replica.Read(Withhold(published));
  const Answer gone = replica.Get(path, IfNoneMatch(shown.headers.at("etag")));
  EXPECT_EQ(gone.status, 410);
  EXPECT_THAT(gone.body, HasSubstr("ARTICLE_WITHDRAWN"));
}

TEST(FeedsHandlerTest, ListsFeedsForPeopleAndMachines) {
  Replica replica;
  replica.Read(MakeArticle(1));
  EXPECT_THAT(replica.Get("/").body,
              HasSubstr("href=\"https://feeds.example.org/feeds/all.en.rss\""));
  const Answer list = replica.Get("/", "Accept: application/json\r\n");
  EXPECT_EQ(list.headers.at("content-type"), "application/json; charset=utf-8");
  EXPECT_THAT(list.body, HasSubstr("\"section\":\"world\",\"language\":\"en\",\"articles\":1"));
  EXPECT_EQ(replica.Get("/", "Accept: application/json\r\n" + IfNoneMatch(list.headers.at("etag")))
                .status,
            304);
}

TEST(FeedsHandlerTest, AClientThatHasSeenMoreKeepsItsCopy) {
  Replica ahead;
  Replica behind(absl::Milliseconds(20));
  for (Replica* replica : {&ahead, &behind}) replica->Read(MakeArticle(1), 0);
  ahead.Read(Kill(MakeArticle(1)), 0);
  behind.Read(MakeArticle(2), 1);  // concurrent: ahead in another partition
  const std::string tag = ahead.Get("/feeds/world.en.json").headers.at("etag");
  const Answer answer = behind.Get("/feeds/world.en.json", IfNoneMatch(tag));
  EXPECT_EQ(answer.status, 304);  // and not the killed story
  EXPECT_EQ(answer.headers.at("etag"), tag);
  EXPECT_EQ(behind.measures().waits_overdue.Value(), 1u);
}

TEST(FeedsHandlerTest, AClientThatHasSeenMoreWaitsForTheFold) {
  Replica ahead;
  Replica behind(absl::Seconds(20));
  for (Replica* replica : {&ahead, &behind}) replica->Read(MakeArticle(1), 0);
  ahead.Read(MakeArticle(1, 2), 0);
  const std::string tag = ahead.Get("/feeds/world.en.json").headers.at("etag");
  Answer same;
  Answer newer;
  std::thread first([&] { same = behind.Get("/feeds/world.en.json", IfNoneMatch(tag)); });
  std::thread second(
      [&] { newer = behind.Get("/feeds/world.en.json", IfNoneMatch("\"x\", " + tag)); });
  while (behind.waiting() < 2) std::this_thread::yield();
  behind.Read(MakeArticle(2), 1);     // does not help
  behind.Read(MakeArticle(1, 2), 0);  // does
  first.join();
  second.join();
  EXPECT_EQ(same.status, 200);
  EXPECT_THAT(same.body, HasSubstr("Story number 2"));
  EXPECT_EQ(newer.status, 200);
  EXPECT_EQ(behind.measures().waits_overdue.Value(), 0u);
}

TEST(FeedsHandlerTest, EqualContentHasEqualTagsAndBytesOnEveryReplica) {
  Replica one;
  Replica other;
  for (int n = 0; n < 9; ++n) one.Read(MakeArticle(n), n % 3);
  for (int n = 8; n >= 0; --n) {
    other.Read(MakeArticle(n), n % 3);
    other.Read(MakeArticle(n), n % 3);
  }
  const Answer mine = one.Get("/feeds/all.en.json");
  const Answer theirs = other.Get("/feeds/all.en.json");
  EXPECT_EQ(mine.headers.at("etag"), theirs.headers.at("etag"));
  EXPECT_EQ(mine.body, theirs.body);
}

TEST(FeedsHandlerTest, ManyAtOnceMakeARenditionOnce) {
  Replica replica;
  for (int n = 0; n < 50; ++n) replica.Read(MakeArticle(n), n % 3);
  std::vector<std::thread> clients;
  std::vector<Answer> answers(16);
  for (Answer& answer : answers) {
    clients.emplace_back([&] { answer = replica.Get("/feeds/world.en.rss"); });
  }
  for (std::thread& client : clients) client.join();
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, answers[0].body);
  }
  EXPECT_EQ(replica.measures().renders.Value(), 1u);
}

TEST(FeedsHandlerTest, ReadersAndTheFoldAtOnce) {
  Replica replica;
  replica.Read(MakeArticle(0), 0);
  std::atomic<bool> done{false};
  std::vector<std::thread> clients;
  for (int n = 0; n < 4; ++n) {
    clients.emplace_back([&, n] {
      std::string tag;
      while (!done) {
        const Answer answer = replica.Get(n % 2 ? "/feeds/world.en.rss" : "/feeds/all.en.json",
                                          tag.empty() ? "" : IfNoneMatch(tag));
        ASSERT_TRUE(answer.status == 200 || answer.status == 304) << answer.status << answer.body;
        const auto before = ParseTag(tag);
        tag = answer.headers.at("etag");
        if (before) {
          const Order order = Compare(ParseTag(tag)->stamp, before->stamp);
          ASSERT_TRUE(order == Order::kEqual || order == Order::kAhead);
        }
      }
    });
  }
  for (int n = 1; n < 200; ++n) {
    replica.Read(MakeArticle(n % 20, 1 + n / 20), (n % 20) % 3);
    if (n == 150) replica.Read(Purge(MakeArticle(5, 40)), 2);
  }
  done = true;
  for (std::thread& client : clients) client.join();
}

TEST(BodyCacheTest, DropsWhatNobodyAskedFor) {
  BodyCache cache(1000);
  const auto make = [&](std::uint64_t n) {
    auto rendition = std::make_shared<const Rendition>(
        Rendition::Facts{.serial = n, .hash = "00", .media_type = "text/plain"});
    rendition->Hold(Coding::kIdentity, http::MakeBytes(std::string(400, 'x')));
    cache.Admit(rendition, Coding::kIdentity, 400);
    return rendition;
  };
  const auto asked = make(1);
  const auto idle = make(2);
  ASSERT_TRUE(asked->Full(Coding::kIdentity));
  const auto third = make(3);
  EXPECT_TRUE(asked->Full(Coding::kIdentity));
  EXPECT_FALSE(idle->Full(Coding::kIdentity));
  EXPECT_LE(cache.bytes(), 1000u);
}

TEST(RenditionStoreTest, KnowsADamagedValue) {
  const std::string key = "telex:rendition:00ff:gzip";
  const std::string sealed = Seal(key, "some bytes");
  EXPECT_EQ(Unseal(key, sealed), "some bytes");
  EXPECT_EQ(Unseal(key, Seal(key, "")), "");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string damaged = sealed;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(Unseal(key, damaged)) << at;
    EXPECT_FALSE(Unseal(key, sealed.substr(0, at))) << at;
  }
  EXPECT_FALSE(Unseal(key, sealed + "x"));
  for (const char* other : {"telex:rendition:00ff:br", "telex:rendition:00fe:gzip"}) {
    EXPECT_FALSE(Unseal(other, sealed)) << "whole, but of another page or coding: " << other;
  }
}

TEST(PeersTest, PositionsAreReadAsTheyAreWritten) {
  EXPECT_EQ(EncodePositions({1, 0, 300}), "1,0,300");
  EXPECT_EQ(DecodePositions("1,0,300"), (std::vector<std::int64_t>{1, 0, 300}));
  for (const char* bad : {"x", "1,,2", "1,2x"}) EXPECT_TRUE(DecodePositions(bad).empty()) << bad;
}

}  // namespace
}  // namespace telex::feeds
