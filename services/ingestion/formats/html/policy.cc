#include "ingestion/formats/html/policy.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

namespace telex::ingestion::html {
namespace {

constexpr Element kElements[] = {
    {"p", Treatment::kBlock, "p"},
    {"h1", Treatment::kBlock, "h2"},
    {"h2", Treatment::kBlock, "h2"},
    {"h3", Treatment::kBlock, "h3"},
    {"h4", Treatment::kBlock, "h4"},
    {"h5", Treatment::kBlock, "h4"},
    {"h6", Treatment::kBlock, "h4"},
    {"ul", Treatment::kBlock, "ul"},
    {"ol", Treatment::kBlock, "ol"},
    {"li", Treatment::kBlock, "li"},
    {"blockquote", Treatment::kBlock, "blockquote"},
    {"figure", Treatment::kBlock, "figure"},
    {"figcaption", Treatment::kBlock, "figcaption"},
    {"table", Treatment::kBlock, "table"},
    {"thead", Treatment::kBlock, "thead"},
    {"tbody", Treatment::kBlock, "tbody"},
    {"tfoot", Treatment::kBlock, "tbody"},
    {"tr", Treatment::kBlock, "tr"},
    {"th", Treatment::kBlock, "th"},
    {"td", Treatment::kBlock, "td"},
    {"pre", Treatment::kBlock, "pre"},
    {"em", Treatment::kInline, "em"},
    {"strong", Treatment::kInline, "strong"},
    {"b", Treatment::kInline, "b"},
    {"i", Treatment::kInline, "i"},
    {"code", Treatment::kInline, "code"},
    {"a", Treatment::kInline, "a"},
    {"br", Treatment::kVoid, "br"},
    {"img", Treatment::kVoid, "img"},
    {"image", Treatment::kVanish, {}},

    {"div", Treatment::kDivide, {}},
    {"section", Treatment::kDivide, {}},
    {"article", Treatment::kDivide, {}},
    {"main", Treatment::kDivide, {}},
    {"header", Treatment::kDivide, {}},
    {"footer", Treatment::kDivide, {}},
    {"aside", Treatment::kDivide, {}},
    {"nav", Treatment::kDivide, {}},
    {"address", Treatment::kDivide, {}},
    {"details", Treatment::kDivide, {}},
    {"summary", Treatment::kDivide, {}},
    {"center", Treatment::kDivide, {}},
    {"hgroup", Treatment::kDivide, {}},
    {"fieldset", Treatment::kDivide, {}},
    {"dl", Treatment::kDivide, {}},
    {"dt", Treatment::kDivide, {}},
    {"dd", Treatment::kDivide, {}},
    {"caption", Treatment::kDivide, {}},
    {"body", Treatment::kDivide, {}},

    {"hr", Treatment::kVanish, {}},
    {"wbr", Treatment::kVanish, {}},
    {"meta", Treatment::kVanish, {}},
    {"link", Treatment::kVanish, {}},
    {"base", Treatment::kVanish, {}},
    {"basefont", Treatment::kVanish, {}},
    {"bgsound", Treatment::kVanish, {}},
    {"embed", Treatment::kVanish, {}},
    {"input", Treatment::kVanish, {}},
    {"keygen", Treatment::kVanish, {}},
    {"frame", Treatment::kVanish, {}},
    {"param", Treatment::kVanish, {}},
    {"source", Treatment::kVanish, {}},
    {"track", Treatment::kVanish, {}},
    {"area", Treatment::kVanish, {}},
    {"col", Treatment::kVanish, {}},

    {"object", Treatment::kDrop, {}},
    {"applet", Treatment::kDrop, {}},
    {"form", Treatment::kDrop, {}},
    {"select", Treatment::kDrop, {}},
    {"datalist", Treatment::kDrop, {}},
    {"button", Treatment::kDrop, {}},
    {"svg", Treatment::kDrop, {}},
    {"math", Treatment::kDrop, {}},
    {"template", Treatment::kDrop, {}},
    {"audio", Treatment::kDrop, {}},
    {"video", Treatment::kDrop, {}},
    {"canvas", Treatment::kDrop, {}},
    {"map", Treatment::kDrop, {}},
    {"frameset", Treatment::kDrop, {}},
    {"portal", Treatment::kDrop, {}},
    {"dialog", Treatment::kDrop, {}},
    {"marquee", Treatment::kDrop, {}},

    {"script", Treatment::kDropRaw, {}},
    {"style", Treatment::kDropRaw, {}},
    {"iframe", Treatment::kDropRaw, {}},
    {"noscript", Treatment::kDropRaw, {}},
    {"noembed", Treatment::kDropRaw, {}},
    {"noframes", Treatment::kDropRaw, {}},
    {"textarea", Treatment::kDropRaw, {}},
    {"title", Treatment::kDropRaw, {}},
    {"xmp", Treatment::kDropRaw, {}},
    {"plaintext", Treatment::kDropRaw, {}},
};

bool IsAsciiSpaceOrControl(unsigned char c) { return c <= 0x20 || c == 0x7F; }

bool IsHostByte(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_' || c == ':' || c == '[' || c == ']' || c >= 0x80;
}

}  // namespace

Element ElementOf(std::string_view name) {
  static const auto& table = *[] {
    auto* elements = new absl::flat_hash_map<std::string, Element>();
    for (const Element& element : kElements) elements->emplace(std::string(element.name), element);
    return elements;
  }();
  const auto found = table.find(std::string(name));
  return found == table.end() ? Element{{}, Treatment::kUnwrap, {}} : found->second;
}

std::optional<std::string> SafeAddress(std::string_view address) {
  // Browsers trim the ends and leave out tabs and line ends anywhere (WHATWG URL, "basic URL
  // parser").
  while (!address.empty() && IsAsciiSpaceOrControl(static_cast<unsigned char>(address.front())))
    address.remove_prefix(1);
  while (!address.empty() && IsAsciiSpaceOrControl(static_cast<unsigned char>(address.back())))
    address.remove_suffix(1);
  std::string clean;
  for (const char c : address) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\t' || byte == '\n' || byte == '\r') continue;
    if (byte < 0x20 || byte == 0x7F) return std::nullopt;
    if (byte == ' ' || byte == '"' || byte == '<' || byte == '>' || byte == '`' || byte == '\'' ||
        byte == '\\') {
      clean += fmt::format("%{:02X}", byte);
    } else {
      clean += c;
    }
  }
  const std::size_t colon = clean.find("://");
  if (colon == std::string::npos) return std::nullopt;
  std::string scheme = clean.substr(0, colon);
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view rest = std::string_view(clean).substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.front() == ':') return std::nullopt;
  for (const char c : authority) {
    if (!IsHostByte(static_cast<unsigned char>(c))) return std::nullopt;
  }
  std::string safe = scheme + "://" + std::string(rest);
  if (safe.size() > kAttributeBytesMax) return std::nullopt;
  return safe;
}

}  // namespace telex::ingestion::html
