#include "news/wire/article_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "tests/support/articles.h"

namespace telex::news {
namespace {

using ::testing::HasSubstr;

std::string ValueOf(const Article& article) {
  v1::ArticleRecord record;
  *record.mutable_article() = ToProto(article);
  return DeterministicBytes(record);
}

TEST(ReadVersion, SaysWhatTheVersionIs) {
  const Article article = tests::MakeArticle(1, 3);
  const auto read = ReadVersion(NameOf(article.id, article.version), ValueOf(article));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, article.id);
  EXPECT_EQ(read->version, Version{3});
  EXPECT_EQ(read->article, article);
}

TEST(ReadVersion, ATombstoneHasNoArticle) {
  const Article article = tests::MakeArticle(1, 3);
  const auto read = ReadVersion(NameOf(article.id, article.version), std::nullopt);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->id, article.id);
  EXPECT_EQ(read->version, Version{3});
  EXPECT_EQ(read->article, std::nullopt);
}

TEST(ReadVersion, RefusesWhatNamesNoVersionOrAnother) {
  const Article article = tests::MakeArticle(1, 3);
  for (const std::string& key : {std::string("k"), NameOf(article.id)}) {
    EXPECT_THAT(ReadVersion(key, std::nullopt).status().message(), HasSubstr("no version"));
  }
  for (const std::string& key :
       {NameOf(article.id, Version{2}), NameOf(tests::MakeArticle(2).id, Version{3})}) {
    const auto read = ReadVersion(key, ValueOf(article));
    EXPECT_TRUE(absl::IsInvalidArgument(read.status()));
    EXPECT_THAT(read.status().message(), HasSubstr("different versions"));
  }
}

TEST(ReadVersion, TellsBytesThatNoReleaseWroteFromThoseOfANewerOne) {
  const Article article = tests::MakeArticle(1);
  const std::string key = NameOf(article.id, article.version);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadVersion(key, "\xff").status()));
  v1::ArticleRecord record;
  *record.mutable_article() = ToProto(article);
  record.mutable_article()->set_pub_status(static_cast<v1::PubStatus>(99));
  EXPECT_TRUE(absl::IsUnimplemented(ReadVersion(key, DeterministicBytes(record)).status()));
}

}  // namespace
}  // namespace telex::news
