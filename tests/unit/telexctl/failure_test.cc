#include "telexctl/failures/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "telexctl/failures/retry.h"
#include "telexctl/http.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status DecisionPending() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending, "not decided yet");
}

TEST(ExitCodeTest, IsOneOfFive) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), kExitOk);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("x")), kExitRefused);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("the server's")), kExitRefused);
  EXPECT_EQ(ExitCodeOf(Usage("the command line's")), kExitUsage);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("x")), kExitUnavailable);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("x")), kExitUnavailable);
  EXPECT_EQ(ExitCodeOf(absl::PermissionDeniedError("x")), kExitPermission);
  EXPECT_EQ(ExitCodeOf(absl::UnauthenticatedError("x")), kExitPermission);
}

TEST(DescribeTest, ListsTheFieldsAtFault) {
  absl::Status status = errors::FieldError("article.headline", errors::kFieldRequired, "say it");
  status =
      errors::WithField(status, "article.section", errors::kUnknownSection, "no \x1b[31m such");
  const std::string text = DescribeFailure(status);
  EXPECT_THAT(text, HasSubstr("\n  --headline: say it (FIELD_REQUIRED)\n"));
  EXPECT_THAT(text, HasSubstr("\n  --section: no"));
  EXPECT_THAT(text, HasSubstr("reason: FIELD_REQUIRED (INVALID_ARGUMENT)"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(DescribeTest, SpeaksOfFlagsAndCommands) {
  const absl::Status status = errors::WithContext(
      errors::FieldError("source.display_name", errors::kFieldRequired, "see ListSources"),
      "making the source");
  EXPECT_THAT(DescribeFailure(status, {.command = "sources create"}),
              HasSubstr("making the source: --display-name: see telexctl sources list\n"));
  EXPECT_THAT(DescribeFailure(status, {.command = "sources create"}),
              HasSubstr("telexctl sources create --help"));
  // Programs have the path of the API, too.
  const auto json = nlohmann::json::parse(DescribeFailureAsJson(status));
  EXPECT_EQ(json["error"]["fields"][0]["field"], "source.display_name");
  EXPECT_EQ(json["error"]["fields"][0]["flag"], "--display-name");
}

TEST(DescribeTest, TheDocumentIsSaidByTheNameOfItsFile) {
  const absl::Status status = AboutFile(
      errors::FieldError("document", errors::kNotAnArticle, "no story was found"), "p.txt");
  EXPECT_THAT(DescribeFailure(status), HasSubstr("telexctl: p.txt: no story was found\n"));
  const absl::Status two = errors::WithField(status, "key", errors::kFieldTooLong, "too long");
  EXPECT_THAT(DescribeFailure(two), HasSubstr("\n  p.txt: no story was found (NOT_AN_ARTICLE)\n"));
  EXPECT_TRUE(AboutFile(absl::OkStatus(), "p.txt").ok());
}

TEST(DescribeTest, SaysWhatIsKnownWhereNothingIsSaid) {
  EXPECT_THAT(DescribeFailure(absl::UnimplementedError("")),
              HasSubstr("telexctl: UNIMPLEMENTED\n"));
}

TEST(DescribeTest, IsOneJsonObjectForMachines) {
  const auto json = nlohmann::json::parse(DescribeFailureAsJson(DecisionPending()));
  EXPECT_EQ(json["error"]["reason"], "DECISION_PENDING");
  EXPECT_EQ(json["error"]["code"], "UNAVAILABLE");
  EXPECT_EQ(nlohmann::json::parse(DescribeFailureAsJson(Usage("x")))["error"]["code"], "USAGE");
}

TEST(HttpFailureTest, TakesTheReasonOfProblemJson) {
  const absl::Status status =
      FailureOf({.status = 404,
                 .body = R"({"status":404,"reason":"PATH_NOT_FOUND","detail":"no such feed"})"},
                "http://feeds/x");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(errors::ReasonOf(status), errors::kPathNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no such feed"));
  EXPECT_EQ(FailureOf({.status = 503, .body = "<html>"}, "x").code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(FailureOf({.status = 500}, "x").code(), absl::StatusCode::kInternal);
}

class RetryTest : public ::testing::Test {
 protected:
  // Calls until `answers` are used up; the last one stays.
  absl::Status Run(std::vector<absl::Status> answers) {
    Retrier retrier(
        {.calls_max = 4, .pause_first = absl::Milliseconds(250), .pause_max = absl::Seconds(5)},
        [this](absl::Duration pause) { pauses_.push_back(pause); },
        [this](std::string_view line) { told_.append(line) += '\n'; });
    return retrier
        .Run("KillArticle",
             [&]() -> absl::StatusOr<int> {
               const std::size_t next = std::min<std::size_t>(calls_, answers.size() - 1);
               ++calls_;
               if (answers[next].ok()) return 0;
               return answers[next];
             })
        .status();
  }

  int calls_ = 0;
  std::vector<absl::Duration> pauses_;
  std::string told_;
};

TEST_F(RetryTest, AsksAgainWhileUnavailableAndSaysSo) {
  EXPECT_TRUE(Run({DecisionPending(), absl::UnavailableError("refused"), absl::OkStatus()}).ok());
  EXPECT_EQ(calls_, 3);
  EXPECT_THAT(pauses_, ElementsAre(absl::Milliseconds(250), absl::Milliseconds(500)));
  EXPECT_THAT(told_, HasSubstr("KillArticle: DECISION_PENDING; asking again in 0.25 s (2 of 4)"));
}

TEST_F(RetryTest, IsBounded) {
  EXPECT_TRUE(absl::IsUnavailable(Run({DecisionPending()})));
  EXPECT_EQ(calls_, 4);
}

TEST_F(RetryTest, LeavesTheRestAlone) {
  EXPECT_TRUE(absl::IsAborted(Run({absl::AbortedError("stale")})));
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(told_, "");
}

TEST_F(RetryTest, WaitsAsLongAsTheServerAsksWithinBounds) {
  Run({errors::WithMetadata(DecisionPending(), "retry_after_ms", "900"),
       errors::WithMetadata(DecisionPending(), "retry_after_ms", "86400000"), absl::OkStatus()})
      .IgnoreError();
  EXPECT_THAT(pauses_, ElementsAre(absl::Milliseconds(900), absl::Seconds(5)));
}

}  // namespace
}  // namespace telex::cli
