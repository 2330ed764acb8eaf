#include "ingestion/formats/page_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "ingestion/formats/language_guess.h"
#include "ingestion/formats/page/blocks.h"
#include "ingestion/formats/page/body_html.h"
#include "ingestion/formats/page/facts.h"
#include "ingestion/formats/page/line.h"
#include "ingestion/formats/page/refusal.h"
#include "ingestion/formats/page/story.h"
#include "ingestion/formats/unicode.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

using page::Line;
using page::LineKind;

absl::Status NotAnArticle(std::string_view why) {
  return errors::FieldError(kDocumentField, errors::kNotAnArticle,
                            fmt::format("no article was found: {}", why));
}

std::string HomePage(std::string_view host) { return fmt::format("https://{}/", LowerCase(host)); }

// "https://example.org/a/b" → "https://example.org/"; empty when it is no web address.
std::string OriginOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos ||
      (url.substr(0, scheme) != "https" && url.substr(0, scheme) != "http"))
    return {};
  const std::size_t end = url.find_first_of("/?#", scheme + 3);
  return fmt::format("{}/", url.substr(0, end));
}

std::string_view WithoutWww(std::string_view host) {
  return LowerCase(host.substr(0, 4)) == "www." ? host.substr(4) : host;
}

// What the licence, the line of rights and the closing credit say of the publisher.
PrintedPublisher FindPublisher(const std::vector<Line>& lines, const page::Story& story,
                               const ParseHints& hints) {
  PrintedPublisher publisher;
  const auto first_of = [&lines](LineKind kind) {
    const auto found = std::find_if(lines.begin(), lines.end(),
                                    [kind](const Line& line) { return line.kind == kind; });
    return found == lines.end() ? std::string_view() : std::string_view(found->text);
  };
  const std::string_view licence = first_of(LineKind::kLicence);
  const std::string_view rights = first_of(LineKind::kRights);
  publisher.usage_terms = std::string(licence.empty() ? rights : licence);
  publisher.only_reserves_rights = licence.empty() && !rights.empty();

  std::optional<std::string> host = page::FindHost(licence);
  if (!host.has_value()) host = page::FindHost(rights);
  const std::string holder = page::RightsHolder(rights);
  if (host.has_value()) {
    publisher.home_page = HomePage(*host);
    publisher.display_name = std::string(WithoutWww(*host));
    // The name as the publisher signs with it, when it is the same host: "Caliber.Az" for
    // "Caliber.az".
    if (LowerCase(WithoutWww(story.credit)) == LowerCase(publisher.display_name))
      publisher.display_name = WithoutWww(story.credit);
  } else {
    publisher.home_page = story.credit.empty() ? OriginOf(hints.url) : HomePage(story.credit);
    publisher.display_name = story.credit;
  }
  if (!holder.empty() && LowerCase(holder) != LowerCase(publisher.display_name) &&
      page::FindHost(holder) != std::optional<std::string>(holder)) {
    publisher.display_name = holder;
  }
  return publisher;
}

class PageText final : public InputFormat {
 public:
  std::span<const std::string_view> media_types() const override {
    static constexpr std::array<std::string_view, 1> kTypes = {"text/plain"};
    return kTypes;
  }

  absl::StatusOr<ParsedDocument> Parse(std::string_view bytes,
                                       const ParseHints& hints) const override {
    if (absl::Status status = CheckDocumentBytes(bytes); !status.ok()) return status;

    // Bytes → classified lines → blocks → the body → the story around it.
    absl::StatusOr<page::Page> read = page::ReadPage(bytes);
    if (!read.ok()) return read.status();
    page::Page page = *std::move(read);
    if (page.lines.empty()) return NotAnArticle("the document is empty");
    page::RestoreProse(page.lines);
    const std::optional<page::Block> body =
        page::ChooseBody(page.lines, page::FindBlocks(page.lines));
    if (const auto why = page::WhyNotAnArticle(page.lines, body)) return NotAnArticle(*why);
    if (!body.has_value()) return NotAnArticle("there is no body: no line reads like a sentence");
    std::variant<page::Story, page::MissingPart> found = page::FindStory(page.lines, *body);
    if (const auto* missing = std::get_if<page::MissingPart>(&found)) {
      return NotAnArticle(WordsFor(*missing));
    }
    return Document(std::move(page), std::get<page::Story>(std::move(found)), hints);
  }

 private:
  static std::string WordsFor(page::MissingPart missing) {
    switch (missing) {
      case page::MissingPart::kBody:
        return "there is no body: too little text that reads like sentences";
      case page::MissingPart::kShorterHeadline:
        return fmt::format("the headline is too long: a headline has at most {} letters",
                           page::kHeadlineLettersMax);
      case page::MissingPart::kHeadline:
        break;
    }
    return "there is no headline above the text";
  }

  static ParsedDocument Document(page::Page page, page::Story story, const ParseHints& hints) {
    Draft draft;
    draft.headline = page.lines[story.headline].text;
    draft.byline = std::move(story.byline);
    draft.body_html = page::BodyHtml(page.lines, story.body);
    draft.section = std::move(story.section);
    std::string sample = draft.headline;
    for (const std::size_t i : story.body) sample.append("\n").append(page.lines[i].text);
    draft.language = GuessLanguage(sample);
    draft.canonical_url = hints.url;
    if (story.published.has_value()) draft.published = story.published->time;
    if (story.updated.has_value()) draft.updated = story.updated->time;
    draft.printed_views = story.printed_views;
    draft.warnings = std::move(page.warnings);
    if (!hints.charset.empty() && hints.charset != "utf-8" && hints.charset != "utf8" &&
        hints.charset != "us-ascii") {
      draft.warnings.push_back(fmt::format("labelled as {}, but read as UTF-8, which it is",
                                           hints.charset.substr(0, 40)));
    }
    draft.warnings.insert(draft.warnings.end(), story.warnings.begin(), story.warnings.end());

    ParsedDocument document;
    document.publisher = FindPublisher(page.lines, story, hints);
    document.publisher.language = draft.language;
    document.drafts.push_back(std::move(draft));
    return document;
  }
};

}  // namespace

const InputFormat& PageTextFormat() {
  static const PageText format;
  return format;
}

}  // namespace telex::ingestion
