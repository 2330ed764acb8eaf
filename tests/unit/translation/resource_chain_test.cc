#include "translation/domain/resource_chain.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "news/article.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/kernel/worlds.h"
#include "translation/domain/backfill.h"
#include "translation/domain/pair_name.h"

namespace telex::translation {
namespace {

using simulation::Random;

constexpr ResourceOutcome Granted(std::int64_t version) { return {true, version}; }
constexpr ResourceOutcome Lost(std::int64_t standing) { return {false, standing}; }

TEST(ResourceChain, TheOneThatReplacesWhatStandsIsNext) {
  ResourceChain chain;
  EXPECT_EQ(chain.Take({.replaces = 1, .append_ms = 5}), Lost(0));
  EXPECT_EQ(chain.Take({.replaces = 0, .append_ms = 10}), Granted(1));
  EXPECT_EQ(chain.Take({.replaces = 0, .append_ms = 11}), Lost(1));
  EXPECT_EQ(chain.Take({.replaces = 1, .append_ms = 20}), Granted(2));
  EXPECT_EQ(chain.newest(), 2);
}

TEST(ResourceChain, SaysWhichWasInForceWhen) {
  ResourceChain chain;
  EXPECT_EQ(chain.At(100), 0);
  chain.Take({.replaces = 0, .append_ms = 10});
  chain.Take({.replaces = 1, .append_ms = 20});
  chain.Take({.replaces = 2, .append_ms = 20});
  EXPECT_EQ(chain.At(9), 0);
  EXPECT_EQ(chain.At(10), 1);
  EXPECT_EQ(chain.At(19), 1);
  EXPECT_EQ(chain.At(20), 3);
  EXPECT_EQ(chain.At(1'000), 3);
}

TEST(ResourceChain, AClockThatIsSetBackPutsNoVersionBeforeTheLast) {
  ResourceChain chain;
  chain.Take({.replaces = 0, .append_ms = 50});
  chain.Take({.replaces = 1, .append_ms = 40});
  EXPECT_EQ(chain.SinceMs(2), 50);
  EXPECT_EQ(chain.At(45), 0);
  EXPECT_EQ(chain.At(50), 2);
}

TEST(ResourceChain, ARepeatIsToldWhatItMade) {
  ResourceChain chain;
  chain.Take({.replaces = 0, .request_id = "a", .append_ms = 1});
  chain.Take({.replaces = 1, .request_id = "b", .append_ms = 2});
  EXPECT_EQ(chain.Take({.replaces = 0, .request_id = "a", .append_ms = 3}), Granted(1));
  EXPECT_EQ(chain.Take({.replaces = 2, .request_id = "b", .append_ms = 4}), Granted(2));
  EXPECT_EQ(chain.newest(), 2);
}

TEST(ResourceChain, WhatSaysTheSameMakesNoVersion) {
  ResourceChain chain;
  EXPECT_EQ(chain.Take({.replaces = 0, .append_ms = 1, .same = true}), Granted(1));
  EXPECT_EQ(chain.Take({.replaces = 1, .append_ms = 2, .same = true}), Granted(1));
  EXPECT_EQ(chain.Take({.replaces = 0, .append_ms = 3, .same = true}), Lost(1));
  EXPECT_EQ(chain.newest(), 1);
}

// Two writers who each believe that some version stands, whose appends are delivered late, twice or
// not at all, and who try again: each change is made once, and none is overwritten by one that did
// not know it.
class TwoWriters {
 public:
  explicit TwoWriters(std::uint64_t seed) : random_(seed) {}

  std::string Run(int steps) {
    for (int step = 0; step < steps && broken_.empty(); ++step) Step();
    for (const auto& [text, versions] : made_) {
      if (versions > 1) Break(fmt::format("{} was made {} times", text, versions));
    }
    return broken_;
  }

 private:
  struct Writer {
    std::int64_t base = 0;  // that it knows
    int request = 0;        // under way; 0: none
    std::optional<std::int64_t> answer;
  };

  void Break(std::string what) {
    if (broken_.empty()) broken_ = std::move(what);
  }

  void Step() {
    Writer& writer = writers_[random_.Below(2)];
    now_ms_ += random_.Below(3);
    if (random_.Chance(2)) now_ms_ -= random_.Below(10);
    if (random_.Chance(30)) writer.base = chain_.newest();
    if (writer.request == 0) writer.request = ++requests_;
    const std::string id = fmt::format("r{}", writer.request);
    const std::int64_t before = chain_.newest();
    const ResourceOutcome outcome =
        chain_.Take({.replaces = writer.base, .request_id = id, .append_ms = now_ms_});
    Check(id, writer, before, outcome);
    const bool told = random_.Chance(60);
    if (outcome.granted && told) {
      writer = {.base = outcome.version};
    } else if (told) {
      writer.base = outcome.version;  // looks at what stands, and tries again
    }
  }

  void Check(const std::string& id, const Writer& writer, std::int64_t before,
             const ResourceOutcome& outcome) {
    const bool is_new = chain_.newest() > before;
    if (is_new && (writer.base != before || !outcome.granted || outcome.version != before + 1))
      Break(fmt::format("{} replaced a version that it did not know", id));
    if (is_new) {
      texts_.push_back(id);
      ++made_[id];
    }
    if (outcome.granted && texts_[static_cast<std::size_t>(outcome.version) - 1] != id)
      Break(fmt::format("{} was told a version of another", id));
    if (!outcome.granted && (outcome.version != chain_.newest() || writer.base == before))
      Break(fmt::format("{} was refused what stands", id));
    if (is_new) since_.push_back(std::max(since_.empty() ? now_ms_ : since_.back(), now_ms_));
    const std::int64_t ms = now_ms_ - random_.Below(20);
    const auto in_force = std::ranges::count_if(since_, [&](auto since) { return since <= ms; });
    if (chain_.At(ms) != in_force) Break(fmt::format("another was in force at {}", ms));
  }

  Random random_;
  ResourceChain chain_;
  Writer writers_[2];
  int requests_ = 0;
  std::int64_t now_ms_ = 1'000;
  std::vector<std::string> texts_;  // by version
  std::vector<std::int64_t> since_;
  std::map<std::string, int> made_;
  std::string broken_;
};

TEST(ResourceChain, TwoWritersMakeEachChangeOnceAndOverwriteNone) {
  const auto broken =
      simulation::RunWorlds(simulation::WorldsFromEnvironment(200),
                            [](std::uint64_t seed) { return TwoWriters(seed).Run(100); });
  EXPECT_EQ(broken.law, "") << "replay with TELEX_SIMULATION_SEED=" << broken.seed
                            << " TELEX_SIMULATION_RUNS=1";
}

TEST(PairName, IsReadInAnyCase) {
  const auto pair = ParsePairName("EN.pt-br");
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(PairName(*pair), "en.pt-BR");
  for (const char* none : {"", "en", "en.", ".es", "en.es.fr", "en/es"})
    EXPECT_FALSE(ParsePairName(none).has_value()) << none;
}

TEST(BackfillRange, HasTheStoriesOfItsDaysAndLanguage) {
  const auto en = *news::LanguageTag::Parse("en");
  BackfillRange range{.since_ms = 100,
                      .until_ms = 200,
                      .sections = {*news::Section::Parse("world")},
                      .pair = {en, *news::LanguageTag::Parse("es")}};
  news::Article article;
  article.content.language = en;
  article.content.section = *news::Section::Parse("world");
  EXPECT_FALSE(range.Has(article)) << "was never published";
  article.published = absl::FromUnixMillis(100);
  EXPECT_TRUE(range.Has(article));
  article.published = absl::FromUnixMillis(200);
  EXPECT_FALSE(range.Has(article));
  article.published = absl::FromUnixMillis(199);
  range.sources = {*news::SourceId::Parse("times")};
  EXPECT_FALSE(range.Has(article));
  article.source = range.sources.front();
  EXPECT_TRUE(range.Has(article));
  article.content.section = *news::Section::Parse("sport");
  EXPECT_FALSE(range.Has(article));
}

}  // namespace
}  // namespace telex::translation
