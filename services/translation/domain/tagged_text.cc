#include "translation/domain/tagged_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>
#include <charconv>
#include <optional>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::translation {
namespace {

constexpr std::size_t kTagBytesMax = 6;  // "/999" and "999/" with room

absl::Status Refused(std::size_t at, std::string_view why) {
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("byte {}: {}", at, why));
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// What stands between < and >.
std::optional<Piece> TagOf(std::string_view inner) {
  Piece tag{.kind = Piece::Kind::kOpen};
  if (TakePrefix(inner, "/")) {
    tag.kind = Piece::Kind::kClose;
  } else if (inner.ends_with('/')) {
    tag.kind = Piece::Kind::kStandalone;
    inner.remove_suffix(1);
  }
  const auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), tag.tag);
  const bool whole = error == std::errc() && end == inner.data() + inner.size();
  if (!whole || inner.starts_with('0') || tag.tag < 1 || tag.tag > kTagsMax) return std::nullopt;
  return tag;
}

// Takes a piece off the front. What cannot be read: nullopt, and nothing is taken.
std::optional<Piece> TakePiece(std::string_view& tagged) {
  if (tagged.front() == '<') {
    const std::size_t end = tagged.substr(0, kTagBytesMax).find('>');
    if (end == tagged.npos) return std::nullopt;
    std::optional<Piece> tag = TagOf(tagged.substr(1, end - 1));
    if (tag) tagged.remove_prefix(end + 1);
    return tag;
  }
  Piece text;
  while (!tagged.empty() && tagged.front() != '<') {
    if (TakePrefix(tagged, "&amp;")) {
      text.text += '&';
    } else if (TakePrefix(tagged, "&lt;")) {
      text.text += '<';
    } else if (tagged.front() == '&') {
      break;
    } else {
      const auto* const end =
          std::ranges::find_if(tagged, [](char c) { return c == '<' || c == '&'; });
      text.text.append(tagged.begin(), end);
      tagged.remove_prefix(static_cast<std::size_t>(end - tagged.begin()));
    }
  }
  if (text.text.empty()) return std::nullopt;
  return text;
}

// Each number once, what opens closes, the inner before the outer.
class Nesting {
 public:
  // Empty: it may stand here.
  std::string Take(const Piece& tag) {
    if (tag.kind == Piece::Kind::kClose) {
      if (open_.empty() || open_.back() != tag.tag) {
        return fmt::format("</{}> closes what is not open there", tag.tag);
      }
      open_.pop_back();
      return "";
    }
    if (seen_.test(static_cast<std::size_t>(tag.tag)))
      return fmt::format("tag {} comes twice", tag.tag);
    seen_.set(static_cast<std::size_t>(tag.tag));
    if (tag.kind == Piece::Kind::kOpen) open_.push_back(tag.tag);
    return "";
  }
  const std::vector<int>& open() const { return open_; }

 private:
  std::vector<int> open_;
  std::bitset<kTagsMax + 1> seen_;
};

}  // namespace

absl::StatusOr<std::vector<Piece>> ParseTagged(std::string_view tagged) {
  std::vector<Piece> pieces;
  Nesting nesting;
  for (std::string_view rest = tagged; !rest.empty();) {
    const std::size_t at = tagged.size() - rest.size();
    std::optional<Piece> piece = TakePiece(rest);
    if (!piece) {
      return Refused(at, rest.front() == '<' ? "no tag such as <1>, </1> or <2/>; < is written &lt;"
                                             : "no &amp; and no &lt;; & is written &amp;");
    }
    if (piece->kind != Piece::Kind::kText) {
      if (const std::string why = nesting.Take(*piece); !why.empty()) return Refused(at, why);
    }
    pieces.push_back(*std::move(piece));
  }
  if (!nesting.open().empty()) {
    return Refused(tagged.size(), fmt::format("<{}> is not closed", nesting.open().back()));
  }
  return pieces;
}

std::string RenderTagged(const std::vector<Piece>& pieces) {
  std::string tagged;
  for (const Piece& piece : pieces) {
    switch (piece.kind) {
      case Piece::Kind::kText:
        tagged += EscapeText(piece.text);
        break;
      case Piece::Kind::kOpen:
        tagged += fmt::format("<{}>", piece.tag);
        break;
      case Piece::Kind::kClose:
        tagged += fmt::format("</{}>", piece.tag);
        break;
      case Piece::Kind::kStandalone:
        tagged += fmt::format("<{}/>", piece.tag);
        break;
    }
  }
  return tagged;
}

std::string EscapeText(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string PlainTextOf(std::string_view tagged) {
  std::string text;
  while (!tagged.empty()) {
    if (const std::optional<Piece> piece = TakePiece(tagged)) {
      text += piece->text;
    } else {
      text += tagged.front();
      tagged.remove_prefix(1);
    }
  }
  return text;
}

}  // namespace telex::translation
