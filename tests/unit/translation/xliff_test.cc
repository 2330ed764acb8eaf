#include "translation/formats/xliff.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/translation/job_file_support.h"
#include "translation/formats/job_forms.h"

namespace telex::translation {
namespace {

using testing::HasSubstr;

std::string Written() { return WriteXliff(ExampleJob()); }

// What the second segment came back as.
std::string Second(const std::string& file) {
  const auto read = ReadXliff(file, ExampleJob());
  if (!read.ok()) return Violation(read.status());
  return read->at(1).target;
}

// The file with a translation in its second unit.
std::string WithUnit(std::string_view content) {
  const std::string file = Written();
  const std::size_t unit = file.find("<unit id=\"body.p1.s1\">");
  const std::size_t begin = file.find("<segment", unit);
  const std::size_t end = file.find("    </unit>", begin);
  return file.substr(0, begin) + std::string(content) + file.substr(end);
}
constexpr std::string_view kSource =
    "<source>AT&amp;T &lt;said> it <pc id='1'>rose <pc id='2'>a lot</pc></pc><ph "
    "id='3'/>.</source>";
std::string WithTarget(std::string_view target) {
  return WithUnit(fmt::format("<segment>{}<target>{}</target></segment>", kSource, target));
}

TEST(Xliff, ComesBackAsItWent) {
  const auto read = ReadXliff(Written(), ExampleJob());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, ExampleJob().segments);
}

// The order and the attributes of the core's schema (xliff_core_2.0.xsd), as far as we use it.
TEST(Xliff, IsBuiltAsItsSchemaSays) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(Written().c_str(), pugi::parse_full));
  const pugi::xml_node root = document.document_element();
  EXPECT_STREQ(root.name(), "xliff");
  EXPECT_STREQ(root.attribute("xmlns").value(), "urn:oasis:names:tc:xliff:document:2.0");
  EXPECT_STREQ(root.attribute("version").value(), "2.1");
  EXPECT_STREQ(root.attribute("srcLang").value(), "en");
  EXPECT_STREQ(root.attribute("trgLang").value(), "ru");
  const pugi::xml_node file = root.first_child();
  EXPECT_STREQ(file.name(), "file");
  EXPECT_EQ(file.next_sibling(), pugi::xml_node());
  EXPECT_EQ(file.attribute("id").value(), StampOf(ExampleJob()));
  EXPECT_STREQ(file.attribute("canResegment").value(), "no");
  pugi::xml_node child = file.first_child();
  EXPECT_STREQ(child.name(), "notes");
  std::vector<std::string> units;
  for (child = child.next_sibling(); child; child = child.next_sibling()) {
    EXPECT_STREQ(child.name(), "unit");
    units.emplace_back(child.attribute("id").value());
    const pugi::xml_node segment = child.first_child();
    EXPECT_STREQ(segment.name(), "segment");
    EXPECT_STREQ(segment.first_child().name(), "source");
    const bool translated = static_cast<bool>(segment.child("target"));
    EXPECT_EQ(std::string_view(segment.attribute("state").value()) != "initial", translated);
  }
  EXPECT_THAT(units, testing::ElementsAre("headline", "body.p1.s1", "body.p1.s2"));
  for (const pugi::xpath_node& code : document.select_nodes("//pc|//ph")) {
    EXPECT_STREQ(code.node().attribute("canDelete").value(), "no");
    EXPECT_STREQ(code.node().attribute("canCopy").value(), "no");
    EXPECT_STREQ(code.node().attribute("canReorder").value(), "yes");
  }
}

TEST(Xliff, TakesWhatToolsMakeOfIt) {
  EXPECT_EQ(Second(WithTarget("<ph id='3'/> <pc id='1'>A&amp;B <pc id='2'>x</pc></pc>")),
            "<3/> <1>A&amp;B <2>x</2></1>");
  // Spanning codes as two, annotations, CDATA, a comment, a character that XML cannot hold.
  EXPECT_EQ(Second(WithTarget("<sc id='1'/><mrk id='m' translate='no'>a</mrk><sm id='n'/>"
                              "<![CDATA[<b]]><!-- c --><em startRef='n'/><pc id='2'>&#x63;</pc>"
                              "<cp hex='0007'/><ec startRef='1'/><ph id='3'/>")),
            "<1>a&lt;b<2>c</2>\a</1><3/>");
  EXPECT_EQ(Second(WithTarget("  ")), "");
  // Another prefix, other modules, groups.
  std::string file = Edited(Written(), "<xliff xmlns=", "<xliff xmlns:mda=\"urn:x\" xmlns=");
  file = Edited(file, "<unit id=\"headline\">",
                "<group id=\"g\"><mda:metadata><mda:unit/></mda:metadata></group>"
                "<unit id=\"headline\"><mda:meta/>");
  EXPECT_EQ(Second(file), "");
  const std::string plain = Written();
  std::string prefixed;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    prefixed += plain[i];
    if (plain[i] != '<' || plain[i + 1] == '?') continue;
    if (plain[i + 1] == '/') prefixed += plain[++i];
    prefixed += "x:";
  }
  EXPECT_EQ(Second(Edited(prefixed, "xmlns=", "xmlns:x=")), "");
  EXPECT_EQ(Second("\xEF\xBB\xBF" + Edited(Written(), "version=\"2.1\"", "version=\"2.0\"")), "");
}

TEST(Xliff, TakesResegmentingBack) {
  const std::string_view first =
      "<segment id='1' state='final'><source>AT&amp;T &lt;said> it <sc id='1'/>rose</source>"
      "<target>Eins <sc id='1'/></target></segment>"
      "<ignorable><source> </source></ignorable>";
  const std::string_view second =
      "<segment id='2' state='translated'><source><pc id='2'>a lot</pc><ec startRef='1'/><ph "
      "id='3'/>.</source><target>zwei<pc id='2'>b</pc><ec startRef='1'/><ph "
      "id='3'/></target></segment>";
  const auto read = ReadXliff(WithUnit(fmt::format("{}{}", first, second)), ExampleJob());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(1).target, "Eins <1> zwei<2>b</2></1><3/>");
  EXPECT_EQ(read->at(1).state, SegmentState::kTranslated);
  EXPECT_EQ(Second(WithUnit("<segment><source>AT&amp;T &lt;said> it </source><target "
                            "order='2'>b <pc id='1'>c<pc id='2'>d</pc></pc><ph id='3'/></target>"
                            "</segment><segment><source><pc id='1'>rose <pc id='2'>a lot</pc></pc>"
                            "<ph id='3'/>.</source><target order='1'>a </target></segment>")),
            "a b <1>c<2>d</2></1><3/>");
  for (const std::string_view target : {"", "<target></target>", "<target> </target>"}) {
    EXPECT_EQ(Second(WithUnit(fmt::format("{}<segment><source><pc id='2'>a lot</pc><ec startRef="
                                          "'1'/><ph id='3'/>.</source>{}</segment>",
                                          first, target))),
              "segments[\"body.p1.s1\"]: a part has no translation")
        << target;
  }
}

TEST(Xliff, SaysItselfWhatItIsOf) {
  JobFile job = ExampleJob();
  job.notes = {"next: complete it"};
  job.segments[1].notes = {"before: <1>fell</1>"};
  const std::string file = WriteXliff(job);
  EXPECT_THAT(file, HasSubstr("<note>next: complete it</note>"));
  EXPECT_THAT(file, HasSubstr("<unit id=\"body.p1.s1\">\n      <notes>\n        <note>before: "
                              "&lt;1&gt;fell"));
  EXPECT_EQ(FormOf("\xEF\xBB\xBF\n" + file), JobForm::kXliff);
  const auto stated = ReadStatedJob(file);
  ASSERT_TRUE(stated.ok()) << stated.status();
  EXPECT_TRUE(stated->IsIntact());
  EXPECT_EQ(stated->job.job, ExampleJob().job);
  const auto read = ReadSegments(file, stated->job);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).target, "Цены растут");
  EXPECT_FALSE(ReadStatedJob(Edited(file, "Prices rise", "Prices fell"))->IsIntact());
  EXPECT_THAT(Violation(ReadStatedJob(Edited(file, "original=", "origin=")).status()),
              HasSubstr("version: the file does not say"));
  EXPECT_FALSE(ReadStatedJob(Edited(file, "trgLang=", "lang=")).ok());
}

TEST(Xliff, OfAnotherVersionIsRefused) {
  JobFile job = ExampleJob();
  job.version = "articles/00000000-0000-0000-0000-000000000001@4";
  EXPECT_THAT(Violation(ReadXliff(Written(), job).status()), HasSubstr("version: the file is of"));
  job = ExampleJob();
  job.segments[0].source += "!";
  EXPECT_THAT(Violation(ReadXliff(Written(), job).status()), HasSubstr("version: the file is of"));
}

TEST(Xliff, ThatIsBrokenIsRefusedWithItsField) {
  const std::string file = Written();
  const struct {
    std::string file;
    std::string_view why;
  } kCases[] = {
      {"", "file: line 1: "},
      {"hello", "file: line 1: text beside"},
      {"<html/>", "file: no XLIFF"},
      {"<xliff/>", "file: no XLIFF"},
      {Edited(file, "document:2.0", "document:1.2"), "file: no XLIFF"},
      {Edited(file, "version=\"2.1\"", "version=\"1.2\""), "file: another XLIFF"},
      {Edited(file, "srcLang=\"en\"", "srcLang=\"de\""), "srcLang: has to be en"},
      {Edited(file, "trgLang=\"ru\"", ""), "trgLang: has to be ru"},
      {Edited(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE xliff>"),
       "file: line 1: a DOCTYPE"},
      {Edited(file, "Prices", "&prices;"), "an entity is not taken"},
      {Edited(file, "</file>", ""), "file: line"},
      {Edited(file, "id=\"body.p1.s2\"", "id=\"headline\""),
       "segments[\"headline\"]: its source is not"},
      {Edited(file, "id=\"body.p1.s2\"", "id=\"other\""), "segments[\"other\"]: its <unit>: no"},
      {Edited(file, "Prices rise", "Prices fell"), "segments[\"headline\"]: its source is not"},
      {Edited(file, "</unit>",
              "</unit><unit id=\"headline\"><segment><source>Prices "
              "rise</source></segment></unit>"),
       "segments[\"headline\"]: its <unit>: came before"},
      {file.substr(0, file.find("    <unit id=\"body.p1.s2\"")) + "</file></xliff>",
       "segments[\"body.p1.s2\"]: the file lacks"},
      {WithTarget("no codes"), "segments[\"body.p1.s1\"]: its <unit>: <1>…</1> is missing"},
      {WithTarget("<pc id='1'/><pc id='2'/><ph id='3'/><ph id='3'/>"), "tag 3 comes twice"},
      {WithTarget("<pc id='1'/><pc id='2'/><ph id='3'/><ph id='4'/>"), "has no <4/>"},
      {WithTarget("<sc id='1'/><pc id='2'/><ph id='3'/>"), "<1> is not closed"},
      {WithTarget("<sc id='1'/><sc id='2'/><ec startRef='1'/><ec startRef='2'/><ph id='3'/>"),
       "closes what is not open"},
      {WithTarget("<ph id='x'/>"), "<ph>: id is none of this segment"},
      {WithTarget("<b>x</b>"), "<b>: no inline code"},
      {WithTarget("<cp hex='D800'/>"), "<cp>: no character"},
  };
  for (const auto& [text, why] : kCases) {
    const auto read = ReadXliff(text, ExampleJob());
    ASSERT_FALSE(read.ok()) << why;
    EXPECT_THAT(Violation(read.status()), HasSubstr(std::string(why))) << text;
  }
}

}  // namespace
}  // namespace telex::translation
