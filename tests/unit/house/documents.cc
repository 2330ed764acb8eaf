#include "tests/unit/house/documents.h"

#include <fmt/format.h>

#include <filesystem>

namespace telex::house {
namespace {

std::string_view TakeLine(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string WithoutCodeSpans(std::string_view line) {
  std::string kept;
  bool code = false;
  for (const char c : line) {
    if (c == '`') {
      code = !code;
    } else if (!code) {
      kept += c;
    }
  }
  return kept;
}

}  // namespace

Words LiteralsOf(std::string_view text, std::string_view prefix, std::string_view alphabet) {
  Words words;
  const std::string opening = '"' + std::string(prefix);
  for (auto place = text.find(opening); place != std::string_view::npos;
       place = text.find(opening, place + 1)) {
    const auto end = text.find_first_not_of(alphabet, place + 1);
    if (end != std::string_view::npos && text[end] == '"' && end > place + 1 + prefix.size()) {
      words.emplace(text.substr(place + 1, end - place - 1));
    }
  }
  return words;
}

Words DocumentedIn(std::string_view markdown, std::string_view prefix) {
  Words words;
  while (!markdown.empty()) {
    std::string_view line = Trimmed(TakeLine(markdown));
    if (!line.starts_with('|')) continue;
    line.remove_prefix(1);
    std::string_view cell = Trimmed(line.substr(0, line.find('|')));
    if (cell.size() < 3 || cell.front() != '`' || cell.back() != '`') continue;
    cell = cell.substr(1, cell.size() - 2);
    if (cell.starts_with(prefix) && cell.find_first_of("` ") == std::string_view::npos)
      words.emplace(cell);
  }
  return words;
}

std::vector<std::string> Differences(const Words& in_code, const Words& in_document,
                                     std::string_view document) {
  std::vector<std::string> faults;
  for (const std::string& word : in_code) {
    if (!in_document.contains(word))
      faults.push_back(fmt::format("{} is not in {}", word, document));
  }
  for (const std::string& word : in_document) {
    if (!in_code.contains(word))
      faults.push_back(fmt::format("{} is in {}, but nowhere in the code", word, document));
  }
  return faults;
}

Words TopicsOf(std::string_view yaml) {
  constexpr std::string_view kName = "- name:";
  Words topics;
  while (!yaml.empty()) {
    const std::string_view line = Trimmed(TakeLine(yaml));
    if (line.starts_with(kName)) topics.emplace(Trimmed(line.substr(kName.size())));
  }
  return topics;
}

std::vector<std::string> RelativeLinksOf(std::string_view markdown) {
  std::vector<std::string> links;
  bool code = false;
  while (!markdown.empty()) {
    const std::string_view whole = TakeLine(markdown);
    if (Trimmed(whole).starts_with("```")) code = !code;
    if (code) continue;
    const std::string line = WithoutCodeSpans(whole);
    for (auto place = line.find("]("); place != std::string::npos;
         place = line.find("](", place + 1)) {
      const auto begin = place + 2;
      const auto end = line.find_first_of(")# ", begin);
      if (end == std::string::npos || end == begin) continue;  // an anchor of the same page
      const std::string link = line.substr(begin, end - begin);
      if (link.find("://") == std::string::npos && !link.starts_with("mailto:"))
        links.push_back(link);
    }
  }
  return links;
}

std::string ResolveLink(std::string_view page, std::string_view link) {
  const std::filesystem::path folder = std::filesystem::path(page).parent_path();
  std::string resolved = (folder / link).lexically_normal().generic_string();
  if (resolved.size() > 1 && resolved.ends_with('/')) resolved.pop_back();
  return resolved;
}

Words PagesNamedIn(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.";
  Words pages;
  for (auto place = text.find("docs/"); place != std::string_view::npos;
       place = text.find("docs/", place + 1)) {
    std::string_view page = text.substr(place, text.find_first_not_of(kAlphabet, place) - place);
    const auto end = page.find(".md");
    if (end != std::string_view::npos) pages.emplace(page.substr(0, end + 3));
  }
  return pages;
}

}  // namespace telex::house
