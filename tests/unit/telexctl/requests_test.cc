#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "platform/errors/errors.h"
#include "telexctl/failures/failure.h"
#include "telexctl/failures/hints.h"
#include "telexctl/requests/article_requests.h"
#include "telexctl/requests/document_text.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/requests/source_requests.h"

namespace telex::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kUuid[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

absl::StatusOr<std::string> ReadNamed(const std::string& file) { return "content of " + file; }

TEST(ArticleNameTest, TakesAllSpellings) {
  const std::string name = std::string("articles/") + kUuid;
  EXPECT_EQ(ArticleName(kUuid, Versions::kRefused).value(), name);
  EXPECT_EQ(ArticleName(name, Versions::kRefused).value(), name);
  EXPECT_EQ(ArticleName(std::string(kUuid) + "@12", Versions::kAllowed).value(), name + "@12");
  EXPECT_EQ(ArticleName(std::string("urn:uuid:") + kUuid, Versions::kRefused).value(), name);
  for (const char* suffix : {"", ".json", ".json?x=1", ".html#top"}) {
    const std::string address = std::string("https://feeds.example/t/articles/") + kUuid + suffix;
    EXPECT_EQ(ArticleName(address, Versions::kRefused).value(), name) << address;
  }
}

TEST(ArticleNameTest, CapitalsAndBlanksDoNotMatter) {
  const std::string name = std::string("articles/") + kUuid;
  const std::string capitals = "5D0E1F6C-0B0A-5C0E-9A53-3F4BE1B5F9D2";
  for (const std::string& text :
       {capitals, " " + std::string(kUuid) + "\n", "\t" + name, "URN:UUID:" + capitals,
        "HTTPS://feeds.example/articles/" + capitals + ".json",
        std::string("127.0.0.1:8080/articles/") + kUuid + ".json"}) {
    EXPECT_EQ(ArticleName(text, Versions::kRefused).value(), name) << text;
  }
}

TEST(PageAddressTest, MayComeWithoutItsScheme) {
  EXPECT_EQ(PageAddress("courier.example/новости/паром"), "https://courier.example/новости/паром");
  EXPECT_EQ(PageAddress(" HTTP://courier.example/1 "), "HTTP://courier.example/1");
  for (const char* other :
       {"", "ferry", "world.en", "articles/ferry", "./page.txt", "ftp://courier.example/1", "/a.b"})
    EXPECT_EQ(PageAddress(other), "") << other;
}

TEST(ArticleNameTest, RefusesTheRestAsWrongUsage) {
  for (const std::string& bad :
       {std::string(), std::string("ferry"), std::string(kUuid) + "@0", std::string(kUuid) + "@",
        std::string(kUuid) + "@x", std::string("articles/articles/") + kUuid,
        std::string("urn:uuid:ferry"), std::string("https://courier.example/articles/ferry.html"),
        std::string("https://courier.example/") + kUuid, std::string("https://articles/"),
        std::string("ftp://feeds.example/articles/") + kUuid}) {
    EXPECT_TRUE(IsUsage(ArticleName(bad, Versions::kAllowed).status())) << bad;
  }
  EXPECT_TRUE(IsUsage(ArticleName(std::string(kUuid) + "@1", Versions::kRefused).status()));
}

TEST(InstantTest, ReadsZonesAndUtc) {
  EXPECT_EQ(Instant("2025-04-18T14:25:00+04:00", "--after")->seconds(), 1744971900);
  EXPECT_EQ(Instant("2025-04-18T10:25:00Z", "--after")->seconds(), 1744971900);
  EXPECT_EQ(Instant("2025-04-18 10:25", "--after")->seconds(), 1744971900);
  EXPECT_EQ(Instant("2025-04-18", "--after")->seconds(), 1744934400);
  EXPECT_EQ(Instant("2025-04-18T10:25:00.5Z", "--after")->nanos(), 500'000'000);
  EXPECT_TRUE(IsUsage(Instant("yesterday", "--after").status()));
  EXPECT_TRUE(IsUsage(Instant("infinite-future", "--after").status()));
}

TEST(DocumentTextTest, ReadsUtf16ThatSaysSo) {
  const std::string little =
      std::string("\xff\xfe", 2) + std::string("A\0\x3f\x04\x3d\xd8\x00\xde", 8);
  EXPECT_EQ(DocumentText(little).value(), "Aп😀");
  const std::string big =
      std::string("\xfe\xff", 2) + std::string("\0A\x04\x3f\xd8\x3d\xde\x00", 8);
  EXPECT_EQ(DocumentText(big).value(), "Aп😀");
  EXPECT_EQ(DocumentText(std::string("\xff\xfe\x00\xd8", 4)).value(), "\xef\xbf\xbd");
}

TEST(DocumentTextTest, LeavesTextAsItIs) {
  for (const char* text : {"", "A page", "\xef\xbb\xbfПаром", "\xcf\xe0\xf0\xee\xec", "{ a }"})
    EXPECT_EQ(DocumentText(text).value(), text);
}

TEST(DocumentTextTest, SaysWhatIsNoText) {
  for (const std::string& bytes : {std::string("%PDF-1.7\n"), std::string("PK\x03\x04 x"),
                                   std::string("{\\rtf1"), std::string("a\0b", 3)}) {
    const absl::Status status = AboutFile(DocumentText(bytes).status(), "story.pdf");
    EXPECT_TRUE(errors::Is(status, errors::kNotUtf8)) << status;
    EXPECT_THAT(HintFor(status), ::testing::HasSubstr("stories come in as text or HTML"));
    EXPECT_THAT(HintFor(status), ::testing::Not(::testing::HasSubstr("iconv")));
  }
}

TEST(ReadInputTest, IsBounded) {
  std::istringstream in("12345");
  EXPECT_EQ(ReadInput("-", 5, in).value(), "12345");
  std::istringstream longer("123456");
  EXPECT_TRUE(errors::Is(ReadInput("-", 5, longer).status(), errors::kDocumentTooLarge));
  EXPECT_TRUE(IsUsage(ReadInput("/nonexistent/page.txt", 5, in).status()));
  EXPECT_TRUE(IsUsage(ReadInput("/", 5, in).status()));
}

TEST(ArticleRequestsTest, CreateHasTextOrHtml) {
  const auto text = CreateRequest(
      {.source = "courier.example", .headline = "Ferry is late", .body_file = "story.txt"},
      ReadNamed, "id");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->article().source(), "sources/courier.example");
  EXPECT_EQ(text->article().headline(), "Ferry is late");
  EXPECT_EQ(text->body_text(), "content of story.txt");
  EXPECT_EQ(text->request_id(), "id");
  const auto html = CreateRequest({.body_file = "story.html"}, ReadNamed, "id");
  EXPECT_EQ(html->article().body_html(), "content of story.html");
  EXPECT_EQ(html->body_text(), "");
  EXPECT_TRUE(IsUsage(CreateRequest({}, ReadNamed, "id").status()));
}

TEST(ArticleRequestsTest, UpdateMasksWhatWasGiven) {
  const auto request = UpdateRequest({.name = kUuid,
                                      .headline = "New",
                                      .byline = "",
                                      .embargoed = "",
                                      .expires = "2025-04-18",
                                      .urgency = 2,
                                      .etag = "\"3\""},
                                     ReadNamed, "id");
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->update_mask().paths(),
              ElementsAre("headline", "byline", "embargoed", "expires", "urgency"));
  EXPECT_EQ(request->article().name(), std::string("articles/") + kUuid);
  EXPECT_EQ(request->article().etag(), "\"3\"");
  EXPECT_FALSE(request->article().has_embargoed());  // cleared
  EXPECT_TRUE(request->article().has_expires());
}

TEST(ArticleRequestsTest, ANewSectionIsRefusedUnlessItIsWished) {
  EXPECT_TRUE(
      CreateRequest({.section = "world", .body_file = "b"}, ReadNamed, "id")->refuse_new_section());
  EXPECT_FALSE(
      CreateRequest({.section = "world", .new_section = true, .body_file = "b"}, ReadNamed, "id")
          ->refuse_new_section());
  EXPECT_TRUE(
      UpdateRequest({.name = kUuid, .section = "world"}, ReadNamed, "id")->refuse_new_section());
  EXPECT_FALSE(
      UpdateRequest({.name = kUuid, .section = "world", .new_section = true}, ReadNamed, "id")
          ->refuse_new_section());
}

TEST(ArticleRequestsTest, TextThatIsNotUtf8IsRefusedByItsField) {
  const auto latin1 = [](const std::string&) -> absl::StatusOr<std::string> { return "caf\xe9"; };
  ArticleFlags flags{.source = "courier.example", .body_file = "story.txt"};
  auto details = errors::DetailsOf(CreateRequest(flags, latin1, "").status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, errors::kNotUtf8);
  EXPECT_EQ(details->fields.at(0).field, "article.body_html");
  EXPECT_EQ(details->metadata.at("file"), "story.txt");
  flags.headline = "caf\xe9";
  details = errors::DetailsOf(CreateRequest(flags, ReadNamed, "").status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->fields.at(0).field, "article.headline");
}

TEST(ArticleRequestsTest, UpdateOfNothingIsWrongUsage) {
  EXPECT_TRUE(IsUsage(UpdateRequest({.name = kUuid}, ReadNamed, "id").status()));
  EXPECT_TRUE(IsUsage(UpdateRequest({.name = kUuid, .expires = "soon"}, ReadNamed, "id").status()));
}

TEST(ArticleRequestsTest, ListHasItsFilters) {
  const auto request = ListRequest({.source = "courier.example",
                                    .section = "world",
                                    .status = "withheld",
                                    .after = "2025-04-18",
                                    .words = "ferry late",
                                    .limit = 1000});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->source(), "sources/courier.example");
  EXPECT_EQ(request->pub_status(), pb::PUB_STATUS_WITHHELD);
  EXPECT_EQ(request->created_after().seconds(), 1744934400);
  EXPECT_EQ(request->words(), "ferry late");
  EXPECT_EQ(request->page_size(), 200);
}

TEST(SourceRequestsTest, CreateHasAllFields) {
  const auto request = CreateSourceRequestOf({.source = "sources/courier.example",
                                              .display_name = "The Courier",
                                              .section_aliases = {"WORLD=world", "A=B=c"},
                                              .language_aliases = {"arm=hy"},
                                              .edited_policy = "apply",
                                              .sections = "world,harbour"},
                                             "id");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->source_id(), "courier.example");
  EXPECT_EQ(request->source().display_name(), "The Courier");
  EXPECT_THAT(request->source().section_aliases(),
              UnorderedElementsAre(Pair("WORLD", "world"), Pair("A=B", "c")));
  EXPECT_THAT(request->source().language_aliases(), UnorderedElementsAre(Pair("arm", "hy")));
  EXPECT_EQ(request->source().edited_policy(), pb::EDITED_POLICY_APPLY);
  EXPECT_THAT(request->source().sections(), ElementsAre("world", "harbour"));
  EXPECT_TRUE(IsUsage(CreateSourceRequestOf({.section_aliases = {"WORLD"}}, "id").status()));
}

TEST(SourceRequestsTest, UpdateAddsAliasesToThoseItHas) {
  pb::Source current;
  current.set_etag("\"7\"");
  (*current.mutable_section_aliases())["WORLD"] = "world";
  (*current.mutable_section_aliases())["OLD"] = "old";
  const SourceFlags flags{.source = "courier.example", .section_aliases = {"NEW=new", "OLD="}};
  EXPECT_TRUE(NeedsCurrent(flags));
  const auto request = UpdateSourceRequestOf(flags, current, "id");
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->source().section_aliases(),
              UnorderedElementsAre(Pair("WORLD", "world"), Pair("NEW", "new")));
  EXPECT_THAT(request->update_mask().paths(), ElementsAre("section_aliases"));
  EXPECT_EQ(request->source().etag(), "\"7\"");
  EXPECT_TRUE(IsUsage(UpdateSourceRequestOf({.source = "x"}, {}, "id").status()));
}

TEST(SourceRequestsTest, AnAliasIsOneHoweverItIsPrinted) {
  pb::Source current;
  (*current.mutable_section_aliases())["world"] = "world";
  (*current.mutable_section_aliases())["политика"] = "politika";
  (*current.mutable_language_aliases())["arm"] = "hy";
  const auto request = UpdateSourceRequestOf({.source = "s",
                                              .section_aliases = {"WORLD=", "ПОЛИТИКА=politics"},
                                              .language_aliases = {"ARM="}},
                                             current, "id");
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->source().section_aliases(),
              UnorderedElementsAre(Pair("ПОЛИТИКА", "politics")));
  EXPECT_TRUE(request->source().language_aliases().empty());
}

TEST(RequestIdTest, IsARandomUuid) {
  const std::string one = NewRequestId();
  EXPECT_THAT(one,
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(one, NewRequestId());
}

}  // namespace
}  // namespace telex::cli
