#include "translation/formats/tmx_codes.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "platform/errors/status_macros.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/xml_document.h"

namespace telex::translation {
namespace {

using Kind = Piece::Kind;

absl::Status NoCode(const pugi::xml_node& node, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("<{}>: {}", node.name(), why));
}

// Reads one <seg>.
class SegReader {
 public:
  SegReader(std::map<std::string, int>& tags, bool is_source)
      : tags_(tags), is_source_(is_source) {}

  absl::Status Read(const pugi::xml_node& node) {
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() == pugi::node_element) {
        RETURN_IF_ERROR(ReadCode(child));
      } else {
        pieces_.push_back({Kind::kText, child.value(), 0});
      }
    }
    return absl::OkStatus();
  }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  absl::Status ReadCode(const pugi::xml_node& node) {
    const std::string_view name = LocalName(node);
    if (name == "hi") return Read(node);
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() == pugi::node_element) return NoCode(node, "a <sub> is not read");
    }
    if (name == "ut") return absl::OkStatus();
    if (name == "bpt") {
      const std::string i(AttributeOf(node, "i"));
      const auto tag = TagFor(node, "pair", i);
      if (!tag) return NoCode(node, "the source has no such code, or there are too many");
      if (i.empty() || !open_.emplace(i, *tag).second) return NoCode(node, "i is missing or twice");
      pieces_.push_back({Kind::kOpen, "", *tag});
      return absl::OkStatus();
    }
    if (name == "ept") {
      const auto open = open_.find(std::string(AttributeOf(node, "i")));
      if (open == open_.end()) return NoCode(node, "closes what is not open");
      pieces_.push_back({Kind::kClose, "", open->second});
      open_.erase(open);
      return absl::OkStatus();
    }
    if (name != "ph" && name != "it") return NoCode(node, "no inline code of TMX");
    const auto tag = TagFor(node, "single", fmt::format("{}", ++singles_));
    if (!tag) return NoCode(node, "the source has no such code, or there are too many");
    pieces_.push_back({Kind::kStandalone, "", *tag});
    return absl::OkStatus();
  }

  std::optional<int> TagFor(const pugi::xml_node& node, std::string_view kind,
                            std::string_view otherwise) {
    const std::string_view x = AttributeOf(node, "x");
    std::string key = x.empty() ? fmt::format("{} {}", kind, otherwise) : fmt::format("x {}", x);
    const auto found = tags_.find(key);
    if (found != tags_.end()) return found->second;
    const int next = static_cast<int>(tags_.size()) + 1;
    if (!is_source_ || next > kTagsMax) return std::nullopt;
    tags_.emplace(std::move(key), next);
    return next;
  }

  std::map<std::string, int>& tags_;
  const bool is_source_;
  std::map<std::string, int> open_;  // by i
  int singles_ = 0;
  std::vector<Piece> pieces_;
};

}  // namespace

std::string WriteTmxCodes(std::string_view tagged) {
  std::string xml;
  const absl::StatusOr<std::vector<Piece>> pieces = ParseTagged(tagged);
  if (!pieces.ok()) return EscapeXml(PlainTextOf(tagged));
  for (const Piece& piece : *pieces) {
    const std::string tag = EscapeXml(RenderTagged({piece}));
    switch (piece.kind) {
      case Kind::kText:
        xml += EscapeXml(piece.text);
        break;
      case Kind::kOpen:
        xml += fmt::format("<bpt i=\"{0}\" x=\"{0}\">{1}</bpt>", piece.tag, tag);
        break;
      case Kind::kClose:
        xml += fmt::format("<ept i=\"{}\">{}</ept>", piece.tag, tag);
        break;
      case Kind::kStandalone:
        xml += fmt::format("<ph x=\"{}\">{}</ph>", piece.tag, tag);
        break;
    }
  }
  return xml;
}

absl::StatusOr<std::string> TmxCodes::Read(const pugi::xml_node& seg, bool is_source) {
  SegReader reader(tags_, is_source);
  RETURN_IF_ERROR(reader.Read(seg));
  std::string tagged = RenderTagged(reader.pieces());
  if (const auto pieces = ParseTagged(tagged); !pieces.ok()) return pieces.status();
  return tagged;
}

}  // namespace telex::translation
