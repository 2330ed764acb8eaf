#include "feeds/formats/json_feed.h"

#include <fmt/format.h>

#include "feeds/formats/json_writer.h"
#include "feeds/formats/text.h"
#include "news/blank.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kVersion = "https://jsonfeed.org/version/1.1";

// The extension `_telex` of an item: what partners' machines go by, with the credit in it. Leaves
// it open for more.
void OpenExtension(std::int64_t version, std::string_view pubstatus, const Credit& credit,
                   std::optional<absl::Time> expires, JsonWriter& json) {
  json.Name("_telex").Open('{');
  json.Number("version", version).Text("pubstatus", pubstatus);
  if (expires) json.Text("expires", Rfc3339(*expires));
  json.Name("attribution").Open('{').Text("text", credit.line).Text("url", credit.link).Close('}');
  json.Text("usage_terms", credit.terms);
}

std::string_view NameOf(news::TranslationStanding standing) {
  switch (standing) {
    case news::TranslationStanding::kMachine:
      return "machine";
    case news::TranslationStanding::kPerson:
      return "person";
    case news::TranslationStanding::kReviewed:
      return "reviewed";
    case news::TranslationStanding::kRejected:
      break;
  }
  return "rejected";
}

// Members of `_telex`: what a translation is, and where the story is in other languages.
void WriteTranslation(const Story& story, JsonWriter& json) {
  if (const TranslationNote* note = story.translation()) {
    json.Name("translation").Open('{').Text("original", note->original);
    json.Text("from", note->from).Number("original_version", note->version);
    json.Number("revision", note->revision).Text("standing", NameOf(note->standing));
    json.Name("stale").Bool(note->is_stale);
    json.TextIfAny("digital_source_type", story.SourceType().uri).Close('}');
  }
  if (story.alternates().empty()) return;
  json.Name("alternates").Open('[');
  for (const Alternate& one : story.alternates()) {
    json.Open('{').TextIfAny("language", one.language).Text("id", one.urn).Text("url", one.url);
    json.Name("original").Bool(one.is_original).Close('}');
  }
  json.Close(']');
}

class JsonFeedFormat final : public FeedFormat {
 public:
  JsonFeedFormat()
      : FeedFormat({.name = "json",
                    .extension = "json",
                    .media_type = "application/feed+json; charset=utf-8",
                    .revision = 6}) {}

 private:
  std::size_t WriteStory(const Story& story, std::string& out) const override {
    JsonWriter json(out);
    json.Open('{').Text("id", story.Urn()).Text("url", story.url());
    json.TextIfAny("title", story.headline());
    json.Text("content_html", story.body().html()).TextIfAny("summary", story.Summary());
    json.Text("date_published", Rfc3339(story.published()));
    json.Text("date_modified", Rfc3339(story.updated()));
    json.TextIfAny("language", story.language());
    json.Name("authors").Open('[').Open('{');
    json.Text("name", news::IsBlank(story.byline()) ? story.source_name() : story.byline());
    json.Close('}').Close(']');
    if (!story.section().empty()) json.Name("tags").Open('[').Text(story.section()).Close(']');
    WriteMedia(story, json);
    OpenExtension(story.version(), PubStatusOf(ArticleState::kVisible), story.credit(),
                  story.expires(), json);
    json.Number("urgency", story.urgency()).TextIfAny("ednote", story.ednote());
    WriteTranslation(story, json);
    const std::size_t views_at = out.size();
    json.Close('}').Close('}');
    return views_at;
  }

  // The last members of `_telex`, which has others before them.
  void WriteViews(std::int64_t counted, std::int64_t printed, std::string& out) const override {
    out += fmt::format(R"(,"views":{})", counted);
    if (printed > 0) out += fmt::format(R"(,"printed_views":{})", printed);
  }

  void WriteTombstone(const Tombstone& tombstone, std::string& out) const override {
    JsonWriter json(out);
    json.Open('{').Text("id", tombstone.urn).Text("url", tombstone.credit.link);
    json.Text("title", "Withdrawn").Text("content_text", "");
    json.Text("date_published", Rfc3339(tombstone.published));
    json.Text("date_modified", Rfc3339(tombstone.updated));
    OpenExtension(tombstone.version, PubStatusOf(tombstone.state), tombstone.credit,
                  tombstone.updated, json);
    json.TextIfAny("status_reason", tombstone.reason).TextIfAny("ednote", tombstone.ednote);
    json.Close('}').Close('}');
  }

  static void WriteMedia(const Story& story, JsonWriter& json) {
    if (story.media().empty()) return;
    for (const news::Media& media : story.media()) {
      if (media.media_type.starts_with("image/")) {
        json.Text("image", media.href);
        break;
      }
    }
    json.Name("attachments").Open('[');
    for (const news::Media& media : story.media()) {
      json.Open('{').Text("url", media.href);
      json.Text("mime_type",
                media.media_type.empty() ? "application/octet-stream" : media.media_type);
      json.TextIfAny("title", media.alt_text);
      if (!media.credit.empty()) {
        json.Name("_telex").Open('{').Text("credit", media.credit).Close('}');
      }
      json.Close('}');
    }
    json.Close(']');
  }

  void AppendText(std::string_view text, std::string& out) const override { AppendJson(text, out); }

  void WriteOpening(const Channel& channel, std::string& out) const override {
    JsonWriter json(out);
    json.Open('{').Text("version", kVersion).Text("title", channel.Title());
    json.Text("home_page_url", channel.settings.public_url + "/");
    json.Text("feed_url", channel.self_url).Text("description", channel.Description());
    json.Text("language", channel.key.language);
    json.Name("authors").Open('[').Open('{').Text("name", channel.settings.publisher_name);
    json.Close('}').Close(']');
    json.Name("_telex").Open('{').Text("updated", Rfc3339(channel.updated));
    json.Number("ttl_minutes", channel.settings.ttl_minutes).Close('}');
    out += ",\"items\":[\n";
  }

  std::string_view Separator() const override { return ",\n"; }
  void WriteClosing(std::string& out) const override { out += "\n]}\n"; }
};

}  // namespace

const FeedFormat& JsonFeed() {
  static const JsonFeedFormat format;
  return format;
}

}  // namespace telex::feeds
