#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "news/article_name.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/text/ascii.h"
#include "tests/component/ingestion_answers.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using namespace testing;  // the replica's helpers

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

// Two replicas of one cluster, shared by the tests: each test has stories of its own.
class IngestionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster;
    one_ = new Replica(*cluster_, {.instance = "ingestion-0"});
    two_ = new Replica(*cluster_, {.instance = "ingestion-1"});
    const auto source = Ask(*one_, &SourceService::CreateSource, Editor(), CaliberRequest());
    ASSERT_TRUE(source.ok()) << source.status();
    ASSERT_EQ(source->version(), 1);
    ASSERT_TRUE(AwaitThat([] {
      return two_->log_store->SourceHeadOf(*news::SourceId::Parse("caliber.az")).has_value();
    }));
  }
  static void TearDownTestSuite() {
    delete two_;
    delete one_;
    delete cluster_;
  }

  static news::v1::Article Create(const v1::CreateArticleRequest& request,
                                  const Call& call = Editor()) {
    const auto article = Ask(*one_, &ArticleService::CreateArticle, call, request);
    EXPECT_TRUE(article.ok()) << article.status();
    return article.ok() ? *article : news::v1::Article();
  }
  static v1::UpdateArticleRequest Headline(const std::string& name, const std::string& headline,
                                           const std::string& etag = "") {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(name);
    request.mutable_article()->set_headline(headline);
    request.mutable_article()->set_etag(etag);
    request.mutable_update_mask()->add_paths("headline");
    return request;
  }
  static std::vector<kafka::Record> VersionsInLog(const std::string& name) {
    std::vector<kafka::Record> versions;
    for (const kafka::Record& record : cluster_->RecordsOf(kArticlesTopic)) {
      if (record.key.starts_with(name + "@")) versions.push_back(record);
    }
    return versions;
  }
  static bool AwaitVersion(Replica& replica, const std::string& name, std::int64_t version) {
    return AwaitThat([&] { return replica.log_store->NewestVersionOf(name).number >= version; });
  }

  static Cluster* cluster_;
  static Replica* one_;
  static Replica* two_;
};
Cluster* IngestionTest::cluster_ = nullptr;
Replica* IngestionTest::one_ = nullptr;
Replica* IngestionTest::two_ = nullptr;

TEST_F(IngestionTest, AStoryIsAcceptedAndReadBack) {
  const news::v1::Article made = Create(StoryRequest("accepted"));
  EXPECT_EQ(made.version(), 1);
  EXPECT_EQ(made.etag(), "\"1\"");
  EXPECT_EQ(made.headline(), "A headline");
  EXPECT_EQ(made.body_html(), "<p>It happened.</p>");
  EXPECT_EQ(made.section(), "world");
  EXPECT_EQ(made.language(), "en");
  EXPECT_EQ(made.usage_terms().link(), "https://caliber.az/");
  EXPECT_EQ(made.actor(), "desk");
  EXPECT_EQ(made.name(), news::NameOf(news::ArticleId::Of("caliber.az", "accepted")));
  v1::GetArticleRequest get;
  get.set_name(made.name());
  EXPECT_EQ(one_->intake->articles.GetArticle(get)->SerializeAsString(), BytesAsRead(made));
  ASSERT_TRUE(AwaitVersion(*two_, made.name(), 1));
  EXPECT_EQ(two_->intake->articles.GetArticle(get)->SerializeAsString(), BytesAsRead(made));
  // In the partition of its id, with a decision beside it.
  const auto records = VersionsInLog(made.name());
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(kafka::FindHeader(records[0], "ce_subject"), made.name());
  EXPECT_EQ(kafka::FindHeader(records[0], "ce_type"), "telex.news.v1.ArticleRecord");
}

TEST_F(IngestionTest, TheSameAgainIsUnchangedAndOtherContentUnderTheKeyExists) {
  const news::v1::Article made = Create(StoryRequest("again"));
  const news::v1::Article again = Create(StoryRequest("again"));
  EXPECT_EQ(BytesAsRead(again), BytesAsRead(made));
  EXPECT_THAT(VersionsInLog(made.name()), SizeIs(1));
  const auto other =
      Ask(*one_, &ArticleService::CreateArticle, Editor(), StoryRequest("again", "Other words"));
  EXPECT_EQ(errors::ReasonOf(other.status()), errors::kArticleExists);
  EXPECT_TRUE(absl::IsAlreadyExists(other.status()));
}

// docs/reference/errors.md, ARTICLE_EXISTS: whose words version 1 was made of decides.
TEST_F(IngestionTest, ACreationThatIsRepeatedAfterAnEditIsKnownWhereASourceMadeIt) {
  for (const Call& by : {SourceCall(), Editor()}) {
    const auto request = StoryRequest(by.is_editor ? "by editor" : "by source");
    const auto made = Ask(*one_, &ArticleService::CreateArticle, by, request);
    ASSERT_TRUE(made.ok()) << made.status();
    v1::UpdateArticleRequest edit;
    edit.mutable_article()->set_name(made->name());
    edit.mutable_article()->set_headline("Edited");
    edit.mutable_update_mask()->add_paths("headline");
    ASSERT_TRUE(Ask(*one_, &ArticleService::UpdateArticle, Editor(), edit).ok());
    const auto again = Ask(*one_, &ArticleService::CreateArticle, by, request);
    if (by.is_editor) {
      EXPECT_EQ(errors::ReasonOf(again.status()), errors::kArticleExists);
    } else {
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(again->result().reason(), "SAME_UPSTREAM");
    }
  }
}

TEST_F(IngestionTest, TwoReplicasFedTheSameStoryMakeOneArticleAndOneVersion) {
  std::vector<Asked<news::v1::Article>> calls;
  for (int i = 0; i < 10; ++i) {
    calls.push_back(Start(i % 2 == 0 ? *one_ : *two_, &ArticleService::CreateArticle, SourceCall(),
                          StoryRequest("twice")));
  }
  std::string name;
  for (auto& call : calls) {
    const auto article = call.Await();
    ASSERT_TRUE(article.ok()) << article.status();
    EXPECT_EQ(article->version(), 1);
    name = article->name();
  }
  EXPECT_THAT(VersionsInLog(name), SizeIs(1));
}

TEST_F(IngestionTest, EachReplicaOwnsPartitionsAndAllAreOwned) {
  EXPECT_TRUE(AwaitThat([] {
    const auto first = one_->partition_owner->Owned();
    const auto second = two_->partition_owner->Owned();
    return !first.empty() && !second.empty() &&
           first.size() + second.size() == static_cast<std::size_t>(kPartitions);
  }));
  // Stories of every partition, each through both doors.
  for (int i = 0; i < 12; ++i) {
    const auto made = Ask(i % 2 == 0 ? *one_ : *two_, &ArticleService::CreateArticle, Editor(),
                          StoryRequest(fmt::format("spread-{}", i)));
    EXPECT_TRUE(made.ok()) << made.status();
  }
}

TEST_F(IngestionTest, AnUpdateWithAStaleEtagIsAborted) {
  const news::v1::Article made = Create(StoryRequest("etag"));
  const auto second = Ask(*one_, &ArticleService::UpdateArticle, Editor(),
                          Headline(made.name(), "Second", made.etag()));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->version(), 2);
  EXPECT_EQ(second->body_html(), made.body_html());
  for (Replica* replica :
       {one_, two_}) {  // the second may not have read version 2: then the log says so
    const auto stale = Ask(*replica, &ArticleService::UpdateArticle, Editor(),
                           Headline(made.name(), "Third", made.etag()));
    EXPECT_TRUE(absl::IsAborted(stale.status())) << stale.status();
    EXPECT_EQ(errors::ReasonOf(stale.status()), errors::kStaleEtag);
    EXPECT_EQ(errors::DetailsOf(stale.status())->metadata.at("version"), "2");
  }
  for (const char* nonsense : {"no etag", "2"}) {  // says nothing of what has changed
    const auto refused = Ask(*one_, &ArticleService::UpdateArticle, Editor(),
                             Headline(made.name(), "Third", nonsense));
    EXPECT_EQ(errors::ReasonOf(refused.status()), errors::kFieldInvalid) << nonsense;
    EXPECT_EQ(errors::DetailsOf(refused.status())->fields.at(0).field, "article.etag");
  }
  const auto third = Ask(*one_, &ArticleService::UpdateArticle, Editor(),
                         Headline(made.name(), "Third", second->etag()));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->version(), 3);
}

TEST_F(IngestionTest, UpdatesWithoutAnEtagThatRaceAreTriedAgainAndNoneIsLost) {
  const news::v1::Article made = Create(StoryRequest("race"));
  ASSERT_TRUE(AwaitVersion(*two_, made.name(), 1));
  // Each changes another field, from both replicas at once: all must stand in the end.
  std::vector<Asked<news::v1::Article>> calls;
  for (const auto& [path, value] : {std::pair{"headline", "Raced"}, std::pair{"byline", "Raced"},
                                    std::pair{"ednote", "Raced"}}) {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(made.name());
    request.mutable_article()->set_headline(value);
    request.mutable_article()->set_byline(value);
    request.mutable_article()->set_ednote(value);
    request.mutable_update_mask()->add_paths(path);
    calls.push_back(Start(calls.size() % 2 == 0 ? *one_ : *two_, &ArticleService::UpdateArticle,
                          Editor(), request));
  }
  for (auto& call : calls) {
    const auto article = call.Await();
    ASSERT_TRUE(article.ok()) << article.status();
  }
  ASSERT_TRUE(AwaitVersion(*one_, made.name(), 4));
  v1::GetArticleRequest get;
  get.set_name(made.name());
  const auto last = one_->intake->articles.GetArticle(get);
  EXPECT_EQ(last->version(), 4);
  EXPECT_EQ(last->headline(), "Raced");
  EXPECT_EQ(last->byline(), "Raced");
  EXPECT_EQ(last->ednote(), "Raced");
}

TEST_F(IngestionTest, ARepeatedRequestGetsTheDecisionThatStands) {
  v1::CreateArticleRequest request = StoryRequest("repeat");
  request.set_request_id(kRequest);
  const news::v1::Article made = Create(request);
  ASSERT_TRUE(
      Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(made.name(), "Since")).ok());
  ASSERT_TRUE(AwaitVersion(*two_, made.name(), 2));
  const auto again = Ask(*two_, &ArticleService::CreateArticle, Editor(), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(BytesAsRead(*again), BytesAsRead(made));
  EXPECT_THAT(VersionsInLog(made.name()), SizeIs(2));
}

TEST_F(IngestionTest, ARequestIdInCapitalsIsTheSame) {
  const std::string small = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9aef";
  const std::string capitals = text::AsciiUpper(small);
  for (const auto& [first, second] : {std::pair(small, capitals), std::pair(capitals, small)}) {
    v1::CreateArticleRequest create = StoryRequest(first);
    create.set_request_id(first);
    const news::v1::Article made = Create(create);
    v1::UpdateArticleRequest update = Headline(made.name(), "Second");
    update.set_request_id(second);
    EXPECT_EQ(
        errors::ReasonOf(Ask(*one_, &ArticleService::UpdateArticle, Editor(), update).status()),
        errors::kRequestIdReused);
    update.clear_request_id();
    ASSERT_TRUE(Ask(*one_, &ArticleService::UpdateArticle, Editor(), update).ok());
    create.set_request_id(second);
    const auto again = Ask(*one_, &ArticleService::CreateArticle, Editor(), create);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->result().repeated());
    EXPECT_EQ(again->result().decision(), made.result().decision());
    EXPECT_THAT(VersionsInLog(made.name()), SizeIs(2));
  }
}

// AIP-155: the answer was lost, and the etag is that of the version before.
TEST_F(IngestionTest, ARepeatedUpdateWithAnEtagGetsItsOwnDecision) {
  const news::v1::Article made = Create(StoryRequest("repeat with etag"));
  auto update = Headline(made.name(), "Second", made.etag());
  update.set_request_id("7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a77");
  const auto first = Ask(*one_, &ArticleService::UpdateArticle, Editor(), update);
  ASSERT_TRUE(first.ok()) << first.status();
  for (Replica* replica : {one_, two_}) {
    ASSERT_TRUE(AwaitVersion(*replica, made.name(), 2));
    const auto again = Ask(*replica, &ArticleService::UpdateArticle, Editor(), update);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(BytesAsRead(*again), BytesAsRead(*first));
  }
  update.set_request_id("7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a78");
  update.mutable_article()->set_headline("Third");
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &ArticleService::UpdateArticle, Editor(), update).status()),
            errors::kStaleEtag);
  EXPECT_THAT(VersionsInLog(made.name()), SizeIs(2));
}

TEST_F(IngestionTest, ABoundCallerHandsInForItsOwnSourceAlone) {
  Call bound = SourceCall();
  bound.bound_to = {"another.example"};
  EXPECT_EQ(errors::ReasonOf(
                Ask(*one_, &ArticleService::CreateArticle, bound, StoryRequest("bound")).status()),
            errors::kOtherSource);
  bound.bound_to.push_back("caliber.az");
  EXPECT_TRUE(Ask(*one_, &ArticleService::CreateArticle, bound, StoryRequest("bound")).ok());
}

TEST_F(IngestionTest, WithholdKillAndReinstate) {
  const news::v1::Article made = Create(StoryRequest("status"));
  v1::WithholdArticleRequest withhold;
  withhold.set_name(made.name());
  EXPECT_EQ(
      errors::ReasonOf(Ask(*one_, &ArticleService::WithholdArticle, Editor(), withhold).status()),
      errors::kFieldRequired);
  withhold.set_reason("a doubt");
  withhold.set_note("hold it");
  const auto withheld = Ask(*one_, &ArticleService::WithholdArticle, Editor(), withhold);
  ASSERT_TRUE(withheld.ok()) << withheld.status();
  EXPECT_EQ(withheld->pub_status(), news::v1::PUB_STATUS_WITHHELD);
  EXPECT_EQ(withheld->status_reason(), "a doubt");
  EXPECT_EQ(withheld->status_note(), "hold it");
  v1::KillArticleRequest kill;
  kill.set_name(made.name());
  kill.set_reason("wrong");
  const auto killed = Ask(*one_, &ArticleService::KillArticle, Editor(), kill);
  ASSERT_TRUE(killed.ok()) << killed.status();
  EXPECT_EQ(killed->pub_status(), news::v1::PUB_STATUS_CANCELED);
  EXPECT_EQ(Ask(*one_, &ArticleService::KillArticle, Editor(), kill)->version(), 3);  // already so
  kill.set_request_id("7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01");
  EXPECT_EQ(Ask(*one_, &ArticleService::KillArticle, Editor(), kill)->version(), 3);
  kill.set_note("please take it down");  // another request under the same id
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &ArticleService::KillArticle, Editor(), kill).status()),
            errors::kRequestIdReused);
  kill.clear_request_id();
  v1::ReinstateArticleRequest reinstate;
  reinstate.set_name(made.name());
  const auto usable = Ask(*one_, &ArticleService::ReinstateArticle, Editor(), reinstate);
  ASSERT_TRUE(usable.ok()) << usable.status();
  EXPECT_EQ(usable->pub_status(), news::v1::PUB_STATUS_USABLE);
  EXPECT_EQ(usable->version(), 4);
  kill.set_name(news::NameOf(news::ArticleId::Of("caliber.az", "no such story")));
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &ArticleService::KillArticle, Editor(), kill).status()),
            errors::kArticleNotFound);

  v1::ListArticleVersionsRequest list;
  list.set_name(made.name());
  list.set_page_size(3);
  auto page = one_->intake->articles.ListArticleVersions(list);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->articles_size(), 3);
  list.set_page_token(page->next_page_token());
  EXPECT_EQ(one_->intake->articles.ListArticleVersions(list)->articles(0).version(), 1);
}

TEST_F(IngestionTest, AnUpdateOfTheHeadlineMovesTheStoryToNoOtherSection) {
  // An alias leads from one section's name to another section.
  v1::UpdateSourceRequest aliases;
  aliases.mutable_source()->set_name("sources/caliber.az");
  (*aliases.mutable_source()->mutable_section_aliases())["POLITICS"] = "region";
  (*aliases.mutable_source()->mutable_section_aliases())["REGION"] = "caucasus";
  aliases.mutable_update_mask()->add_paths("section_aliases");
  ASSERT_TRUE(Ask(*one_, &SourceService::UpdateSource, Editor(), aliases).ok());
  v1::CreateArticleRequest request = StoryRequest("aliased");
  request.mutable_article()->set_section("Politics");
  const news::v1::Article made = Create(request);
  ASSERT_EQ(made.section(), "region");
  const auto updated =
      Ask(*one_, &ArticleService::UpdateArticle, Editor(), Headline(made.name(), "Other words"));
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->section(), "region");
}

TEST_F(IngestionTest, WhatCannotBeDecodedIsSetAsideAndThePartitionGoesOn) {
  const news::ArticleId id = news::ArticleId::Of("caliber.az", "behind-garbage");
  const std::int32_t partition = kafka::PartitionOf(id.ToString(), kPartitions);
  const auto put = one_->edge_publisher->PublishAll(
      {{.topic = kSubmissionsTopic,
        .partition = partition,
        .key = news::NameOf(id),
        .value = "garbage"},
       {.topic = kSubmissionsTopic, .partition = partition, .key = news::NameOf(id)}});
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(Create(StoryRequest("behind-garbage")).version(), 1);
  const auto letters = cluster_->RecordsOf("telex.submissions.v1.ingestion.dlq");
  std::vector<std::string> offsets;
  for (const kafka::Record& letter : letters)
    offsets.emplace_back(*kafka::FindHeader(letter, kafka::kDlqOffsetHeader));
  EXPECT_THAT(offsets,
              ElementsAre(std::to_string((*put)[0].offset), std::to_string((*put)[1].offset)));
  EXPECT_EQ(letters[0].value, "garbage");
  EXPECT_EQ(kafka::FindHeader(letters[0], kafka::kDlqReasonHeader), errors::kRecordUnreadable);
}

TEST_F(IngestionTest, SourcesAreGuardedAndListed) {
  v1::CreateSourceRequest other = CaliberRequest();
  other.mutable_source()->set_display_name("Somebody else");
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &SourceService::CreateSource, Editor(), other).status()),
            errors::kSourceExists);
  v1::UpdateSourceRequest update;
  update.mutable_source()->set_name("sources/caliber.az");
  update.mutable_source()->set_etag("1");
  update.mutable_source()->set_attribution("via Caliber");
  update.mutable_update_mask()->add_paths("attribution");
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &SourceService::UpdateSource, Editor(), update).status()),
            errors::kFieldInvalid);
  const auto newest = one_->log_store->NewestVersionOf("sources/caliber.az").number;
  update.mutable_source()->set_etag(fmt::format("\"{}\"", newest + 5));
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &SourceService::UpdateSource, Editor(), update).status()),
            errors::kStaleEtag);
  update.mutable_source()->set_etag(fmt::format("\"{}\"", newest));
  const auto updated = Ask(*one_, &SourceService::UpdateSource, Editor(), update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->attribution(), "via Caliber");
  EXPECT_EQ(updated->version(), newest + 1);
  v1::ListSourcesRequest list;
  list.set_page_size(1);
  std::vector<std::string> names;
  do {
    const auto page = one_->intake->sources.ListSources(list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& source : page->sources()) names.push_back(source.name());
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(names, ::testing::Contains("sources/caliber.az"));
  update.mutable_source()->set_name("sources/none");
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &SourceService::UpdateSource, Editor(), update).status()),
            errors::kSourceNotFound);
}

TEST_F(IngestionTest, RefusalsAtTheDoorNameTheirFields) {
  const auto reason = [](const v1::CreateArticleRequest& request) {
    return errors::ReasonOf(Ask(*one_, &ArticleService::CreateArticle, Editor(), request).status());
  };
  v1::CreateArticleRequest request = StoryRequest("door");
  request.mutable_article()->set_source("sources/none");
  EXPECT_EQ(reason(request), errors::kUnknownSource);
  request = StoryRequest("");
  EXPECT_EQ(reason(request), errors::kNeedsKey);
  request = StoryRequest("door");
  request.set_request_id("no uuid");
  EXPECT_EQ(reason(request), errors::kFieldInvalid);
  request = StoryRequest("door");
  request.set_validate_only(true);
  const news::v1::Article preview = Create(request);
  EXPECT_EQ(preview.version(), 1);
  EXPECT_EQ(one_->log_store->NewestVersionOf(preview.name()).number, 0);
  // What the call would meet, the check meets.
  Create(StoryRequest("door"));
  request.mutable_article()->set_headline("Other words");
  EXPECT_EQ(reason(request), errors::kArticleExists);
  v1::CreateSourceRequest source = CaliberRequest();
  source.set_source_id("door.example");
  ASSERT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());
  source.set_validate_only(true);
  EXPECT_TRUE(Ask(*one_, &SourceService::CreateSource, Editor(), source).ok());
  source.mutable_source()->set_display_name("Another");
  EXPECT_EQ(errors::ReasonOf(Ask(*one_, &SourceService::CreateSource, Editor(), source).status()),
            errors::kSourceExists);
}

}  // namespace
}  // namespace telex::ingestion
