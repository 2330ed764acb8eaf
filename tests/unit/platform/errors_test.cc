#include "platform/errors/errors.h"

#include <absl/strings/cord.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace telex::errors {
namespace {

TEST(ErrorsTest, CarriesReasonAndMetadata) {
  const absl::Status status = Error(absl::StatusCode::kNotFound, kArticleNotFound,
                                    "no such article", {{"article", "articles/a"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "no such article");
  EXPECT_EQ(ReasonOf(status), "ARTICLE_NOT_FOUND");
  EXPECT_TRUE(Is(status, kArticleNotFound));
  EXPECT_FALSE(Is(status, kArticleExists));
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("article"), "articles/a");
  EXPECT_TRUE(details->fields.empty());
}

TEST(ErrorsTest, AnOkCodeIsNoError) {
  EXPECT_EQ(Error(absl::StatusCode::kOk, kStoreFailed, "?").code(), absl::StatusCode::kInternal);
}

TEST(ErrorsTest, StatusesMadeElsewhereHaveNoReason) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
  EXPECT_FALSE(DetailsOf(absl::InternalError("x")).has_value());
  absl::Status foreign = absl::InternalError("x");
  foreign.SetPayload("telex/error", absl::Cord("{\"reason\":7"));
  EXPECT_FALSE(DetailsOf(foreign).has_value());
}

TEST(ErrorsTest, GathersTheFaultsOfARequest) {
  absl::Status status;
  status = WithField(status, "article.headline", kFieldRequired, "is required");
  status = WithField(status, "article.body", kNotUtf8, "is not UTF-8");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "article.headline: is required");
  EXPECT_EQ(ReasonOf(status), "FIELD_REQUIRED");
  EXPECT_THAT(
      DetailsOf(status)->fields,
      testing::ElementsAre(FieldViolation{"article.headline", "FIELD_REQUIRED", "is required"},
                           FieldViolation{"article.body", "NOT_UTF8", "is not UTF-8"}));
}

TEST(ErrorsTest, AFieldAddedToAnErrorKeepsItsReason) {
  const absl::Status status =
      WithField(Error(absl::StatusCode::kAborted, kStaleEtag, "stale"), "etag", kFieldInvalid, "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "STALE_ETAG");
}

TEST(ErrorsTest, ViolationsAreBoundedAndCounted) {
  absl::Status status;
  for (int i = 0; i < 11; ++i) {
    status = WithField(status, "f" + std::to_string(i), kFieldRequired, "is required");
  }
  const auto details = DetailsOf(status);
  EXPECT_EQ(details->fields.size(), kFieldViolationsMax);
  EXPECT_EQ(details->metadata.at("violations_omitted"), "3");
}

TEST(ErrorsTest, LongTextsAreCutBetweenCharacters) {
  std::string armenian;  // two bytes a character: an odd cut would split one
  for (int i = 0; i < 400; ++i) armenian += "\xD5\xA1";
  const absl::Status status =
      Error(absl::StatusCode::kInternal, kStoreFailed, "x" + armenian, {{"text", "x" + armenian}});
  EXPECT_EQ(status.message().size(), kMessageBytesMax - 1);
  EXPECT_EQ(DetailsOf(status)->metadata.at("text").size(), kMetadataValueBytesMax - 1);
}

TEST(ErrorsTest, MetadataIsBoundedAndBytesThatAreNoUtf8AreReplaced) {
  Metadata many;
  for (int i = 0; i < 30; ++i) many["k" + std::to_string(i)] = "v";
  EXPECT_EQ(DetailsOf(Error(absl::StatusCode::kInternal, kStoreFailed, "m", many))->metadata.size(),
            kMetadataEntriesMax);
  const absl::Status status = FieldError("key", kNotUtf8, "found \xFF");
  EXPECT_EQ(DetailsOf(status)->fields.at(0).description, "found \xEF\xBF\xBD");
}

TEST(ErrorsTest, ContextAndMetadataKeepTheRest) {
  const absl::Status inner = FieldError("key", kNeedsKey, "give a key");
  const absl::Status outer = WithMetadata(WithContext(inner, "item 3"), "proposal", "guid");
  EXPECT_EQ(outer.message(), "item 3: key: give a key");
  EXPECT_EQ(outer.code(), inner.code());
  EXPECT_EQ(DetailsOf(outer)->fields, DetailsOf(inner)->fields);
  EXPECT_EQ(DetailsOf(outer)->metadata.at("proposal"), "guid");
  EXPECT_TRUE(WithContext(absl::OkStatus(), "x").ok());
  EXPECT_TRUE(WithMetadata(absl::OkStatus(), "k", "v").ok());
}

}  // namespace
}  // namespace telex::errors
