// A purge: what is forgotten of a story, and that it stays forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;  // the replica's helpers

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

// A replica alone, shared by the tests: each test has a story of its own.
class PurgeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster;
    one_ = new Replica(*cluster_, {.rule = KnownRules().rbegin()->first});
    ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), CaliberRequest()).ok());
  }
  static void TearDownTestSuite() {
    delete one_;
    delete cluster_;
  }

  static v1::ImportDocumentRequest PageRequest(const std::string& key, const std::string& body) {
    v1::ImportDocumentRequest request;
    request.set_source("sources/caliber.az");
    request.set_key(key);
    request.set_document("WORLD\n\nThe ferry of " + key +
                         " leaves\n\n18 April 2025 14:25\n\nThe ferry leaves at nine. " + body +
                         "\n\nNobody at the quay was surprised by it, and the captain said so.\n");
    return request;
  }
  static news::v1::Article Import(const v1::ImportDocumentRequest& request) {
    const auto answer = Ask(*one_, &ImportService::ImportDocument, SourceCall(), request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return {};
    EXPECT_EQ(answer->items(0).verdict(), v1::VERDICT_ACCEPTED) << answer->items(0).reason();
    return answer->items(0).article();
  }
  static v1::PurgeArticleRequest PurgeOf(const std::string& name, const std::string& etag = "") {
    v1::PurgeArticleRequest request;
    request.set_name(name);
    request.set_reason("request 14");
    request.set_etag(etag);
    return request;
  }
  static absl::StatusOr<news::v1::Article> Purge(const v1::PurgeArticleRequest& request) {
    return Ask(*one_, &ArticleService::PurgeArticle, Editor(), request);
  }
  static v1::UpdateArticleRequest Headline(const std::string& name, const std::string& headline) {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(name);
    request.mutable_article()->set_headline(headline);
    request.mutable_update_mask()->add_paths("headline");
    return request;
  }
  // What compaction leaves of the keys that begin with `prefix`.
  static std::map<std::string, std::optional<std::string>> Compacted(const std::string& topic,
                                                                     const std::string& prefix) {
    std::map<std::string, std::optional<std::string>> last;
    for (const kafka::Record& record : cluster_->RecordsOf(topic)) {
      if (record.key.starts_with(prefix)) last[record.key] = record.value;
    }
    return last;
  }
  static std::optional<std::string> OriginalOf(const std::string& document) {
    const auto originals = Compacted(kOriginalsTopic, document);
    EXPECT_THAT(originals, SizeIs(1));
    return originals.empty() ? std::nullopt : originals.begin()->second;
  }

  static Cluster* cluster_;
  static Replica* one_;
};
Cluster* PurgeTest::cluster_ = nullptr;
Replica* PurgeTest::one_ = nullptr;

TEST_F(PurgeTest, AStoryIsForgottenWithAllItsVersionsAndDocuments) {
  const std::string first = Import(PageRequest("forgotten", "")).document();
  const news::v1::Article second = Import(PageRequest("forgotten", "It is late."));
  ASSERT_NE(second.document(), first);
  ASSERT_TRUE(OriginalOf(first).has_value());
  // The version that stands names no document, and those before it must be looked at.
  ASSERT_TRUE(
      Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(second.name(), "Corrected"))
          .ok());

  const auto purged = Purge(PurgeOf(second.name()));
  ASSERT_TRUE(purged.ok()) << purged.status();
  EXPECT_TRUE(purged->purged());
  EXPECT_EQ(purged->version(), 4);
  EXPECT_EQ(purged->pub_status(), news::v1::PUB_STATUS_CANCELED);
  EXPECT_EQ(purged->status_reason(), "request 14");
  EXPECT_EQ(purged->usage_terms().link(), "https://caliber.az/");
  EXPECT_EQ(purged->headline() + purged->body_html() + purged->key() + purged->canonical_url(), "");

  EXPECT_EQ(OriginalOf(first), std::nullopt);
  EXPECT_EQ(OriginalOf(second.document()), std::nullopt);
  auto versions = Compacted(kArticlesTopic, second.name() + "@");
  EXPECT_TRUE(versions.at(purged->name() + "@4").has_value());
  versions.erase(purged->name() + "@4");
  EXPECT_THAT(versions, SizeIs(3));
  for (const auto& [key, value] : versions) EXPECT_FALSE(value.has_value()) << key;

  v1::GetArticleRequest get;
  get.set_name(second.name() + "@1");
  EXPECT_EQ(errors::ReasonOf(one_->intake->articles.GetArticle(get).status()),
            errors::kArticleNotFound);
  v1::ListArticleVersionsRequest list;
  list.set_name(second.name());
  EXPECT_EQ(one_->intake->articles.ListArticleVersions(list)->articles_size(), 1);
  // The same again makes nothing.
  EXPECT_EQ(Purge(PurgeOf(second.name()))->version(), 4);
}

TEST_F(PurgeTest, WhatWasForgottenIsNotPutIntoTheLogAgain) {
  v1::ImportDocumentRequest page = PageRequest("again", "");
  page.set_request_id(kRequest);
  const news::v1::Article article = Import(page);
  v1::CreateArticleRequest create = StoryRequest("again");
  ASSERT_TRUE(Purge(PurgeOf(article.name())).ok());
  const std::size_t submissions = cluster_->RecordsOf(kSubmissionsTopic).size();

  const auto repeated = Ask(*one_, &ImportService::ImportDocument, SourceCall(), page);
  EXPECT_EQ(errors::ReasonOf(repeated.status()), errors::kArticlePurged) << repeated.status();
  page.clear_request_id();
  EXPECT_EQ(
      errors::ReasonOf(Ask(*one_, &ImportService::ImportDocument, SourceCall(), page).status()),
      errors::kArticlePurged);
  for (const Call& call : {Editor(), SourceCall()}) {
    EXPECT_EQ(errors::ReasonOf(Ask(*one_, &ArticleService::CreateArticle, call, create).status()),
              errors::kArticlePurged);
  }
  EXPECT_EQ(errors::ReasonOf(
                Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(article.name(), "x"))
                    .status()),
            errors::kArticlePurged);
  EXPECT_EQ(OriginalOf(article.document()), std::nullopt);
  EXPECT_EQ(cluster_->RecordsOf(kSubmissionsTopic).size(), submissions);

  page.set_validate_only(true);
  const auto preview = Ask(*one_, &ImportService::ImportDocument, SourceCall(), page);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->items(0).verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(preview->items(0).reason(), "ARTICLE_PURGED");
}

TEST_F(PurgeTest, APurgeOfAnotherVersionForgetsNothing) {
  const news::v1::Article first = Import(PageRequest("guarded", ""));
  const auto second =
      Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(first.name(), "Two"));
  ASSERT_TRUE(second.ok()) << second.status();
  for (const std::string& etag : {first.etag(), std::string("\"9\"")}) {
    v1::PurgeArticleRequest request = PurgeOf(first.name(), etag);
    EXPECT_EQ(errors::ReasonOf(Purge(request).status()), errors::kStaleEtag) << etag;
    request.set_request_id(kRequest);
    EXPECT_EQ(errors::ReasonOf(Purge(request).status()), errors::kStaleEtag) << etag;
  }
  EXPECT_TRUE(OriginalOf(first.document()).has_value());
  v1::PurgeArticleRequest request = PurgeOf(first.name(), second->etag());
  request.set_request_id(kRequest);
  const auto purged = Purge(request);
  ASSERT_TRUE(purged.ok()) << purged.status();
  EXPECT_EQ(purged->version(), 3);
  EXPECT_EQ(OriginalOf(first.document()), std::nullopt);
  // A repeat gets its own decision, whatever its etag is by now.
  const auto repeated = Purge(request);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->version(), 3);
}

TEST_F(PurgeTest, APurgeThatRacesItsSourceOverlooksNoDocument) {
  const news::v1::Article article = Import(PageRequest("raced", ""));
  std::vector<Asked<v1::ImportDocumentResponse>> imports;
  for (int i = 0; i < 4; ++i) {
    imports.push_back(Start(*one_, &ImportService::ImportDocument, SourceCall(),
                            PageRequest("raced", fmt::format("It is {} minutes late.", i))));
  }
  const auto purged = Purge(PurgeOf(article.name()));
  ASSERT_TRUE(purged.ok()) << purged.status();
  EXPECT_TRUE(purged->purged());
  for (auto& import : imports) (void)import.Await();
  std::size_t left = 0;
  for (const auto& [key, value] : Compacted(kOriginalsTopic, ""))
    left += value && value->find("The ferry of raced") != std::string::npos ? 1 : 0;
  EXPECT_EQ(left, 0u);
}

TEST_F(PurgeTest, ADocumentThatComesInBehindThePurgeIsForgotten) {
  const news::v1::Article article = Import(PageRequest("behind", ""));
  const std::size_t submissions = cluster_->RecordsOf(kSubmissionsTopic).size();
  one_->StopDeciding();
  auto purge = Start(*one_, &ArticleService::PurgeArticle, Editor(), PurgeOf(article.name()));
  ASSERT_TRUE(
      AwaitThat([&] { return cluster_->RecordsOf(kSubmissionsTopic).size() == submissions + 1; }));
  auto import = Start(*one_, &ImportService::ImportDocument, SourceCall(),
                      PageRequest("behind", "It is late."));
  ASSERT_TRUE(
      AwaitThat([&] { return cluster_->RecordsOf(kSubmissionsTopic).size() == submissions + 2; }));
  one_->StartDeciding();
  ASSERT_TRUE(purge.Await().ok());
  const auto answer = import.Await();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->items(0).verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(answer->items(0).reason(), "ARTICLE_PURGED");
  std::size_t left = 0;
  for (const auto& [key, value] : Compacted(kOriginalsTopic, ""))
    left += value && value->find("The ferry of behind") != std::string::npos ? 1 : 0;
  EXPECT_EQ(left, 0u);
}

TEST_F(PurgeTest, APurgeSaysWhyAndOfWhat) {
  const auto fault = [](const v1::PurgeArticleRequest& request) {
    const auto details = errors::DetailsOf(Purge(request).status());
    return details && !details->fields.empty()
               ? details->fields.front().field + " " + details->reason
               : "";
  };
  const std::string name = news::NameOf(news::ArticleId::Of("caliber.az", "no such story"));
  v1::PurgeArticleRequest request = PurgeOf(name);
  request.set_reason("  ");
  EXPECT_EQ(fault(request), "reason FIELD_REQUIRED");
  request.set_reason(std::string(2'001, 'x'));
  EXPECT_EQ(fault(request), "reason FIELD_TOO_LONG");
  EXPECT_EQ(fault(PurgeOf(name + "@1")), "name FIELD_INVALID");
  EXPECT_EQ(fault(PurgeOf(name, "newest")), "etag FIELD_INVALID");
  request = PurgeOf(name);
  request.set_request_id("14");
  EXPECT_EQ(fault(request), "request_id FIELD_INVALID");
  EXPECT_EQ(errors::ReasonOf(Purge(PurgeOf(name)).status()), errors::kArticleNotFound);
  EXPECT_EQ(errors::ReasonOf(Purge(PurgeOf(name, "\"1\"")).status()), errors::kArticleNotFound);
}

}  // namespace
}  // namespace telex::ingestion
