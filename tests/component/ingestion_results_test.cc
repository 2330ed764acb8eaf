// What a call that writes says it did: nobody has to ask before it, or to compare after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "news/wire/time_codec.h"
#include "telex/ingestion/v1/decision.pb.h"
#include "tests/component/ingestion_answers.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using news::v1::WriteResult;
using namespace testing;  // the replica's helpers

constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

constexpr char kBody[] =
    "The council of Port Ellery has decided that all ferries in the inner basin have to run on "
    "current by the spring of 2027, its chair said after the vote on Friday evening.\n\nNobody at "
    "the quay was surprised by it, and the captain of the oldest boat said so twice.\n";

// The whole of a result but which decision it was, and when.
struct Told {
  std::string verdict;
  std::string reason;
  std::int64_t version = 0;
  bool repeated = false;

  bool operator==(const Told&) const = default;
  friend void PrintTo(const Told& told, std::ostream* out) {
    *out << told.verdict << ' ' << told.reason << " version " << told.version
         << (told.repeated ? " repeated" : "");
  }
};

Told ToldIn(const WriteResult& result) {
  return {WriteResult::Verdict_Name(result.verdict()), result.reason(), result.version(),
          result.repeated()};
}

// A replica alone, shared by the tests: each test has a story of its own.
class ResultsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster;
    one_ = new Replica(*cluster_, {.rule = KnownRules().rbegin()->first});
    const auto made = Write(&SourceService::CreateSource, CaliberRequest());
    ASSERT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  }
  static void TearDownTestSuite() {
    delete one_;
    delete cluster_;
  }

  template <typename Service, typename Answer, typename Request>
  static Answer Write(void (Service::*method)(const Call&, const Request&, Done<Answer>),
                      const Request& request, const Call& call = Editor()) {
    const auto answer = Ask(*one_, method, call, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : Answer();
  }
  static v1::UpdateArticleRequest Headline(const std::string& name, const std::string& headline) {
    v1::UpdateArticleRequest request;
    request.mutable_article()->set_name(name);
    request.mutable_article()->set_headline(headline);
    request.mutable_update_mask()->add_paths("headline");
    return request;
  }
  static v1::ImportDocumentRequest Page(const std::string& key, const std::string& headline) {
    v1::ImportDocumentRequest request;
    request.set_source("sources/caliber.az");
    request.set_key(key);
    request.set_document(headline + "\n\n18 April 2025 14:25\n\n" + kBody);
    return request;
  }
  static v1::ImportDocumentResponse::Item Import(const v1::ImportDocumentRequest& request) {
    const auto response = Write(&ImportService::ImportDocument, request, SourceCall());
    EXPECT_EQ(response.items_size(), 1);
    if (response.items_size() != 1) return {};
    // An item says the same in both places.
    const auto& item = response.items(0);
    EXPECT_EQ(v1::Verdict_Name(item.verdict()), ToldIn(item.article().result()).verdict);
    EXPECT_EQ(item.reason(), item.article().result().reason());
    return item;
  }
  static std::map<std::string, v1::Decision> DecisionsInLog() {
    std::map<std::string, v1::Decision> decisions;
    for (const kafka::Record& record : cluster_->RecordsOf(kDecisionsTopic))
      decisions[record.key].ParseFromString(record.value.value_or(""));
    return decisions;
  }

  static Cluster* cluster_;
  static Replica* one_;
};
Cluster* ResultsTest::cluster_ = nullptr;
Replica* ResultsTest::one_ = nullptr;

TEST_F(ResultsTest, AStoryIsAcceptedAndTheSameAgainUnchanged) {
  const auto made = Write(&ArticleService::CreateArticle, StoryRequest("created"));
  EXPECT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  const auto again = Write(&ArticleService::CreateArticle, StoryRequest("created"));
  EXPECT_EQ(ToldIn(again.result()), (Told{"VERDICT_UNCHANGED", "SAME_CONTENT", 1}));
  EXPECT_EQ(BytesAsRead(again), BytesAsRead(made));
  // The decision is the one on record under that name.
  const auto decisions = DecisionsInLog();
  ASSERT_TRUE(decisions.contains(again.result().decision())) << again.result().decision();
  const v1::Decision& decision = decisions.at(again.result().decision());
  EXPECT_EQ(decision.subject(), made.name());
  EXPECT_EQ(decision.verdict(), v1::VERDICT_UNCHANGED);
  EXPECT_EQ(decision.time().SerializeAsString(), again.result().submit_time().SerializeAsString());
  EXPECT_NE(again.result().decision(), made.result().decision());

  const auto updated =
      Write(&ArticleService::UpdateArticle, Headline(made.name(), "Corrected headline"));
  EXPECT_EQ(ToldIn(updated.result()), (Told{"VERDICT_ACCEPTED", "", 2}));
  const auto nothing =
      Write(&ArticleService::UpdateArticle, Headline(made.name(), "Corrected headline"));
  EXPECT_EQ(ToldIn(nothing.result()), (Told{"VERDICT_UNCHANGED", "SAME_CONTENT", 2}));
}

TEST_F(ResultsTest, ASourceThatSaysTheSameIsToldSoWhateverAnEditorMadeOfIt) {
  const auto made = Write(&ArticleService::CreateArticle, StoryRequest("upstream"), SourceCall());
  EXPECT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  Write(&ArticleService::UpdateArticle, Headline(made.name(), "Corrected"));
  const auto again = Write(&ArticleService::CreateArticle, StoryRequest("upstream"), SourceCall());
  EXPECT_EQ(ToldIn(again.result()), (Told{"VERDICT_UNCHANGED", "SAME_UPSTREAM", 2}));
  EXPECT_EQ(again.headline(), "Corrected");
}

// Held back from partners is a state of the version, beside the verdict.
TEST_F(ResultsTest, AnEmbargoedStoryIsAcceptedAndSaysUntilWhen) {
  v1::CreateArticleRequest request = StoryRequest("embargoed");
  *request.mutable_article()->mutable_embargoed() = news::ToProto(absl::Now() + absl::Hours(1));
  const auto made = Write(&ArticleService::CreateArticle, request);
  EXPECT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_EQ(made.availability(), news::v1::AVAILABILITY_EMBARGOED);
  EXPECT_TRUE(made.has_embargoed());
}

TEST_F(ResultsTest, ATakedownOfWhatIsTakenDownIsUnchanged) {
  const std::string name = Write(&ArticleService::CreateArticle, StoryRequest("taken down")).name();
  v1::WithholdArticleRequest withhold;
  withhold.set_name(name);
  withhold.set_reason("a doubt");
  v1::KillArticleRequest kill;
  kill.set_name(name);
  kill.set_reason("untrue");
  v1::ReinstateArticleRequest reinstate;
  reinstate.set_name(name);
  v1::PurgeArticleRequest purge;
  purge.set_name(name);
  purge.set_reason("request 14");
  std::int64_t version = 1;
  const auto twice = [&](auto method, const auto& request) {
    EXPECT_EQ(ToldIn(Write(method, request).result()), (Told{"VERDICT_ACCEPTED", "", ++version}));
    EXPECT_EQ(ToldIn(Write(method, request).result()),
              (Told{"VERDICT_UNCHANGED", "ALREADY_SO", version}));
  };
  twice(&ArticleService::WithholdArticle, withhold);
  twice(&ArticleService::KillArticle, kill);
  // A withhold does not weaken a kill.
  EXPECT_EQ(ToldIn(Write(&ArticleService::WithholdArticle, withhold).result()),
            (Told{"VERDICT_UNCHANGED", "ALREADY_SO", version}));
  twice(&ArticleService::ReinstateArticle, reinstate);
  twice(&ArticleService::PurgeArticle, purge);
}

TEST_F(ResultsTest, ARepeatIsToldTheFirstDecisionAndThatItIsOne) {
  const std::string name = Write(&ArticleService::CreateArticle, StoryRequest("repeated")).name();
  v1::UpdateArticleRequest update = Headline(name, "Second");
  update.set_request_id(kRequest);
  const auto first = Write(&ArticleService::UpdateArticle, update);
  EXPECT_EQ(ToldIn(first.result()), (Told{"VERDICT_ACCEPTED", "", 2}));
  Write(&ArticleService::UpdateArticle, Headline(name, "Third"));
  const auto again = Write(&ArticleService::UpdateArticle, update);
  EXPECT_EQ(ToldIn(again.result()), (Told{"VERDICT_ACCEPTED", "", 2, /*repeated=*/true}));
  EXPECT_EQ(again.result().decision(), first.result().decision());
  EXPECT_EQ(again.result().submit_time().SerializeAsString(),
            first.result().submit_time().SerializeAsString());
  EXPECT_EQ(BytesAsRead(again), BytesAsRead(first));
}

TEST_F(ResultsTest, ACheckForeseesTheVerdictAndDecidesNothing) {
  v1::CreateArticleRequest request = StoryRequest("checked");
  request.set_validate_only(true);
  const auto foreseen = Write(&ArticleService::CreateArticle, request);
  EXPECT_EQ(ToldIn(foreseen.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_EQ(foreseen.result().decision(), "");
  EXPECT_FALSE(foreseen.result().has_submit_time());
  const std::string name = Write(&ArticleService::CreateArticle, StoryRequest("checked")).name();
  EXPECT_EQ(ToldIn(Write(&ArticleService::CreateArticle, request).result()),
            (Told{"VERDICT_UNCHANGED", "SAME_CONTENT", 1}));
  v1::UpdateArticleRequest update = Headline(name, "Second");
  update.set_validate_only(true);
  EXPECT_EQ(ToldIn(Write(&ArticleService::UpdateArticle, update).result()),
            (Told{"VERDICT_ACCEPTED", "", 2}));
}

TEST_F(ResultsTest, EachStoryOfADocumentHasItsOwn) {
  auto page = Page("imported", "Council approves quiet engine rule");
  page.set_validate_only(true);
  const auto foreseen = Import(page);
  EXPECT_EQ(ToldIn(foreseen.article().result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_EQ(foreseen.article().result().decision(), "");
  page.set_validate_only(false);
  page.set_request_id(kRequest);
  const auto first = Import(page);
  EXPECT_EQ(ToldIn(first.article().result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  const auto repeated = Import(page);
  EXPECT_EQ(ToldIn(repeated.article().result()), (Told{"VERDICT_ACCEPTED", "", 1, true}));
  EXPECT_EQ(repeated.article().result().decision(), first.article().result().decision());
  EXPECT_FALSE(repeated.has_similar());  // what it resembles is what it made
  page.clear_request_id();
  EXPECT_EQ(ToldIn(Import(page).article().result()),
            (Told{"VERDICT_UNCHANGED", "SAME_UPSTREAM", 1}));
  auto another = Page("imported", "Council approves silent engine rule");
  another.set_request_id(kRequest);
  const auto refused = Import(another);
  EXPECT_EQ(ToldIn(refused.article().result()), (Told{"VERDICT_REFUSED", "REQUEST_ID_REUSED", 1}));
  EXPECT_EQ(refused.article().headline(), "Council approves quiet engine rule");
  another.clear_request_id();
  Write(&ArticleService::UpdateArticle, Headline(first.article().name(), "Corrected"));
  const auto held = Import(another);
  EXPECT_EQ(ToldIn(held.article().result()), (Told{"VERDICT_HELD", "EDITED_BY_EDITOR", 2}));
  EXPECT_EQ(held.article().headline(), "Corrected");
}

// What was not submitted was not decided.
TEST_F(ResultsTest, AProposalHasNone) {
  v1::ImportDocumentRequest page = Page("proposed", "Council approves quiet engine rule");
  page.clear_source();
  page.set_document(page.document() + "\n© 2025 proposed.example. All rights reserved.\n");
  const auto response = Write(&ImportService::ImportDocument, page, SourceCall());
  ASSERT_EQ(response.items_size(), 1) << response.DebugString();
  EXPECT_FALSE(response.items(0).article().has_result());
  page.set_validate_only(true);
  const auto checked = Write(&ImportService::ImportDocument, page, SourceCall());
  ASSERT_EQ(checked.items_size(), 1);
  EXPECT_EQ(ToldIn(checked.items(0).article().result()), (Told{"VERDICT_ACCEPTED", "", 1}));
}

TEST_F(ResultsTest, SourcesAreToldTheSame) {
  v1::CreateSourceRequest create = CaliberRequest();
  create.set_source_id("results.example");
  create.set_validate_only(true);
  const auto foreseen = Write(&SourceService::CreateSource, create);
  EXPECT_EQ(ToldIn(foreseen.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_EQ(foreseen.result().decision(), "");
  create.set_validate_only(false);
  create.set_request_id(kRequest);
  const auto made = Write(&SourceService::CreateSource, create);
  EXPECT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_TRUE(DecisionsInLog().contains(made.result().decision()));
  v1::UpdateSourceRequest update;
  update.mutable_source()->set_name(made.name());
  update.mutable_source()->set_attribution("via Results");
  update.mutable_update_mask()->add_paths("attribution");
  EXPECT_EQ(ToldIn(Write(&SourceService::UpdateSource, update).result()),
            (Told{"VERDICT_ACCEPTED", "", 2}));
  EXPECT_EQ(ToldIn(Write(&SourceService::UpdateSource, update).result()),
            (Told{"VERDICT_UNCHANGED", "SAME_CONTENT", 2}));
  // The source that stands is answered, and the version that was made when it was first asked for.
  const auto again = Write(&SourceService::CreateSource, create);
  EXPECT_EQ(ToldIn(again.result()), (Told{"VERDICT_ACCEPTED", "", 1, /*repeated=*/true}));
  EXPECT_EQ(again.version(), 2);
}

TEST_F(ResultsTest, ItIsInAnswersAlone) {
  v1::CreateArticleRequest request = StoryRequest("answers");
  request.mutable_article()->mutable_result()->set_verdict(WriteResult::VERDICT_HELD);
  request.mutable_article()->mutable_result()->set_decision("submissions/9/9");
  const auto made = Write(&ArticleService::CreateArticle, request);
  EXPECT_EQ(ToldIn(made.result()), (Told{"VERDICT_ACCEPTED", "", 1}));
  EXPECT_NE(made.result().decision(), "submissions/9/9");
  v1::UpdateSourceRequest source;
  *source.mutable_source() = CaliberRequest().source();
  source.mutable_source()->set_name("sources/caliber.az");
  source.mutable_source()->mutable_result()->set_verdict(WriteResult::VERDICT_HELD);
  source.mutable_update_mask()->add_paths("*");
  source.mutable_source()->set_attribution("via Caliber");
  Write(&SourceService::UpdateSource, source);

  v1::GetArticleRequest get;
  get.set_name(made.name());
  EXPECT_FALSE(one_->intake->articles.GetArticle(get)->has_result());
  v1::GetSourceRequest get_source;
  get_source.set_name("sources/caliber.az");
  EXPECT_FALSE(one_->intake->sources.GetSource(get_source)->has_result());
  for (const kafka::Record& record : cluster_->RecordsOf(kArticlesTopic)) {
    news::v1::ArticleRecord version;
    ASSERT_TRUE(version.ParseFromString(record.value.value_or("")));
    EXPECT_FALSE(version.article().has_result()) << record.key;
  }
  for (const kafka::Record& record : cluster_->RecordsOf(kResourcesTopic)) {
    v1::SourceRecord version;
    ASSERT_TRUE(version.ParseFromString(record.value.value_or("")));
    EXPECT_FALSE(version.source().has_result()) << record.key;
  }
  for (const kafka::Record& record : cluster_->RecordsOf(kSubmissionsTopic)) {
    v1::Submission submission;
    ASSERT_TRUE(submission.ParseFromString(record.value.value_or("")));
    EXPECT_FALSE(submission.set_content().article().has_result()) << record.key;
    EXPECT_FALSE(submission.set_source().source().has_result()) << record.key;
  }
}

}  // namespace
}  // namespace telex::ingestion
