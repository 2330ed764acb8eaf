#include "tests/benchmark/stories.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <vector>

#include "news/content_hash.h"
#include "platform/kafka/partitioner.h"

namespace telex::bench {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Numbers {
 public:
  // Neighbouring seeds must not give one another's numbers, one later.
  explicit Numbers(std::uint64_t seed) : state_((seed + 1) * 0xD1342543DE82EF95u) {
    state_ = Next();
  }
  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

 private:
  std::uint64_t state_;
};

// 4,000 words of one to four syllables; the first ones are taken most often, as in a language.
const std::vector<std::string>& Words() {
  static const std::vector<std::string> words = [] {
    constexpr std::array<std::string_view, 24> kSyllables = {
        "ba", "ren", "to",  "li", "sam", "ko", "ver", "ni", "da", "mur", "es", "tal",
        "in", "go",  "pre", "al", "shi", "on", "ter", "a",  "ve", "cus", "ro", "men"};
    std::vector<std::string> made;
    Numbers numbers(7);
    while (made.size() < 4'000) {
      std::string word;
      for (std::uint64_t left = 1 + numbers.Below(4); left > 0; --left) {
        word += kSyllables[numbers.Below(kSyllables.size())];
      }
      made.push_back(std::move(word));
    }
    return made;
  }();
  return words;
}

void AppendSentence(Numbers& numbers, std::string& out) {
  const std::size_t start = out.size();
  for (std::uint64_t left = 6 + numbers.Below(14); left > 0; --left) {
    const std::uint64_t reach = 1 + numbers.Below(Words().size());
    out += Words()[numbers.Below(reach)];
    out += left > 1 ? " " : ". ";
  }
  out[start] = static_cast<char>(out[start] - 'a' + 'A');
}

}  // namespace

std::size_t BodyBytes(std::uint64_t seed) { return 2'000 + Numbers(seed ^ 0xB0D1).Below(4'001); }

std::string BodyText(std::uint64_t seed, std::size_t bytes) {
  Numbers numbers(seed);
  std::string text;
  while (text.size() < bytes) {
    for (std::uint64_t left = 2 + numbers.Below(4); left > 0; --left) AppendSentence(numbers, text);
    text += "\n\n";
  }
  return text;
}

std::string Headline(std::uint64_t seed) {
  Numbers numbers(seed ^ 0x4EAD);
  std::string line;
  AppendSentence(numbers, line);
  line.resize(line.size() - 2);
  return line;
}

news::Article Story(std::uint64_t n, std::uint64_t seed, std::size_t body_bytes) {
  const std::string key = fmt::format("story-{}", n);
  news::Article article{.id = news::ArticleId::Of(kSource, key),
                        .version = {1},
                        .source = *news::SourceId::Parse(kSource),
                        .source_name = "Bench Courier",
                        .key = key,
                        .canonical_url = fmt::format("https://bench.example/news/{:08}", n)};
  Numbers numbers(seed ^ 0x5EC7);
  article.content = {
      .headline = Headline(seed),
      .byline = "Staff",
      .section = *news::Section::Parse(kSections[numbers.Below(kSections.size())]),
      .language = *news::LanguageTag::Parse(kLanguages[numbers.Below(kLanguages.size())]),
      .terms = {.text = "Any use of materials is allowed only with a hyperlink to the source.",
                .attribution = "Bench Courier",
                .link = article.canonical_url}};
  const std::string text = BodyText(seed, body_bytes > 0 ? body_bytes : BodyBytes(seed));
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find(" \n\n", start);
    if (end == std::string::npos) break;
    article.content.body_html += "<p>" + text.substr(start, end - start) + "</p>\n";
    start = end + 3;
  }
  const absl::Time time = absl::FromUnixSeconds(1'704'067'200) +  // 2024-01-01
                          absl::Seconds(30) * static_cast<std::int64_t>(n);
  article.firstcreated = time;
  article.versioncreated = time;
  article.published = time;
  article.shelves = {{article.content.section, article.content.language}};
  article.actor = "bench";
  return article;
}

ingestion::ArticleHead HeadOf(news::Article article, const std::string& cluster,
                              std::int32_t partitions) {
  ingestion::ArticleHead head;
  head.content_hash = news::ContentHash(article.content);
  head.position = {.cluster = cluster,
                   .partition = kafka::PartitionOf(article.id.ToString(), partitions),
                   .offset = 0};
  head.upstream = ingestion::Upstream{.hash = head.content_hash, .time = article.versioncreated};
  head.rule = 1;
  head.article = std::move(article);
  return head;
}

}  // namespace telex::bench
