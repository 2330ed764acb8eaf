#include "ingestion/formats/html/style.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "platform/text/ascii.h"

namespace telex::ingestion::html {
namespace {

constexpr int kBoldFrom = 600;

bool IsPlain(std::string_view declaration) {
  return declaration.find_first_of("\\&'\"(){}") == std::string_view::npos &&
         declaration.find("/*") == std::string_view::npos;
}

bool HasWord(std::string_view value, std::string_view wanted) {
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of(" \t\r\n\f"), value.size());
    if (value.substr(0, end) == wanted) return true;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return false;
}

bool IsBold(std::string_view value) {
  if (value == "bold" || value == "bolder") return true;
  int weight = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), weight);
  return fault == std::errc() && end == value.data() + value.size() && weight >= kBoldFrom;
}

// `name` and `value` in lower case.
void Declare(std::string_view name, std::string_view value, Style& style) {
  if (name == "vertical-align") {
    style.raised = value == "super";
    style.lowered = value == "sub";
  } else if (name == "text-decoration" || name == "text-decoration-line") {
    style.struck = HasWord(value, "line-through");
  } else if (name == "font-style") {
    style.italic = value == "italic" || value == "oblique";
  } else if (name == "font-weight") {
    style.bold = IsBold(value);
  } else if (name == "direction") {
    style.direction = value == "rtl" ? "rtl" : value == "ltr" ? "ltr" : "";
  }
}

}  // namespace

Style ReadStyle(std::string_view style) {
  Style read;
  if (style.size() > kStyleBytesMax) return read;
  while (!style.empty()) {
    const std::size_t end = std::min(style.find(';'), style.size());
    const std::string_view declaration = style.substr(0, end);
    style.remove_prefix(std::min(end + 1, style.size()));
    const std::size_t colon = declaration.find(':');
    if (colon == std::string_view::npos || !IsPlain(declaration)) continue;
    const std::string lower = text::AsciiLower(declaration);
    const auto value = std::string_view(lower).substr(colon + 1);
    const std::size_t important = std::min(value.find('!'), value.size());
    Declare(text::TrimAscii(std::string_view(lower).substr(0, colon)),
            text::TrimAscii(value.substr(0, important)), read);
  }
  return read;
}

}  // namespace telex::ingestion::html
