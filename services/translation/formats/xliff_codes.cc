#include "translation/formats/xliff_codes.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>

#include "news/utf8.h"
#include "platform/errors/status_macros.h"
#include "translation/formats/xml_document.h"

namespace telex::translation {
namespace {

using Kind = Piece::Kind;

// The translator moves them; each stays, and stays one.
constexpr std::string_view kMayMove = R"(canCopy="no" canDelete="no" canReorder="yes")";

// Text with what XML cannot hold as <cp/>.
std::string CodePoints(std::string_view text) {
  std::string xml;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = news::TakeCodePoint(text);
    if (IsXmlCharacter(c)) {
      xml += EscapeXml(before.substr(0, before.size() - text.size()));
    } else {
      xml += fmt::format("<cp hex=\"{:04X}\"/>", static_cast<std::uint32_t>(c));
    }
  }
  return xml;
}

template <typename Int>
std::optional<Int> NumberOf(std::string_view text, int base) {
  Int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

absl::Status Strange(const pugi::xml_node& node, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("<{}>: {}", node.name(), why));
}

absl::StatusOr<int> TagOf(const pugi::xml_node& node, const char* attribute) {
  const std::optional<int> tag = NumberOf<int>(AttributeOf(node, attribute), 10);
  if (!tag || *tag < 1 || *tag > kTagsMax)
    return Strange(node, fmt::format("{} is none of this segment", attribute));
  return *tag;
}

absl::Status AppendCode(const pugi::xml_node& node, std::vector<Piece>& pieces) {
  const std::string_view name = LocalName(node);
  if (name == "sm" || name == "em") return absl::OkStatus();
  if (name == "mrk") return ReadXliffCodes(node, pieces);
  if (name == "cp") {
    const auto c = NumberOf<std::uint32_t>(AttributeOf(node, "hex"), 16);
    if (!c || *c > 0x10FFFF || (*c >= 0xD800 && *c <= 0xDFFF)) return Strange(node, "no character");
    Piece text;
    news::AppendUtf8(static_cast<char32_t>(*c), text.text);
    pieces.push_back(std::move(text));
    return absl::OkStatus();
  }
  if (name == "ec") {
    const char* const reference = node.attribute("startRef") ? "startRef" : "id";
    const absl::StatusOr<int> tag = TagOf(node, reference);
    if (!tag.ok()) return tag.status();
    pieces.push_back({Kind::kClose, "", *tag});
    return absl::OkStatus();
  }
  if (name != "pc" && name != "sc" && name != "ph") return Strange(node, "no inline code");
  const absl::StatusOr<int> tag = TagOf(node, "id");
  if (!tag.ok()) return tag.status();
  pieces.push_back({name == "ph" ? Kind::kStandalone : Kind::kOpen, "", *tag});
  if (name != "pc") return absl::OkStatus();
  RETURN_IF_ERROR(ReadXliffCodes(node, pieces));
  pieces.push_back({Kind::kClose, "", *tag});
  return absl::OkStatus();
}

}  // namespace

std::string WriteXliffCodes(std::string_view tagged) {
  std::string xml;
  const absl::StatusOr<std::vector<Piece>> pieces = ParseTagged(tagged);
  if (!pieces.ok()) return CodePoints(PlainTextOf(tagged));
  for (const Piece& piece : *pieces) {
    switch (piece.kind) {
      case Kind::kText:
        xml += CodePoints(piece.text);
        break;
      case Kind::kOpen:
        xml += fmt::format("<pc id=\"{}\" canOverlap=\"no\" {}>", piece.tag, kMayMove);
        break;
      case Kind::kClose:
        xml += "</pc>";
        break;
      case Kind::kStandalone:
        xml += fmt::format("<ph id=\"{}\" {}/>", piece.tag, kMayMove);
        break;
    }
  }
  return xml;
}

// As deep as ReadXml lets elements be.
absl::Status ReadXliffCodes(const pugi::xml_node& node, std::vector<Piece>& pieces) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) {
      RETURN_IF_ERROR(AppendCode(child, pieces));
    } else {
      pieces.push_back({Kind::kText, child.value(), 0});
    }
  }
  return absl::OkStatus();
}

}  // namespace telex::translation
