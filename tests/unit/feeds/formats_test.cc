#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <random>

#include "feeds/formats/format.h"
#include "feeds/formats/json_feed.h"
#include "feeds/formats/ninjs.h"
#include "feeds/formats/rss.h"
#include "feeds/formats/story.h"
#include "feeds/formats/text.h"
#include "tests/support/articles.h"

namespace telex::feeds {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;
using tests::Withhold;

const ChannelSettings kSettings{.public_url = "https://feeds.example.org",
                                .publisher_name = "Example & Sons \"News\""};

// What a writer, a mistake or an enemy may put into any text.
const char* const kHard =
    "]]> &amp; <b>\"'</b> \x01\x0B\x1F \xEF\xBF\xBE\xEF\xBF\xBF \xED\xA0\x80 \xFF\xC3 \r\n\t"
    "\xE2\x80\xA8 \xF0\x9F\x93\xB0 ]]]>>";

std::string Render(const FeedFormat& format, const std::vector<news::Article>& articles,
                   const std::vector<std::int64_t>& views = {}) {
  std::vector<std::shared_ptr<const Fragment>> items;
  absl::Time updated = absl::UnixEpoch();
  for (const news::Article& article : articles) {
    auto fragment = format.RenderItem({.article = article}, kSettings);
    EXPECT_TRUE(fragment.ok()) << fragment.status();
    if (fragment.ok()) items.push_back(std::make_shared<const Fragment>(*std::move(fragment)));
    updated = std::max(updated, article.versioncreated);
  }
  const FeedKey key{"world", "en"};
  return format.RenderFeed({.settings = kSettings,
                            .key = key,
                            .self_url = kSettings.FeedUrl(key, format.traits().extension),
                            .updated = updated,
                            .with_views = !views.empty()},
                           items, views);
}

news::Article Hard(int n) {
  news::Article article = MakeArticle(n);
  article.content.headline = kHard;
  article.content.byline = kHard;
  article.content.body_html = std::string("<p>") + kHard + "</p>";
  article.content.terms.text = kHard;
  article.content.terms.attribution = kHard;
  article.content.terms.link = "https://caliber.example/?a=1&b=\"2\"";
  article.ednote = kHard;
  article.content.media = {
      {.href = "https://m.example/a.jpg?x=1&y=2",
       .media_type = "image/jpeg",
       .alt_text = kHard,
       .credit = kHard,
       .syndicated = true},
      {.href = "https://m.example/unlicensed.jpg", .media_type = "image/jpeg"}};
  article.content.expires = absl::FromUnixSeconds(1'900'000'000);
  return article;
}

std::vector<news::Article> Samples() {
  news::Article bare = MakeArticle(9);  // as little as the contract of a record allows
  bare.content.terms = {};
  bare.content.byline.clear();
  bare.canonical_url.clear();
  bare.source_name.clear();
  return {MakeArticle(1),       Hard(2), Withhold(MakeArticle(3)),
          Kill(MakeArticle(4)), bare,    Purge(MakeArticle(5)),
          Withhold(Hard(6))};
}

bool IsTombstone(const news::Article& article) { return !article.IsVisible(); }

// --- the contract of law 8, over the table of all formats --------------------------------------

// Undoes a format's spelling of text, enough to look for the credit in it.
std::string Unspell(std::string text) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  };
  replace("\\\"", "\"");
  replace("\\u003c", "<");
  replace("&quot;", "\"");
  replace("&lt;", "<");
  replace("&gt;", ">");
  replace("&amp;", "&");
  return text;
}

TEST(FormatContract, EveryItemOfEveryFormatCarriesLinkAttributionAndTerms) {
  ASSERT_GE(AllFormats().size(), 3u);
  for (const Format* format : AllFormats()) {
    for (const news::Article& article : Samples()) {
      if (article.content.terms.text == kHard) continue;  // looked at by parsers below
      SCOPED_TRACE(std::string(format->traits().name) + " " + article.content.headline);
      const auto fragment = format->RenderItem({.article = article}, kSettings);
      ASSERT_TRUE(fragment.ok()) << fragment.status();
      const std::string text = Unspell(fragment->bytes());
      const std::string own_url = kSettings.ArticleUrl(article.id);
      const Credit credit = IsTombstone(article) ? Tombstone::Of(article, own_url).credit
                                                 : Story({.article = article}, own_url).credit();
      EXPECT_FALSE(credit.link.empty() || credit.line.empty() || credit.terms.empty());
      EXPECT_THAT(text, HasSubstr(credit.link));
      EXPECT_THAT(text, HasSubstr(credit.line));
      EXPECT_THAT(text, HasSubstr(credit.terms));
      EXPECT_THAT(text, HasSubstr("urn:uuid:" + article.id.ToString()));
      if (!IsTombstone(article)) {  // the body itself links to its source
        EXPECT_THAT(text, HasSubstr("<a href=\"" + credit.link + "\">" + credit.line + "</a>"));
      }
    }
  }
}

TEST(FormatContract, NoFormatShowsWhatIsNotForPartners) {
  for (const Format* format : AllFormats()) {
    for (const news::Article& article : Samples()) {
      const std::string text = format->RenderItem({.article = article}, kSettings)->bytes();
      EXPECT_THAT(text, Not(HasSubstr("secret-key")));
      EXPECT_THAT(text, Not(HasSubstr("editor-anna")));
      EXPECT_THAT(text, Not(HasSubstr("unlicensed")));
      if (IsTombstone(article)) {
        EXPECT_THAT(text, Not(HasSubstr("Story number")));
        EXPECT_THAT(text, Not(HasSubstr("Body of story")));
        if (article.purged) {
          EXPECT_THAT(text, Not(AnyOf(HasSubstr("legal"), HasSubstr("readers"))));
        } else {
          EXPECT_THAT(text, AllOf(HasSubstr("legal"), HasSubstr("readers"))) << "why, and the note";
        }
      }
    }
  }
}

TEST(FormatContract, TheSameArticlesGiveTheSameBytes) {
  for (const FeedFormat* format : FeedFormats()) {
    EXPECT_EQ(Render(*format, Samples()), Render(*format, Samples()));
  }
}

// A format that forgets one part of the credit.
class Forgetful final : public Format {
 public:
  explicit Forgetful(int forgets) : Format({.name = "forgetful"}), forgets_(forgets) {}

 private:
  std::size_t WriteStory(const Story& story, std::string& out) const override {
    if (forgets_ != 0) out += story.credit().link + "\n";
    if (forgets_ != 1) out += story.credit().line + "\n";
    if (forgets_ != 2) out += story.credit().terms + "\n";
    return Fragment::kNowhere;
  }
  void WriteTombstone(const Tombstone&, std::string&) const override {}
  void AppendText(std::string_view text, std::string& out) const override { out += text; }
  int forgets_;
};

TEST(FormatContract, WhatIsWrittenWithoutItsCreditIsNoItem) {
  news::Article article = MakeArticle(1);
  article.content.terms = {.text = "T", .attribution = "Line", .link = "https://l.example/"};
  for (int part = 0; part < 3; ++part) {
    EXPECT_FALSE(Forgetful(part).RenderItem({.article = article}, kSettings).ok()) << part;
    EXPECT_FALSE(Forgetful(part).RenderItem({.article = Kill(article)}, kSettings).ok()) << part;
  }
  EXPECT_TRUE(Forgetful(3).RenderItem({.article = article}, kSettings).ok());
}

// --- views -------------------------------------------------------------------------------------

pugi::xml_document ParseXml(const std::string& text);

news::Article Imported(int n) {
  news::Article article = MakeArticle(n);
  article.printed_views = 323;
  return article;
}

TEST(ViewsTest, JsonFeedHasThemInItsExtension) {
  const json items = json::parse(
      Render(JsonFeed(), {Hard(1), Imported(2), Kill(Imported(3))}, {7, 0, 9}))["items"];
  EXPECT_EQ(items[0]["_telex"]["views"], 7);
  EXPECT_FALSE(items[0]["_telex"].contains("printed_views"));
  EXPECT_EQ(items[1]["_telex"]["views"], 0);
  EXPECT_EQ(items[1]["_telex"]["printed_views"], 323) << "apart from those counted";
  EXPECT_FALSE(items[2]["_telex"].contains("views")) << "a tombstone";
  EXPECT_FALSE(items[2]["_telex"].contains("printed_views"));
}

TEST(ViewsTest, RssHasThemAsElementsOfItsOwn) {
  const std::string text = Render(Rss(), {Hard(1), Imported(2), Kill(Imported(3))}, {7, 0, 9});
  const auto document = ParseXml(text);
  EXPECT_STREQ(document.child("rss").attribute("xmlns:telex").value(), "urn:telex:feeds");
  auto item = document.child("rss").child("channel").child("item");
  EXPECT_STREQ(item.child_value("telex:views"), "7");
  EXPECT_FALSE(item.child("telex:printedViews"));
  item = item.next_sibling("item");
  EXPECT_STREQ(item.child_value("telex:views"), "0");
  EXPECT_STREQ(item.child_value("telex:printedViews"), "323");
  item = item.next_sibling("item");
  EXPECT_FALSE(item.child("telex:views")) << "a tombstone";
  EXPECT_FALSE(item.child("telex:printedViews"));
}

TEST(ViewsTest, WhoDoesNotAskForThemSeesNothingOfThem) {
  for (const FeedFormat* format : FeedFormats()) {
    const std::string text = Render(*format, {MakeArticle(1)});
    EXPECT_EQ(Render(*format, {Imported(1)}), text) << format->traits().name;
    EXPECT_THAT(text, Not(AnyOf(HasSubstr("views"), HasSubstr("telex:"))));
  }
}

// --- RSS ---------------------------------------------------------------------------------------

pugi::xml_document ParseXml(const std::string& text) {
  pugi::xml_document document;
  const auto result = document.load_buffer(text.data(), text.size(), pugi::parse_default);
  EXPECT_TRUE(result) << result.description() << " at " << result.offset << "\n"
                      << text.substr(std::max<std::ptrdiff_t>(0, result.offset - 80), 160);
  return document;
}

bool IsXmlText(const std::string& text) {
  for (const unsigned char c : text) {
    if (c < 0x20 && c != '\n' && c != '\t' && c != '\r') return false;
  }
  return text.find("\xEF\xBF\xBE") == std::string::npos &&
         text.find("\xED\xA0") == std::string::npos && text.find('\xFF') == std::string::npos;
}

TEST(RssTest, HasWhatAReaderNeeds) {
  const std::string text = Render(Rss(), Samples());
  EXPECT_TRUE(IsXmlText(text));
  const auto document = ParseXml(text);
  const auto channel = document.child("rss").child("channel");
  EXPECT_STREQ(document.child("rss").attribute("version").value(), "2.0");
  EXPECT_STREQ(channel.child_value("title"), "Example & Sons \"News\": world (en)");
  EXPECT_STREQ(channel.child_value("link"), "https://feeds.example.org/");
  EXPECT_STRNE(channel.child_value("description"), "");
  EXPECT_STREQ(channel.child_value("language"), "en");
  EXPECT_STREQ(channel.child_value("ttl"), "1");
  EXPECT_STREQ(channel.child("atom:link").attribute("href").value(),
               "https://feeds.example.org/feeds/world.en.rss");
  EXPECT_STREQ(channel.child("atom:link").attribute("rel").value(), "self");
  EXPECT_STREQ(channel.child_value("lastBuildDate"), "Mon, 21 Sep 2026 14:22:20 GMT");

  const auto samples = Samples();
  std::size_t n = 0;
  for (const auto item : channel.children("item")) {
    const news::Article& article = samples[n++];
    EXPECT_EQ(item.child_value("guid"), "urn:uuid:" + article.id.ToString());
    EXPECT_STREQ(item.child("guid").attribute("isPermaLink").value(), "false");
    EXPECT_EQ(item.child_value("pubDate"), Rfc822(*article.published));
    EXPECT_EQ(item.child_value("dcterms:modified"), Rfc3339(article.versioncreated));
    for (const char* once : {"title", "link", "guid", "pubDate", "dcterms:modified", "dc:rights",
                             "source", "description"}) {
      EXPECT_TRUE(item.child(once)) << once;
      EXPECT_FALSE(item.child(once).next_sibling(once)) << once;
    }
    EXPECT_STRNE(item.child_value("dc:rights"), "");
    EXPECT_EQ(std::string(item.child("source").attribute("url").value()).substr(0, 8), "https://");
    if (IsTombstone(article)) {
      EXPECT_STREQ(item.child_value("title"), "Withdrawn");
      EXPECT_STREQ(
          item.child_value("description"),
          article.purged ? "" : "legal \u2014 take it down &amp; tell &lt;your&gt; readers");
      EXPECT_FALSE(item.child("content:encoded"));
      EXPECT_EQ(item.child_value("dcterms:valid"),
                "end=" + Rfc3339(article.versioncreated) + "; scheme=W3C-DTF");
      EXPECT_EQ(item.child_value("link"), kSettings.ArticleUrl(article.id));
    }
  }
  EXPECT_EQ(n, samples.size());
}

TEST(RssTest, KeepsHardTextWhole) {
  const auto document = ParseXml(Render(Rss(), {Hard(1)}));
  const auto item = document.child("rss").child("channel").child("item");
  EXPECT_THAT(item.child_value("title"), HasSubstr("]]> &amp; ＜b>\"'＜/b>"));
  EXPECT_THAT(item.child_value("title"), HasSubstr("\xF0\x9F\x93\xB0 ]]]>>"));
  std::string body;
  for (const auto part : item.child("content:encoded").children()) body += part.value();
  EXPECT_THAT(body, HasSubstr("<p>]]> &amp; <b>\"'</b>"));
  EXPECT_THAT(body, HasSubstr("]]]>>"));
  EXPECT_THAT(body, HasSubstr("<a href=\"https://caliber.example/?a=1&amp;b=%222%22\">"));
  EXPECT_STREQ(item.child("media:content").attribute("url").value(),
               "https://m.example/a.jpg?x=1&y=2");
  EXPECT_FALSE(item.child("media:content").next_sibling("media:content"));
  EXPECT_STREQ(item.child_value("dcterms:valid"), "end=2030-03-17T17:46:40.000Z; scheme=W3C-DTF");
}

std::string SummaryOf(std::string_view body_html) {
  news::Article article = MakeArticle(1);
  article.content.body_html = body_html;
  return Story({.article = article}, "https://x.example/").Summary();
}

std::string Times(std::size_t times, std::string_view text) {
  std::string out;
  for (; times > 0; --times) out += text;
  return out;
}

TEST(StoryTest, SummariesAreAsLongInEveryScript) {
  for (const std::string_view letter : {"x", "ж", "字", "👨‍👩‍👧", "क्ष", "e\u0301"}) {
    EXPECT_EQ(SummaryOf("<p>" + Times(kSummaryLettersMax, letter) + "</p>"),
              Times(kSummaryLettersMax, letter))
        << letter;
    const std::string summary = SummaryOf("<p>" + Times(5'000, letter) + "</p>");
    EXPECT_TRUE(summary.ends_with("…")) << letter;
    const std::size_t letters =
        std::min(kSummaryLettersMax - 1, (kSummaryBytesMax - 3) / letter.size());
    EXPECT_EQ(summary, Times(letters, letter) + "…") << letter;
  }
  EXPECT_THAT(SummaryOf("<p>" + Times(100, "four ") + "</p>"), testing::EndsWith(" four four…"));
}

TEST(StoryTest, SummariesSayWhatMarkupSays) {
  const std::string_view body =
      "<p><del>found guilty</del> <ins>acquitted</ins> of 10<sup>6</sup> thefts</p>"
      "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>";
  const std::string_view summary = "[deleted: found guilty] acquitted of 10⁶ thefts • a | b; c | d";
  EXPECT_EQ(SummaryOf(body), summary);
  news::Article article = MakeArticle(1);
  article.content.body_html = body;
  EXPECT_EQ(json::parse(JsonFeed().RenderItem({.article = article}, kSettings)->bytes())["summary"],
            summary);
  EXPECT_THAT(Rss().RenderItem({.article = article}, kSettings)->bytes(),
              HasSubstr("<description>" + std::string(summary) + "</description>"));
}

// --- JSON --------------------------------------------------------------------------------------

TEST(JsonFeedTest, HasWhatAReaderNeeds) {
  const json feed = json::parse(Render(JsonFeed(), Samples()));
  EXPECT_EQ(feed["version"], "https://jsonfeed.org/version/1.1");
  EXPECT_EQ(feed["title"], "Example & Sons \"News\": world (en)");
  EXPECT_EQ(feed["feed_url"], "https://feeds.example.org/feeds/world.en.json");
  EXPECT_EQ(feed["language"], "en");
  EXPECT_EQ(feed["_telex"]["updated"], "2026-09-21T14:22:20.000Z");
  const auto samples = Samples();
  ASSERT_EQ(feed["items"].size(), samples.size());
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const json& item = feed["items"][n];
    const news::Article& article = samples[n];
    EXPECT_EQ(item["id"], "urn:uuid:" + article.id.ToString());
    EXPECT_EQ(item["date_published"], Rfc3339(*article.published));
    EXPECT_EQ(item["date_modified"], Rfc3339(article.versioncreated));
    EXPECT_EQ(item["_telex"]["version"], article.version.number);
    for (const char* part : {"text", "url"}) {
      EXPECT_NE(item["_telex"]["attribution"][part], "") << part;
    }
    EXPECT_NE(item["_telex"]["usage_terms"], "");
    EXPECT_TRUE(item.contains("content_html") || item.contains("content_text"));
    if (IsTombstone(article)) {
      EXPECT_EQ(item["title"], "Withdrawn");
      EXPECT_EQ(item["content_text"], "");
      EXPECT_EQ(item["_telex"]["expires"], Rfc3339(article.versioncreated));
      if (article.purged) {
        EXPECT_FALSE(item["_telex"].contains("status_reason") || item["_telex"].contains("ednote"));
      } else {
        EXPECT_EQ(item["_telex"]["status_reason"], "legal");
        EXPECT_EQ(item["_telex"]["ednote"], "take it down & tell <your> readers");
      }
      EXPECT_NE(item["_telex"]["pubstatus"], "usable");
    } else {
      EXPECT_EQ(item["_telex"]["pubstatus"], "usable");
    }
  }
  EXPECT_EQ(feed["items"][0]["tags"], json::array({"world"}));
  EXPECT_EQ(feed["items"][0]["authors"][0]["name"], "A. Writer");
  EXPECT_EQ(feed["items"][1]["attachments"].size(), 1u);
}

TEST(TombstoneTest, HasWordsOfWhatWasWithdrawnByEditorsAlone) {
  const auto words = [](const news::Article& article) {
    return Tombstone::Of(article, "https://x.example/").Words();
  };
  news::Article killed = Kill(MakeArticle(1));
  EXPECT_EQ(words(killed), "legal \u2014 take it down & tell <your> readers");
  killed.status_note.clear();
  EXPECT_EQ(words(killed), "legal");
  killed.status_reason.clear();
  killed.ednote = "a note on the story";
  EXPECT_EQ(words(killed), "");
  news::Article expired = MakeArticle(1);
  expired.availability = news::Availability::kExpired;
  expired.status_note = "it stands";
  EXPECT_EQ(words(expired), "");
  EXPECT_EQ(words(Purge(MakeArticle(1))), "");
}

TEST(StoryTest, TellsEditorsThatItIsBackAndWhatElseThereIsToSay) {
  news::Article reinstated = MakeArticle(1, 3);
  reinstated.status_note = "it stands";
  reinstated.ednote = "names checked";
  const json ninjs = json::parse(Ninjs().RenderItem({.article = reinstated}, kSettings)->bytes());
  EXPECT_EQ(ninjs["edNote"], "it stands\nnames checked");
  const json item = json::parse(JsonFeed().RenderItem({.article = reinstated}, kSettings)->bytes());
  EXPECT_EQ(item["_telex"]["ednote"], "it stands\nnames checked");
  EXPECT_FALSE(item["_telex"].contains("status_reason"));
}

TEST(NinjsTest, NamesWhatIptcNames) {
  const json story = json::parse(Ninjs().RenderItem({.article = Hard(1)}, kSettings)->bytes());
  EXPECT_EQ(story["uri"], "urn:uuid:" + MakeArticle(1).id.ToString());
  EXPECT_EQ(story["version"], "1");
  EXPECT_EQ(story["pubStatus"], "usable");
  EXPECT_EQ(story["urgency"], 5);
  EXPECT_EQ(story["versionCreated"], "2026-09-21T14:14:20.000Z");
  EXPECT_THAT(story["headlines"][0]["value"].get<std::string>(), HasSubstr("<b>\"'</b>"));
  EXPECT_THAT(story["bodies"][0]["value"].get<std::string>(), HasSubstr("class=\"attribution\""));
  EXPECT_EQ(story["infoSources"][0]["uri"], "https://caliber.example/?a=1&b=%222%22");
  EXPECT_EQ(story["associations"].size(), 1u);
  const json killed =
      json::parse(Ninjs().RenderItem({.article = Kill(MakeArticle(1))}, kSettings)->bytes());
  EXPECT_EQ(killed["edNote"], "legal \u2014 take it down & tell <your> readers");
  const json gone =
      json::parse(Ninjs().RenderItem({.article = Purge(MakeArticle(1))}, kSettings)->bytes());
  EXPECT_EQ(gone["pubStatus"], "canceled");
  EXPECT_FALSE(gone.contains("headlines"));
}

// --- text --------------------------------------------------------------------------------------

TEST(TextTest, AnyBytesGiveWellFormedOutput) {
  std::mt19937 random(7);
  static const std::vector<std::string> pieces = {"]",
                                                  "]>",
                                                  "]]>",
                                                  "<",
                                                  "&",
                                                  "\"",
                                                  "\\",
                                                  "\x80",
                                                  "\xC2",
                                                  "\xE2\x80\xA9",
                                                  "\xF4\x90\x80\x80",
                                                  "a",
                                                  std::string(1, '\0'),
                                                  "\x7F",
                                                  "\r",
                                                  "é",
                                                  "<p>"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (unsigned n = random() % 30; n > 0; --n) text += pieces[random() % pieces.size()];
    std::string xml = "<x a=\"";
    AppendXml(text, xml);
    xml += "\" b=\"";
    AppendPlainXml(text, xml);
    xml += "\">";
    AppendCdata(text, xml);
    xml += "</x>";
    pugi::xml_document document;
    ASSERT_TRUE(document.load_buffer(xml.data(), xml.size())) << xml;
    std::string string;
    AppendJson(text, string);
    ASSERT_TRUE(json::accept(string)) << string;
  }
}

TEST(TextTest, WritesDates) {
  const absl::Time time = absl::FromUnixMillis(1'790'000'000'999);
  EXPECT_EQ(Rfc822(time), "Mon, 21 Sep 2026 14:13:20 GMT");
  EXPECT_EQ(Rfc3339(time), "2026-09-21T14:13:20.999Z");
  EXPECT_EQ(Rfc3339(time + absl::Milliseconds(1)), "2026-09-21T14:13:21.000Z");
  EXPECT_EQ(Rfc3339(time + absl::Microseconds(121'900)), "2026-09-21T14:13:21.120Z");
}

TEST(ContentHashTest, IsSha256CutToSixteenBytes) {
  EXPECT_EQ(ContentHashOf("abc"), "ba7816bf8f01cfea414140de5dae2223");
}

}  // namespace
}  // namespace telex::feeds
