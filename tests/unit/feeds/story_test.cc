// What every format says of a story: which way it is written, and where its reader is sent.
#include "feeds/formats/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>

#include "feeds/formats/format.h"
#include "feeds/formats/json_feed.h"
#include "feeds/formats/ninjs.h"
#include "feeds/formats/rss.h"
#include "tests/support/articles.h"

namespace telex::feeds {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using tests::MakeArticle;

const ChannelSettings kNewsSettings{.public_url = "https://feeds.example.org/telex",
                                    .publisher_name = "News"};

news::Article In(const std::string& language) {
  news::Article article = MakeArticle(1);
  article.content.language = *news::LanguageTag::Parse(language);
  return article;
}

struct Rendered {
  pugi::xml_document rss;
  json feed;
  json ninjs;

  explicit Rendered(const news::Article& article) {
    const std::string xml =
        "<x xmlns:a='a'>" + Rss().RenderItem({.article = article}, kNewsSettings)->bytes() + "</x>";
    EXPECT_TRUE(rss.load_string(xml.c_str())) << xml;
    feed = json::parse(JsonFeed().RenderItem({.article = article}, kNewsSettings)->bytes());
    ninjs = json::parse(Ninjs().RenderItem({.article = article}, kNewsSettings)->bytes());
  }
  pugi::xml_node item() const { return rss.child("x").child("item"); }
  // The story's HTML, of each format.
  std::vector<std::string> bodies() const {
    return {item().child_value("content:encoded"), feed["content_html"],
            ninjs["bodies"][0]["value"]};
  }
};

TEST(DirectionTest, StoriesOfRightToLeftLanguagesSaySoInEveryFormat) {
  for (const char* language : {"ar", "he", "fa", "ur", "ps", "ckb", "yi", "dv", "ug", "sd", "ar-EG",
                               "az-Arab", "pa-PK", "uz-Arab-AF", "en-Hebr"}) {
    SCOPED_TRACE(language);
    const Rendered rendered(In(language));
    for (const std::string& body : rendered.bodies()) {
      EXPECT_THAT(body, StartsWith("<div dir=\"rtl\"><p>Body of story 1.</p>"));
      EXPECT_THAT(body, EndsWith("</p></div>")) << "the credit stands in it";
    }
    EXPECT_STREQ(rendered.item().child_value("description"),
                 "<div dir=\"rtl\">Body of story 1.</div>");
    EXPECT_EQ(rendered.feed["summary"], "Body of story 1.") << "plain text";
  }
}

TEST(DirectionTest, OthersAreLeftAsTheyAre) {
  for (const char* language : {"en", "hy", "az", "ru", "zh-Hant", "ar-Latn", "uz", "pa", "ku"}) {
    SCOPED_TRACE(language);
    const Rendered rendered(In(language));
    for (const std::string& body : rendered.bodies()) {
      EXPECT_THAT(body, StartsWith("<p>Body of story 1.</p>"));
      EXPECT_THAT(body, Not(HasSubstr("dir=\"rtl\"")));
    }
    EXPECT_STREQ(rendered.item().child_value("description"), "Body of story 1.");
  }
}

TEST(DirectionTest, WhatTheBodySaysOfItsElementsArrives) {
  const std::string html =
      "<p dir=\"rtl\">\u05e9\u05dc\u05d5\u05dd <bdi>Telex</bdi> <bdo dir=\"ltr\">123</bdo></p>";
  for (const char* language : {"en", "he"}) {
    news::Article article = In(language);
    article.content.body_html = html;
    for (const std::string& body : Rendered(article).bodies()) EXPECT_THAT(body, HasSubstr(html));
  }
}

TEST(DirectionTest, TheCreditGoesByItsOwnLetters) {
  for (const char* language : {"en", "he"}) {
    for (const std::string& body : Rendered(In(language)).bodies()) {
      EXPECT_THAT(body, HasSubstr("<p class=\"attribution\" dir=\"auto\"><a href="));
      EXPECT_THAT(body, HasSubstr("<p class=\"usageterms\" dir=\"auto\">Use of materials"));
    }
  }
}

TEST(DirectionTest, AnEmptySummaryStaysEmpty) {
  news::Article article = In("fa");
  article.content.body_html.clear();
  EXPECT_STREQ(Rendered(article).item().child_value("description"), "");
}

TEST(AddressTest, AStoryWithoutAnAddressOfItsOwnLinksToItsPageHere) {
  news::Article article = MakeArticle(1);
  article.canonical_url.clear();
  article.content.terms.link =
      "https://caliber.example/";  // what a source's stories get by default
  const std::string own =
      "https://feeds.example.org/telex/articles/" + article.id.ToString() + ".json";
  const Rendered rendered(article);
  EXPECT_EQ(rendered.item().child_value("link"), own);
  EXPECT_EQ(rendered.feed["url"], own);
  EXPECT_EQ(rendered.ninjs["altIds"][0]["value"], own);
  // The hyperlink to the source stays where the licence asks for it.
  EXPECT_STREQ(rendered.item().child("source").attribute("url").value(),
               "https://caliber.example/");
  EXPECT_EQ(rendered.feed["_telex"]["attribution"]["url"], "https://caliber.example/");
  EXPECT_EQ(rendered.ninjs["infoSources"][0]["uri"], "https://caliber.example/");
  for (const std::string& body : rendered.bodies()) {
    EXPECT_THAT(body, HasSubstr("<a href=\"https://caliber.example/\">Caliber.Az</a>"));
  }
}

TEST(AddressTest, AStoryLinksToItselfAtItsSource) {
  news::Article article = MakeArticle(1);
  article.content.terms.link = "https://caliber.example/";
  const Rendered rendered(article);
  EXPECT_STREQ(rendered.item().child_value("link"), "https://caliber.example/post/1");
  EXPECT_EQ(rendered.feed["url"], "https://caliber.example/post/1");
  EXPECT_EQ(rendered.ninjs["altIds"][0]["value"], "https://caliber.example/post/1");
}

// A text that turns what stands behind it, or gets out of where its reader put it.
constexpr std::string_view kOpen = "\u202Eab \u2067שלום";
constexpr std::string_view kClosed = "\u202Eab \u2067שלום\u2069\u202C";

news::Article Unbalanced() {
  news::Article article = MakeArticle(1);
  article.content.headline = kOpen;
  article.content.byline = kOpen;
  article.content.terms.attribution = kOpen;
  article.content.terms.text = kOpen;
  article.ednote = std::string(kOpen) + "\n\u2069b";
  article.content.body_html = "<p>" + std::string(kOpen) + "</p><p>x\u202C.</p>";
  article.content.media = {{.href = "https://m.example/a.jpg",
                            .media_type = "image/jpeg",
                            .alt_text = std::string(kOpen),
                            .credit = std::string(kOpen),
                            .syndicated = true}};
  return article;
}

TEST(BalanceTest, EveryTextOfEveryFormatClosesItsDirections) {
  const Rendered rendered(Unbalanced());
  const std::string closed(kClosed);
  const std::string summary = closed + " • x.";
  const auto& item = rendered.item();
  EXPECT_EQ(item.child_value("title"), closed);
  EXPECT_EQ(item.child_value("dc:creator"), closed);
  EXPECT_EQ(item.child_value("source"), closed);
  EXPECT_EQ(item.child_value("dc:rights"), closed);
  EXPECT_EQ(item.child_value("description"), summary);
  EXPECT_EQ(item.child("media:content").child_value("media:description"), closed);
  EXPECT_EQ(item.child("media:content").child_value("media:credit"), closed);
  EXPECT_EQ(rendered.feed["title"], closed);
  EXPECT_EQ(rendered.feed["summary"], summary);
  EXPECT_EQ(rendered.feed["authors"][0]["name"], closed);
  EXPECT_EQ(rendered.feed["_telex"]["usage_terms"], closed);
  EXPECT_EQ(rendered.feed["_telex"]["ednote"], closed + "\nb");
  EXPECT_EQ(rendered.feed["attachments"][0]["title"], closed);
  EXPECT_EQ(rendered.ninjs["headlines"][0]["value"], closed);
  EXPECT_EQ(rendered.ninjs["by"], closed);
  EXPECT_EQ(rendered.ninjs["copyrightHolder"], closed);
  EXPECT_EQ(rendered.ninjs["associations"][0]["name"], closed);
  for (const std::string& body : rendered.bodies()) EXPECT_THAT(body, HasSubstr(closed + "</a>"));
}

TEST(BalanceTest, NotesOnATakedownCloseTheirDirections) {
  news::Article article = tests::Withhold(MakeArticle(1));
  article.status_reason = "\u2067סודי";
  article.status_note = "\u202Enote\u2069";
  const Rendered rendered(article);
  EXPECT_EQ(rendered.feed["_telex"]["status_reason"], "\u2067סודי\u2069");
  EXPECT_EQ(rendered.feed["_telex"]["ednote"], "\u202Enote\u202C");
  EXPECT_EQ(rendered.ninjs["edNote"], "\u2067סודי\u2069 \u2014 \u202Enote\u202C");
}

// Characters that nobody sees are not there in any format.
TEST(BlankTest, WhatShowsNothingCountsAsLeftOut) {
  news::Article article = MakeArticle(1);
  article.content.headline = "\x01 \x7F";
  article.content.byline = "\xC2\x85";
  article.content.terms.attribution = "\x02";
  article.content.terms.text = "\u200B\u2060";
  article.source_name = "\u202E\u00AD";
  const Rendered rendered(article);
  EXPECT_FALSE(rendered.item().child("title"));
  EXPECT_FALSE(rendered.item().child("dc:creator"));
  EXPECT_FALSE(rendered.feed.contains("title"));
  EXPECT_EQ(rendered.feed["authors"][0]["name"], "caliber");
  EXPECT_FALSE(rendered.ninjs.contains("by"));
  for (const std::string& body : rendered.bodies()) {
    EXPECT_THAT(body, HasSubstr(">caliber</a>"));
    EXPECT_THAT(body, HasSubstr("All rights reserved."));
  }
}

}  // namespace
}  // namespace telex::feeds
