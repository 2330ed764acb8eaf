#include "feeds/formats/text.h"

#include <utility>

namespace telex::feeds {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kWhiteSquare = "\xE2\x96\xA1";  // U+25A1
constexpr std::string_view kWideLess = "\xEF\xBC\x9C";     // U+FF1C, which NFKC takes for <

// The length of the UTF-8 sequence (RFC 3629) that `text` begins with, and its code point; length 0
// when it begins with none.
std::pair<std::size_t, char32_t> TakeCodePoint(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {1, lead};
  std::size_t length = 0;
  char32_t code = 0;
  char32_t least = 0;
  if (lead >= 0xC2 && lead < 0xE0) {
    length = 2, code = lead & 0x1F, least = 0x80;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    length = 3, code = lead & 0x0F, least = 0x800;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    length = 4, code = lead & 0x07, least = 0x10000;
  } else {
    return {0, 0};
  }
  if (text.size() < length) return {0, 0};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 0};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {0, 0};
  return {length, code};
}

// What XML 1.0 (section 2.2, with its note) and HTML take for text without complaint; all formats
// drop the rest.
bool IsTextCharacter(char32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  return !(code >= 0x7F && code < 0xA0) && (code & 0xFFFE) != 0xFFFE &&
         !(code >= 0xFDD0 && code <= 0xFDEF);
}

void AppendTextCharacter(char32_t code, std::string_view sequence, std::string& out) {
  if (code == 0xFFFD) {
    out += kWhiteSquare;
  } else if (IsTextCharacter(code)) {
    out += sequence;
  }
}

// Walks over `text`: runs of plain bytes (as `is_plain` says) are appended as they are, each other
// character goes to `other(code, sequence)`; what is none goes there as U+FFFD.
template <typename IsPlain, typename Other>
void Walk(std::string_view text, std::string& out, IsPlain is_plain, Other other) {
  out.reserve(out.size() + text.size() + text.size() / 16);
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && is_plain(static_cast<unsigned char>(text[run]))) ++run;
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    const auto [length, code] = TakeCodePoint(text);
    if (length == 0) {
      other(char32_t{0xFFFD}, kReplacement);
      text.remove_prefix(1);
      continue;
    }
    other(code, text.substr(0, length));
    text.remove_prefix(length);
  }
}

bool StandsAsItIs(unsigned char c) {
  return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"';
}

void AppendMarkupCharacter(char32_t code, std::string_view sequence, bool xml, std::string& out) {
  switch (code) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\r':
      out += xml ? "&#13;" : "\r";
      return;  // a bare one would be read as a newline
    default:
      AppendTextCharacter(code, sequence, out);
  }
}

void AppendMarkup(std::string_view text, std::string& out, bool xml) {
  Walk(text, out, StandsAsItIs, [&](char32_t code, std::string_view sequence) {
    AppendMarkupCharacter(code, sequence, xml, out);
  });
}

}  // namespace

void AppendXml(std::string_view text, std::string& out) { AppendMarkup(text, out, true); }
void AppendHtml(std::string_view text, std::string& out) { AppendMarkup(text, out, false); }

void AppendPlainXml(std::string_view text, std::string& out) {
  const char* const end = text.data() + text.size();
  const auto begins_tag = [end](std::string_view less) {
    const char* const next = less.data() + less.size();
    if (next == end) return false;
    const char c = *next;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!' || c == '?';
  };
  Walk(text, out, StandsAsItIs, [&](char32_t code, std::string_view sequence) {
    switch (code) {
      case '&':
        out += "&#x26;";
        return;
      case '<':
        out += begins_tag(sequence) ? kWideLess : "&#x3C;";
        return;
      case '\t':
      case '\n':
      case '\r':
      case 0x2028:
      case 0x2029:
        out += ' ';
        return;
      default:
        AppendMarkupCharacter(code, sequence, true, out);
    }
  });
}

void AppendCdata(std::string_view text, std::string& out) {
  out += "<![CDATA[";
  // Where the present section's text begins: "]]" before that is of another one.
  std::size_t section = out.size();
  Walk(
      text, out, [](unsigned char c) { return c >= 0x20 && c < 0x7F && c != '>'; },
      [&](char32_t code, std::string_view sequence) {
        if (code == '>' && out.size() >= section + 2 && out.ends_with("]]")) {
          out += "]]><![CDATA[";
          section = out.size();
        }
        if (code == '\r') return;  // cannot be written here; a newline follows it, or it was lost
        AppendTextCharacter(code, sequence, out);
      });
  out += "]]>";
}

void AppendJson(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  Walk(
      text, out,
      [](unsigned char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != 0x7F;
      },
      [&](char32_t code, std::string_view sequence) {
        switch (code) {
          case '"':
            out += "\\\"";
            return;
          case '\\':
            out += "\\\\";
            return;
          case '\n':
            out += "\\n";
            return;
          case '\t':
            out += "\\t";
            return;
          case '\r':
            out += "\\r";
            return;
          default:
            break;
        }
        if (code == '<' || code == 0x2028 || code == 0x2029) {
          out += "\\u";
          for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 0xF];
          return;
        }
        if (IsTextCharacter(code)) out += sequence;
      });
  out += '"';
}

std::string Rfc822(absl::Time time) {
  return absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", time, absl::UTCTimeZone());
}

std::string Rfc3339(absl::Time time) {
  const absl::Time millis = absl::FromUnixMillis(absl::ToUnixMillis(time));
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", millis, absl::UTCTimeZone());
}

}  // namespace telex::feeds
