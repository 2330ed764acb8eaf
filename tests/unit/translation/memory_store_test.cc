#include "translation/adapters/store/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "news/article_name.h"
#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;

struct SegmentOf {
  std::string source;
  std::string target;
  v1::Origin origin = v1::ORIGIN_ENGINE;
  bool reviewed = false;
  std::string engine = {};
};

v1::Translation TranslationOf(int story, std::int64_t revision, v1::Standing standing,
                              const std::vector<SegmentOf>& segments) {
  v1::Translation translation;
  translation.set_article(news::NameOf(JobOf(story).article));
  translation.set_version(1);
  translation.set_from("en");
  translation.set_language("es");
  translation.set_revision(revision);
  translation.set_time_ms(revision * 10);
  translation.set_standing(standing);
  for (const SegmentOf& segment : segments) {
    v1::Segment& added = *translation.mutable_text()->add_segments();
    added.set_source(segment.source);
    added.set_target(segment.target);
    added.set_origin(segment.origin);
    added.set_reviewed(segment.reviewed);
    added.set_engine(segment.engine);
  }
  return translation;
}

std::string Recalled(const MemoryStore& memory, std::string_view source) {
  const auto entry = memory.Recall(EnEs(), source);
  if (!entry) return "";
  return entry->target + (entry->rank == MemoryRank::kPerson ? " (person)" : "");
}

TEST(MemoryStore, RanksByWhoWroteOrReadASegment) {
  MemoryStore memory;
  memory.Put(TranslationOf(1, 1, v1::STANDING_MACHINE,
                           {{"a", "1"},
                            {"b", "2", v1::ORIGIN_PERSON},
                            {"c", "3", v1::ORIGIN_ENGINE, true},
                            {"d", "4", v1::ORIGIN_MEMORY},
                            {"e", "5", v1::ORIGIN_CARRIED},
                            {"f", "6", v1::ORIGIN_MEMORY, true},
                            {"g", "7", v1::ORIGIN_PROTECTED, true}}),
             0);
  const std::string found = Recalled(memory, "a") + ", " + Recalled(memory, "b") + ", " +
                            Recalled(memory, "c") + ", " + Recalled(memory, "d") + ", " +
                            Recalled(memory, "e") + ", " + Recalled(memory, "f") + ", " +
                            Recalled(memory, "g");
  EXPECT_EQ(found, "1, 2 (person), 3 (person), , , 6 (person), ");
  memory.Put(TranslationOf(2, 2, v1::STANDING_REVIEWED, {{"a", "8"}}), 0);
  EXPECT_EQ(Recalled(memory, "a"), "8 (person)");
}

TEST(MemoryStore, AReplacementTakesTheMachinesTextOut) {
  MemoryStore memory;
  memory.Put(TranslationOf(1, 1, v1::STANDING_MACHINE, {{"a", "wrong"}}), 0);
  memory.Put(TranslationOf(1, 2, v1::STANDING_REVIEWED, {{"a", "right", v1::ORIGIN_PERSON}}), 0);
  const auto exported = memory.Export(EnEs());
  ASSERT_EQ(exported.size(), 1u);
  EXPECT_EQ(exported.front().target, "right");
  EXPECT_EQ(memory.Similar(EnEs(), "a", 50, 9).size(), 1u);
}

TEST(MemoryStore, WhatIsRefusedLeavesWithItsEnginesSegments) {
  const std::vector<SegmentOf> refused = {{"a", "engine's"},
                                          {"b", "carried", v1::ORIGIN_CARRIED, false, "deepl"},
                                          {"c", "read", v1::ORIGIN_ENGINE, true},
                                          {"d", "person's", v1::ORIGIN_PERSON},
                                          {"e", "other's", v1::ORIGIN_MEMORY}};
  MemoryStore memory;
  memory.Put(TranslationOf(1, 1, v1::STANDING_MACHINE,
                           {{"a", "engine's"}, {"b", "carried"}, {"c", "read"}}),
             0);
  memory.Put(TranslationOf(2, 1, v1::STANDING_MACHINE, {{"a", "engine's"}, {"e", "other's"}}), 0);
  memory.Put(TranslationOf(1, 2, v1::STANDING_REJECTED, refused), 0);
  EXPECT_EQ(Recalled(memory, "a"), "") << "from whatever article";
  EXPECT_EQ(Recalled(memory, "b"), "");
  EXPECT_EQ(Recalled(memory, "c"), "read");
  EXPECT_EQ(Recalled(memory, "d"), "") << "a refused text adds nothing";
  EXPECT_EQ(Recalled(memory, "e"), "other's");
}

TEST(MemoryStore, PurgesWhatOnlyThatArticleHad) {
  MemoryStore memory;
  memory.Put(TranslationOf(1, 1, v1::STANDING_MACHINE, {{"a", "1"}, {"b", "2"}}), 0);
  memory.Put(TranslationOf(2, 2, v1::STANDING_MACHINE, {{"b", "3"}}), 0);
  memory.Purge(JobOf(1).article);
  EXPECT_EQ(Recalled(memory, "a"), "");
  EXPECT_EQ(Recalled(memory, "b"), "3");
}

TEST(MemoryStore, ImportsStandBehindWhatTranslatorsHaveDoneSince) {
  MemoryStore memory;
  memory.Put({{EnEs(), {{"a", "imported"}, {"b", "an engine's", true}}}, {50, 0, 7}});
  EXPECT_EQ(Recalled(memory, "a"), "imported (person)");
  EXPECT_EQ(Recalled(memory, "b"), "an engine's");
  memory.Put(TranslationOf(1, 1, v1::STANDING_PERSON, {{"a", "before", v1::ORIGIN_PERSON}}), 0);
  EXPECT_EQ(Recalled(memory, "a"), "imported (person)");
  memory.Put(TranslationOf(2, 6, v1::STANDING_PERSON, {{"a", "since", v1::ORIGIN_PERSON}}), 0);
  EXPECT_EQ(Recalled(memory, "a"), "since (person)");
}

TEST(MemoryStore, IsTheSameInWhateverOrderItIsTold) {
  std::vector<v1::Translation> facts = {
      TranslationOf(1, 1, v1::STANDING_MACHINE, {{"a", "1"}, {"b", "2"}}),
      TranslationOf(1, 2, v1::STANDING_REJECTED, {{"a", "1"}}),
      TranslationOf(1, 3, v1::STANDING_PERSON, {{"a", "3", v1::ORIGIN_PERSON}}),
      TranslationOf(2, 4, v1::STANDING_MACHINE, {{"a", "1"}, {"b", "4"}}),
      TranslationOf(2, 4, v1::STANDING_MACHINE, {{"a", "1"}, {"b", "4"}})};
  std::vector<std::size_t> order = {0, 1, 2, 3, 4};
  do {
    MemoryStore memory;
    for (const std::size_t n : order) memory.Put(facts[n], 0);
    ASSERT_EQ(Recalled(memory, "a"), "3 (person)");
    ASSERT_EQ(Recalled(memory, "b"), "4");
  } while (std::ranges::next_permutation(order).found);
}

TEST(MemoryStore, PassesOverWhatIsNamedAsNothing) {
  MemoryStore memory;
  v1::Translation translation = TranslationOf(1, 1, v1::STANDING_MACHINE, {{"a", "1"}});
  translation.set_article("stories/1");
  memory.Put(translation, 0);
  translation = TranslationOf(1, 1, v1::STANDING_MACHINE, {{"a", "1"}});
  translation.set_language("klingonese");
  memory.Put(translation, 0);
  EXPECT_EQ(memory.segments(), 0u);
}

}  // namespace
}  // namespace telex::translation
