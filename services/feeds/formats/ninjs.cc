#include "feeds/formats/ninjs.h"

#include <fmt/format.h>

#include "feeds/formats/json_writer.h"
#include "feeds/formats/text.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kNinjs = "3.0";
constexpr std::string_view kNinjsWithSourceTypes = "3.1";  // the first that has a place for them

void WriteStandard(std::string_view version, JsonWriter& json) {
  json.Name("standard").Open('{').Text("name", "ninjs").Text("version", version);
  json.Text("schema", fmt::format("https://www.iptc.org/std/ninjs/ninjs-schema_{}.json", version));
  json.Close('}');
}

void WriteSourceType(const DigitalSourceType& type, JsonWriter& json) {
  if (type.code.empty()) return;
  json.Name("digitalSourceType").Open('{').Text("name", type.name).Text("uri", type.uri);
  json.Close('}');
}

void WriteCredit(const Credit& credit, JsonWriter& json) {
  json.Text("copyrightHolder", credit.line).Text("usageTerms", credit.terms);
  json.Name("infoSources").Open('[').Open('{');
  json.Text("name", credit.line).Text("uri", credit.link).Close('}').Close(']');
}

void WriteTextList(std::string_view name, std::string_view content_type, std::string_view text,
                   JsonWriter& json) {
  json.Name(name).Open('[').Open('{').Text("role", "main");
  json.Text("contentType", content_type).Text("value", text).Close('}').Close(']');
}

class NinjsFormat final : public Format {
 public:
  NinjsFormat()
      : Format({.name = "ninjs",
                .extension = "json",
                .media_type = "application/json; charset=utf-8",
                .revision = 6}) {}

 private:
  // Its schema has no place for views.
  std::size_t WriteStory(const Story& story, std::string& out) const override {
    JsonWriter json(out);
    json.Open('{').Text("uri", story.Urn());
    const DigitalSourceType source_type = story.SourceType();
    WriteStandard(source_type.code.empty() ? kNinjs : kNinjsWithSourceTypes, json);
    json.Text("type", "text").Text("representationType", "full");
    json.Text("version", std::to_string(story.version()));
    json.Text("firstCreated", Rfc3339(story.firstcreated()));
    json.Text("versionCreated", Rfc3339(story.updated()));
    if (const auto expires = story.expires()) json.Text("expires", Rfc3339(*expires));
    json.Text("pubStatus", PubStatusOf(ArticleState::kVisible));
    json.Number("urgency", story.urgency()).TextIfAny("language", story.language());
    json.TextIfAny("by", story.byline()).TextIfAny("edNote", story.ednote());
    WriteCredit(story.credit(), json);
    WriteSourceType(source_type, json);
    if (!story.section().empty()) {
      json.Name("subjects").Open('[').Open('{');
      json.Text("name", story.section()).Text("rel", "section").Close('}').Close(']');
    }
    WriteTextList("headlines", "text/plain", story.headline(), json);
    WriteTextList("bodies", "text/html", story.body().html(), json);
    json.Name("altIds").Open('[').Open('{');
    json.Text("role", "canonical").Text("value", story.url()).Close('}').Close(']');
    WriteAssociations(story, json);
    json.Close('}');
    out += '\n';
    return Fragment::kNowhere;
  }

  // Answered nowhere today (an article that is gone is 410), but whoever pushes articles needs it.
  void WriteTombstone(const Tombstone& tombstone, std::string& out) const override {
    JsonWriter json(out);
    json.Open('{').Text("uri", tombstone.urn);
    WriteStandard(kNinjs, json);
    json.Text("type", "text").Text("version", std::to_string(tombstone.version));
    json.Text("versionCreated", Rfc3339(tombstone.updated));
    json.Text("expires", Rfc3339(tombstone.updated));
    json.Text("pubStatus", PubStatusOf(tombstone.state));
    json.TextIfAny("edNote", tombstone.Words());
    WriteCredit(tombstone.credit, json);
    json.Close('}');
    out += '\n';
  }

  static void WriteAssociations(const Story& story, JsonWriter& json) {
    if (story.media().empty() && story.alternates().empty()) return;
    json.Name("associations").Open('[');
    WriteMedia(story, json);
    for (const Alternate& one : story.alternates()) WriteAlternate(one, json);
    json.Close(']');
  }

  // The same story, as a news object of its own that is to be had there.
  static void WriteAlternate(const Alternate& one, JsonWriter& json) {
    const std::string_view kind = one.is_original ? "original" : "translation";
    json.Open('{');
    json.Text("name", one.language.empty() ? std::string(kind)
                                           : fmt::format("{} ({})", kind, one.language));
    json.Text("uri", one.urn).Text("type", "text").Text("representationType", "partial");
    json.TextIfAny("language", one.language);
    json.Name("renditions").Open('[').Open('{').Text("name", "main").Text("href", one.url);
    json.Text("contentType", "application/json").Close('}').Close(']');
    json.Close('}');
  }

  static void WriteMedia(const Story& story, JsonWriter& json) {
    for (const news::Media& media : story.media()) {
      const std::string_view type = media.media_type;
      json.Open('{').Text("name", media.alt_text.empty() ? media.href : media.alt_text);
      json.Text("uri", media.href);
      json.Text("type", type.starts_with("video/")   ? "video"
                        : type.starts_with("audio/") ? "audio"
                                                     : "picture");
      json.TextIfAny("by", media.credit);
      json.Name("renditions").Open('[').Open('{').Text("name", "main").Text("href", media.href);
      json.TextIfAny("contentType", type).Close('}').Close(']');
      json.Close('}');
    }
  }

  void AppendText(std::string_view text, std::string& out) const override { AppendJson(text, out); }
};

}  // namespace

const Format& Ninjs() {
  static const NinjsFormat format;
  return format;
}

}  // namespace telex::feeds
