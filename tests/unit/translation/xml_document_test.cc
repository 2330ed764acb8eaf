#include "translation/formats/xml_document.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "platform/errors/errors.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

std::string Fault(std::string_view xml) {
  const auto read = ReadXml(xml, {.bytes_max = 100'000, .doctype_file = "tmx14.dtd"});
  return read.ok() ? "" : std::string(read.status().message());
}

TEST(XmlDocument, IsReadWithItsBlanks) {
  const auto read = ReadXml(
      "<?xml version='1.0' encoding=\"utf-8\"?>\n<!-- c --><a x='1&amp;\"'> "
      "<b/>&lt;<![CDATA[&x;<]]>&#x41;\r\n</a>\n<?p?>",
      {.bytes_max = 1000, .doctype_file = {}});
  ASSERT_TRUE(read.ok()) << read.status();
  const pugi::xml_node a = (*read)->document_element();
  EXPECT_EQ(AttributeOf(a, "x"), "1&\"");
  std::string text;
  for (const pugi::xml_node& child : a.children()) text += child.value();
  EXPECT_EQ(text, " <&x;<A\n");
}

std::string Utf16Of(std::u16string_view text, bool is_big) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += is_big ? high : low;
    bytes += is_big ? low : high;
  }
  return bytes;
}

TEST(XmlDocument, IsReadInUtf16) {
  constexpr std::u16string_view kXml =
      u"<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE tmx SYSTEM 'tmx14.dtd'><a>Ցены "
      u"\U0001F600</a>";
  for (const bool is_big : {false, true}) {
    for (const std::u16string_view mark : {u"\uFEFF", u""}) {
      const auto read = ReadXml(Utf16Of(std::u16string(mark) + std::u16string(kXml), is_big),
                                {.bytes_max = 1000, .doctype_file = "tmx14.dtd"});
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_STREQ((*read)->document_element().text().get(), "Ցены \U0001F600");
    }
  }
  const std::string half = Utf16Of(u"\uFEFF<a/>", false) + "x";
  EXPECT_THAT(Fault(half), HasSubstr("begins as UTF-16"));
  const std::string surrogate =
      Utf16Of(std::u16string(u"\uFEFF<a>") + char16_t{0xD83D} + u"</a>", false);
  EXPECT_THAT(Fault(surrogate), HasSubstr("begins as UTF-16"));
  EXPECT_THAT(Fault("<?xml version='1.0' encoding='UTF-16'?><a/>"),
              HasSubstr("another encoding than utf-8"));
}

TEST(XmlDocument, TakesADoctypeThatNamesItsFileOnly) {
  EXPECT_EQ(Fault("<!DOCTYPE tmx SYSTEM \"tmx14.dtd\"><tmx/>"), "");
  EXPECT_EQ(Fault("<!DOCTYPE tmx PUBLIC \"-//LISA//DTD\" 'http://x.example/tmx14.dtd' ><tmx/>"),
            "");
  for (const std::string_view doctype :
       {"<!DOCTYPE tmx>", "<!DOCTYPE tmx SYSTEM \"other.dtd\">",
        "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\" []>",
        "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\" [<!ENTITY a \"b\">]>",
        "<!DOCTYPE tmx [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\"><!DOCTYPE tmx SYSTEM \"tmx14.dtd\">",
        "<!DOCTYPE tmx SYSTEM \"tmx14.dtd", "<!ENTITY a \"b\">"}) {
    EXPECT_THAT(Fault(fmt::format("{}<tmx/>", doctype)), HasSubstr("file: line 1")) << doctype;
  }
  EXPECT_THAT(Fault("<tmx/><!DOCTYPE tmx SYSTEM \"tmx14.dtd\">"), HasSubstr("out of place"));
  const auto none = ReadXml("<!DOCTYPE a SYSTEM \"tmx14.dtd\"><a/>", {.bytes_max = 100});
  EXPECT_FALSE(none.ok());
}

TEST(XmlDocument, ThatIsNoXmlIsRefusedWithItsLine) {
  std::string deep;
  for (int i = 0; i <= kXmlDepthMax; ++i) deep += "<a>";
  for (int i = 0; i <= kXmlDepthMax; ++i) deep += "</a>";
  std::string wide = "<a";
  for (std::size_t i = 0; i <= kXmlAttributesMax; ++i) wide += fmt::format(" b{}=''", i);
  const struct {
    std::string xml;
    std::string_view why;
  } kCases[] = {
      {"", "amid its elements"},
      {"<!-- only -->", "amid its elements"},
      {"<a>\n</b>", "line 2"},
      {"<a>\n\n&b;</a>", "line 3: an entity"},
      {"<a b='&c;'/>", "an entity"},
      {"<a>&#0;</a>", "an entity"},
      {"<a>&#xD800;</a>", "an entity"},
      {"<a>& b;</a>", "an entity"},
      {"<a>&amp</a>", "an entity"},
      {"<a>\x01</a>", "cannot hold"},
      {"<a>\xEF\xBF\xBE</a>", "cannot hold"},
      {"<a/><b/>", "a second root"},
      {"<a/>b", "text beside"},
      {"b<a/>", "text beside"},
      {"</a>", "end tag too many"},
      {"<a", "does not end"},
      {"<a b=\"c", "does not end"},
      {"<a b='<'/>", "&lt;"},
      {"<a b='1' b='2'/>", "an attribute twice"},
      {"<a <b/>", "< within a tag"},
      {"<a>1 < 2</a>", "begins no tag"},
      {"<a><!-- </a>", "a comment does not end"},
      {"<a><![CDATA[</a>", "CDATA does not end"},
      {"<?xml version='1.0' encoding='UTF-16'?><a/>", "another encoding"},
      {"<?xml version='1.0' encoding='windows-1251'?><a/>", "another encoding"},
      {deep, "elements within elements"},
      {wide + "/>", "too many attributes"},
  };
  for (const auto& [xml, why] : kCases) EXPECT_THAT(Fault(xml), HasSubstr(std::string(why))) << xml;
  EXPECT_THAT(Fault("<a>\xff</a>"), HasSubstr("UTF-8"));
  const auto large = ReadXml("<a>aaaaa</a>", {.bytes_max = 5});
  EXPECT_TRUE(errors::Is(large.status(), errors::kDocumentTooLarge));
}

TEST(XmlDocument, EscapesWhatWouldBecomeAnother) {
  EXPECT_EQ(EscapeXml("a<b>&\"\r\n\t\x01é"), "a&lt;b&gt;&amp;&quot;&#13;&#10;&#9;é");
}

}  // namespace
}  // namespace telex::translation
