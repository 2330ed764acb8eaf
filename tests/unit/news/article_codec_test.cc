#include "news/wire/article_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "news/wire/time_codec.h"

namespace telex::news {
namespace {

Article Full() {
  Article article;
  article.id = ArticleId::Of("example.com", "1");
  article.version = Version{3};
  article.source = *SourceId::Parse("example.com");
  article.source_name = "Example";
  article.key = "1";
  article.canonical_url = "https://example.com/1";
  article.content = {.headline = "Headline",
                     .byline = "A. Writer",
                     .body_html = "<p>Body</p>",
                     .section = *Section::Parse("world"),
                     .language = *LanguageTag::Parse("en"),
                     .terms = {"Link", "Example", "https://example.com/1"},
                     .media = {{"https://example.com/a.jpg", "image/jpeg", "alt", "credit", true}},
                     .embargoed = absl::FromUnixMillis(1'234),
                     .expires = absl::FromUnixMillis(5'678)};
  article.status = PubStatus::kCanceled;
  article.availability = Availability::kExpired;
  article.status_reason = "wrong";
  article.status_note = "status note";
  article.ednote = "note";
  article.urgency = 2;
  article.firstcreated = absl::FromUnixMillis(-1);
  article.versioncreated = absl::FromUnixMillis(1'500);
  article.published = absl::FromUnixMillis(1'400);
  article.printed_views = 323;
  article.shelves = {{*Section::Parse("world"), *LanguageTag::Parse("en")}};
  article.warnings = {"a date without a zone"};
  article.actor = "editor";
  article.document = "ab";
  return article;
}

TEST(ArticleCodec, RoundTripsEveryField) {
  const Article article = Full();
  const auto read = FromProto(ToProto(article));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, article);
}

TEST(ArticleCodec, WritesEveryField) {
  // A field that is added to the message and forgotten in the codec shows here.
  const v1::Article message = ToProto(Full());
  std::vector<const google::protobuf::FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  EXPECT_EQ(static_cast<int>(present.size()) + 2, v1::Article::descriptor()->field_count())
      << "all but `purged`, and `result`, which is of an answer and no part of the article";
  EXPECT_FALSE(message.has_result());
}

TEST(ArticleCodec, ReadsAPurgedArticleWithoutContent) {
  Article article = Full();
  article.content = {};
  article.purged = true;
  const auto read = FromProto(ToProto(article));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, article);
}

TEST(ArticleCodec, NamesTheFieldItRefuses) {
  v1::Article message = ToProto(Full());
  message.set_section("No Slug");
  EXPECT_THAT(FromProto(message).status().ToString(),
              testing::HasSubstr("section: cannot be 'No Slug'"));
  message = ToProto(Full());
  message.set_name("articles/1");
  EXPECT_THAT(FromProto(message).status().ToString(), testing::HasSubstr("name: "));
  message = ToProto(Full());
  message.set_version(0);
  EXPECT_THAT(FromProto(message).status().ToString(), testing::HasSubstr("version: "));
  EXPECT_FALSE(ArticleOfRecord("\xff\xff").ok());
  EXPECT_FALSE(ArticleOfRecord("").ok());
}

TEST(Etag, IsOfAVersion) {
  EXPECT_EQ(VersionOfEtag(EtagOf(Version{12})), Version{12});
  for (const char* text : {"", "12", "\"\"", "\"0\"", "\"x\"", "W/\"1\""})
    EXPECT_FALSE(VersionOfEtag(text)) << text;
}

}  // namespace
}  // namespace telex::news
