#include "translation/formats/engine_markup.h"

#include <fmt/format.h>
#include <unicode/utf8.h>

#include <charconv>
#include <vector>

#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

struct Words {
  std::string_view spanning;    // <span id="t1">
  std::string_view standalone;  // <br id="t2">
  std::string_view end;         // of a standalone one
};

Words WordsOf(EngineMarkup markup) {
  if (markup == EngineMarkup::kHtml) return {"span", "br", ">"};
  return {"x", "x", "/>"};
}

std::string EscapeMarkup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void AppendUtf8(std::string& text, std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
  char bytes[U8_MAX_LENGTH];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, code);
  text.append(bytes, static_cast<std::size_t>(length));
}

// Reads what an engine writes of what ToEngine wrote.
class Reader {
 public:
  Reader(std::string_view text, EngineMarkup markup) : rest_(text), words_(WordsOf(markup)) {}

  std::optional<std::string> Read() {
    while (!rest_.empty()) {
      if (rest_.front() == '<') {
        if (!TakeElement()) return std::nullopt;
      } else if (rest_.front() == '&') {
        TakeReference();
      } else {
        const std::size_t plain = std::min(rest_.find_first_of("<&"), rest_.size());
        text_ += rest_.substr(0, plain);
        rest_.remove_prefix(plain);
      }
    }
    Flush();
    std::string tagged = RenderTagged(pieces_);
    if (!open_.empty() || !ParseTagged(tagged).ok()) return std::nullopt;
    return tagged;
  }

 private:
  void Flush() {
    if (text_.empty()) return;
    pieces_.push_back({.kind = Piece::Kind::kText, .text = std::exchange(text_, {})});
  }

  bool TakeElement() {
    const std::size_t end = rest_.find('>');
    if (end == rest_.npos) return false;
    std::string_view inner = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    Flush();
    if (inner.starts_with('/')) return Close(inner.substr(1));
    const bool empty = inner.ends_with('/');
    if (empty) inner.remove_suffix(1);
    return Open(inner, empty);
  }

  bool Close(std::string_view name) {
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name != words_.spanning || open_.empty()) return false;
    pieces_.push_back({.kind = Piece::Kind::kClose, .tag = open_.back()});
    open_.pop_back();
    return true;
  }

  bool Open(std::string_view inner, bool empty) {
    const std::size_t blank = inner.find(' ');
    if (blank == inner.npos) return false;
    const std::string_view name = inner.substr(0, blank);
    const std::optional<int> tag = NumberIn(inner.substr(blank + 1));
    if (!tag || (name != words_.spanning && name != words_.standalone)) return false;
    const bool standalone = empty || name != words_.spanning;
    pieces_.push_back(
        {.kind = standalone ? Piece::Kind::kStandalone : Piece::Kind::kOpen, .tag = *tag});
    if (!standalone) open_.push_back(*tag);
    return true;
  }

  // id="t7", by any kind of quotes.
  static std::optional<int> NumberIn(std::string_view attribute) {
    while (attribute.ends_with(' ')) attribute.remove_suffix(1);
    if (!attribute.starts_with("id=")) return std::nullopt;
    attribute.remove_prefix(3);
    const char quote = attribute.empty() ? '\0' : attribute.front();
    if (quote == '"' || quote == '\'') {
      if (attribute.size() < 2 || attribute.back() != quote) return std::nullopt;
      attribute = attribute.substr(1, attribute.size() - 2);
    }
    if (!attribute.starts_with('t')) return std::nullopt;
    attribute.remove_prefix(1);
    int number = 0;
    const char* const last = attribute.data() + attribute.size();
    const auto [end, error] = std::from_chars(attribute.data(), last, number);
    if (error != std::errc() || end != last) return std::nullopt;
    return number;
  }

  // One that is none stands for itself.
  void TakeReference() {
    constexpr std::size_t kReferenceBytesMax = 12;
    const std::size_t end = rest_.substr(0, kReferenceBytesMax).find(';');
    if (end != rest_.npos && TakeNamed(rest_.substr(1, end - 1))) {
      rest_.remove_prefix(end + 1);
      return;
    }
    text_ += '&';
    rest_.remove_prefix(1);
  }

  bool TakeNamed(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", "\u00A0"}};
    for (const auto& [known, text] : kNames) {
      if (name != known) continue;
      text_ += text;
      return true;
    }
    if (!name.starts_with('#')) return false;
    name.remove_prefix(1);
    const bool hex = name.starts_with('x') || name.starts_with('X');
    if (hex) name.remove_prefix(1);
    std::uint32_t code = 0;
    const char* const last = name.data() + name.size();
    const auto [end, error] = std::from_chars(name.data(), last, code, hex ? 16 : 10);
    if (error != std::errc() || end != last) return false;
    AppendUtf8(text_, code);
    return true;
  }

  std::string_view rest_;
  const Words words_;
  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<int> open_;
};

}  // namespace

std::string ToEngine(std::string_view tagged, EngineMarkup markup) {
  const auto pieces = ParseTagged(tagged);
  if (!pieces.ok()) return EscapeMarkup(PlainTextOf(tagged));
  const Words words = WordsOf(markup);
  std::string text;
  for (const Piece& piece : *pieces) {
    switch (piece.kind) {
      case Piece::Kind::kText:
        text += EscapeMarkup(piece.text);
        break;
      case Piece::Kind::kOpen:
        text += fmt::format("<{} id=\"t{}\">", words.spanning, piece.tag);
        break;
      case Piece::Kind::kClose:
        text += fmt::format("</{}>", words.spanning);
        break;
      case Piece::Kind::kStandalone:
        text += fmt::format("<{} id=\"t{}\"{}", words.standalone, piece.tag, words.end);
        break;
    }
  }
  return text;
}

std::optional<std::string> FromEngine(std::string_view text, EngineMarkup markup) {
  return Reader(text, markup).Read();
}

}  // namespace telex::translation
