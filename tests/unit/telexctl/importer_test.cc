#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/errors/errors.h"
#include "telexctl/commands/import_steps.h"
#include "telexctl/failures/failure.h"
#include "telexctl/failures/hints.h"
#include "tests/unit/telexctl/fake_ingestion_api.h"

namespace telex::cli {
namespace {

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
    return Import(api_, order,
                  {.new_request_id = [this] { return std::to_string(++ids_); },
                   .line_with =
                       [](std::string_view flag, std::string_view value) {
                         return std::string("telexctl import page.txt ").append(flag) + " " +
                                std::string(value);
                       },
                   .tell = [this](std::string_view line) { told_.append(line) += '\n'; },
                   .sleep = [this](absl::Duration) { ++sleeps_; }});
  }

  FakeIngestionApi api_;
  std::string told_;
  int ids_ = 0;
  int sleeps_ = 0;
};

TEST_F(ImporterTest, SaysNothingWhereNothingIsMissing) {
  api_.import_answers = {Accepted()};
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(api_.imports.size(), 1u);
  EXPECT_EQ(told_, "");
}

TEST_F(ImporterTest, MakesTheSourceFromTheProposalAndSaysSo) {
  api_.import_answers = {Proposal(), Accepted()};
  ASSERT_TRUE(Run().ok());
  ASSERT_EQ(api_.created_sources.size(), 1u);
  const pb::CreateSourceRequest& made = api_.created_sources[0];
  EXPECT_EQ(made.source_id(), "courier.example");
  EXPECT_EQ(made.source().home_page(), "https://courier.example");
  EXPECT_EQ(made.source().usage_terms(), "With a link");
  EXPECT_EQ(made.source().default_language(), "en");
  EXPECT_EQ(api_.imports[1].source(), "sources/courier.example");
  EXPECT_THAT(told_, HasSubstr("Made the source sources/courier.example"));
}

TEST_F(ImporterTest, WaitsForTheReplicaThatHasNotReadOfTheSource) {
  const absl::Status unknown = errors::FieldError("source", errors::kUnknownSource, "not known");
  api_.import_answers = {Proposal(), unknown, unknown, Accepted()};
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(sleeps_, 2);
}

TEST_F(ImporterTest, TakesTheProposedKeyAndSaysSo) {
  api_.import_answers = {Proposal(), NeedsKey(), Accepted()};
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(api_.imports[2].key(), "ferry-is-late");
  EXPECT_EQ(api_.imports[2].source(), "sources/courier.example");
  EXPECT_THAT(told_, HasSubstr("taken as 'ferry-is-late' (another: telexctl import page.txt --key "
                               "KEY)"));
}

TEST_F(ImporterTest, EveryCallHasARequestIdOfItsOwn) {
  api_.import_answers = {NeedsKey(), Accepted()};
  ASSERT_TRUE(Run().ok());
  EXPECT_NE(api_.imports[0].request_id(), api_.imports[1].request_id());
  EXPECT_NE(api_.imports[0].request_id(), "");
}

TEST_F(ImporterTest, StrictRefusesWithoutAKey) {
  api_.import_answers = {NeedsKey()};
  const auto response = Run({.strict = true});
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kNeedsKey);
  EXPECT_THAT(HintFor(response.status()), HasSubstr("--key ferry-is-late"));
}

TEST_F(ImporterTest, StrictMakesNoSource) {
  api_.import_answers = {Proposal()};
  const auto response = Run({.strict = true});
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kUnknownSource);
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("telexctl sources create courier.example --display-name 'The Courier'"));
  EXPECT_THAT(api_.created_sources, IsEmpty());
}

TEST_F(ImporterTest, ValidateOnlyMakesNoSourceAndShowsTheStory) {
  auto proposal = Proposal();
  proposal.add_items()->mutable_article()->set_headline("Ferry is late");
  api_.import_answers = {proposal};
  const auto response = Run({.validate_only = true});
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->items_size(), 1);
  EXPECT_EQ(response->items(0).article().headline(), "Ferry is late");
  EXPECT_EQ(api_.imports.size(), 1u);
  ASSERT_EQ(api_.created_sources.size(), 1u);
  EXPECT_TRUE(api_.created_sources[0].validate_only());
  EXPECT_THAT(told_, HasSubstr("import would make sources/courier.example"));
}

TEST_F(ImporterTest, ASectionInAnotherScriptGetsAnAliasAndThatIsSaid) {
  auto proposal = Proposal();
  (*proposal.mutable_proposal()->mutable_section_aliases())["Политика"] = "politika";
  api_.import_answers = {proposal, Accepted()};
  ASSERT_TRUE(Run().ok());
  ASSERT_EQ(api_.created_sources.size(), 1u);
  EXPECT_EQ(api_.created_sources[0].source().section_aliases().at("Политика"), "politika");
  EXPECT_THAT(told_, HasSubstr("Section 'Политика' stands as politika; another: telexctl sources "
                               "update courier.example --section-alias 'Политика=SLUG'"));

  api_.import_answers = {proposal};
  const auto strict = Run({.strict = true});
  EXPECT_EQ(errors::ReasonOf(strict.status()), errors::kUnknownSource);
  EXPECT_THAT(std::string(strict.status().message()),
              HasSubstr("--section-alias 'Политика=politika'"));
}

TEST_F(ImporterTest, ASourceThatCannotBeMadeIsSaidWithTheCommandThatMakesIt) {
  auto proposal = Proposal();
  proposal.mutable_proposal()->clear_usage_terms();
  api_.import_answers = {proposal};
  api_.create_source_failure =
      errors::FieldError("source.usage_terms", errors::kFieldRequired, "the words of the licence");
  const auto response = Run();
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kFieldRequired);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("--usage-terms TERMS"));
  EXPECT_EQ(told_, "");
}

TEST_F(ImporterTest, APageWithoutAHomePageIsSaidWithWholeCommands) {
  api_.import_answers = {errors::FieldError("source", errors::kUnknownSource, "names none")};
  const std::string hint = HintFor(Run().status());
  EXPECT_THAT(hint, HasSubstr("telexctl import page.txt --source SOURCE;"));
  EXPECT_THAT(hint, HasSubstr("telexctl sources create SOURCE --display-name NAME --home-page URL "
                              "--usage-terms TERMS --default-language LANGUAGE"));
}

TEST_F(ImporterTest, WhoMayMakeNoSourceIsToldThatItIsTheRole) {
  api_.import_answers = {Proposal()};
  api_.create_source_failure = errors::Error(absl::StatusCode::kPermissionDenied,
                                             errors::kRoleRequired, "has none of the roles");
  const auto response = Run();
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kRoleRequired);
  const std::string message(response.status().message());
  EXPECT_THAT(message, HasSubstr("no source has the home page https://courier.example, and yours"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("does not say all")));
  EXPECT_THAT(HintFor(response.status()), HasSubstr("telexctl sources create courier.example "
                                                    "--display-name 'The Courier'"));
}

TEST_F(ImporterTest, ASourceThatSomebodyMadeMeanwhileIsTaken) {
  api_.import_answers = {Proposal(), Accepted()};
  api_.create_source_failure =
      errors::Error(absl::StatusCode::kAlreadyExists, errors::kSourceExists, "there");
  api_.known_source.set_name("sources/courier.example");
  api_.known_source.set_home_page("https://courier.example");
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(api_.imports[1].source(), "sources/courier.example");
}

TEST_F(ImporterTest, TheVerySameSourceThatSomebodyMadeMeanwhileIsTakenAndNotSaidToBeMade) {
  api_.import_answers = {Proposal(), Accepted()};
  api_.create_source_verdict = pb::WriteResult::VERDICT_UNCHANGED;
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(api_.imports[1].source(), "sources/courier.example");
  EXPECT_EQ(told_, "");
}

TEST_F(ImporterTest, ASourceOfAnotherHomePageIsNotTaken) {
  api_.import_answers = {Proposal()};
  api_.create_source_failure =
      errors::Error(absl::StatusCode::kAlreadyExists, errors::kSourceExists, "there");
  api_.known_source.set_home_page("https://other.example");
  const auto response = Run();
  EXPECT_EQ(errors::ReasonOf(response.status()), errors::kSourceExists);
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("telexctl import page.txt --source sources/courier.example"));
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
