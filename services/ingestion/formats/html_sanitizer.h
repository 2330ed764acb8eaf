#pragma once

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace telex::ingestion {

// What of a publisher's HTML Telex keeps and hands on. Kept:
// - blocks: p, h2–h4, ul, ol[reversed, start, type], li[value], dl, dt, dd, blockquote[cite],
//   figure, figcaption, pre
// - tables: table, caption, thead, tbody, tfoot, tr, th[scope], td; cells with [colspan, rowspan]
// - in a line: em, strong, b, i, sup, sub, mark, abbr[title], q[cite], time[datetime], code, kbd,
//   samp, var, bdi, bdo, ruby, rt, rp, br, a[href], img[src, alt]
// - edits: del, ins [cite, datetime], s
// - dir on all of them but br, img and parts of ruby. That of an element that is unwrapped goes to
//   the blocks in it, or becomes bdi within a line
// - translate="no" on the same, of what is to stay as it is in translations; the class notranslate
//   says it, too (but not on html and body). It goes the way of dir, and becomes a span within a
//   line
// - what styles say (html/style.h) as sup, sub, s, strong, em
//
// Values of attributes are checked (html/attributes.h): http and https addresses only, spans of
// cells and numbers within bounds. Links get rel="noopener". h1 becomes h2; h5 and h6 become h4.
// Dropped with their content: script, style, iframe, object, embed, form and its fields, svg, math,
// template, noscript, media players and other active elements. Everything else is unwrapped;
// comments and other attributes go. `warnings`, unless null, gets what a reader may miss for it.
//
// The output is canonical: text and loose inline content at the top stand in paragraphs, white
// space is collapsed (not in pre), empty elements are gone, a caption stands first in its table, an
// edit of whole blocks stands within each of them, a reading of ruby is in rp's brackets, items of
// ordered lists have the numbers that they had, and
// SanitizeHtml(output) == output. It is rendered from the tree of an HTML5 parser (gumbo) and never
// copied from the input, so nothing that this writer does not know can come out of it.
//
// Linear in the size of the input, pure, callable from any thread. Refusals name the field
// `document`: DOCUMENT_TOO_LARGE beyond kDocumentBytesMax or kHtmlTagsMax, NOT_UTF8. Elements
// nested deeper than kHtmlDepthMax are unwrapped.
absl::StatusOr<std::string> SanitizeHtml(std::string_view html,
                                         std::vector<std::string>* warnings = nullptr);

inline constexpr int kHtmlTagsMax = 50'000;
inline constexpr int kHtmlDepthMax = 48;

// The text of `html` (news/plain_text.h): what SanitizeHtml() would keep, one line a block. What is
// no UTF-8 becomes U+FFFD; "" for what SanitizeHtml() refuses as too large.
std::string TextOf(std::string_view html);

// Paragraphs of plain text as HTML: escaped, each in <p>; empty ones are left out.
std::string PlainToHtml(std::span<const std::string> paragraphs);

// & < > as character references: fit for text, not for attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace telex::ingestion
