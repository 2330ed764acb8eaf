#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"
#include "platform/http/message.h"
#include "platform/http/problem.h"

namespace telex::http {
namespace {

using ::testing::HasSubstr;

TEST(Message, ProblemIsJsonWhateverItSays) {
  const Response problem =
      Problem(404, "ARTICLE_NOT_FOUND", "Not Found", "no \"x\"\n\xff", {{"Retry-After", "5"}});
  EXPECT_EQ(*problem.body,
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
            "\"detail\":\"no \\\"x\\\"\\n\xef\xbf\xbd\",\"reason\":\"ARTICLE_NOT_FOUND\"}\n");
  EXPECT_EQ(problem.head.bytes(),
            "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"
            "Retry-After: 5\r\n\r\n");
}

TEST(Message, AnErrorIsToldAsHttpHasIt) {
  using absl::StatusCode;
  const auto told = [](const absl::Status& error) {
    const Response answer = ProblemOf(error, {{"Allow", "GET"}});
    EXPECT_THAT(std::string(answer.head.bytes()), HasSubstr("Allow: GET\r\n"));
    EXPECT_THAT(std::string(answer.head.bytes()), HasSubstr("application/problem+json"));
    const std::string retry_after = RetryAfterOf(error);
    EXPECT_EQ(answer.head.bytes().find("Retry-After: ") == std::string_view::npos,
              retry_after.empty());
    return std::to_string(answer.status) + " " + retry_after;
  };
  EXPECT_EQ(told(errors::Error(StatusCode::kUnavailable, errors::kStopping, "later")), "503 2");
  EXPECT_EQ(told(errors::Error(StatusCode::kResourceExhausted, errors::kRateLimited, "slower",
                               {{std::string(errors::kRetryAfterKey), "1001"}})),
            "429 2");
  EXPECT_EQ(told(errors::Error(StatusCode::kNotFound, errors::kPathNotFound, "no")), "404 ");
  EXPECT_EQ(told(errors::Error(StatusCode::kFailedPrecondition, errors::kArticlePurged, "gone")),
            "410 ");
  EXPECT_EQ(told(errors::Error(StatusCode::kInvalidArgument, errors::kBodyTooLarge, "big")),
            "413 ");
  EXPECT_EQ(told(absl::DataLossError("disk")), "500 ");
  const Response field = ProblemOf(errors::FieldError("age_ms", errors::kFieldInvalid, "is old"));
  EXPECT_THAT(*field.body, HasSubstr(R"("field":"age_ms")"));
  EXPECT_THAT(*field.body, HasSubstr(R"("reason":"FIELD_INVALID")"));
  EXPECT_THAT(*field.body, HasSubstr(R"("detail":"age_ms: is old")"));
  const Response stranger =
      ProblemOf(errors::Error(StatusCode::kUnauthenticated, errors::kUnauthenticated, "who"));
  EXPECT_THAT(std::string(stranger.head.bytes()), HasSubstr("WWW-Authenticate: Bearer\r\n"));
}

// "absent", "malformed", or the value in brackets.
std::string ValueIn(std::string_view query, std::string_view name, std::size_t bytes_max) {
  const auto value = QueryValue(query, name, bytes_max);
  if (!value.ok()) {
    EXPECT_EQ(errors::DetailsOf(value.status())->fields.front().field, name);
    EXPECT_EQ(StatusOf(value.status()), 400);
    return "malformed";
  }
  return *value ? "[" + **value + "]" : "absent";
}

TEST(Message, QueriesAreDecodedAndBounded) {
  const std::string_view query = "a=1&b=%C3%a9+x&a=2&c&=4";
  EXPECT_EQ(ValueIn(query, "a", 1), "[1]");
  EXPECT_EQ(ValueIn(query, "b", 4), "[\xc3\xa9 x]");
  EXPECT_EQ(ValueIn(query, "c", 0), "[]");
  EXPECT_EQ(ValueIn("%61=1", "a", 9), "[1]");
}

TEST(Message, AQueryWithoutAValueIsNotOneThatCannotBeRead) {
  EXPECT_EQ(ValueIn("", "a", 9), "absent");
  EXPECT_EQ(ValueIn("a=1", "d", 9), "absent");
  EXPECT_EQ(ValueIn("aa=1", "a", 9), "absent");
  EXPECT_EQ(ValueIn("b=%zz", "a", 9), "absent");
  EXPECT_EQ(ValueIn("a=123", "a", 2), "malformed");
  EXPECT_EQ(ValueIn("a=%zz", "a", 9), "malformed");
  EXPECT_EQ(ValueIn("a=%4", "a", 9), "malformed");
  EXPECT_EQ(ValueIn("a=x%00", "a", 9), "malformed");
}

TEST(Message, HeaderValuesAreCleaned) { EXPECT_EQ(CleanHeaderValue("a\r\nb: c\x7f"), "a  b: c "); }

TEST(MessageDeathTest, HeadersCannotBeSplit) {
  EXPECT_DEATH(HeaderBlock({{"X", "a\r\nSet-Cookie: b"}}), "control character");
  EXPECT_DEATH(HeaderBlock({{"X Y", "a"}}), "no token");
  EXPECT_DEATH(HeaderBlock({{"content-length", "5"}}), "server's own");
}

}  // namespace
}  // namespace telex::http
