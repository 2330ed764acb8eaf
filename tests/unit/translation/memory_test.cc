#include "translation/domain/memory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LanguagePair Languages(std::string_view source, std::string_view target) {
  return {*news::LanguageTag::Parse(source), *news::LanguageTag::Parse(target)};
}
const LanguagePair& EnRu() {
  static const LanguagePair pair = Languages("en", "ru");
  return pair;
}

news::ArticleId Article(int number) {
  return news::ArticleId::Of("test", fmt::format("{}", number));
}

MemoryEntry Entry(std::string_view source, std::string_view target, MemoryRank rank,
                  std::int64_t time_ms, int article) {
  return {EnRu(), std::string(source),   std::string(target),
          rank,   {time_ms, 0, time_ms}, Article(article)};
}
constexpr MemoryRank kMachine = MemoryRank::kMachine;
constexpr MemoryRank kPerson = MemoryRank::kPerson;

std::string Found(const TranslationMemory& memory, std::string_view source) {
  const std::optional<MemoryEntry> entry = memory.Find(EnRu(), source);
  return entry ? entry->target : "";
}

TEST(Memory, FindsTheBestOfTheSameText) {
  TranslationMemory memory({});
  EXPECT_TRUE(memory.Put(Entry("Prices <1>rose</1>.", "a", kMachine, 1, 1)));
  EXPECT_TRUE(memory.Put(Entry("Prices <1>rose</1>.", "b", kMachine, 3, 2)));
  EXPECT_EQ(Found(memory, "  Prices\n<1>rose</1>. "), "b");
  EXPECT_TRUE(memory.Put(Entry("Prices <1>rose</1>.", "c", kPerson, 2, 3)));
  EXPECT_EQ(Found(memory, "Prices <1>rose</1>."), "c");
  EXPECT_FALSE(memory.Put(Entry("Prices <1>rose</1>.", "d", kMachine, 9, 3)));
  EXPECT_FALSE(memory.Put(Entry("Prices <1>rose</1>.", "d", kPerson, 1, 3)));
  EXPECT_EQ(Found(memory, "prices <1>rose</1>."), "");
  EXPECT_EQ(Found(memory, "Prices rose."), "");
  EXPECT_FALSE(memory.Find(Languages("en", "hy"), "Prices <1>rose</1>.").has_value());
  EXPECT_EQ(memory.segments(), 1u);
}

TEST(Memory, ForgetsWhatAReviewReplaces) {
  TranslationMemory memory({});
  memory.Put(Entry("Hello", "bad", kMachine, 1, 1));
  memory.Put(Entry("Hello", "bad", kMachine, 2, 2));
  memory.Reject(EnRu(), "Hello", "bad", {3, 0, 3});
  EXPECT_EQ(Found(memory, "Hello"), "");
  EXPECT_THAT(memory.Entries(EnRu()), IsEmpty());
  memory.Put(Entry("Hello", "bad", kMachine, 4, 3));  // an engine says it again
  EXPECT_EQ(Found(memory, "Hello"), "");
  memory.Put(Entry("Hello", "good", kPerson, 3, 1));
  EXPECT_EQ(Found(memory, "Hello"), "good");
  memory.Put(Entry("Hello", "bad", kPerson, 5, 4));  // a person thinks otherwise
  EXPECT_EQ(Found(memory, "Hello"), "bad");
}

TEST(Memory, PurgesWhatOnlyOneArticleHad) {
  TranslationMemory memory({});
  memory.Put(Entry("Hello", "x", kMachine, 1, 1));
  memory.Put(Entry("Hello", "y", kPerson, 2, 2));
  memory.Put(Entry("Secret name", "z", kPerson, 2, 2));
  const std::size_t bytes = memory.bytes();
  memory.Purge(Article(2));
  EXPECT_EQ(Found(memory, "Hello"), "x");
  EXPECT_EQ(Found(memory, "Secret name"), "");
  EXPECT_THAT(memory.FindSimilar(EnRu(), "Secret name", 0, 10), IsEmpty());
  EXPECT_EQ(memory.segments(), 1u);
  EXPECT_LT(memory.bytes(), bytes);
  memory.Purge(Article(2));
  memory.Purge(Article(1));
  EXPECT_EQ(memory.segments(), 0u);
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(Memory, FindsWhatIsAlike) {
  TranslationMemory memory({});
  memory.Put(Entry("The minister resigned on Monday.", "a", kMachine, 1, 1));
  memory.Put(Entry("The minister resigned on Tuesday.", "b", kPerson, 1, 1));
  memory.Put(Entry("The weather was fine.", "c", kPerson, 1, 1));
  const auto matches = memory.FindSimilar(EnRu(), "The minister resigned on Monday.", 70, 5);
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].entry.target, "a");
  EXPECT_EQ(matches[0].score, 100);
  EXPECT_EQ(matches[1].entry.target, "b");
  EXPECT_GE(matches[1].score, 80);
  EXPECT_EQ(memory.FindSimilar(EnRu(), "The minister resigned on Monday.", 70, 1).size(), 1u);
  EXPECT_THAT(memory.FindSimilar(Languages("en", "hy"), "The minister resigned.", 0, 5), IsEmpty());
}

// 0: it is not found.
int Similarity(const std::string& source, const std::string& asked) {
  TranslationMemory memory({});
  memory.Put(Entry(source, "a", kPerson, 1, 1));
  const auto matches = memory.FindSimilar(EnRu(), asked, 0, 1);
  return matches.empty() ? 0 : matches[0].score;
}

TEST(Memory, ScoresAsTranslatorsKnowIt) {
  EXPECT_EQ(Similarity("Prices rose.", " Prices  rose. "), 100);
  EXPECT_EQ(Similarity("Prices rose.", "prices rose!"), 99);
  EXPECT_EQ(Similarity("one two three four", "one two three five"), 75);
  EXPECT_EQ(Similarity("one two three four", "one two three"), 75);
  EXPECT_EQ(Similarity("one two", "three four"), 0);
  EXPECT_EQ(Similarity("<1>one</1> two", "one two"), 50);
  EXPECT_EQ(Similarity("the minister", "the ministers"), 94);  // eight letters of nine
  EXPECT_EQ(Similarity("", "one"), 0);
  EXPECT_EQ(Similarity("—", "…"), 0);
  EXPECT_EQ(Similarity("Գները աճել են։", "Գները իջել են։"),
            Similarity("Գները իջել են։", "Գները աճել են։"));
  const std::string longer(2 * kScoredTokensMax, 'a');
  std::string words;
  for (const char c : longer) words += std::string(1, c) + " ";
  EXPECT_EQ(Similarity(words, words + "b"), 0);  // bounded
}

TEST(Memory, FindsWhatIsTypedWithoutTheTagsOfTheText) {
  TranslationMemory memory({});
  memory.Put(Entry("<1>Prices</1> <2>rose</2> <3>slowly</3>.", "tags", kPerson, 1, 1));
  memory.Put(Entry("Prices fell slowly.", "other", kPerson, 1, 2));
  const auto found = [&](TranslationMemory::Tags tags) {
    std::vector<std::string> scored;
    for (const MemoryMatch& match : memory.FindSimilar(EnRu(), "Prices rose slowly.", 60, 5, tags))
      scored.push_back(fmt::format("{} {}", match.entry.target, match.score));
    return scored;
  };
  EXPECT_THAT(found(TranslationMemory::Tags::kIgnored), ElementsAre("tags 100", "other 67"));
  EXPECT_THAT(found(TranslationMemory::Tags::kCompared), ElementsAre("other 67"));
}

TEST(Memory, IsBounded) {
  TranslationMemory few({.segments_max = 2, .bytes_max = 1 << 20});
  few.Put(Entry("one", "a", kPerson, 1, 1));
  few.Put(Entry("two", "b", kMachine, 3, 1));
  few.Put(Entry("three", "c", kMachine, 2, 2));
  EXPECT_EQ(few.segments(), 2u);
  EXPECT_EQ(Found(few, "one"), "a");
  EXPECT_EQ(Found(few, "two"), "b");
  EXPECT_EQ(Found(few, "three"), "");
  few.Put(Entry("four", "d", kPerson, 4, 2));
  EXPECT_EQ(Found(few, "two"), "");
  few.Purge(Article(1));
  EXPECT_EQ(Found(few, "one"), "");
  EXPECT_EQ(Found(few, "four"), "d");

  TranslationMemory small({.segments_max = 1000, .bytes_max = 10'000});
  for (int i = 0; i < 100; ++i)
    small.Put(Entry(fmt::format("{} {}", i, std::string(300, 'x')), "y", kMachine, i, i));
  EXPECT_LE(small.bytes(), 10'000u);
  EXPECT_GT(small.segments(), 5u);
  EXPECT_NE(Found(small, "99 " + std::string(300, 'x')), "");

  const std::string long_text(kMemoryTextBytesMax + 1, 'x');
  EXPECT_FALSE(small.Put(Entry(long_text, "y", kPerson, 1000, 1)));
  EXPECT_FALSE(small.Put(Entry("y", long_text, kPerson, 1000, 1)));
  EXPECT_FALSE(small.Put(Entry(" ", "y", kPerson, 1000, 1)));
  EXPECT_FALSE(small.Put(Entry("y", "", kPerson, 1000, 1)));
}

TEST(Memory, KeepsTheBestOfManyArticles) {
  TranslationMemory memory({});
  for (int i = 0; i < 50; ++i) memory.Put(Entry("one", fmt::format("{}", i), kMachine, i, i));
  EXPECT_EQ(Found(memory, "one"), "49");
  memory.Purge(Article(49));
  EXPECT_EQ(Found(memory, "one"), "48");
  for (int i = 0; i < 49; ++i) memory.Purge(Article(i));
  EXPECT_EQ(memory.bytes(), 0u);
}

TEST(Memory, ForgetsWordsThatAreTooCommon) {
  TranslationMemory memory({});
  for (std::size_t i = 0; i <= kCommonWordSegments; ++i)
    memory.Put(Entry(fmt::format("the {}", i), "x", kMachine, 1, 1));
  EXPECT_EQ(Found(memory, "the 7"), "x");
  EXPECT_EQ(memory.FindSimilar(EnRu(), "a 7", 0, 10).size(), 1u);
  EXPECT_THAT(memory.FindSimilar(EnRu(), "the other", 0, 10), IsEmpty());
}

// A list of all that was said, looked through from the beginning each time.
class NaiveMemory {
 public:
  void Put(const MemoryEntry& entry) { puts_.push_back(entry); }
  void Reject(std::string_view source, std::string_view target, MemoryPosition position) {
    rejections_.push_back({std::string(source), std::string(target), position});
  }
  void Purge(const news::ArticleId& article) {
    std::erase_if(puts_, [&](const MemoryEntry& entry) { return entry.article == article; });
  }

  std::map<std::string, MemoryEntry> Best() const {
    std::map<std::pair<std::string, news::ArticleId>, MemoryEntry> of_article;
    for (const MemoryEntry& entry : puts_) {
      const auto [known, is_new] = of_article.try_emplace({entry.source, entry.article}, entry);
      if (std::tie(known->second.rank, known->second.position) <
          std::tie(entry.rank, entry.position)) {
        known->second = entry;
      }
    }
    std::map<std::string, MemoryEntry> best;
    for (const auto& [key, entry] : of_article) {
      if (IsRejected(entry)) continue;
      const auto [known, is_new] = best.try_emplace(entry.source, entry);
      if (std::tie(known->second.rank, known->second.position, known->second.article) <
          std::tie(entry.rank, entry.position, entry.article)) {
        known->second = entry;
      }
    }
    return best;
  }

 private:
  struct Rejection {
    std::string source;
    std::string target;
    MemoryPosition position;
  };
  bool IsRejected(const MemoryEntry& entry) const {
    return std::any_of(rejections_.begin(), rejections_.end(), [&](const Rejection& rejection) {
      return rejection.source == entry.source && rejection.target == entry.target &&
             (entry.rank == kMachine || entry.position < rejection.position);
    });
  }
  std::vector<MemoryEntry> puts_;
  std::vector<Rejection> rejections_;
};

// What each of them does not share with others by its letters.
constexpr std::string_view kWords[] = {"ape", "bull", "cat", "dog", "eel", "fox"};

std::string Sentence(std::mt19937_64& random) {
  std::string text;
  for (std::uint64_t i = 0, count = 1 + random() % 3; i < count; ++i) {
    if (i > 0) text += ' ';
    text += kWords[random() % std::size(kWords)];
  }
  return text;
}

bool ShareAWord(const std::string& a, const std::string& b) {
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
    return a.find(word) != a.npos && b.find(word) != b.npos;
  });
}

void ExpectAlike(const TranslationMemory& memory, const NaiveMemory& naive,
                 const std::string& query) {
  const std::map<std::string, MemoryEntry> best = naive.Best();
  std::vector<MemoryEntry> entries;
  for (const auto& [source, entry] : best) entries.push_back(entry);
  ASSERT_EQ(memory.Entries(EnRu()), entries);
  std::vector<std::pair<int, std::string>> wanted;
  for (const auto& [source, entry] : best) {
    const int score = Similarity(query, source);
    if (score >= 40 && ShareAWord(query, source)) wanted.emplace_back(score, source);
  }
  std::vector<std::pair<int, std::string>> found;
  int before = 100;
  for (const MemoryMatch& match : memory.FindSimilar(EnRu(), query, 40, 1000)) {
    EXPECT_LE(match.score, before);
    before = match.score;
    found.emplace_back(match.score, match.entry.source);
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  ASSERT_EQ(found, wanted) << query;
}

TEST(Memory, IsWhatAListOfItsFactsSays) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    TranslationMemory memory({});
    NaiveMemory naive;
    for (int step = 0; step < 80; ++step) {
      const std::int64_t time_ms = static_cast<std::int64_t>(random() % 30);
      const std::string source = Sentence(random);
      const std::string target = fmt::format("t{}", random() % 3);
      const int article = static_cast<int>(random() % 6);
      switch (random() % 8) {
        case 0:
          memory.Purge(Article(article));
          naive.Purge(Article(article));
          break;
        case 1:
          memory.Reject(EnRu(), source, target, {time_ms, 0, time_ms});
          naive.Reject(source, target, {time_ms, 0, time_ms});
          break;
        default: {
          const MemoryEntry entry =
              Entry(source, target, random() % 3 == 0 ? kPerson : kMachine, time_ms, article);
          memory.Put(entry);
          naive.Put(entry);
        }
      }
      if (step % 8 == 7) ExpectAlike(memory, naive, Sentence(random));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Memory, DoesNotDependOnTheOrderOfFacts) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    std::vector<MemoryEntry> entries;
    for (int i = 0; i < 40; ++i) {
      entries.push_back(Entry(Sentence(random), fmt::format("t{}", random() % 3),
                              random() % 3 == 0 ? kPerson : kMachine, i,
                              static_cast<int>(random() % 6)));
    }
    std::vector<MemoryEntry> said[2];
    for (auto& result : said) {
      std::shuffle(entries.begin(), entries.end(), random);
      TranslationMemory memory({});
      for (const MemoryEntry& entry : entries) {
        memory.Put(entry);
        if (entry.position.offset % 5 == 0)
          memory.Reject(EnRu(), entry.source, "t1", {entry.position.offset + 3, 0, 0});
      }
      result = memory.Entries(EnRu());
    }
    ASSERT_EQ(said[0], said[1]);
  }
}

}  // namespace
}  // namespace telex::translation
