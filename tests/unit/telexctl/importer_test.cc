#include "telexctl/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "telexctl/failure.h"
#include "telexctl/hints.h"
#include "tests/unit/telexctl/fake_newsroom.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImporterTest : public ::testing::Test {
 protected:
  static pb::ImportDocumentResponse Accepted() {
    pb::ImportDocumentResponse response;
    response.set_source("sources/courier.example");
    response.add_items()->set_verdict(pb::VERDICT_ACCEPTED);
    return response;
  }
  static pb::ImportDocumentResponse Proposal() {
    pb::ImportDocumentResponse response;
    response.mutable_proposal()->set_name("sources/courier.example");
    response.mutable_proposal()->set_display_name("The Courier");
    response.mutable_proposal()->set_home_page("https://courier.example");
    response.mutable_proposal()->set_usage_terms("With a link");
    response.mutable_proposal()->set_language("en");
    return response;
  }
  static absl::Status NeedsKey() {
    return errors::WithMetadata(errors::FieldError("document.key", errors::kNeedsKey, "no key"),
                                "proposed_key", "ferry-is-late");
  }
  absl::StatusOr<pb::ImportDocumentResponse> Run(ImportOrder order = {}) {
    order.document = "page";
    return Import(newsroom_, order,
                  {.new_request_id = [this] { return std::to_string(++ids_); },
                   .tell = [this](std::string_view line) { told_.append(line) += '\n'; },
                   .sleep = [this](absl::Duration) { ++sleeps_; }});
  }

  FakeNewsroom newsroom_;
  std::string told_;
  int ids_ = 0;
  int sleeps_ = 0;
};

TEST_F(ImporterTest, SaysNothingWhereNothingIsMissing) {
  newsroom_.import_answers = {Accepted()};
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(newsroom_.imports.size(), 1u);
  EXPECT_EQ(told_, "");
}

TEST_F(ImporterTest, MakesTheSourceFromTheProposalAndSaysSo) {
  newsroom_.import_answers = {Proposal(), Accepted()};
  ASSERT_TRUE(Run().ok());
  ASSERT_EQ(newsroom_.created_sources.size(), 1u);
  const pb::CreateSourceRequest& made = newsroom_.created_sources[0];
  EXPECT_EQ(made.source_id(), "courier.example");
  EXPECT_EQ(made.source().home_page(), "https://courier.example");
  EXPECT_EQ(made.source().usage_terms(), "With a link");
  EXPECT_EQ(made.source().default_language(), "en");
  EXPECT_EQ(newsroom_.imports[1].source(), "sources/courier.example");
  EXPECT_THAT(told_, HasSubstr("Made the source sources/courier.example"));
}

TEST_F(ImporterTest, WaitsForTheReplicaThatHasNotReadOfTheSource) {
  const absl::Status unknown = errors::FieldError("source", errors::kUnknownSource, "not known");
  newsroom_.import_answers = {Proposal(), unknown, unknown, Accepted()};
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(sleeps_, 2);
}

TEST_F(ImporterTest, TakesTheProposedKeyAndSaysSo) {
  newsroom_.import_answers = {Proposal(), NeedsKey(), Accepted()};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(newsroom_.imports[2].key(), "ferry-is-late");
  EXPECT_EQ(newsroom_.imports[2].source(), "sources/courier.example");
  EXPECT_THAT(told_, HasSubstr("taken as 'ferry-is-late'"));
}

TEST_F(ImporterTest, EveryCallHasARequestIdOfItsOwn) {
  newsroom_.import_answers = {NeedsKey(), Accepted()};
  ASSERT_TRUE(Run().ok());
  EXPECT_NE(newsroom_.imports[0].request_id(), newsroom_.imports[1].request_id());
  EXPECT_NE(newsroom_.imports[0].request_id(), "");
}

TEST_F(ImporterTest, StrictRefusesWithoutAKey) {
  newsroom_.import_answers = {NeedsKey()};
  const auto response = Run({.strict = true});
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kNeedsKey);
  EXPECT_THAT(HintFor(response.status()), HasSubstr("--key ferry-is-late"));
}

TEST_F(ImporterTest, StrictMakesNoSource) {
  newsroom_.import_answers = {Proposal()};
  const auto response = Run({.strict = true});
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kUnknownSource);
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("telexctl sources create courier.example --display-name 'The Courier'"));
  EXPECT_THAT(newsroom_.created_sources, IsEmpty());
}

TEST_F(ImporterTest, ValidateOnlyMakesNoSource) {
  newsroom_.import_answers = {Proposal()};
  EXPECT_TRUE(Run({.validate_only = true}).ok());
  EXPECT_THAT(newsroom_.created_sources, IsEmpty());
  EXPECT_THAT(told_, HasSubstr("import would make sources/courier.example"));
}

TEST_F(ImporterTest, ASourceThatSomebodyMadeMeanwhileIsTaken) {
  newsroom_.import_answers = {Proposal(), Accepted()};
  newsroom_.create_source_failure =
      errors::Error(absl::StatusCode::kAlreadyExists, errors::kSourceExists, "there");
  newsroom_.known_source.set_name("sources/courier.example");
  newsroom_.known_source.set_home_page("https://courier.example");
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(newsroom_.imports[1].source(), "sources/courier.example");
}

TEST_F(ImporterTest, ASourceOfAnotherHomePageIsNotTaken) {
  newsroom_.import_answers = {Proposal()};
  newsroom_.create_source_failure =
      errors::Error(absl::StatusCode::kAlreadyExists, errors::kSourceExists, "there");
  newsroom_.known_source.set_home_page("https://other.example");
  const auto response = Run();
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kSourceExists);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("--source"));
}

TEST(OutcomeTest, OnlyWhatIsInIsSuccess) {
  const auto outcome = [](pb::Verdict verdict) {
    pb::ImportDocumentResponse response;
    response.add_items()->set_verdict(verdict);
    return ExitCodeOf(OutcomeOf(response, false));
  };
  EXPECT_EQ(outcome(pb::VERDICT_ACCEPTED), kExitOk);
  EXPECT_EQ(outcome(pb::VERDICT_UNCHANGED), kExitOk);
  EXPECT_EQ(outcome(pb::VERDICT_STALE), kExitRefused);
  EXPECT_EQ(outcome(pb::VERDICT_HELD), kExitRefused);
  EXPECT_EQ(outcome(pb::VERDICT_REFUSED), kExitRefused);
}

}  // namespace
}  // namespace telex::cli
