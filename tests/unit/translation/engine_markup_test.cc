#include "translation/formats/engine_markup.h"

#include <gtest/gtest.h>

#include <string_view>

#include "translation/formats/iso_639_3.h"

namespace telex::translation {
namespace {

TEST(EngineMarkup, ComesBackAsItWas) {
  for (const std::string_view tagged :
       {"", "plain", "Up <1>ten</1> &amp; &lt;5 > 4<2/>", "<2><1/>x</2>", "Հայաստան <3>և</3>"}) {
    for (const EngineMarkup markup : {EngineMarkup::kHtml, EngineMarkup::kXml})
      EXPECT_EQ(FromEngine(ToEngine(tagged, markup), markup), tagged);
  }
}

TEST(EngineMarkup, IsWhatEnginesKnow) {
  EXPECT_EQ(ToEngine("a <1>b</1> & c<2/>", EngineMarkup::kHtml), "a b &amp; c");  // no tagged text
  EXPECT_EQ(ToEngine("a <1>b</1> &lt; c<2/>", EngineMarkup::kHtml),
            "a <span id=\"t1\">b</span> &lt; c<br id=\"t2\">");
  EXPECT_EQ(ToEngine("a <1>b</1><2/>", EngineMarkup::kXml), "a <x id=\"t1\">b</x><x id=\"t2\"/>");
}

TEST(EngineMarkup, IsReadAsEnginesWriteIt) {
  EXPECT_EQ(FromEngine("<span id='t1' >b</span ><br id=t2 />", EngineMarkup::kHtml),
            "<1>b</1><2/>");
  EXPECT_EQ(FromEngine("l&#39;eau &#x26; &quot;x&quot; &nbsp;&unknown; &", EngineMarkup::kHtml),
            "l'eau &amp; \"x\" \u00A0&amp;unknown; &amp;");
  EXPECT_EQ(FromEngine("&#xD800;&#0;&#x110000;", EngineMarkup::kHtml), "\uFFFD\uFFFD\uFFFD");
}

TEST(EngineMarkup, ThatIsBrokenOrForeignIsNone) {
  for (const std::string_view text :
       {"<span id=\"t1\">a", "a</span>", "<b>a</b>", "<span id=\"1\">a</span>", "<span>a</span>",
        "<span id=\"t0\">a</span>", "<span id=\"t1\">a</span><span id=\"t1\">b</span>", "<",
        "<!-- -->", "<span id=\"t1\" onclick=\"x\">a</span>", "<span id=\"t1>a</span>",
        "<span id=\">a</span>", "<span id=\"t99999999999\">a</span>", "<x id=\"t1\">a</x>"}) {
    EXPECT_FALSE(FromEngine(text, EngineMarkup::kHtml)) << text;
  }
}

TEST(Iso639_3, IsKnownOfLanguagesWithAndWithoutRegion) {
  const auto code = [](const char* tag) { return Iso639_3Of(*news::LanguageTag::Parse(tag)); };
  EXPECT_EQ(code("en"), "eng");
  EXPECT_EQ(code("es-MX"), "spa");
  EXPECT_EQ(code("hy"), "hye");
  EXPECT_EQ(code("zh-Hant"), "zho");
}

}  // namespace
}  // namespace telex::translation
