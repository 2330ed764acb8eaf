#include "ingestion/formats/html_sanitizer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "ingestion/formats/html/characters.h"
#include "ingestion/formats/html/tame.h"
#include "ingestion/formats/html/tree.h"
#include "ingestion/formats/input_format.h"
#include "ingestion/formats/unicode.h"
#include "news/plain_text.h"
#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

// Nearly all input settles in the second pass; what is nested against all rules may take one more.
constexpr int kPassesMax = 5;

absl::Status TooLarge(std::string_view what) {
  return errors::FieldError(kDocumentField, errors::kDocumentTooLarge, what);
}

std::string Rewritten(std::string_view tamed) { return html::WriteTree(html::ParseTree(tamed)); }

// One pass over HTML that was written here.
std::string Pass(std::string_view html) {
  return Rewritten(
      html::Tame(html, std::numeric_limits<int>::max(), kHtmlDepthMax).value_or(std::string()));
}

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void Warn(const html::Dropped& dropped, std::vector<std::string>& warnings) {
  if (!dropped.with_content.empty()) {
    warnings.push_back(
        fmt::format("the body's HTML has elements that are left out with what is in them: {}",
                    fmt::join(dropped.with_content, ", ")));
  }
  if (!dropped.unknown.empty()) {
    warnings.push_back(fmt::format(
        "the body's HTML has elements that are not known, of which the text alone is kept: {}",
        fmt::join(dropped.unknown, ", ")));
  }
  if (dropped.styled_direction) {
    warnings.push_back(
        "the body's HTML says by style (direction) which way its text is written, which is left "
        "out: say it by the attribute dir");
  }
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    const std::string_view reference = html::ReferenceFor(static_cast<unsigned char>(c));
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
  return out;
}

std::string PlainToHtml(std::span<const std::string> paragraphs) {
  std::string html;
  for (const std::string& paragraph : paragraphs) {
    if (paragraph.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    html.append("<p>").append(EscapeHtml(paragraph)).append("</p>");
  }
  return html;
}

absl::StatusOr<std::string> SanitizeHtml(std::string_view html,
                                         std::vector<std::string>* warnings) {
  if (absl::Status status = CheckDocumentBytes(html); !status.ok()) return status;
  html::Dropped dropped;
  const std::optional<std::string> tamed = html::Tame(html, kHtmlTagsMax, kHtmlDepthMax, &dropped);
  if (!tamed.has_value()) return TooLarge(fmt::format("more than {} tags", kHtmlTagsMax));

  std::string clean = Rewritten(*tamed);
  bool settled = false;
  for (int pass = 1; pass < kPassesMax && !settled; ++pass) {
    std::string again = Pass(clean);
    settled = again == clean;
    clean = std::move(again);
  }
  // Markup that no pass leaves as it is: the text is kept, the markup is not.
  if (!settled) clean = PlainToHtml(Lines(news::PlainTextOf(clean)));

  // What is handed out may be submitted again.
  if (clean.size() > kDocumentBytesMax)
    return TooLarge(fmt::format("more than {} bytes when written out", kDocumentBytesMax));
  if (std::count(clean.begin(), clean.end(), '<') > kHtmlTagsMax)
    return TooLarge(fmt::format("more than {} tags when written out", kHtmlTagsMax));
  if (warnings != nullptr) Warn(dropped, *warnings);
  return clean;
}

std::string TextOf(std::string_view html) {
  std::string repaired;
  if (FirstInvalidUtf8(html).has_value()) {
    for (std::size_t at = 0; at < html.size();) AppendUtf8(NextCodePoint(html, at), repaired);
    html = repaired;
  }
  const absl::StatusOr<std::string> clean = SanitizeHtml(html);
  return clean.ok() ? news::PlainTextOf(*clean) : std::string();
}

}  // namespace telex::ingestion
