#include "ingestion/domain/resemblance.h"

#include <algorithm>
#include <string>

#include "news/printed_name.h"

namespace telex::ingestion {
namespace {

constexpr std::size_t kWordsInAShingle = 4;

std::string WithoutTags(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  bool in_tag = false;
  for (const char c : html) {
    if (c == '<') in_tag = true;
    text += in_tag ? ' ' : c;
    if (c == '>') in_tag = false;
  }
  return text;
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  constexpr std::string_view kBetween = " \t\r\n.,;:!?()\"";
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(kBetween), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// FNV-1a, the same everywhere.
std::uint64_t Hash(std::string_view word, std::uint64_t hash) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return (hash ^ ' ') * kPrime;
}

}  // namespace

Shingles ShinglesOf(std::string_view body_html) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  const std::string text = news::FoldedName(WithoutTags(body_html.substr(0, kResemblanceBytesMax)));
  const std::vector<std::string_view> words = WordsOf(text);
  Shingles shingles;
  const std::size_t length = std::min(kWordsInAShingle, words.size());
  for (std::size_t first = 0; length > 0 && first + length <= words.size(); ++first) {
    std::uint64_t hash = kOffset;
    for (std::size_t i = 0; i < length; ++i) hash = Hash(words[first + i], hash);
    shingles.push_back(hash);
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

double Resemblance(const Shingles& a, const Shingles& b) {
  std::size_t shared = 0;
  for (auto left = a.begin(), right = b.begin(); left != a.end() && right != b.end();) {
    if (*left == *right) {
      ++shared;
      ++left;
      ++right;
    } else if (*left < *right) {
      ++left;
    } else {
      ++right;
    }
  }
  const std::size_t either = a.size() + b.size() - shared;
  return either == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(either);
}

}  // namespace telex::ingestion
