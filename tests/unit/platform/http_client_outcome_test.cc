#include <gmock/gmock.h>

#include "platform/errors/errors.h"
#include "platform/http_client/outcome.h"
#include "platform/http_client/request_check.h"
#include "platform/http_client/url.h"

namespace telex::http_client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(784111777);  // Sun, 06 Nov 1994 08:49:37 GMT

std::optional<absl::Duration> WaitOf(std::string retry_after, std::string date = "") {
  Headers headers;
  headers.Add("retry-after", std::move(retry_after));
  if (!date.empty()) headers.Add("Date", std::move(date));
  return RetryAfter(headers, kNow, absl::Hours(1));
}

TEST(RetryAfterTest, BothFormsWithinTheBound) {
  EXPECT_EQ(WaitOf("120"), absl::Seconds(120));
  EXPECT_EQ(WaitOf("0"), absl::ZeroDuration());
  EXPECT_EQ(WaitOf("86400"), absl::Hours(1));
  EXPECT_EQ(WaitOf("99999999999999999999999"), absl::Hours(1));
  EXPECT_EQ(WaitOf("Sun, 06 Nov 1994 08:50:37 GMT"), absl::Minutes(1));
  EXPECT_EQ(WaitOf("Sun, 06 Nov 1994 08:48:37 GMT"), absl::ZeroDuration()) << "in the past";
  EXPECT_EQ(WaitOf("Mon, 07 Nov 1994 08:49:37 GMT"), absl::Hours(1));
}

TEST(RetryAfterTest, ADateIsHeldAgainstThePeersOwnClock) {
  // The peer's clock is a year ahead; it asks for 30 s.
  EXPECT_EQ(WaitOf("Mon, 06 Nov 1995 08:50:07 GMT", "Mon, 06 Nov 1995 08:49:37 GMT"),
            absl::Seconds(30));
}

TEST(RetryAfterTest, WhatCannotBeReadIsNotThere) {
  for (const char* text : {"", "soon", "-1", "1.5", "1e3", "+5", "10 s"}) {
    EXPECT_EQ(WaitOf(text), std::nullopt) << text;
  }
  EXPECT_EQ(RetryAfter({}, kNow, absl::Hours(1)), std::nullopt);
}

TEST(OutcomeOfTest, EveryStatusHasOne) {
  struct StatusCase {
    int status;
    bool retry_after;
    Outcome outcome;
  };
  const StatusCase cases[] = {
      {200, false, Outcome::kDone},     {201, false, Outcome::kDone},
      {204, true, Outcome::kDone},      {299, false, Outcome::kDone},
      {304, false, Outcome::kDone},     {300, false, Outcome::kRefused},
      {301, false, Outcome::kRefused},  {400, false, Outcome::kRefused},
      {401, false, Outcome::kRefused},  {403, true, Outcome::kRefused},
      {404, false, Outcome::kRefused},  {410, false, Outcome::kRefused},
      {456, false, Outcome::kRefused},  {408, false, Outcome::kTryLater},
      {425, false, Outcome::kTryLater}, {429, false, Outcome::kTryLater},
      {429, true, Outcome::kTryLater},  {503, true, Outcome::kTryLater},
      {503, false, Outcome::kUnknown},  {500, true, Outcome::kUnknown},
      {502, false, Outcome::kUnknown},  {504, true, Outcome::kUnknown},
      {599, false, Outcome::kUnknown},
  };
  for (const StatusCase& one : cases) {
    EXPECT_EQ(OutcomeOf(one.status, one.retry_after), one.outcome) << one.status;
  }
}

TEST(StatusOfTest, TellsStatusAndWait) {
  EXPECT_TRUE(StatusOf(Outcome::kDone, "GET https://a/", 200, std::nullopt).ok());
  const auto later = StatusOf(Outcome::kTryLater, "GET https://a/", 429, absl::Milliseconds(1500));
  EXPECT_TRUE(absl::IsUnavailable(later));
  EXPECT_TRUE(errors::Is(later, errors::kPeerTryLater));
  EXPECT_EQ(errors::DetailsOf(later)->metadata,
            (errors::Metadata{{"http_status", "429"}, {"retry_after_seconds", "2"}}));
  const auto refused = StatusOf(Outcome::kRefused, "GET https://a/", 404, std::nullopt);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_TRUE(errors::Is(refused, errors::kPeerRefused));
  EXPECT_TRUE(errors::Is(StatusOf(Outcome::kUnknown, "GET https://a/", 500, std::nullopt),
                         errors::kPeerFailed));
}

TEST(HeadersTest, AreFoundWhateverTheirCase) {
  Headers headers;
  headers.Add("Link", "<a>; rel=hub");
  headers.Add("X-Other", "1");
  headers.Add("link", "<b>; rel=self");
  EXPECT_EQ(headers.Find("LINK"), "<a>; rel=hub");
  EXPECT_EQ(headers.Find("nope"), std::nullopt);
}

TEST(UrlTest, IsReadAsLibcurlReadsIt) {
  const auto url = ParseUrl("https://Example.org/a/b?token=1#part");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_THAT(url->whole, Not(HasSubstr("part")));
  EXPECT_EQ(ParseUrl("http://a:8080")->Origin(), "http://a:8080");
  EXPECT_EQ(ParseUrl("http://[::1]:8080/x")->Origin(), "http://[::1]:8080");
}

TEST(UrlTest, ToldWithoutQueryAndSecretPath) {
  const auto url = ParseUrl("https://api.telegram.org/bot123:secret/sendMessage?text=x");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->Told(false), "https://api.telegram.org/bot123:secret/sendMessage");
  EXPECT_EQ(url->Told(true), "https://api.telegram.org/...");
  EXPECT_EQ(ParseUrl("http://a:8080/p?q")->Told(false), "http://a:8080/p");
}

TEST(UrlTest, RefusesWhatIsNotAskedAndDoesNotRepeatIt) {
  for (const std::string& text :
       {std::string(""), std::string("secret"), std::string("ftp://a/secret"),
        std::string("file:///secret"), std::string("gopher://a/secret"),
        std::string("https://user:secret@a/"), std::string("https://secret@a/"),
        std::string("http://?secret"), std::string("http://a:0/secret"),
        std::string("http://a:65536/secret"), std::string("http://a/sec ret"),
        std::string("http://a/\r\nsecret: 1"), std::string("http://a/secret\0", 16),
        "http://a/secret" + std::string(kUrlBytesMax, 'a')}) {
    const auto url = ParseUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_TRUE(errors::Is(url.status(), errors::kFieldInvalid)) << text;
    EXPECT_THAT(std::string(url.status().message()), Not(HasSubstr("secret"))) << text;
  }
}

TEST(UrlTest, ALocationIsSeenFromWhereItWasSent) {
  const auto base = ParseUrl("https://a/b/c?d");
  ASSERT_TRUE(base.ok());
  EXPECT_EQ(ResolveUrl(*base, "/x")->whole, "https://a/x");
  EXPECT_EQ(ResolveUrl(*base, "x")->whole, "https://a/b/x");
  EXPECT_EQ(ResolveUrl(*base, "?y")->whole, "https://a/b/c?y");
  EXPECT_EQ(ResolveUrl(*base, "//e/f")->whole, "https://e/f");
  EXPECT_EQ(ResolveUrl(*base, "http://g/")->whole, "http://g/");
  EXPECT_FALSE(ResolveUrl(*base, "file:///etc/passwd").ok());
  EXPECT_FALSE(ResolveUrl(*base, "https://user:pw@a/").ok());
}

TEST(CheckRequestTest, RefusesWhatWouldBeAnotherRequest) {
  const auto with = [](Header header) {
    return internal::CheckRequest({.headers = {std::move(header)}});
  };
  EXPECT_TRUE(with({"X-A", "b\tc"}).ok());
  EXPECT_TRUE(with({"X-A", ""}).ok());
  for (const Header& header :
       {Header{"", "a"}, Header{"X A", "a"}, Header{"X:A", "a"}, Header{"X-A", "a\r\nB: c"},
        Header{"X-A", "a\nb"}, Header{"X-A", std::string("a\0b", 3)}, Header{"Host", "b"},
        Header{"content-length", "1"}, Header{"Transfer-Encoding", "chunked"}}) {
    EXPECT_TRUE(errors::Is(with(header), errors::kFieldInvalid)) << header.name;
  }
  const auto secret = with({"X-A", "hunter2\n", true});
  EXPECT_THAT(std::string(secret.message()), Not(HasSubstr("hunter2")));
  EXPECT_FALSE(with({"X-A", std::string(64 * 1024, 'a')}).ok());
}

TEST(CheckRequestTest, BodiesAndBounds) {
  EXPECT_FALSE(internal::CheckRequest({.method = Method::kGet, .body = "a"}).ok());
  EXPECT_FALSE(internal::CheckRequest({.redirects_max = kRedirectsMax + 1}).ok());
  EXPECT_FALSE(internal::CheckRequest({.redirects_max = -1}).ok());
  EXPECT_TRUE(internal::CheckRequest({.method = Method::kPut, .body = "a"}).ok());
}

TEST(CheckRequestTest, CredentialsAreSecretWithoutBeingMarked) {
  EXPECT_TRUE(internal::IsSecret({"authorization", "Bearer x"}));
  EXPECT_TRUE(internal::IsSecret({"Cookie", "a=b"}));
  EXPECT_TRUE(internal::IsSecret({"X-Api-Key", "x", true}));
  EXPECT_FALSE(internal::IsSecret({"Accept", "*/*"}));
}

}  // namespace
}  // namespace telex::http_client
