// Two replicas, one of them behind: who has seen more is shown nothing older, whatever the page has
// come to meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/support/articles.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

using testing::HasSubstr;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;
using tests::Withhold;

const std::string kPage = "/articles/" + MakeArticle(1).id.ToString() + ".json";

news::Article Embargoed(news::Article article) {
  article.availability = news::Availability::kEmbargoed;
  return article;
}

news::Article NeverPublished(news::Article article) {
  article.published.reset();
  return Embargoed(std::move(article));
}

class BehindTest : public testing::Test {
 protected:
  // What a client has that was at the first replica.
  std::string TagOf(const std::string& path = kPage) {
    const Answer answer = ahead_.Get(path);
    EXPECT_EQ(answer.headers.count("etag"), 1u) << answer.status;
    return answer.headers.at("etag");
  }
  Answer Ask(Replica& replica, const std::string& tag, const std::string& path = kPage) {
    return replica.Get(path, IfNoneMatch(tag));
  }
  // Asks, lets the replica take in `article` while the client waits, and has the answer.
  Answer AskWhile(Replica& replica, const news::Article& article, const std::string& tag,
                  const std::string& path = kPage) {
    Answer answer;
    std::thread client([&] { answer = Ask(replica, tag, path); });
    while (replica.waiting() < 1) std::this_thread::yield();
    replica.Read(article);
    client.join();
    return answer;
  }
  static void ExpectBehind(const Answer& answer) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers.at("retry-after"), "1");
    EXPECT_THAT(answer.body, HasSubstr("NOT_CAUGHT_UP"));
  }

  Replica ahead_;
  Replica behind_{absl::Milliseconds(20)};
  Replica patient_{absl::Seconds(20)};
};

TEST_F(BehindTest, WhatIsGoneHasATagOfItsVersion) {
  ahead_.Read(MakeArticle(1));
  std::string before = TagOf();
  news::Article expired = MakeArticle(1, 4);
  expired.availability = news::Availability::kExpired;
  for (const news::Article& gone : {Withhold(MakeArticle(1)), Kill(MakeArticle(1, 2)), expired,
                                    Embargoed(MakeArticle(1, 5)), Purge(MakeArticle(1, 6))}) {
    ahead_.Read(gone);
    for (int again = 0; again < 2; ++again) {  // read from the disk, then known
      const Answer answer = ahead_.Get(kPage);
      EXPECT_EQ(answer.status, 410);
      EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
      const auto tag = ParseTag(answer.headers.at("etag"));
      ASSERT_TRUE(tag);
      EXPECT_TRUE(tag->IsTakedown());
      EXPECT_EQ(tag->stamp.sums, std::vector<std::int64_t>{gone.version.number});
      EXPECT_EQ(Compare(tag->stamp, ParseTag(before)->stamp),
                again == 0 ? Order::kAhead : Order::kEqual);
      EXPECT_EQ(tag->resource, ParseTag(before)->resource);
      before = answer.headers.at("etag");
      EXPECT_EQ(Ask(ahead_, before).status, 410) << "no 304: there is nothing to keep";
      EXPECT_EQ(ahead_.Get(kPage, IfNoneMatch(before), "HEAD").headers.at("etag"), before);
    }
  }
  EXPECT_EQ(ahead_.measures().waits.Value(), 0u);
}

// TELEX_FEEDS_LOG_GENERATION. What partners have is of records that are lost: were it taken for the
// newer copy, they would keep it until the log has grown past it.
TEST_F(BehindTest, ATagOfTheLogBeforeItWasRestoredIsAnsweredWithWhatThereIs) {
  Replica restored(absl::Seconds(20), true, nullptr, {}, /*log_generation=*/1);
  ahead_.Read(MakeArticle(1));
  ahead_.Read(MakeArticle(1, 2));
  ahead_.Read(MakeArticle(2));
  behind_.Read(MakeArticle(1));
  restored.Read(MakeArticle(1));
  for (const std::string& path : {kPage, std::string("/feeds/world.en.rss")}) {
    const std::string tag = TagOf(path);
    EXPECT_EQ(Ask(behind_, tag, path).status, 304) << path << ": the setting was forgotten";
    const Answer answer = Ask(restored, tag, path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, behind_.Get(path).body);
    EXPECT_NE(answer.headers.at("etag"), behind_.Get(path).headers.at("etag"));
    EXPECT_EQ(Ask(restored, answer.headers.at("etag"), path).status, 304);
    // And a replica that still has the old log, in the midst of the change.
    EXPECT_EQ(Ask(ahead_, answer.headers.at("etag"), path).status, 200);
  }
  EXPECT_EQ(restored.measures().waits.Value(), 0u);
}

TEST_F(BehindTest, ATakedownThatWasSeenIsNotUndone) {
  const news::Article killed = Kill(MakeArticle(1));
  for (Replica* replica : {&ahead_, &behind_, &patient_}) replica->Read(MakeArticle(1));
  const std::string copy = TagOf();
  ahead_.Read(killed);
  const std::string takedown = TagOf();
  ExpectBehind(Ask(behind_, takedown));
  ExpectBehind(Ask(behind_, copy + ", " + takedown));
  EXPECT_EQ(behind_.measures().waits_overdue.Value(), 2u);
  EXPECT_EQ(AskWhile(patient_, killed, takedown).status, 410);
  EXPECT_EQ(patient_.measures().waits_overdue.Value(), 0u);
  // Who has not seen it is told what there is.
  EXPECT_EQ(Ask(behind_, copy).status, 304);
  EXPECT_EQ(behind_.Get(kPage).status, 200);
}

TEST_F(BehindTest, AReinstatementThatWasSeenIsNotUndone) {
  const news::Article withheld = Withhold(MakeArticle(1));
  const news::Article reinstated = MakeArticle(1, 3);
  for (Replica* replica : {&ahead_, &behind_, &patient_}) {
    replica->Read(MakeArticle(1));
    replica->Read(withheld);
  }
  EXPECT_EQ(behind_.Get(kPage).status, 410);
  ahead_.Read(reinstated);
  const std::string copy = TagOf();
  const Answer kept = Ask(behind_, copy);
  EXPECT_EQ(kept.status, 304) << "and no 410";
  EXPECT_EQ(kept.headers.at("etag"), copy);
  EXPECT_EQ(kept.headers.at("cache-control"), "public, max-age=0, must-revalidate");
  EXPECT_EQ(AskWhile(patient_, reinstated, copy).status, 304);
  ahead_.Read(Kill(reinstated));
  ExpectBehind(Ask(behind_, TagOf()));
}

TEST_F(BehindTest, WhatAReplicaHasNotHeardOfIsNotAbsentForWhoHasSeenIt) {
  ahead_.Read(MakeArticle(1));
  const std::string copy = TagOf();
  EXPECT_EQ(Ask(behind_, copy).status, 304);
  EXPECT_EQ(AskWhile(patient_, MakeArticle(1), copy).status, 304);
  ahead_.Read(Kill(MakeArticle(1)));
  ExpectBehind(Ask(behind_, TagOf()));
  EXPECT_EQ(behind_.Get(kPage).status, 404);
  EXPECT_EQ(Ask(behind_, "*").status, 404);
}

TEST_F(BehindTest, AnEmbargoShowsNothingOfItself) {
  behind_.Read(NeverPublished(MakeArticle(1, 7)));
  const Answer hidden = behind_.Get(kPage);
  Replica empty(absl::Milliseconds(20));
  const Answer unknown = empty.Get(kPage);
  for (const Answer* answer : {&hidden, &unknown}) {
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->headers.count("etag"), 0u);
  }
  EXPECT_EQ(hidden.body, unknown.body);
  // Nor does it by how a tag is taken, whatever the version in it.
  for (const std::int64_t version : {1, 7, 9}) {
    const std::string guess = FormatTag({.stamp = {.epoch = EpochOf("c1"), .sums = {version}},
                                         .resource = ResourceOf(MakeArticle(1).id, "ninjs"),
                                         .hash = "gone"});
    ExpectBehind(Ask(behind_, guess));
    ExpectBehind(Ask(empty, guess));
  }
}

TEST_F(BehindTest, AFeedThatWasSeenIsNotAbsent) {
  for (const std::string path : {"/feeds/world.en.json", "/feeds/all.en.rss"}) {
    SCOPED_TRACE(path);
    Replica behind(absl::Milliseconds(20));
    Replica patient;
    ahead_.Read(MakeArticle(1));
    const std::string copy = TagOf(path);
    const Answer kept = Ask(behind, copy, path);
    EXPECT_EQ(kept.status, 304);
    EXPECT_EQ(kept.headers.at("etag"), copy);
    EXPECT_EQ(behind.Get(path).status, 404);
    EXPECT_EQ(Ask(behind, "\"x\"", path).status, 404);
    EXPECT_EQ(AskWhile(patient, MakeArticle(1), copy, path).status, 304);
    // The feed that came, and has moved on: rendered by the page that was asked when there was
    // none.
    Replica other;
    const Answer newer = AskWhile(other, MakeArticle(1, 2), copy, path);
    EXPECT_EQ(newer.status, 200);
    EXPECT_EQ(newer.body, other.Get(path).body);
  }
}

}  // namespace
}  // namespace telex::feeds
