#include "translation/adapters/store/resource_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/translation/queued.h"
#include "tests/unit/translation/resource_log.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kStartRequest[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

Pair EnTo(std::string_view to) { return {Language("en"), Language(to)}; }

ResourceRecord PolicyOf(std::int64_t replaces, std::string_view to, std::string request = "") {
  return {replaces, "anna", std::move(request),
          PolicyChange{{{.to = {Language(to)}, .workflow = Workflow::kMachine}}}};
}
ResourceRecord GlossaryOf(std::int64_t replaces, std::string_view to, const std::string& target) {
  return {replaces, "ben", "",
          GlossaryChange{EnTo(to), *Glossary::Make({{.source = "Armenia", .allowed = {target}}})}};
}
ResourceRecord UnitsOf(const std::string& source, const std::string& target) {
  return {0, "ben", "", MemoryUnits{EnTo("es"), {{source, target}}}};
}

class ResourceStoreTest : public ::testing::Test {
 protected:
  ResourceStore& resources() { return *log_.resources; }
  kafka::Position At(std::int64_t ms, const ResourceRecord& record) {
    log_.now_ms = ms;
    const kafka::Position place = log_.Append(record);
    return place;
  }
  std::string Target(std::string_view to, std::int64_t version = 0) {
    const auto glossary =
        version == 0 ? resources().GlossaryOf(EnTo(to)) : resources().GlossaryOf(EnTo(to), version);
    return glossary == nullptr ? "" : glossary->glossary.terms().front().allowed.front();
  }

  ResourceLog log_;
};

TEST_F(ResourceStoreTest, BeforeThereIsAPolicyNothingIsAsked) {
  EXPECT_EQ(resources().NewestPolicy()->version, 0);
  EXPECT_EQ(resources().PolicyAt(1'000)->version, 0);
  EXPECT_THAT(resources().NewestPolicy()->rules, IsEmpty());
  EXPECT_EQ(resources().PolicyOf(1), nullptr);
  EXPECT_EQ(resources().GlossaryOf(EnTo("es")), nullptr);
  EXPECT_EQ(resources().GlossaryOf(EnTo("es"), 1), nullptr);
  EXPECT_EQ(resources().StandingVersion({ResourceName::Kind::kPolicy}), 0);
}

TEST_F(ResourceStoreTest, ThePolicyInForceIsTheLastBeforeTheStory) {
  At(1'000, PolicyOf(0, "es"));
  At(2'000, PolicyOf(1, "ru"));
  At(2'500, PolicyOf(1, "hy"));  // did not know the one before
  log_.Read();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(resources().PolicyAt(999)->version, 0);
    EXPECT_EQ(resources().PolicyAt(1'999)->version, 1);
    EXPECT_EQ(resources().PolicyAt(1'999)->since_ms, 1'000);
    EXPECT_EQ(resources().PolicyAt(2'600)->version, 2);
    EXPECT_EQ(resources().NewestPolicy()->rules.front().to.front().text(), "ru");
    EXPECT_EQ(resources().PolicyOf(1)->rules.front().to.front().text(), "es");
    EXPECT_EQ(resources().PolicyOf(1)->actor, "anna");
    EXPECT_EQ(resources().PolicyOf(3), nullptr);
    log_.Open();
  }
}

TEST_F(ResourceStoreTest, KeepsAllPoliciesAndHasTheNewestAtHand) {
  const auto count = static_cast<std::int64_t>(ResourceStore::kPoliciesKept) + 20;
  for (std::int64_t n = 0; n < count; ++n) At(1'000 + n, PolicyOf(n, n % 2 == 0 ? "es" : "ru"));
  log_.Read();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(resources().NewestPolicy()->version, count);
    EXPECT_EQ(resources().PolicyAt(1'001)->rules.front().to.front().text(), "ru");
    EXPECT_EQ(resources().PolicyAt(1'001)->version, 2);
    log_.Open();
  }
}

TEST_F(ResourceStoreTest, KeepsEachVersionOfAGlossary) {
  At(1, GlossaryOf(0, "es", "uno"));
  At(2, GlossaryOf(0, "ru", "один"));
  log_.Read();
  At(3, GlossaryOf(1, "es", "dos"));
  log_.Read();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Target("es"), "dos");
    EXPECT_EQ(Target("es", 1), "uno");
    EXPECT_EQ(Target("es", 2), "dos");
    EXPECT_EQ(Target("es", 3), "");
    EXPECT_EQ(Target("ru"), "один");
    EXPECT_EQ(Target("es-MX"), "") << "another pair";
    std::vector<std::string> all;
    for (const auto& glossary : resources().Glossaries())
      all.push_back(glossary->pair.to.text() + std::to_string(glossary->version));
    EXPECT_THAT(all, ElementsAre("es2", "ru1"));
    log_.Open();
  }
}

TEST_F(ResourceStoreTest, TellsWhatBecameOfRecords) {
  std::vector<std::pair<kafka::Position, ResourceOutcome>> told;
  std::int64_t standing = -1;
  resources().OnOutcomes([&](ResourceStore::Outcomes outcomes) {
    told.assign(outcomes.begin(), outcomes.end());
    standing = resources().NewestPolicy()->version;
  });
  const auto first = At(1, PolicyOf(0, "es"));
  const auto late = At(2, PolicyOf(0, "ru"));
  const auto same = At(3, PolicyOf(1, "es"));
  log_.Read();
  using testing::Pair;
  EXPECT_THAT(told, ElementsAre(Pair(first, ResourceOutcome{true, 1}),
                                Pair(late, ResourceOutcome{false, 1}),
                                Pair(same, ResourceOutcome{true, 1})));
  EXPECT_EQ(standing, 1) << "told before it could be read";
  EXPECT_EQ(resources().FindOutcome(late), (ResourceOutcome{false, 1}));
  EXPECT_EQ(resources().FindOutcome({late.partition, late.offset + 10}), std::nullopt);
}

TEST_F(ResourceStoreTest, RemembersTheLastOutcomesAlone) {
  const auto first = At(1, PolicyOf(0, "es"));
  kafka::Position last;
  for (std::size_t n = 0; n < ResourceStore::kOutcomesKept; ++n) last = At(2, PolicyOf(0, "ru"));
  log_.Read();
  EXPECT_EQ(resources().FindOutcome(first), std::nullopt);
  EXPECT_NE(resources().FindOutcome(last), std::nullopt);
}

TEST_F(ResourceStoreTest, WhatIsUndoneWasNeverThere) {
  At(1, PolicyOf(0, "es"));
  log_.Read();
  const auto place = At(2, PolicyOf(1, "ru", "r1"));
  At(2, GlossaryOf(0, "es", "uno"));
  At(2, UnitsOf("One", "Uno"));
  log_.ReadInVain();
  EXPECT_EQ(resources().NewestPolicy()->version, 1);
  EXPECT_EQ(Target("es"), "");
  EXPECT_EQ(resources().FindOutcome(place), std::nullopt);
  EXPECT_EQ(log_.memory->segments(), 0u);
  log_.Read();
  EXPECT_EQ(resources().NewestPolicy()->version, 2);
  EXPECT_EQ(Target("es"), "uno");
  EXPECT_EQ(log_.memory->segments(), 1u);
}

TEST_F(ResourceStoreTest, ARepeatIsKnownAfterARestart) {
  At(1, PolicyOf(0, "es", "r1"));
  At(2, PolicyOf(1, "ru", "r2"));
  log_.Read();
  log_.Open();
  const auto again = At(3, PolicyOf(2, "es", "r1"));
  log_.Read();
  EXPECT_EQ(resources().FindOutcome(again), (ResourceOutcome{true, 1}));
  EXPECT_EQ(resources().NewestPolicy()->version, 2);
}

TEST_F(ResourceStoreTest, BackfillsBeginAndAreStopped) {
  const BackfillRange range{.since_ms = 1, .until_ms = 5, .pair = EnTo("es")};
  const auto start = At(10, {0, "anna", "", range});
  log_.Read();
  const std::int64_t id = BackfillIdOf(start.offset);
  EXPECT_NE(BackfillIdOf(0), 0) << "a job of no backfill is not of the first one";
  const auto stop = At(20, {0, "ben", "", BackfillStop{id}});
  At(30, {0, "carl", "", BackfillStop{id}});
  const auto none = At(30, {0, "carl", "", BackfillStop{id + 1'000}});
  log_.Read();
  EXPECT_EQ(resources().FindOutcome(start), (ResourceOutcome{true, id}));
  EXPECT_EQ(resources().FindOutcome(stop), (ResourceOutcome{true, id}));
  EXPECT_EQ(resources().FindOutcome(none), (ResourceOutcome{false, id + 1'000}));
  const BackfillRecord stopped{id, range, "anna", 10, 20, "ben"};
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(resources().Backfills(), ElementsAre(stopped));
    log_.Open();
  }
}

TEST_F(ResourceStoreTest, ARequestStartsOneBackfillHoweverOftenItIsRepeated) {
  const BackfillRange range{.since_ms = 1, .until_ms = 5, .pair = EnTo("es")};
  BackfillRange later = range;
  later.until_ms = 6;  // none was given: the present
  const auto start = At(10, {0, "anna", kStartRequest, range});
  const auto again = At(11, {0, "anna", kStartRequest, later});
  log_.Read();
  const auto in_time = At(12, {0, "anna", kStartRequest, later});
  log_.Read();
  log_.Open();
  const auto after_restart = At(13, {0, "anna", kStartRequest, later});
  const auto other = At(14, {0, "anna", "", range});
  log_.Read();
  EXPECT_EQ(resources().FindOutcome(after_restart),
            (ResourceOutcome{true, BackfillIdOf(start.offset)}));
  EXPECT_EQ(resources().FindOutcome(other), (ResourceOutcome{true, BackfillIdOf(other.offset)}));
  EXPECT_EQ(resources().Backfills().size(), 2u);
  EXPECT_EQ(resources().Backfills()[0].range, range);
  EXPECT_LT(again.offset, in_time.offset);
}

TEST_F(ResourceStoreTest, ImportedUnitsAreInMemoryAfterARestart) {
  At(1, UnitsOf("One", "Uno"));
  At(2, UnitsOf("One", "Una"));
  log_.Read();
  for (int round = 0; round < 2; ++round) {
    const auto entry = log_.memory->Recall(EnTo("es"), "One");
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->target, "Una");
    EXPECT_EQ(entry->rank, MemoryRank::kPerson);
    EXPECT_EQ(entry->position.time_ms, 2);
    log_.Open();
  }
}

TEST_F(ResourceStoreTest, RefusesWhatCannotBeUnderstood) {
  kafka::Record record = RecordOf(PolicyOf(0, "es"), "a", ResourceLog::kPartitions);
  kafka::Record bad = record;
  bad.value.reset();
  EXPECT_TRUE(absl::IsInvalidArgument(log_.Apply(bad)));
  bad = record;
  bad.key = "policies/a";
  EXPECT_TRUE(absl::IsInvalidArgument(log_.Apply(bad)));
  bad = record;
  bad.value = "\x08\x02";  // rule 2
  EXPECT_TRUE(absl::IsUnimplemented(log_.Apply(bad)));
}

}  // namespace
}  // namespace telex::translation
