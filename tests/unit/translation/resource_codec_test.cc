#include "translation/adapters/records/resource_codec.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/kafka/partitioner.h"
#include "telex/translation/v1/resource.pb.h"
#include "tests/unit/translation/queued.h"
#include "translation/adapters/records/glossary_codec.h"
#include "translation/adapters/records/policy_codec.h"
#include "translation/adapters/records/topics.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int32_t kSplit = 12;

std::vector<PolicyRule> AllOfARule() {
  return {{.sources = {*news::SourceId::Parse("times")},
           .sections = {*news::Section::Parse("world"), *news::Section::Parse("sport")},
           .from = {Language("en")},
           .to = {Language("es"), Language("pt-BR")},
           .workflow = Workflow::kMachineThenReview,
           .engines = {"apertium", "openai.gpt-4o"},
           .outside = OutsideEngines::kNever,
           .urgency = 2,
           .deadline = absl::Milliseconds(90'500)},
          {.to = {Language("hy")}, .workflow = std::nullopt}};
}

std::vector<ResourceRecord> AllRecords() {
  const Glossary glossary = *Glossary::Make({{.source = "Armenia",
                                              .allowed = {"Armenia"},
                                              .forbidden = {"Aremenia"},
                                              .case_sensitive = true},
                                             {.source = "New York", .allowed = {"Nueva York"}}});
  return {
      {3, "anna", "r1", PolicyChange{AllOfARule()}},
      {0, "anna", "", PolicyChange{}},
      {0, "ben", "r2", GlossaryChange{EnEs(), glossary}},
      {0, "ben", "", MemoryUnits{EnEs(), {{"One <1>two</1>", "Uno <1>dos</1>", true}, {"a", "b"}}}},
      {0, "ben", "r3",
       BackfillRange{.since_ms = 1'000,
                     .until_ms = 2'500,
                     .sources = {*news::SourceId::Parse("times")},
                     .sections = {*news::Section::Parse("world")},
                     .pair = EnEs(),
                     .workflow = Workflow::kPerson}},
      {0, "ben", "", BackfillStop{17}}};
}

absl::StatusOr<ResourceRecord> ReadBack(const kafka::Record& record) {
  const auto name = ParseResourceKey(record.key);
  if (!name.ok()) return name.status();
  return DecodeResource(*name, record.value.value_or(""));
}
v1::ResourceRecord MessageOf(const ResourceRecord& record) {
  v1::ResourceRecord message;
  EXPECT_TRUE(message.ParseFromString(*RecordOf(record, "a1", kSplit).value));
  return message;
}
absl::Status StatusOfPolicy(const v1::ResourceRecord& message) {
  return DecodeResource({ResourceName::Kind::kPolicy}, message.SerializeAsString()).status();
}

TEST(ResourceCodec, ReadsWhatItWrites) {
  for (const ResourceRecord& record : AllRecords()) {
    const kafka::Record written = RecordOf(record, "a1", kSplit);
    EXPECT_EQ(written.topic, kResourcesTopic);
    const auto read = ReadBack(written);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, record) << written.key;
  }
}

// v1 stays readable for ever.
TEST(ResourceCodec, WritesTheBytesOfTheFirstRelease) {
  std::vector<ResourceRecord> records = AllRecords();
  auto& range = std::get<BackfillRange>(records[4].what);
  range.characters_per_day = 7;
  const std::vector<std::string> expected = {
      "080110031a04616e6e612202723152611a550a0d736f75726365732f74696d65731205776f726c64120573706f72"
      "741a02656e22026573220570742d425230043a08617065727469756d3a0d6f70656e61692e6770742d346f400348"
      "025208085a1080cab5ee011a082202687928014001",
      "08011a04616e6e615200",
      "08011a0362656e220272325a38221e0a0741726d656e6961120741726d656e69611a084172656d656e6961200122"
      "160a084e657720596f726b120a4e7565766120596f726b",
      "08011a0362656e622c0a220a0e4f6e65203c313e74776f3c2f313e120e556e6f203c313e646f733c2f313e18010a"
      "060a0161120162",
      "08011a0362656e220272336a300a020801120808021080cab5ee011a0d736f75726365732f74696d65732205776f"
      "726c642a02656e3202657338024007",
      "08011a0362656e72020811",
  };
  ASSERT_EQ(records.size(), expected.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    kafka::Record record = RecordOf(records[i], "a1", kSplit);
    EXPECT_EQ(absl::BytesToHexString(*record.value), expected[i]) << i;
    record.value = absl::HexStringToBytes(expected[i]);
    const auto read = ReadBack(record);
    EXPECT_TRUE(read.ok() && *read == records[i]) << i;
  }
}

TEST(ResourceCodec, WhatBelongsTogetherLiesInOnePartition) {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const ResourceRecord& record : AllRecords()) {
    const kafka::Record written = RecordOf(record, "a1", kSplit);
    for (const char* entity : {"policy", "en.es", "backfills"}) {
      if (kafka::PartitionOf(entity, kSplit) == written.partition)
        keys.emplace_back(written.key, entity);
    }
  }
  using testing::Pair;
  EXPECT_THAT(keys,
              ElementsAre(Pair("policy/a1", "policy"), Pair("policy/a1", "policy"),
                          Pair("glossaries/en.es/a1", "en.es"), Pair("memories/en.es/a1", "en.es"),
                          Pair("backfills/a1", "backfills"), Pair("backfills/a1", "backfills")));
}

TEST(ResourceCodec, RefusesKeysThatNoReleaseWrites) {
  for (const char* key :
       {"", "policy", "policy/", "policy/a/b", "glossaries/en/a", "glossaries/en.en/a",
        "glossaries/EN.es/a", "memories/en.es", "jobs/en.es/a"})
    EXPECT_TRUE(absl::IsInvalidArgument(ParseResourceKey(key).status())) << key;
  EXPECT_TRUE(absl::IsInvalidArgument(ParseResourceKey("policy/" + std::string(65, 'a')).status()));
}

TEST(ResourceCodec, TellsWhatANewerReleaseHasWritten) {
  v1::ResourceRecord newer = MessageOf(AllRecords()[0]);
  newer.set_rule(2);
  EXPECT_TRUE(absl::IsUnimplemented(StatusOfPolicy(newer)));
  newer = MessageOf(AllRecords()[0]);
  newer.clear_policy();
  EXPECT_TRUE(absl::IsUnimplemented(StatusOfPolicy(newer)));
  newer = MessageOf(AllRecords()[0]);
  newer.mutable_policy()->mutable_rules(1)->set_workflow(static_cast<v1::Workflow>(99));
  EXPECT_TRUE(absl::IsUnimplemented(StatusOfPolicy(newer)));
  newer = MessageOf(AllRecords()[0]);
  newer.mutable_policy()->mutable_rules(1)->set_outside_engines(
      static_cast<v1::OutsideEngines>(99));
  EXPECT_TRUE(absl::IsUnimplemented(StatusOfPolicy(newer)));
}

TEST(ResourceCodec, RefusesWhatNoReleaseHasWritten) {
  v1::ResourceRecord message = MessageOf(AllRecords()[0]);
  message.set_rule(0);
  EXPECT_TRUE(absl::IsInvalidArgument(StatusOfPolicy(message)));
  message = MessageOf(AllRecords()[0]);
  message.set_actor(std::string(kActorBytesMax + 1, 'a'));
  EXPECT_TRUE(absl::IsInvalidArgument(StatusOfPolicy(message)));
  // That of another resource.
  const auto glossary = MessageOf(AllRecords()[2]);
  EXPECT_TRUE(absl::IsInvalidArgument(StatusOfPolicy(glossary)));
  EXPECT_TRUE(
      absl::IsInvalidArgument(DecodeResource({ResourceName::Kind::kPolicy}, "\xff\xff").status()));
  v1::ResourceRecord units = MessageOf(AllRecords()[3]);
  units.mutable_memory()->mutable_units(0)->clear_target();
  EXPECT_TRUE(absl::IsInvalidArgument(
      DecodeResource({ResourceName::Kind::kMemory, EnEs()}, units.SerializeAsString()).status()));
}

// Policies of clients
// -------------------------------------------------------------------------------------------------

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto details = errors::DetailsOf(status).value_or(errors::Details{});
  for (const errors::FieldViolation& fault : details.fields)
    fields.push_back(fmt::format("{} {}", fault.field, fault.reason));
  return fields;
}

TEST(PolicyCodec, ToldIsEachFaultAndWhere) {
  v1::Policy policy;
  v1::PolicyRule& first = *policy.add_rules();
  first.add_to("es");
  first.set_workflow(v1::WORKFLOW_MACHINE);
  v1::PolicyRule& second = *policy.add_rules();
  second.add_sources("times");
  second.add_sections("World News");
  second.add_from("english");
  second.add_engines("Deep L");
  second.set_urgency(10);
  second.mutable_deadline()->set_seconds(-1);
  EXPECT_THAT(
      FieldsOf(PolicyRulesOf(policy).status()),
      ElementsAre(
          "policy.rules[1].sources[0] FIELD_INVALID", "policy.rules[1].sections[0] UNKNOWN_SECTION",
          "policy.rules[1].from[0] UNKNOWN_LANGUAGE", "policy.rules[1].to FIELD_REQUIRED",
          "policy.rules[1].engines[0] FIELD_INVALID", "policy.rules[1].workflow FIELD_REQUIRED",
          "policy.rules[1].urgency FIELD_INVALID", "policy.rules[1].deadline FIELD_INVALID"));
  second = first;
  second.set_none(true);
  second.add_to("es");
  second.set_outside_engines(static_cast<v1::OutsideEngines>(99));
  EXPECT_THAT(
      FieldsOf(PolicyRulesOf(policy).status()),
      ElementsAre("policy.rules[1].to[1] FIELD_INVALID", "policy.rules[1].workflow FIELD_INVALID",
                  "policy.rules[1].outside_engines FIELD_INVALID"));
}

TEST(PolicyCodec, IsBounded) {
  v1::Policy policy;
  for (std::size_t n = 0; n <= kPolicyRulesMax; ++n) policy.add_rules()->add_to("es");
  EXPECT_THAT(FieldsOf(PolicyRulesOf(policy).status()), ElementsAre("policy.rules FIELD_TOO_LONG"));
  v1::Policy heavy;
  for (int n = 0; n < 20'000; ++n)
    heavy.add_rules()->add_sources("sources/of-a-name-of-some-length");
  EXPECT_THAT(FieldsOf(PolicyRulesOf(heavy).status()), ElementsAre("policy FIELD_TOO_LONG"));
}

TEST(PolicyCodec, WritesWhatItReads) {
  const v1::Policy message = ToProto(Policy{4, 2'500, "anna", AllOfARule()});
  EXPECT_EQ(message.etag(), "\"4\"");
  EXPECT_EQ(message.update_time().nanos(), 500'000'000);
  const auto rules = PolicyRulesOf(message);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(*rules, AllOfARule());
  EXPECT_FALSE(ToProto(Policy{}).has_update_time());
}

TEST(PolicyCodec, ReadsEtagsAsItWritesThem) {
  EXPECT_EQ(VersionOfEtag(EtagOfVersion(0), "etag").value(), 0);
  EXPECT_EQ(VersionOfEtag(EtagOfVersion(17), "etag").value(), 17);
  for (const char* none : {"", "17", "\"\"", "\"-1\"", "\"017\"", "W/\"1\""})
    EXPECT_THAT(FieldsOf(VersionOfEtag(none, "policy.etag").status()),
                ElementsAre("policy.etag FIELD_INVALID"))
        << none;
}

// Glossaries of clients
// -------------------------------------------------------------------------------------------------

TEST(GlossaryCodec, FaultsNameTheLineOfTheFileOrThePlaceInTheList) {
  v1::Glossary glossary;
  glossary.add_terms()->set_source("Armenia");
  v1::GlossaryTerm& second = *glossary.add_terms();
  second.set_source("Yerevan");
  second.set_line(17);
  const auto terms = TermsOf(glossary);
  EXPECT_THAT(FieldsOf(terms.status()),
              ElementsAre("glossary.terms FIELD_INVALID", "glossary.terms FIELD_INVALID"));
  const auto details = *errors::DetailsOf(terms.status());
  EXPECT_THAT(details.fields[0].description, HasSubstr("line 1"));
  EXPECT_THAT(details.fields[1].description, HasSubstr("line 17"));
}

TEST(GlossaryCodec, NoTextHasControlCharacters) {
  v1::Glossary glossary;
  v1::GlossaryTerm& term = *glossary.add_terms();
  term.set_source("Armenia");
  term.add_allowed("Arme\tnia");
  EXPECT_THAT(FieldsOf(TermsOf(glossary).status()), ElementsAre("glossary.terms FIELD_INVALID"));
}

TEST(GlossaryCodec, NamesPairs) {
  EXPECT_EQ(GlossaryName(EnEs()), "glossaries/en.es");
  EXPECT_EQ(PairOfGlossary("glossaries/en.ES", "name").value(), EnEs());
  for (const char* none : {"", "en.es", "glossaries/en", "glossaries/en.en", "glossaries/en.es/1"})
    EXPECT_THAT(FieldsOf(PairOfGlossary(none, "name").status()), ElementsAre("name FIELD_INVALID"))
        << none;
}

}  // namespace
}  // namespace telex::translation
