#include "translation/formats/body_writer.h"

#include <algorithm>
#include <utility>

#include "news/utf8.h"

namespace telex::translation {
namespace {

constexpr int kBreaksMax = 2;  // one after another
constexpr char32_t kNoBreakSpace = 0xA0;

// What runs together into one space.
bool Collapses(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == kNoBreakSpace ||
         c == 0x2028 || c == 0x2029;
}

// Controls and noncharacters never are.
bool IsWritable(char32_t c) {
  return c >= 0x20 && !(c >= 0x7F && c < 0xA0) && (c & 0xFFFE) != 0xFFFE &&
         !(c >= 0xFDD0 && c <= 0xFDEF);
}

void AppendEscaped(char32_t c, std::string& html) {
  switch (c) {
    case '&':
      html += "&amp;";
      return;
    case '<':
      html += "&lt;";
      return;
    case '>':
      html += "&gt;";
      return;
    default:
      news::AppendUtf8(c, html);
  }
}

}  // namespace

void BodyWriter::OpenBlock(Tag tag) {
  EndPending();
  DropWhiteSpace();
  at_start_ = true;
  preformatted_ += tag.name == "pre" ? 1 : 0;
  const bool even_empty = tag.name == "td" || tag.name == "th";
  open_.push_back({.tag = std::move(tag), .is_block = true});
  if (even_empty) Begin();
  at_start_ = true;
}

void BodyWriter::CloseBlock() {
  EndPending();
  DropWhiteSpace();
  at_start_ = true;
  preformatted_ -= open_.back().tag.name == "pre" ? 1 : 0;
  Pop();
}

void BodyWriter::Block(std::string_view html) {
  EndPending();
  DropWhiteSpace();
  at_start_ = true;
  Html(html);
  at_start_ = true;
}

void BodyWriter::Open(Tag tag) {
  if (ending_ > 0 && open_[open_.size() - ending_].tag.id == tag.id) {
    --ending_;
    return;
  }
  EndPending();
  open_.push_back({.tag = std::move(tag)});
}

void BodyWriter::Close() {
  const Element& element = open_[open_.size() - 1 - ending_];
  if (element.written) {
    ++ending_;
    behind_reading_ = false;
  } else {
    Pop();
  }
}

void BodyWriter::Break() {
  if (preformatted_ > 0) {
    if (!at_start_) raw_ += '\n';
    return;
  }
  ++breaks_;
  blank_ = 0;
}

void BodyWriter::Html(std::string_view html) {
  DropBlanksBehindReading();
  Begin();
  html_ += html;
}

void BodyWriter::Reading(std::string_view html) {
  Html(html);
  behind_reading_ = true;
}

void BodyWriter::Text(std::string_view text) {
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    if (Collapses(c)) {
      Space(c);
    } else if (IsWritable(c)) {
      Begin();
      AppendEscaped(c, html_);
    }
  }
}

void BodyWriter::Space(char32_t c) {
  if (preformatted_ > 0) {
    if (!at_start_ && c != '\r') news::AppendUtf8(c == '\f' ? U' ' : c, raw_);
  } else if (breaks_ == 0) {
    // One no-break space alone is kept; with others it is just white space.
    blank_ = blank_ == 0 && c == kNoBreakSpace ? kNoBreakSpace : U' ';
  }
}

void BodyWriter::Begin() {
  EndPending();
  if (written_ < open_.size()) DropBlanksBehindReading();
  behind_reading_ = false;
  if (!at_start_) {
    for (int i = 0; i < std::min(breaks_, kBreaksMax); ++i) html_ += "<br>";
    if (blank_ != 0) news::AppendUtf8(blank_, html_);
    html_ += raw_;
  }
  DropWhiteSpace();
  for (; written_ < open_.size(); ++written_) {
    html_ += open_[written_].tag.open;
    open_[written_].written = true;
  }
  at_start_ = false;
}

void BodyWriter::EndPending() {
  for (; ending_ > 0; --ending_) Pop();
}

void BodyWriter::DropWhiteSpace() {
  blank_ = 0;
  breaks_ = 0;
  raw_.clear();
}

void BodyWriter::DropBlanksBehindReading() {
  if (behind_reading_ && breaks_ == 0) DropWhiteSpace();
  behind_reading_ = false;
}

void BodyWriter::Pop() {
  const Element element = std::move(open_.back());
  open_.pop_back();
  written_ = std::min(written_, open_.size());
  if (element.written) html_.append("</").append(element.tag.name).append(">");
}

std::string AttributeHtml(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    if (c == '"') {
      html += "&quot;";
    } else if (Collapses(c) && c != kNoBreakSpace) {
      html += ' ';
    } else if (IsWritable(c)) {
      AppendEscaped(c, html);
    }
  }
  return html;
}

}  // namespace telex::translation
