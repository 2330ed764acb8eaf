// How translations and their siblings are spelled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>

#include "feeds/formats/format.h"
#include "feeds/formats/item_source.h"
#include "feeds/formats/json_feed.h"
#include "feeds/formats/ninjs.h"
#include "feeds/formats/rss.h"
#include "feeds/formats/translation_notice.h"
#include "tests/support/articles.h"

namespace telex::feeds {
namespace {

using news::TranslationStanding;
using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using tests::MakeArticle;

const ChannelSettings kTranslatedSettings{.public_url = "https://feeds.example.org",
                                          .publisher_name = "News"};

class TranslationFormatsTest : public ::testing::Test {
 protected:
  TranslationFormatsTest() {
    article_.content.media = {{.href = "https://m.example/1.jpg",
                               .media_type = "image/jpeg",
                               .alt_text = "a ship",
                               .syndicated = true},
                              {.href = "https://m.example/2.jpg",
                               .media_type = "image/jpeg",
                               .alt_text = "a port",
                               .syndicated = true}};
    item_.id = article_.id.OfTranslation("es");
    item_.version = 7;
    item_.published_ms = 1'790'000'300'000;
    item_.translation = TranslationOf{.article = article_.id,
                                      .article_version = 2,
                                      .language = "es",
                                      .version = 2,
                                      .revision = 5,
                                      .updated_ms = 1'790'000'400'000};
    item_.languages = {"ru"};
    translation_.alt_texts = {{.href = "https://m.example/1.jpg", .text = "un barco"}};
  }

  std::string Spelled(const Format& format) const {
    const auto fragment = format.RenderItem(
        SourceOf(item_, article_, item_.IsTombstone() ? std::nullopt : std::optional(translation_),
                 kTranslatedSettings),
        kTranslatedSettings);
    EXPECT_TRUE(fragment.ok()) << fragment.status();
    EXPECT_EQ(fragment->views_at(), Fragment::kNowhere);
    return fragment->bytes();
  }
  json Feed() const { return json::parse(Spelled(JsonFeed())); }
  json News() const { return json::parse(Spelled(Ninjs())); }

  news::Article article_ = MakeArticle(1, 2);
  news::Translation translation_{.from = *news::LanguageTag::Parse("en"),
                                 .headline = "Noticia",
                                 .body_html = "<p>Cuerpo.</p>"};
  WindowItem item_;
  const std::string original_ = "urn:uuid:" + article_.id.ToString();
  const std::string russian_ = article_.id.OfTranslation("ru").ToString();
};

TEST_F(TranslationFormatsTest, TheTextIsTheTranslationsAndAllElseTheArticles) {
  const json feed = Feed();
  EXPECT_EQ(feed["id"], "urn:uuid:" + item_.id.ToString());
  EXPECT_EQ(feed["title"], "Noticia");
  EXPECT_EQ(feed["summary"], "Cuerpo.");
  EXPECT_EQ(feed["language"], "es");
  EXPECT_EQ(feed["authors"][0]["name"], "A. Writer");
  EXPECT_EQ(feed["tags"][0], "world");
  EXPECT_EQ(feed["date_published"], "2026-09-21T14:18:20.000Z");
  EXPECT_EQ(feed["date_modified"], "2026-09-21T14:20:00.000Z");
  EXPECT_EQ(feed["_telex"]["version"], 7);
  EXPECT_EQ(feed["_telex"]["attribution"]["url"], article_.content.terms.link);
  EXPECT_THAT(feed["content_html"].get<std::string>(), HasSubstr(article_.content.terms.link));
  EXPECT_EQ(feed["attachments"][0]["title"], "un barco");
  EXPECT_FALSE(feed["attachments"][1].contains("title")) << "no text in another language";
}

TEST_F(TranslationFormatsTest, SiblingsAreLinkedInEachFormat) {
  pugi::xml_document rss;
  ASSERT_TRUE(rss.load_string(Spelled(Rss()).c_str()));
  std::vector<std::string> links;
  for (const auto& link : rss.child("item").children("atom:link")) {
    EXPECT_STREQ(link.attribute("rel").value(), "alternate");
    links.push_back(link.attribute("hreflang").value());
    EXPECT_THAT(link.attribute("href").value(), EndsWith(".json"));
  }
  EXPECT_EQ(links, (std::vector<std::string>{"en", "ru"}));
  EXPECT_EQ(rss.child("item").child_value("dcterms:isVersionOf"), original_);

  const json alternates = Feed()["_telex"]["alternates"];
  ASSERT_EQ(alternates.size(), 2u);
  EXPECT_EQ(alternates[0]["id"], original_);
  EXPECT_EQ(alternates[0]["original"], true);
  EXPECT_EQ(alternates[1]["language"], "ru");
  EXPECT_EQ(alternates[1]["url"], "https://feeds.example.org/articles/" + russian_ + ".json");

  const json associations = News()["associations"];
  ASSERT_EQ(associations.size(), 4u) << "two pictures and two siblings";
  EXPECT_EQ(associations[2]["uri"], original_);
  EXPECT_EQ(associations[2]["name"], "original (en)");
  EXPECT_EQ(associations[3]["language"], "ru");
}

TEST_F(TranslationFormatsTest, TheOriginalNamesItsTranslations) {
  const WindowItem original{.id = article_.id, .version = 2, .languages = {"es", "ru"}};
  const ItemSource source = SourceOf(original, article_, std::nullopt, kTranslatedSettings);
  EXPECT_EQ(source.article, article_);
  EXPECT_FALSE(source.translation);
  const auto rss = Rss().RenderItem(source, kTranslatedSettings);
  EXPECT_THAT(rss->bytes(), HasSubstr("hreflang=\"es\""));
  EXPECT_NE(rss->views_at(), Fragment::kNowhere);
  EXPECT_EQ(
      json::parse(Ninjs().RenderItem(source, kTranslatedSettings)->bytes())["standard"]["version"],
      "3.0");
}

TEST_F(TranslationFormatsTest, AMachinesWorkIsMarkedForPeopleAndMachines) {
  const std::string notice(NoticesIn("es").machine);
  const std::string code = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
  EXPECT_THAT(Feed()["content_html"].get<std::string>(), HasSubstr(notice));
  EXPECT_EQ(Feed()["_telex"]["translation"]["standing"], "machine");
  EXPECT_EQ(Feed()["_telex"]["translation"]["digital_source_type"], code);
  EXPECT_EQ(News()["digitalSourceType"]["uri"], code);
  EXPECT_EQ(News()["standard"]["version"], "3.1") << "the first that has a place for it";
  EXPECT_THAT(Spelled(Rss()),
              HasSubstr("<category domain=\"http://cv.iptc.org/newscodes/digitalsourcetype/\">"
                        "trainedAlgorithmicMedia</category>"));
}

TEST_F(TranslationFormatsTest, TheMarkChangesWhenAPersonHasReviewed) {
  translation_.standing = TranslationStanding::kReviewed;
  translation_.engine_had_part = true;
  EXPECT_THAT(Feed()["content_html"].get<std::string>(), Not(HasSubstr("class=\"translation\"")));
  EXPECT_THAT(News()["digitalSourceType"]["uri"].get<std::string>(),
              EndsWith("/compositeWithTrainedAlgorithmicMedia"));
  translation_.engine_had_part = false;
  EXPECT_FALSE(News().contains("digitalSourceType"));
  EXPECT_EQ(Feed()["_telex"]["translation"]["standing"], "reviewed");
}

TEST_F(TranslationFormatsTest, AStaleOneSaysSo) {
  translation_.standing = TranslationStanding::kPerson;
  EXPECT_EQ(Feed()["_telex"]["translation"]["stale"], false);
  item_.translation->article_version = 3;
  EXPECT_EQ(Feed()["_telex"]["translation"]["stale"], true);
  EXPECT_THAT(Feed()["content_html"].get<std::string>(),
              HasSubstr(std::string(NoticesIn("es").stale)));
  EXPECT_THAT(Spelled(Rss()),
              HasSubstr("<category domain=\"urn:telex:feeds:translation\">stale</category>"));
}

TEST_F(TranslationFormatsTest, WhatIsTakenBackHasNoText) {
  item_.state = ArticleState::kWithheld;
  item_.translation->rejected = true;
  item_.languages.clear();
  for (const Format* format : AllFormats()) {
    const std::string text = Spelled(*format);
    EXPECT_THAT(text, HasSubstr(item_.id.ToString()));
    EXPECT_THAT(text, Not(HasSubstr("Story number"))) << "nor the original's";
    EXPECT_THAT(text, Not(HasSubstr("Noticia")));
  }
  EXPECT_EQ(Feed()["_telex"]["pubstatus"], "withheld");
}

TEST(TranslationNotices, AreInTheLanguageOrInEnglish) {
  EXPECT_EQ(NoticesIn("pt-BR").language, "pt");
  EXPECT_EQ(NoticesIn("zh-Hant").language, "en");
  for (const char* language :
       {"en", "ru", "hy", "es", "de", "fr", "tr", "az", "ka", "ar", "fa", "uk"}) {
    EXPECT_EQ(NoticesIn(language).language, language);
    EXPECT_NE(NoticesIn(language).machine, NoticesIn(language).stale);
  }
}

}  // namespace
}  // namespace telex::feeds
