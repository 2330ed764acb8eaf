#pragma once

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>

namespace telex::ingestion {

// What of a publisher's HTML Telex keeps and hands on. Kept: p, h2–h4, ul, ol, li, blockquote,
// figure, figcaption, table with thead, tbody, tr, th and td, pre, and within them em, strong, b,
// i, code, br, a[href] and img[src, alt], with http and https addresses only; links get
// rel="noopener". h1 becomes h2; h5 and h6 become h4. Dropped with their content: script, style,
// iframe, object, embed, form and its fields, svg, math, template, noscript, media players and
// other active elements. Everything else is unwrapped; comments and other attributes go.
//
// The output is canonical: text and loose inline content at the top stand in paragraphs, white
// space is collapsed (not in pre), empty elements are gone, and SanitizeHtml(output) == output. It
// is rendered from the tree of an HTML5 parser (gumbo) and never copied from the input, so nothing
// that this writer does not know can come out of it.
//
// Linear in the size of the input, pure, callable from any thread. Refusals name the field
// `document`: DOCUMENT_TOO_LARGE beyond kDocumentBytesMax or kHtmlTagsMax, NOT_UTF8. Elements
// nested deeper than kHtmlDepthMax are unwrapped.
absl::StatusOr<std::string> SanitizeHtml(std::string_view html);

inline constexpr int kHtmlTagsMax = 50'000;
inline constexpr int kHtmlDepthMax = 48;

// The text of `html`, for summaries: what SanitizeHtml() would keep, one line a block, without
// pictures. What is no UTF-8 becomes U+FFFD; "" for what SanitizeHtml() refuses as too large.
std::string TextOf(std::string_view html);

// Paragraphs of plain text as HTML: escaped, each in <p>; empty ones are left out.
std::string PlainToHtml(std::span<const std::string> paragraphs);

// & < > as character references: fit for text, not for attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace telex::ingestion
