// How text and addresses are spelled so that feed validators have nothing to say.
#include <absl/strings/ascii.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/formats/format.h"
#include "feeds/formats/rss.h"
#include "feeds/formats/story.h"
#include "feeds/formats/text.h"
#include "feeds/formats/uri.h"
#include "news/blank.h"
#include "tests/support/articles.h"

namespace telex::feeds {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::MakeArticle;

std::string Plain(std::string_view text) {
  std::string out;
  AppendPlainXml(text, out);
  return out;
}

std::string Xml(std::string_view text) {
  std::string out;
  AppendXml(text, out);
  return out;
}

TEST(PlainXmlTest, SpellsMarkupSoThatAllReadersShowTheSame) {
  EXPECT_EQ(Plain("AT&T & Co"), "AT&#x26;T &#x26; Co");
  EXPECT_EQ(Plain("AT&amp;T"), "AT&#x26;amp;T");
  EXPECT_EQ(Plain("5 < 6 <3 <"), "5 &#x3C; 6 &#x3C;3 &#x3C;");
  EXPECT_EQ(Plain("a<b>c</b> <!-- x --> <?php"), "a＜b&gt;c＜/b&gt; ＜!-- x --&gt; ＜?php");
  EXPECT_EQ(Plain("<"), "&#x3C;");
  EXPECT_EQ(Plain("]]> \"'"), "]]&gt; &quot;'");
  EXPECT_EQ(Plain("one\r\ntwo\tthree"), "one  two three");
  EXPECT_EQ(Plain("«Ёж» ու 📰"), "«Ёж» ու 📰");
}

TEST(TextTest, EveryFormatDropsTheSameControlsAndNoncharacters) {
  const auto spelled = [](std::string_view text) {
    std::string written;
    AppendJson(text, written);
    std::string html;
    AppendHtml(text, html);
    std::string cdata;
    AppendCdata(text, cdata);
    return std::vector<std::string>{written.substr(1, written.size() - 2), html, Xml(text),
                                    Plain(text), cdata.substr(9, cdata.size() - 12)};
  };
  std::vector<std::string> dropped;
  for (char c = 0; c < 0x20; ++c) {
    if (c != '\t' && c != '\n' && c != '\r') dropped.emplace_back(1, c);
  }
  dropped.emplace_back("\x7F");
  for (int c = 0x80; c < 0xA0; ++c) dropped.push_back(std::string("\xC2") + static_cast<char>(c));
  for (const char* noncharacter : {"\xEF\xB7\x90", "\xEF\xB7\xAF", "\xEF\xBF\xBE", "\xEF\xBF\xBF",
                                   "\xF0\x9F\xBF\xBE", "\xF4\x8F\xBF\xBF"}) {
    dropped.emplace_back(noncharacter);
  }
  for (const std::string& bytes : dropped) {
    EXPECT_THAT(spelled("a" + bytes + "z"), testing::Each("az")) << testing::PrintToString(bytes);
    EXPECT_TRUE(news::IsBlank(" " + bytes));
  }
  for (const char* kept :
       {"\xC2\xA0", "\xEF\xB7\x8F", "\xEF\xB7\xB0", "\xEE\x80\x80", "~", "\u202E"}) {
    EXPECT_THAT(spelled(kept), testing::Each(kept));
  }
  EXPECT_FALSE(news::IsBlank("\xFF")) << "shown as a replacement";
  std::string written;
  AppendJson("a\tb\nc\rd", written);
  EXPECT_EQ(written, "\"a\\tb\\nc\\rd\"");
}

TEST(XmlTest, TextWithoutMarkupIsOneLine) {
  EXPECT_EQ(Plain("a\nb\tc\u2028d\u2029e"), "a b c d e");
}

TEST(XmlTest, HasNoCharacterThatLooksLikeABrokenEncoding) {
  const std::string_view bad = "a\xC2\x85\xC2\x93\x7F\xEF\xB7\x90\xF0\x9F\xBF\xBE\x01z";
  EXPECT_EQ(Plain(bad), "az");
  EXPECT_EQ(Xml(bad), "az");
  std::string cdata;
  AppendCdata(bad, cdata);
  EXPECT_EQ(cdata, "<![CDATA[az]]>");
  std::string html;
  AppendHtml(bad, html);
  EXPECT_EQ(html, "az");
  // What was lost before it came here, and what is lost here.
  EXPECT_EQ(Plain("x\xEF\xBF\xBDy\xFFz"), "x□y□z");
  EXPECT_EQ(Xml("x\xEF\xBF\xBDy\xFFz"), "x□y□z");
  std::string written;
  AppendJson("x\xEF\xBF\xBDy\xFFz", written);
  EXPECT_EQ(written, "\"x\xEF\xBF\xBDy\xEF\xBF\xBDz\"");
}

TEST(UriTest, LeavesUrisAsTheyAre) {
  for (const char* const uri :
       {"https://desk.example/", "http://desk.example:8080/a/b;c=d?x=1&y=(2)#f",
        "HTTPS://D.example", "https://d.example/%D1%91%20", "http://[2001:db8::1]:80/x",
        "https://a_b.example/~x!*'()", "https://d.example?q=/?",
        "https://xn--e1afmkfd.xn--p1ai/"}) {
    EXPECT_EQ(UriOf(uri), uri);
  }
  EXPECT_EQ(UriOf(""), "");
}

TEST(UriTest, MakesUrisOfWhatPeopleWrite) {
  EXPECT_EQ(UriOf("https://пример.рф/путь?q=ё#ё"),
            "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?q=%D1%91#%D1%91");
  EXPECT_EQ(UriOf("https://ПРИМЕР。рф:8443"), "https://xn--e1afmkfd.xn--p1ai:8443");
  EXPECT_EQ(UriOf("https://d.example/[a]{b}|\\^`\"<>"),
            "https://d.example/%5Ba%5D%7Bb%7D%7C/%5E%60%22%3C%3E");
  EXPECT_EQ(UriOf("https://d.example\\x?a\\b"), "https://d.example/x?a%5Cb");
  EXPECT_EQ(UriOf("https://d.example/50%zz%4%"), "https://d.example/50%25zz%254%25");
  EXPECT_EQ(UriOf("https://d.example/#a#b"), "https://d.example/#a%23b");
  EXPECT_EQ(UriOf("https://d.example/\xFF\xC2\x85"), "https://d.example/%FF%C2%85");
  // No name of a host, in no way: what is left is a URI all the same.
  EXPECT_EQ(UriOf("https://xn--zz-ß.example/"), "https://xn--zz-%C3%9F.example/");
  EXPECT_EQ(UriOf("https://" + std::string(300, 'x') + "ё/").substr(0, 10), "https://xx");
}

TEST(UriTest, AnyBytesGiveAUri) {
  static const std::vector<std::string> pieces = {
      "http", "https://", "://",   ":80", ":", "/",    "\\",   "?",    "#",
      "[",    "]",        "[::1]", "@",   "%", "%41",  "a",    "B9",   "-",
      ".",    " ",        "\"",    "<",   "ё", "xn--", "\xFF", "\xC3", std::string(1, '\0'),
      "рф",   "。"};
  static constexpr std::string_view kOthers = "-._~:/?#@!$&'()*+,;=%[]";
  std::mt19937 random(11);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    const std::string uri = UriOf(text);
    for (const char c : uri) {
      ASSERT_TRUE(absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  kOthers.find(c) != std::string_view::npos)
          << text << " gave " << uri;
    }
    ASSERT_LE(std::count(uri.begin(), uri.end(), '#'), 1) << text << " gave " << uri;
    ASSERT_EQ(UriOf(uri), uri) << text;
  }
}

TEST(MediaTypeTest, KnowsMediaTypes) {
  for (const char* const good :
       {"image/jpeg", "image/svg+xml", "video/mp4; codecs=\"avc1.4d, mp4a\"", "text/html;charset=x",
        "application/vnd.x-y.z ; a=b; c=d"}) {
    EXPECT_TRUE(IsMediaType(good)) << good;
  }
  for (const char* const bad : {"", "image", "image/", "/jpeg", "a/b/c", "image/jpeg;",
                                "image/jpeg;q", "image/jpeg; q=", "image/jpeg; q=\"x", "not a type",
                                "image/jpe\xC3\xA9", "image/jpeg x", "image/jpeg; q=\"\x01\""}) {
    EXPECT_FALSE(IsMediaType(bad)) << bad;
  }
}

const ChannelSettings kPublisherSettings{.public_url = "https://feeds.example.org",
                                         .publisher_name = "Smith & Sons"};

TEST(RssSpellingTest, GivesAddressesAsUris) {
  news::Article article = MakeArticle(1);
  article.canonical_url = "https://новости.рф/1";
  article.content.terms.link = "https://новости.рф/1?ё";
  article.content.media = {
      {.href = "https://m.example/фото.jpg", .media_type = "a picture", .syndicated = true}};
  for (const Format* format : AllFormats()) {
    const auto fragment = format->RenderItem({.article = article}, kPublisherSettings);
    ASSERT_TRUE(fragment.ok()) << fragment.status();
    const std::string& text = fragment->bytes();
    EXPECT_THAT(text, HasSubstr("https://xn--b1amnebsh.xn--p1ai/1")) << format->traits().name;
    EXPECT_THAT(text, HasSubstr("https://xn--b1amnebsh.xn--p1ai/1?%D1%91"));
    EXPECT_THAT(text, HasSubstr("https://m.example/%D1%84%D0%BE%D1%82%D0%BE.jpg"));
    EXPECT_THAT(text, Not(HasSubstr("новости")));
    EXPECT_THAT(text, Not(HasSubstr("a picture")));
  }
}

TEST(RssSpellingTest, HasNoBlankTitle) {
  news::Article article = MakeArticle(1);
  article.content.headline = "\xC2\x80 \x01";
  EXPECT_THAT(Rss().RenderItem({.article = article}, kPublisherSettings)->bytes(),
              Not(HasSubstr("<title>")));
}

TEST(RssSpellingTest, WithoutContentHasNoDateOfIt) {
  const FeedKey key{"world", "en"};
  const auto opening = [&](absl::Time updated) {
    return Rss().RenderFeed({.settings = kPublisherSettings,
                             .key = key,
                             .self_url = "https://f.example/",
                             .updated = updated},
                            {});
  };
  EXPECT_THAT(opening(absl::UnixEpoch()), Not(HasSubstr("lastBuildDate")));
  const std::string text = opening(absl::FromUnixSeconds(1'790'000'000));
  EXPECT_THAT(text, HasSubstr("<lastBuildDate>Mon, 21 Sep 2026"));
  EXPECT_THAT(text, HasSubstr("<description>Smith &#x26; Sons, world, en</description>"));
}

}  // namespace
}  // namespace telex::feeds
