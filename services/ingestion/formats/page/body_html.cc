#include "ingestion/formats/page/body_html.h"

#include <algorithm>
#include <string_view>

#include "ingestion/formats/html_sanitizer.h"

namespace telex::ingestion::page {
namespace {

constexpr int kSubheadWordsMax = 14;
constexpr std::size_t kSubheadBytesMax = 240;

enum class Part { kParagraph, kSubhead, kBullet, kNumbered, kQuote };

struct Item {
  Part part = Part::kParagraph;
  std::string_view text;
  int number = 0;
};

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (text.size() <= prefix.size() || !text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "3. Text" or "3) Text"
int TakeNumber(std::string_view& text) {
  std::size_t digits = 0;
  int number = 0;
  while (digits < text.size() && digits < 2 && text[digits] >= '0' && text[digits] <= '9') {
    number = number * 10 + (text[digits++] - '0');
  }
  if (digits == 0 || text.size() < digits + 3 || (text[digits] != '.' && text[digits] != ')') ||
      text[digits + 1] != ' ')
    return 0;
  text.remove_prefix(digits + 2);
  return number;
}

Item Read(const Line& line) {
  Item item{Part::kParagraph, line.text, 0};
  static constexpr std::string_view kBullets[] = {
      "\u2022", "\u25AA", "\u25CF", "\u25E6", "\u2023", "\u25A0", "\u25CB", "* ", "- ", "\u00B7 "};
  for (const std::string_view bullet : kBullets) {
    if (!TakePrefix(item.text, bullet)) continue;
    while (item.text.starts_with(' ')) item.text.remove_prefix(1);
    item.part = item.text.empty() ? Part::kParagraph : Part::kBullet;
    if (item.text.empty()) item.text = line.text;
    return item;
  }
  if (TakePrefix(item.text, "> ")) {
    item.part = Part::kQuote;
    return item;
  }
  if ((item.number = TakeNumber(item.text)) > 0) {
    item.part = Part::kNumbered;
    return item;
  }
  const TextShape& shape = line.shape;
  const bool open_end =
      shape.last == ':' || shape.last == ',' || shape.last == ';' || shape.last == 0x2014;
  const bool spoken = line.text.starts_with("\u2014") || line.text.starts_with("\u2013") ||
                      line.text.starts_with('"') || line.text.starts_with("\u201C") ||
                      line.text.starts_with("\u00AB");
  const bool question = shape.last == '?' && shape.words <= kSubheadWordsMax;
  if (line.prose < 2 && (!shape.ends_sentence || question) && !open_end && !spoken &&
      shape.letters > 1 && shape.words <= kSubheadWordsMax &&
      line.text.size() <= kSubheadBytesMax && !shape.starts_small) {
    item.part = Part::kSubhead;
  }
  return item;
}

// Where the list that begins at `first` ends; `first` itself when it is none after all.
std::size_t ListEnd(const std::vector<Item>& items, std::size_t first) {
  std::size_t end = first;
  bool questions = false;
  while (end < items.size() && items[end].part == items[first].part) {
    if (items[first].part == Part::kNumbered &&
        items[end].number != static_cast<int>(end - first) + 1)
      break;
    questions = questions || items[end].text.ends_with('?');
    ++end;
  }
  // One numbered line is a subhead or a sentence, and hyphens with questions are a dialogue.
  if (items[first].part == Part::kNumbered && end - first < 2) return first;
  if (items[first].part == Part::kBullet && questions) return first;
  return end;
}

}  // namespace

std::string BodyHtml(const std::vector<Line>& lines, std::span<const std::size_t> body) {
  std::vector<Item> items;
  items.reserve(body.size());
  for (const std::size_t i : body) items.push_back(Read(lines[i]));

  std::string html;
  const auto element = [&html](std::string_view tag, std::string_view text) {
    html.append("<")
        .append(tag)
        .append(">")
        .append(EscapeHtml(text))
        .append("</")
        .append(tag)
        .append(">");
  };
  for (std::size_t i = 0; i < items.size();) {
    const Item& item = items[i];
    const bool list = item.part == Part::kBullet || item.part == Part::kNumbered;
    if (const std::size_t end = list ? ListEnd(items, i) : i; end > i) {
      const std::string_view tag = item.part == Part::kBullet ? "ul" : "ol";
      html.append("<").append(tag).append(">");
      for (; i < end; ++i) element("li", items[i].text);
      html.append("</").append(tag).append(">");
      continue;
    }
    if (item.part == Part::kQuote) {
      html += "<blockquote>";
      for (; i < items.size() && items[i].part == Part::kQuote; ++i) element("p", items[i].text);
      html += "</blockquote>";
      continue;
    }
    // A subhead has something below it.
    const bool subhead = item.part == Part::kSubhead && i > 0 && i + 1 < items.size();
    element(subhead ? "h2" : "p", lines[body[i]].text);
    ++i;
  }
  return html;
}

}  // namespace telex::ingestion::page
