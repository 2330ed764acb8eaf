#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>

namespace telex::feeds {

// How text is spelled in the syntaxes of the formats. All functions append, are pure, and give
// valid UTF-8 whatever comes in. One rule for all of them: controls (C0 but tab, LF and CR; DEL;
// C1) and noncharacters are dropped, as XML 1.0 has it (section 2.2, with its note). What is no
// character becomes U+FFFD in JSON; in XML and HTML it becomes U+25A1 (a white square), as U+FFFD
// itself does: validators take U+FFFD for a broken feed.

// XML 1.0 text or attribute value (in double quotes): & < > " escaped.
void AppendXml(std::string_view text, std::string& out);

// The same on one line for what RSS wants without markup: titles, names, terms. Some readers take
// such text as plain, some as HTML; spelled so, both show the same. & and < become hexadecimal
// references, as the RSS Best Practices Profile (rssboard.org) has them. A < that HTML would take
// for the begin of a tag becomes U+FF1C, the wide form of the sign.
void AppendPlainXml(std::string_view text, std::string& out);

// As CDATA sections; "]]>" within is split over two of them.
void AppendCdata(std::string_view text, std::string& out);

// A JSON string (RFC 8259) with its quotes. `<` and U+2028/2029 are spelled so that the text can be
// put into a page.
void AppendJson(std::string_view text, std::string& out);

// HTML text or attribute value: & < > " escaped.
void AppendHtml(std::string_view text, std::string& out);

std::string Rfc822(absl::Time time);  // Sun, 22 Nov 2026 18:49:00 GMT; four-digit year
std::string Rfc3339(
    absl::Time time);  // 2026-11-22T18:49:00.120Z; of one width, so that texts sort as times

}  // namespace telex::feeds
