#include "views/adapters/article_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "tests/support/temp_dir.h"

namespace telex::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;
using tests::RecordOf;

class ArticleIndexTest : public testing::Test {
 protected:
  ArticleIndexTest() { Open(); }

  void Open() {
    store_ = *store::Store::Open({.path = folder_ / "store",
                                  .databases = {std::string(ArticleIndex::kDatabase)},
                                  .map_bytes_max = 16 << 20});
    index_ = std::make_unique<ArticleIndex>(*store_);
    index_->OnPurged([this](store::WriteTxn& txn, const news::ArticleId& id) {
      EXPECT_TRUE(index_->IsPurged(txn, id));
      ++purges_;
      return absl::OkStatus();
    });
    index_->OnChanged([this](const news::ArticleId&, const KnownArticle& article) {
      told_.push_back(article.version);
    });
  }

  void Reopen() {
    index_.reset();
    EXPECT_TRUE(store_->Close().ok());
    store_.reset();
    told_.clear();
    Open();
  }

  absl::Status Apply(const kafka::Record& record) {
    return store_->Write([&](store::WriteTxn& txn) { return index_->Apply(txn, record); });
  }

  void Read(const news::Article& article) {
    ASSERT_TRUE(Apply(RecordOf(article, 0, 0)).ok());
    index_->Committed();
  }

  bool IsPurged(const news::ArticleId& id) {
    auto txn = *store_->BeginWrite();
    return index_->IsPurged(txn, id);
  }

  tests::TempDir folder_;
  std::vector<std::int64_t> told_;
  int purges_ = 0;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ArticleIndex> index_;
};

news::Article InTwoLanguages(news::Article article) {
  article.printed_views = 323;
  article.shelves.push_back({article.content.section, *news::LanguageTag::Parse("az")});
  return article;
}

void ExpectStory(const ArticleIndex& index, const news::Article& article) {
  const auto known = index.Find(article.id);
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->version, article.version.number);
  EXPECT_EQ(known->printed_views, 323);
  EXPECT_FALSE(known->purged);
  EXPECT_TRUE(known->live);
  EXPECT_EQ(known->language, "en");
  EXPECT_THAT(known->languages, ElementsAre("az", "en"));
  EXPECT_EQ(known->source, "caliber");
  EXPECT_EQ(known->section, "world");
  EXPECT_EQ(known->headline, article.content.headline);
}

TEST_F(ArticleIndexTest, KnowsTheNewestVersionAndResumes) {
  Read(InTwoLanguages(MakeArticle(1, 1)));
  Read(InTwoLanguages(MakeArticle(1, 3)));
  Read(Kill(MakeArticle(1, 1)));  // version 2, late
  ExpectStory(*index_, MakeArticle(1, 3));
  EXPECT_THAT(told_, ElementsAre(1, 3));
  EXPECT_EQ(index_->size(), 1u);
  Reopen();
  EXPECT_EQ(index_->Find(MakeArticle(1).id), nullptr);
  EXPECT_EQ(*index_->Load(), 1u);
  ExpectStory(*index_, MakeArticle(1, 3));
  Read(InTwoLanguages(MakeArticle(1, 3)));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ArticleIndexTest, WhatIsKilledIsNotLive) {
  Read(Kill(MakeArticle(1)));
  EXPECT_FALSE(index_->Find(MakeArticle(1).id)->live);
  EXPECT_EQ(index_->Find(MakeArticle(2).id), nullptr);
}

TEST_F(ArticleIndexTest, WhatIsPurgedStaysSoAndKeepsNoText) {
  const news::Article purged = Purge(MakeArticle(1, 1));
  Read(MakeArticle(1, 1));
  EXPECT_FALSE(IsPurged(purged.id));
  Read(purged);
  Read(MakeArticle(1, 1));
  Read(MakeArticle(1, 9));  // a fault elsewhere; forgotten is forgotten
  kafka::Record tombstone = RecordOf(MakeArticle(1, 1), 0, 3);
  tombstone.value.reset();
  EXPECT_TRUE(Apply(tombstone).ok());
  EXPECT_TRUE(IsPurged(purged.id));
  EXPECT_EQ(purges_, 1);
  Reopen();
  EXPECT_EQ(*index_->Load(), 1u);
  const auto known = index_->Find(purged.id);
  ASSERT_NE(known, nullptr);
  EXPECT_TRUE(known->purged);
  EXPECT_FALSE(known->live);
  EXPECT_EQ(known->headline + std::string(known->source), "");
  EXPECT_THAT(known->languages, IsEmpty());
}

TEST_F(ArticleIndexTest, WhatIsUndoneIsNotKnown) {
  const kafka::Record record = RecordOf(MakeArticle(1), 0, 0);
  EXPECT_FALSE(store_
                   ->Write([&](store::WriteTxn& txn) {
                     EXPECT_TRUE(index_->Apply(txn, record).ok());
                     return absl::UnavailableError("the batch fails");
                   })
                   .ok());
  index_->Undone();
  index_->Committed();
  EXPECT_EQ(index_->Find(MakeArticle(1).id), nullptr);
  Read(MakeArticle(1));
  EXPECT_NE(index_->Find(MakeArticle(1).id), nullptr);
}

TEST_F(ArticleIndexTest, TwoVersionsInOneBatch) {
  ASSERT_TRUE(store_
                  ->Write([&](store::WriteTxn& txn) {
                    EXPECT_TRUE(index_->Apply(txn, RecordOf(MakeArticle(1, 2), 0, 0)).ok());
                    return index_->Apply(txn, RecordOf(MakeArticle(1, 1), 0, 1));
                  })
                  .ok());
  index_->Committed();
  EXPECT_EQ(index_->Find(MakeArticle(1).id)->version, 2);
}

TEST_F(ArticleIndexTest, LongHeadlinesAreCut) {
  news::Article article = MakeArticle(1);
  for (int n = 0; n < 50; ++n) article.content.headline += " and so on";
  Read(article);
  const std::string headline = index_->Find(article.id)->headline;
  EXPECT_TRUE(headline.ends_with("…"));
  EXPECT_LE(headline.size(), KnownArticle::kHeadlineLettersMax + 2);
}

TEST_F(ArticleIndexTest, WhatCannotBeReadIsSaidSo) {
  kafka::Record garbage = RecordOf(MakeArticle(1), 0, 0);
  garbage.value = "no protobuf \xFF";
  EXPECT_TRUE(absl::IsInvalidArgument(Apply(garbage)));
}

}  // namespace
}  // namespace telex::views
