// An editor's day: what is refused or told before a story is submitted, and how stories are found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "news/article_name.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "tests/component/ingestion_answers.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace testing;  // the replica's helpers

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

// A replica alone, whose clock the tests set.
class PartitionFoldTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Ask(replica_, &SourceService::CreateSource, Editor(), CaliberRequest()).ok());
  }

  absl::StatusOr<news::v1::Article> Create(const v1::CreateArticleRequest& request) {
    return Ask(replica_, &ArticleService::CreateArticle, Editor(), request);
  }
  absl::StatusOr<news::v1::Article> Update(const v1::UpdateArticleRequest& request) {
    return Ask(replica_, &ArticleService::UpdateArticle, Editor(), request);
  }
  static v1::CreateArticleRequest StoryIn(const std::string& section, const std::string& key,
                                          bool refuse = true) {
    v1::CreateArticleRequest request = StoryRequest(key);
    request.mutable_article()->set_section(section);
    request.set_refuse_new_section(refuse);
    return request;
  }
  static v1::UpdateArticleRequest Change(const std::string& name, const char* path) {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(name);
    request.mutable_update_mask()->add_paths(path);
    request.set_refuse_new_section(true);
    return request;
  }
  static std::string Metadata(const absl::Status& status, const std::string& key) {
    const auto details = errors::DetailsOf(status);
    return details && details->metadata.contains(key) ? details->metadata.at(key) : "";
  }
  static std::string FieldOf(const absl::Status& status) {
    const auto details = errors::DetailsOf(status);
    return details && !details->fields.empty() ? details->fields.front().field : "";
  }

  Cluster cluster_;
  absl::Time now_ = absl::Now();
  Replica replica_{cluster_, {.now = [this] { return now_; }}};
};

TEST_F(PartitionFoldTest, ASectionThatNobodyNamedIsRefusedWithTheOneThatWasMeant) {
  ASSERT_TRUE(Create(StoryIn("world", "first", /*refuse=*/false)).ok());
  EXPECT_TRUE(Create(StoryIn("world", "second")).ok());
  const auto unnamed = Create(StoryIn("", "unnamed"));  // would open `news`
  EXPECT_EQ(errors::ReasonOf(unnamed.status()), errors::kUnknownSection) << unnamed.status();
  EXPECT_EQ(Metadata(unnamed.status(), "new_section"), "news");
  const auto typo = Create(StoryIn("wrold", "third"));
  EXPECT_TRUE(absl::IsInvalidArgument(typo.status()));
  EXPECT_EQ(errors::ReasonOf(typo.status()), errors::kUnknownSection) << typo.status();
  EXPECT_EQ(FieldOf(typo.status()), "article.section");
  EXPECT_EQ(Metadata(typo.status(), "new_section"), "wrold");
  EXPECT_EQ(Metadata(typo.status(), "nearest_section"), "world");
  EXPECT_EQ(Metadata(Create(StoryIn("harbour", "third")).status(), "nearest_section"), "");
  // None that was withdrawn keeps a mistyped section.
  const auto opened = Create(StoryIn("wrold", "third", /*refuse=*/false));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(Create(StoryIn("wrold", "fourth")).ok());
  for (const char* key : {"third", "fourth"}) {
    v1::KillArticleRequest kill;
    kill.set_name(news::NameOf(news::ArticleId::Of("caliber.az", key)));
    kill.set_reason("mistyped");
    ASSERT_TRUE(Ask(replica_, &ArticleService::KillArticle, Editor(), kill).ok());
  }
  EXPECT_EQ(errors::ReasonOf(Create(StoryIn("wrold", "fifth")).status()), errors::kUnknownSection);
}

TEST_F(PartitionFoldTest, ASectionThatASourceNamesIsThere) {
  v1::CreateSourceRequest other = CaliberRequest();
  other.set_source_id("another.example");
  (*other.mutable_source()->mutable_section_aliases())["HARBOUR"] = "harbour";
  other.mutable_source()->add_sections("harbour");
  other.mutable_source()->add_sections("science");
  ASSERT_TRUE(Ask(replica_, &SourceService::CreateSource, Editor(), other).ok());
  EXPECT_TRUE(Create(StoryIn("science", "declared")).ok());
  v1::CreateArticleRequest aliased = StoryIn("Harbour", "aliased");
  aliased.mutable_article()->set_source("sources/another.example");
  const auto made = Create(aliased);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->section(), "harbour");
  EXPECT_THAT(made->warnings(), Not(Contains(HasSubstr("is new"))));
  EXPECT_EQ(Metadata(Create(StoryIn("sciense", "typo")).status(), "nearest_section"), "science");
}

TEST_F(PartitionFoldTest, WhoDoesNotAskIsWarnedOfANewSection) {
  const auto made = Create(StoryIn("world", "first", /*refuse=*/false));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(made->warnings(), Contains(HasSubstr("the section 'world' is new")));
  const auto next = Create(StoryIn("world", "next", /*refuse=*/false));
  EXPECT_THAT(next->warnings(), IsEmpty());
  const auto typo = Create(StoryIn("wrold", "typo", /*refuse=*/false));
  EXPECT_THAT(typo->warnings(), Contains(HasSubstr("did you mean 'world'?")));
  // Nobody named the section of a story that has none.
  EXPECT_THAT(Create(StoryIn("", "none", /*refuse=*/false))->warnings(),
              ElementsAre(HasSubstr("taken as 'news'")));
}

TEST_F(PartitionFoldTest, AnUpdateIsAskedOnlyForASectionThatItChanges) {
  const auto made = Create(StoryIn("wrold", "moved", /*refuse=*/false));
  ASSERT_TRUE(made.ok()) << made.status();
  auto headline = Change(made->name(), "headline");
  headline.mutable_article()->set_headline("Corrected");
  EXPECT_TRUE(Update(headline).ok());
  auto move = Change(made->name(), "section");
  move.mutable_article()->set_section("world");
  EXPECT_EQ(errors::ReasonOf(Update(move).status()), errors::kUnknownSection);
  EXPECT_EQ(Metadata(Update(move).status(), "nearest_section"), "wrold");
  move.mutable_article()->clear_section();
  EXPECT_EQ(Metadata(Update(move).status(), "new_section"), "news");
  move.mutable_article()->set_section("world");
  move.set_refuse_new_section(false);
  const auto moved = Update(move);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->section(), "world");
  EXPECT_THAT(moved->warnings(), Contains(HasSubstr("is new")));
}

TEST_F(PartitionFoldTest, ARepeatGetsItsDecisionWhateverBecameOfItsSectionAndItsExpiry) {
  v1::CreateArticleRequest request = StoryIn("world", "repeated", /*refuse=*/true);
  request.set_request_id(kRequest);
  ASSERT_TRUE(Create(StoryIn("world", "other", /*refuse=*/false)).ok());
  *request.mutable_article()->mutable_expires() = news::ToProto(now_ + absl::Minutes(1));
  const auto made = Create(request);
  ASSERT_TRUE(made.ok()) << made.status();
  auto update = Change(made->name(), "expires");
  ASSERT_TRUE(Update(update).ok());  // lives on without one
  for (const char* key : {"repeated", "other"}) {
    v1::KillArticleRequest kill;
    kill.set_name(news::NameOf(news::ArticleId::Of("caliber.az", key)));
    kill.set_reason("over");
    ASSERT_TRUE(Ask(replica_, &ArticleService::KillArticle, Editor(), kill).ok());
  }
  now_ += absl::Minutes(2);
  const auto again = Create(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(BytesAsRead(*again), BytesAsRead(*made));
}

TEST_F(PartitionFoldTest, AnExpiryThatHasPassedIsRefusedWithItsField) {
  v1::CreateArticleRequest request = StoryRequest("expired");
  *request.mutable_article()->mutable_expires() = news::ToProto(now_ - absl::Seconds(1));
  const auto refused = Create(request);
  EXPECT_EQ(errors::ReasonOf(refused.status()), errors::kFieldInvalid) << refused.status();
  EXPECT_EQ(FieldOf(refused.status()), "article.expires");
  EXPECT_EQ(replica_.log_store->ArticleCount(), 0u);
  request.set_validate_only(true);
  EXPECT_EQ(FieldOf(Create(request).status()), "article.expires");
}

TEST_F(PartitionFoldTest, WhatHasExpiredCanBeCorrectedAndHandedInAgain) {
  v1::CreateArticleRequest request = StoryRequest("expires");
  *request.mutable_article()->mutable_expires() = news::ToProto(now_ + absl::Minutes(1));
  const auto made = Create(request);
  ASSERT_TRUE(made.ok()) << made.status();
  now_ += absl::Minutes(2);
  const auto again = Create(request);  // as a source does that sends all it has
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version(), 1);
  auto headline = Change(made->name(), "headline");
  headline.mutable_article()->set_headline("Corrected");
  EXPECT_TRUE(Update(headline).ok());
  auto expires = Change(made->name(), "expires");
  *expires.mutable_article()->mutable_expires() = news::ToProto(now_ - absl::Seconds(5));
  EXPECT_EQ(FieldOf(Update(expires).status()), "article.expires");
  *expires.mutable_article()->mutable_expires() = news::ToProto(now_ + absl::Hours(1));
  EXPECT_TRUE(Update(expires).ok());
}

TEST_F(PartitionFoldTest, StoriesAreListedByWordsAndByTheirAddress) {
  v1::CreateArticleRequest request = StoryRequest("one", "Ferry is late");
  request.mutable_article()->set_canonical_url("https://caliber.az/en/post/1");
  const auto one = Create(request);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_TRUE(Create(StoryRequest("two", "Ferry is on time")).ok());
  v1::ListArticlesRequest list;
  list.set_words("FERRY late");
  auto found = replica_.intake->articles.ListArticles(list);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->articles_size(), 1);
  EXPECT_EQ(found->articles(0).name(), one->name());
  list.Clear();
  list.set_canonical_url("http://www.caliber.az/en/post/1/#comments");
  found = replica_.intake->articles.ListArticles(list);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->articles_size(), 1);
  EXPECT_EQ(found->articles(0).name(), one->name());
}

// Pages

constexpr char kBody[] =
    "The council of Port Ellery has decided that all ferries in the inner basin have to run on "
    "current by the spring of 2027, its chair said after the vote on Friday evening.\n\nNobody at "
    "the quay was surprised by it, and the captain of the oldest boat said so twice.\n";

class PageTest : public PartitionFoldTest {
 protected:
  static v1::ImportDocumentRequest Page(const std::string& headline, const std::string& key,
                                        const std::string& body = kBody,
                                        const std::string& date = "18 April 2025 14:25") {
    v1::ImportDocumentRequest request;
    request.set_source("sources/caliber.az");
    request.set_key(key);
    request.set_document(headline + "\n\n" + date + "\n\n" + body);
    return request;
  }
  v1::ImportDocumentResponse::Item Import(const v1::ImportDocumentRequest& request) {
    const auto response = Ask(replica_, &ImportService::ImportDocument, SourceCall(), request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok() || response->items_size() != 1) return {};
    return response->items(0);
  }
};

TEST_F(PageTest, APageWithACorrectedHeadlineIsToldOfTheStoryThatStands) {
  const auto first = Import(Page("Council approves quiet engine rule", "first"));
  ASSERT_EQ(first.verdict(), v1::VERDICT_ACCEPTED);
  EXPECT_FALSE(first.has_similar());
  auto corrected = Page("Council approves silent engine rule", "second");
  corrected.set_validate_only(true);
  EXPECT_EQ(Import(corrected).similar().name(), first.article().name());
  corrected.set_validate_only(false);
  const auto second = Import(corrected);
  EXPECT_EQ(second.verdict(), v1::VERDICT_ACCEPTED);  // told, not refused
  EXPECT_EQ(second.similar().name(), first.article().name());
  EXPECT_EQ(second.similar().key(), "first");
  EXPECT_EQ(second.similar().headline(), "Council approves quiet engine rule");
  // Under the key that was told it is a version of it.
  corrected.set_key(second.similar().key());
  const auto version = Import(corrected);
  EXPECT_EQ(version.article().version(), 2);
  EXPECT_EQ(version.article().name(), first.article().name());
  EXPECT_FALSE(version.has_similar());
}

TEST_F(PageTest, AnotherTextDateOrSourceAndAWithdrawnStoryAreNotTold) {
  const auto first = Import(Page("Council approves quiet engine rule", "first"));
  EXPECT_FALSE(Import(Page("Council approves quiet engine rule", "other text",
                           "The museum of the valley opens its doors to everybody on Sunday, and "
                           "the entrance is free for all who come on foot, its director said.\n"))
                   .has_similar());
  EXPECT_FALSE(
      Import(Page("Council approves quiet engine rule", "last week", kBody, "11 April 2025 14:25"))
          .has_similar());
  v1::CreateSourceRequest other = CaliberRequest();
  other.set_source_id("another.example");
  ASSERT_TRUE(Ask(replica_, &SourceService::CreateSource, Editor(), other).ok());
  auto of_other = Page("Council approves quiet engine rule", "first");
  of_other.set_source("sources/another.example");
  EXPECT_FALSE(Import(of_other).has_similar());
  v1::KillArticleRequest kill;
  kill.set_name(first.article().name());
  kill.set_reason("untrue");
  ASSERT_TRUE(Ask(replica_, &ArticleService::KillArticle, Editor(), kill).ok());
  EXPECT_FALSE(Import(Page("Council approves silent engine rule", "second")).has_similar());
}

TEST_F(PageTest, ANewSectionThatAPagePrintsIsToldAndTaken) {
  auto page = Page("Council approves quiet engine rule", "first");
  page.set_document("WROLD\n\n" + page.document());
  const auto item = Import(page);
  EXPECT_EQ(item.verdict(), v1::VERDICT_ACCEPTED);
  ASSERT_EQ(item.article().section(), "wrold");
  EXPECT_THAT(item.warnings(), Contains(HasSubstr("the section 'wrold' is new")));
}

}  // namespace
}  // namespace telex::ingestion
