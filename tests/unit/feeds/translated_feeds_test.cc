// Translations from the log to the socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/articles.h"
#include "tests/support/translation_records.h"
#include "tests/unit/feeds/replica.h"

namespace telex::feeds {
namespace {

namespace pb = ::telex::translation::v1;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using tests::Kill;
using tests::MakeArticle;
using tests::MakeTranslation;
using tests::Purge;

const std::string kFeed = "/feeds/world.es.rss";

class TranslatedFeedsTest : public ::testing::Test {
 protected:
  std::string PageOf(const std::string& language) const {
    return "/articles/" + article_.id.OfTranslation(language).ToString() + ".json";
  }
  const std::string own_page_ = "/articles/" + MakeArticle(1).id.ToString() + ".json";
  const news::Article article_ = MakeArticle(1);
  Replica replica_;
};

TEST_F(TranslatedFeedsTest, AreServedInTheFeedsOfTheirLanguage) {
  replica_.Read(article_);
  EXPECT_EQ(replica_.Get(kFeed).status, 404);
  const Answer alone = replica_.Get(own_page_);
  replica_.Read(MakeTranslation(article_, "es", 3));
  const Answer feed = replica_.Get(kFeed);
  EXPECT_EQ(feed.status, 200);
  EXPECT_THAT(feed.body, AllOf(HasSubstr("es text 3"), HasSubstr(article_.content.terms.link)));
  EXPECT_THAT(replica_.Get("/feeds/world.en.rss").body, HasSubstr("hreflang=\"es\""));
  EXPECT_EQ(replica_.Get(PageOf("es")).status, 200);
  const Answer with_link = replica_.Get(own_page_, IfNoneMatch(alone.headers.at("etag")));
  EXPECT_EQ(with_link.status, 200) << "it names its translation now";
  EXPECT_THAT(with_link.body, HasSubstr(article_.id.OfTranslation("es").ToString()));
  EXPECT_EQ(replica_.Get(kFeed, IfNoneMatch(feed.headers.at("etag"))).status, 304);
}

TEST_F(TranslatedFeedsTest, GoWithTheirArticle) {
  replica_.Read(article_);
  replica_.Read(MakeTranslation(article_, "es", 3));
  const Answer before = replica_.Get(PageOf("es"));
  replica_.Read(Kill(article_));
  const Answer gone = replica_.Get(PageOf("es"), IfNoneMatch(before.headers.at("etag")));
  EXPECT_EQ(gone.status, 410);
  EXPECT_THAT(gone.body, HasSubstr("legal"));
  EXPECT_THAT(replica_.Get(kFeed).body, AllOf(HasSubstr("Withdrawn"), Not(HasSubstr("es text"))));
}

TEST_F(TranslatedFeedsTest, WhatIsRejectedIsTakenDown) {
  replica_.Read(article_);
  replica_.Read(MakeTranslation(article_, "es", 3));
  replica_.Read(MakeTranslation(article_, "es", 4, pb::STANDING_REJECTED));
  EXPECT_EQ(replica_.Get(PageOf("es")).status, 410);
  EXPECT_EQ(replica_.Get(own_page_).status, 200);
  EXPECT_THAT(replica_.Get(kFeed).body, AllOf(HasSubstr("Withdrawn"), Not(HasSubstr("es text"))));
  replica_.Read(MakeTranslation(article_, "es", 5));
  EXPECT_THAT(replica_.Get(PageOf("es")).body, HasSubstr("es text 5"));
}

TEST_F(TranslatedFeedsTest, NothingIsLeftOfWhatIsPurged) {
  replica_.Read(article_);
  const pb::Translation made = MakeTranslation(article_, "es", 3);
  replica_.Read(made);
  const TranslationOf held{.article = article_.id, .language = "es", .version = 1, .revision = 3};
  EXPECT_TRUE(replica_.store().ReadTranslation(held).ok());
  replica_.Read(Purge(article_));
  EXPECT_TRUE(absl::IsNotFound(replica_.store().ReadTranslation(held).status()));
  EXPECT_EQ(replica_.Get(PageOf("es")).status, 410);
  replica_.Read(made);  // an owner that was thought dead
  EXPECT_TRUE(absl::IsNotFound(replica_.store().ReadTranslation(held).status()));
  replica_.Read(tests::Forget(made));
  replica_.Read(made, /*tombstone=*/true);
  EXPECT_EQ(replica_.Get(PageOf("es")).status, 410);
  EXPECT_THAT(replica_.Get(kFeed).body, HasSubstr("Withdrawn"));
}

TEST_F(TranslatedFeedsTest, AReaderThatHasSeenMoreOfEitherLogWaits) {
  replica_.Read(article_);
  replica_.Read(MakeTranslation(article_, "es", 3));
  const std::string etag = replica_.Get(kFeed).headers.at("etag");
  Replica other(absl::Milliseconds(1));
  other.Read(article_);
  EXPECT_EQ(other.Get(kFeed, IfNoneMatch(etag)).status, 304) << "it has no translation yet";
  Replica third(absl::Milliseconds(1));
  third.Read(MakeTranslation(article_, "es", 3));
  EXPECT_EQ(third.Get(kFeed, IfNoneMatch(etag)).status, 304) << "it has no article yet";
  third.Read(article_);
  EXPECT_EQ(third.Get(kFeed).headers.at("etag"), etag) << "in any order";
}

TEST_F(TranslatedFeedsTest, HaveNoViews) {
  replica_.Read(article_);
  replica_.Read(MakeTranslation(article_, "es", 3));
  EXPECT_THAT(replica_.Get(kFeed + "?views=1").body, Not(HasSubstr("telex:views>")));
}

TEST_F(TranslatedFeedsTest, WhatCannotBeReadIsSetAsideAndWhatIsNewerHoldsItsPartition) {
  kafka::Record bad = tests::RecordOf(MakeTranslation(article_, "es", 3), 0, 0);
  bad.value = "\xff";
  EXPECT_EQ(replica_.Read(std::vector{bad}).kind(), kafka::Outcome::Kind::kDone);
  EXPECT_EQ(replica_.dead_letters.size(), 1u);
  kafka::Record newer =
      tests::RecordOf(MakeTranslation(article_, "es", 3, static_cast<pb::Standing>(100)), 1, 0);
  EXPECT_EQ(replica_.Read(std::vector{newer}).kind(), kafka::Outcome::Kind::kDone);
  EXPECT_FALSE(replica_.store().log().Held().ok());
  EXPECT_EQ(replica_.store().log().PositionOf({kTranslationsTopic, 1}), 0);
}

TEST_F(TranslatedFeedsTest, TheLocalStoreKeepsThem) {
  tests::TempDir folder;
  const auto open = [&] {
    return *ArticleStore::Open({.path = folder / "store", .map_bytes_max = 64 << 20},
                               absl::FromUnixSeconds(1'790'000'000));
  };
  const auto record = [&](const pb::Translation& translation) {
    const kafka::Record one = tests::RecordOf(translation, 0, 0);
    return *news::ReadTranslation(one.key, one.value);
  };
  {
    const auto store = open();
    ASSERT_TRUE(store->log()
                    .store()
                    .Write([&](store::WriteTxn& txn) -> absl::Status {
                      for (const auto& one :
                           {MakeTranslation(article_, "es", 3), MakeTranslation(article_, "es", 5),
                            MakeTranslation(article_, "es", 4)}) {
                        if (const auto put = store->PutTranslation(txn, record(one)); !put.ok())
                          return put.status();
                      }
                      return absl::OkStatus();
                    })
                    .ok());
  }
  const auto store = open();
  const auto text = store->ReadTranslation(
      {.article = article_.id, .language = "es", .version = 1, .revision = 5});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, *record(MakeTranslation(article_, "es", 5)).translation);
  FeedIndex index(1, 0);
  ASSERT_TRUE(store->LoadInto(index).ok());
  index.Apply(0, SummaryOf(article_));
  const auto standing = index.Find(article_.id.OfTranslation("es"));
  EXPECT_EQ(standing->translation->revision, 5);
  EXPECT_EQ(standing->published_ms, MakeTranslation(article_, "es", 3).time_ms());
}

}  // namespace
}  // namespace telex::feeds
