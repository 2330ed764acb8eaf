#include "feeds/formats/rss.h"

#include <fmt/format.h>

#include "feeds/formats/text.h"
#include "news/blank.h"

namespace telex::feeds {
namespace {

// Only where there is something of it: validators name a namespace that they do not know.
constexpr std::string_view kOwnNamespace = " xmlns:telex=\"urn:telex:feeds\"";

constexpr std::string_view kTranslationDomain = "urn:telex:feeds:translation";

void SpelledElement(std::string_view name, std::string_view xml, std::string& out) {
  out += '<';
  out += name;
  out += '>';
  out += xml;
  out += "</";
  out += name;
  out += ">\n";
}

void Element(std::string_view name, std::string_view text, std::string& out) {
  std::string xml;
  AppendPlainXml(text, xml);
  SpelledElement(name, xml, out);
}

// Text as RSS wants descriptions: HTML, spelled in XML.
void HtmlElement(std::string_view name, std::string_view plain_text, bool right_to_left,
                 std::string& out) {
  const bool marked = right_to_left && !plain_text.empty();
  std::string html(marked ? kRightToLeftOpen : "");
  AppendHtml(plain_text, html);
  if (marked) html += kRightToLeftClose;
  std::string xml;
  AppendXml(html, xml);
  SpelledElement(name, xml, out);
}

// None for a headline of which nothing is left to see: an item needs no title, but not a blank one.
void TitleElement(std::string_view headline, std::string& out) {
  if (!news::IsBlank(headline)) Element("title", headline, out);
}

// What a story and a tombstone have in common, with the credit in it.
void WriteFrame(std::string_view urn, absl::Time published, absl::Time updated,
                const Credit& credit, std::string& out) {
  out += "<guid isPermaLink=\"false\">";
  AppendPlainXml(urn, out);
  out += "</guid>\n";
  Element("pubDate", Rfc822(published), out);
  Element("dcterms:modified", Rfc3339(updated), out);
  Element("dc:rights", credit.terms, out);
  out += "<source url=\"";
  AppendPlainXml(credit.link, out);
  out += "\">";
  AppendPlainXml(credit.line, out);
  out += "</source>\n";
}

void WriteMedia(const news::Media& media, std::string& out) {
  out += "<media:content url=\"";
  AppendPlainXml(media.href, out);
  if (!media.media_type.empty()) {
    out += "\" type=\"";
    AppendPlainXml(media.media_type, out);
  }
  out += "\">";
  if (!media.alt_text.empty()) {
    out += "<media:description type=\"plain\">";
    AppendPlainXml(media.alt_text, out);
    out += "</media:description>";
  }
  if (!media.credit.empty()) {
    out += "<media:credit>";
    AppendPlainXml(media.credit, out);
    out += "</media:credit>";
  }
  out += "</media:content>\n";
}

void WriteCategory(std::string_view domain, std::string_view value, std::string& out) {
  out += "<category domain=\"";
  out += domain;
  out += "\">";
  out += value;
  out += "</category>\n";
}

// What a translation is, for machines; and where the story is in other languages.
void WriteTranslation(const Story& story, std::string& out) {
  if (const auto type = story.SourceType(); !type.code.empty()) {
    WriteCategory(kDigitalSourceTypes, type.code, out);
  }
  if (const TranslationNote* note = story.translation()) {
    if (note->is_stale) WriteCategory(kTranslationDomain, "stale", out);
    Element("dcterms:isVersionOf", note->original, out);
  }
  for (const Alternate& one : story.alternates()) {
    out += "<atom:link rel=\"alternate\" type=\"application/json\"";
    if (!one.language.empty()) out += " hreflang=\"" + one.language + "\"";
    out += " href=\"";
    AppendPlainXml(one.url, out);
    out += "\"/>\n";
  }
}

class RssFormat final : public FeedFormat {
 public:
  RssFormat()
      : FeedFormat({.name = "rss",
                    .extension = "rss",
                    .media_type = "application/rss+xml; charset=utf-8",
                    .revision = 6}) {}

 private:
  std::size_t WriteStory(const Story& story, std::string& out) const override {
    out += "<item>\n";
    TitleElement(story.headline(), out);
    Element("link", story.url(), out);
    WriteFrame(story.Urn(), story.published(), story.updated(), story.credit(), out);
    if (!news::IsBlank(story.byline())) Element("dc:creator", story.byline(), out);
    if (!story.section().empty()) Element("category", story.section(), out);
    HtmlElement("description", story.Summary(), story.right_to_left(), out);
    out += "<content:encoded>";
    AppendCdata(story.body().html(), out);
    out += "</content:encoded>\n";
    if (const auto expires = story.expires()) {
      Element("dcterms:valid", fmt::format("end={}; scheme=W3C-DTF", Rfc3339(*expires)), out);
    }
    for (const news::Media& media : story.media()) WriteMedia(media, out);
    WriteTranslation(story, out);
    const std::size_t views_at = out.size();
    out += "</item>\n";
    return views_at;
  }

  void WriteViews(std::int64_t counted, std::int64_t printed, std::string& out) const override {
    SpelledElement("telex:views", std::to_string(counted), out);
    if (printed > 0) SpelledElement("telex:printedViews", std::to_string(printed), out);
  }

  void WriteTombstone(const Tombstone& tombstone, std::string& out) const override {
    out += "<item>\n<title>Withdrawn</title>\n";
    Element("link", tombstone.credit.link, out);
    WriteFrame(tombstone.urn, tombstone.published, tombstone.updated, tombstone.credit, out);
    HtmlElement("description", tombstone.Words(), /*right_to_left=*/false, out);
    Element("dcterms:valid", fmt::format("end={}; scheme=W3C-DTF", Rfc3339(tombstone.updated)),
            out);
    out += "</item>\n";
  }

  void AppendText(std::string_view text, std::string& out) const override {
    AppendPlainXml(text, out);
  }

  void WriteOpening(const Channel& channel, std::string& out) const override {
    out +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\""
        " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
        " xmlns:dcterms=\"http://purl.org/dc/terms/\""
        " xmlns:media=\"http://search.yahoo.com/mrss/\"";
    if (channel.with_views) out += kOwnNamespace;
    out += ">\n<channel>\n";
    Element("title", channel.Title(), out);
    Element("link", channel.settings.public_url + "/", out);
    Element("description", channel.Description(), out);
    out += "<atom:link href=\"";
    AppendPlainXml(channel.self_url, out);
    out += "\" rel=\"self\" type=\"application/rss+xml\"/>\n";
    Element("language", channel.key.language, out);
    if (channel.updated > absl::UnixEpoch()) {  // a feed without content was never built
      Element("lastBuildDate", Rfc822(channel.updated), out);
    }
    Element("ttl", std::to_string(channel.settings.ttl_minutes), out);
    Element("generator", "Telex", out);
    Element("docs", "https://www.rssboard.org/rss-specification", out);
  }

  std::string_view Separator() const override { return ""; }
  void WriteClosing(std::string& out) const override { out += "</channel>\n</rss>\n"; }
};

}  // namespace

const FeedFormat& Rss() {
  static const RssFormat format;
  return format;
}

}  // namespace telex::feeds
