#include "news/directions.h"

#include <algorithm>

#include "news/utf8.h"

namespace telex::news {
namespace {

constexpr char32_t kEndOfEmbedding = 0x202C;
constexpr char32_t kEndOfIsolate = 0x2069;
// Of each of the two in UTF-8.
constexpr std::size_t kClosingBytes = 3;

bool IsIsolate(char32_t c) { return c >= 0x2066 && c <= 0x2068; }
bool IsEmbedding(char32_t c) { return c >= 0x202A && c <= 0x202E && c != kEndOfEmbedding; }

// All directions begin with these two bytes: most texts have none.
bool MayHaveDirections(std::string_view text) {
  return text.find("\xE2\x80") != std::string_view::npos ||
         text.find("\xE2\x81") != std::string_view::npos;
}

}  // namespace

bool IsDirection(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= kEndOfIsolate);
}

bool OpensDirection(char32_t c) { return IsIsolate(c) || IsEmbedding(c); }

bool EndsParagraph(char32_t c) {
  return c == '\n' || c == '\r' || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2029;
}

void Directions::Append(char32_t c, std::size_t base, std::string& text) {
  if (OpensDirection(c)) {
    closing_.push_back(IsIsolate(c) ? kEndOfIsolate : kEndOfEmbedding);
    AppendUtf8(c, text);
    return;
  }
  std::size_t opener = closing_.size();
  while (opener > base && closing_[opener - 1] != c) {
    if (c == kEndOfEmbedding) return;  // within an isolate, it closes nothing outside of it
    --opener;
  }
  if (opener > base) Close(opener - 1, text);
}

void Directions::Close(std::size_t base, std::string& text) {
  while (closing_.size() > base) {
    AppendUtf8(closing_.back(), text);
    closing_.pop_back();
  }
}

std::size_t Directions::closing_bytes() const { return closing_.size() * kClosingBytes; }

std::string Balanced(std::string_view text) {
  if (!MayHaveDirections(text)) return std::string(text);
  Directions directions;
  std::string balanced;
  balanced.reserve(text.size());
  while (!text.empty()) {
    const std::string_view rest = text;
    const char32_t c = TakeCodePoint(text);
    if (IsDirection(c)) {
      directions.Append(c, 0, balanced);
      continue;
    }
    if (EndsParagraph(c)) directions.Close(0, balanced);
    balanced.append(rest.substr(0, rest.size() - text.size()));
  }
  directions.Close(0, balanced);
  return balanced;
}

}  // namespace telex::news
