#include <absl/time/civil_time.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/http/conditional.h"

namespace telex::http {
namespace {

absl::Time At(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second),
                         absl::UTCTimeZone());
}

const absl::Time kNow = At(2026, 3, 1);
const absl::Time kRfcExample = At(1994, 11, 6, 8, 49, 37);

std::vector<std::string> Tags(std::string_view value, bool* malformed = nullptr) {
  std::vector<std::string> out;
  EntityTagList tags(value);
  while (const auto tag = tags.Next())
    out.push_back((tag->weak ? "W/" : "") + std::string(tag->opaque));
  if (malformed != nullptr) *malformed = tags.malformed();
  return out;
}

TEST(EntityTags, AreReadFromLists) {
  using V = std::vector<std::string>;
  EXPECT_EQ(Tags(R"("a")"), V({"a"}));
  EXPECT_EQ(Tags(R"("a", W/"b" ,"c,d",, "")"), V({"a", "W/b", "c,d", ""}));
  EXPECT_EQ(Tags("  "), V({}));
  EXPECT_TRUE(EntityTagList(" * ").any());
  for (const char* bad :
       {"a", R"("a)", R"("a" "b")", R"(w/"a")", R"("a"x)", R"(W/ "a")", "\"a b\""}) {
    bool malformed = false;
    Tags(bad, &malformed);
    EXPECT_TRUE(malformed) << bad;
  }
}

TEST(EntityTags, CompareStronglyAndWeakly) {
  // The table of RFC 9110, 8.8.3.2.
  const EntityTag weak1{"1", true}, weak2{"2", true}, strong1{"1", false};
  EXPECT_FALSE(StronglyEqual(weak1, weak1));
  EXPECT_TRUE(WeaklyEqual(weak1, weak1));
  EXPECT_FALSE(StronglyEqual(weak1, weak2));
  EXPECT_FALSE(WeaklyEqual(weak1, weak2));
  EXPECT_FALSE(StronglyEqual(weak1, strong1));
  EXPECT_TRUE(WeaklyEqual(weak1, strong1));
  EXPECT_TRUE(StronglyEqual(strong1, strong1));
  EXPECT_TRUE(WeaklyEqual(strong1, strong1));
}

Verdict Of(Conditions conditions, bool get = true, std::string_view etag = R"("7.x")") {
  return Evaluate(conditions, etag, get);
}

TEST(Evaluate, IfNoneMatch) {
  EXPECT_EQ(Of({}), Verdict::kProceed);
  EXPECT_EQ(Of({.if_none_match = R"("7.x")"}), Verdict::kNotModified);
  EXPECT_EQ(Of({.if_none_match = R"("6.x", W/"7.x")"}), Verdict::kNotModified);
  EXPECT_EQ(Of({.if_none_match = "*"}), Verdict::kNotModified);
  EXPECT_EQ(Of({.if_none_match = "*"}, false), Verdict::kPreconditionFailed);
  EXPECT_EQ(Of({.if_none_match = R"("6.x")"}), Verdict::kProceed);
  EXPECT_EQ(Of({.if_none_match = R"("6.x)"}), Verdict::kProceed);
  EXPECT_EQ(Of({.if_none_match = R"("7.x")"}, true, ""), Verdict::kProceed);
}

TEST(Evaluate, OurOwnTagToTheByteIsNoWeakOne) {
  EXPECT_EQ(Of({.if_match = R"(W/"7.x")"}, true, R"(W/"7.x")"), Verdict::kPreconditionFailed);
  EXPECT_EQ(Of({.if_none_match = R"(W/"7.x")"}, true, R"(W/"7.x")"), Verdict::kNotModified);
  EXPECT_EQ(Of({.if_match = ""}, true, ""), Verdict::kPreconditionFailed);
}

TEST(Evaluate, IfMatchComparesStrongly) {
  EXPECT_EQ(Of({.if_match = R"("7.x")"}, false), Verdict::kProceed);
  EXPECT_EQ(Of({.if_match = "*"}, false), Verdict::kProceed);
  EXPECT_EQ(Of({.if_match = R"(W/"7.x")"}, false), Verdict::kPreconditionFailed);
  EXPECT_EQ(Of({.if_match = R"("6.x")"}, false), Verdict::kPreconditionFailed);
}

TEST(HttpDate, IsWrittenAsFixdate) {
  EXPECT_EQ(FormatHttpDate(kRfcExample + absl::Milliseconds(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(absl::InfiniteFuture()), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(FormatHttpDate(absl::FromUnixSeconds(1709164800)), "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST(HttpDate, IsReadInAllItsForms) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), kRfcExample);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), kRfcExample);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994"), kRfcExample);
  for (const std::string_view text :
       {"", "soon", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 +0100",
        "Sun, 31 Feb 1994 08:49:37 GMT", "1994-11-06T08:49:37Z", "infinite-future"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseHttpDate(std::string(1 << 20, ' ')), std::nullopt);
}

TEST(AcceptEncoding, Negotiates) {
  const auto best = [](std::string_view header, CodingsOffered offered = {}) -> std::string {
    const auto coding = NegotiateCoding(header, offered);
    if (!coding) return "none";
    return *coding == Coding::kBrotli ? "br" : *coding == Coding::kGzip ? "gzip" : "identity";
  };
  EXPECT_EQ(NegotiateCoding(std::nullopt), Coding::kIdentity);
  EXPECT_EQ(best(""), "identity");
  EXPECT_EQ(best("gzip"), "gzip");
  EXPECT_EQ(best("gzip, deflate"), "gzip");
  EXPECT_EQ(best("gzip, deflate, br"), "br");
  EXPECT_EQ(best("gzip, deflate, br, zstd"), "br");
  EXPECT_EQ(best("gzip, deflate, br", {.gzip = true, .brotli = false}), "gzip");
  EXPECT_EQ(best("gzip, deflate, br", {.gzip = false, .brotli = true}), "br");
  EXPECT_EQ(best("gzip", {.gzip = false, .brotli = true}), "identity");
  EXPECT_EQ(best("GZIP;Q=0.5"), "gzip");
  EXPECT_EQ(best("x-gzip"), "gzip");
  EXPECT_EQ(best("br;q=0.5, gzip;q=0.8"), "gzip");
  EXPECT_EQ(best("br ; q=0.8 , gzip; q=0.8"), "br");
  EXPECT_EQ(best("gzip;q=0.5, identity"), "identity");
  EXPECT_EQ(best("gzip;q=0"), "identity");
  EXPECT_EQ(best("*"), "br");
  EXPECT_EQ(best("br;q=0, *"), "gzip");
  EXPECT_EQ(best("identity;q=0"), "none");
  EXPECT_EQ(best("*;q=0"), "none");
  EXPECT_EQ(best("*;q=0, gzip"), "gzip");
  EXPECT_EQ(best("*;q=0, identity;q=0.1"), "identity");
  EXPECT_EQ(best("gzip;q=2, br;q=x, deflate"), "identity");
  EXPECT_EQ(best("gzip;q=0.001"), "gzip");
  EXPECT_EQ(best("gzip;q=1.001"), "identity");
  EXPECT_EQ(best("zstd, compress"), "identity");
}

TEST(AcceptEncoding, SaysWhatIsAcceptable) {
  EXPECT_TRUE(Accepts(std::nullopt, Coding::kGzip));
  EXPECT_TRUE(Accepts("gzip, deflate, br", Coding::kGzip));
  EXPECT_TRUE(Accepts("gzip, deflate, br", Coding::kIdentity));
  EXPECT_FALSE(Accepts("gzip", Coding::kBrotli));
  EXPECT_FALSE(Accepts("", Coding::kGzip));
  EXPECT_FALSE(Accepts("gzip, identity;q=0", Coding::kIdentity));
}

}  // namespace
}  // namespace telex::http
