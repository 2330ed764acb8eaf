#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "telexctl/requests/glossary_file.h"
#include "telexctl/requests/policy_file.h"

namespace telex::cli {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using translation::v1::Glossary;
using translation::v1::Policy;

std::vector<std::string> FaultsOf(const absl::Status& status) {
  std::vector<std::string> faults;
  const auto details = errors::DetailsOf(status).value_or(errors::Details{});
  for (const errors::FieldViolation& fault : details.fields)
    faults.push_back(fmt::format("{}: {}", fault.field, fault.description));
  return faults;
}

constexpr std::string_view kPolicy = R"(# of the desk
rules:
  - sources: [panorama, sources/courier.example]
    sections: world
    from: en
    to: [es, "no"]
    workflow: machine-then-review
    engines: [apertium, deepl]
    outside_engines: never
    urgency: 2
    deadline: 90m
  - to: ru
    workflow: none
)";

TEST(PolicyFile, SaysWhichStoriesAreTranslatedByWhom) {
  const auto file = ReadPolicyFile(kPolicy);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->policy.rules_size(), 2);
  const auto& rule = file->policy.rules(0);
  EXPECT_THAT(rule.sources(), ElementsAre("sources/panorama", "sources/courier.example"));
  EXPECT_THAT(rule.sections(), ElementsAre("world"));
  EXPECT_THAT(rule.to(), ElementsAre("es", "no"));
  EXPECT_EQ(rule.workflow(), translation::v1::WORKFLOW_MACHINE_THEN_REVIEW);
  EXPECT_THAT(rule.engines(), ElementsAre("apertium", "deepl"));
  EXPECT_EQ(rule.outside_engines(), translation::v1::OUTSIDE_ENGINES_NEVER);
  EXPECT_EQ(rule.urgency(), 2);
  EXPECT_EQ(rule.deadline().seconds(), 5'400);
  EXPECT_TRUE(file->policy.rules(1).none());
  EXPECT_THAT(file->lines, ElementsAre(3, 12));
}

TEST(PolicyFile, IsWrittenAsItIsRead) {
  const Policy policy = ReadPolicyFile(kPolicy)->policy;
  const std::string written = WritePolicyFile(policy);
  const auto again = ReadPolicyFile(written);
  ASSERT_TRUE(again.ok()) << again.status() << written;
  EXPECT_TRUE(MessageDifferencer::Equals(again->policy, policy)) << written;
  EXPECT_EQ(WritePolicyFile(again->policy), written);
  EXPECT_EQ(ReadPolicyFile(WritePolicyFile(Policy()))->policy.rules_size(), 0);
}

TEST(PolicyFile, EachFaultIsToldWithItsLine) {
  const auto file = ReadPolicyFile(R"(version: 1
rules:
  - to: [es, ]
    workflow: robot
    urgncy: 3
  - to: {a: b}
    urgency: 11
    deadline: tomorrow
    to: ru
  - machine
)");
  EXPECT_THAT(FaultsOf(file.status()),
              ElementsAre(HasSubstr("file: line 1: `version`"),
                          HasSubstr("policy.rules[0].workflow: line 4: machine, person"),
                          HasSubstr("policy.rules[0].urgncy: line 5: is unknown"),
                          HasSubstr("policy.rules[1].to: line 6: one name"),
                          HasSubstr("policy.rules[1].urgency: line 7"),
                          HasSubstr("policy.rules[1].deadline: line 8"),
                          HasSubstr("policy.rules[1].to: line 9: stands twice"),
                          HasSubstr("policy.rules[2]: line 10: a rule has keys")));
}

TEST(PolicyFile, WhatIsNoYamlOrNoPolicyIsToldSo) {
  EXPECT_THAT(FaultsOf(ReadPolicyFile("rules: [").status()),
              ElementsAre(HasSubstr("file: line 1")));
  EXPECT_THAT(FaultsOf(ReadPolicyFile("").status()), ElementsAre(HasSubstr("has no `rules`")));
  EXPECT_THAT(FaultsOf(ReadPolicyFile("rules: 3").status()), ElementsAre(HasSubstr("is a list")));
  EXPECT_TRUE(errors::Is(ReadPolicyFile(std::string(kPolicyFileBytesMax + 1, ' ')).status(),
                         errors::kFieldTooLong));
}

TEST(PolicyFile, WhatTheServerRefusesIsToldWithTheLineOfItsRule) {
  const auto file = ReadPolicyFile(kPolicy);
  absl::Status refused =
      errors::FieldError("policy.rules[1].to[0]", errors::kUnknownLanguage, "a tag");
  refused = errors::WithField(refused, "policy.etag", errors::kFieldInvalid, "an etag");
  refused = errors::WithMetadata(refused, "name", "policy");
  const absl::Status told = AboutPolicy(refused, *file);
  EXPECT_THAT(FaultsOf(told), ElementsAre("policy.rules[1].to[0]: in the rule of line 12: a tag",
                                          "policy.etag: an etag"));
  EXPECT_TRUE(errors::Is(told, errors::kUnknownLanguage));
  EXPECT_EQ(errors::DetailsOf(told)->metadata.at("name"), "policy");
  const absl::Status other = absl::UnavailableError("away");
  EXPECT_EQ(AboutPolicy(other, *file), other);
}

TEST(PolicyFile, TheExampleOfTheLocalStackIsRead) {
  std::ifstream stream("deploy/local/translation-policy.yaml");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto file = ReadPolicyFile(text);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->policy.rules_size(), 2);
}

TEST(GlossaryFile, IsATermALine) {
  const auto glossary = ReadGlossaryFile(
      "\xEF\xBB\xBF# names\r\n"
      "Armenia\tArmenia\r\n"
      "\r\n"
      "New York\tNueva York | N. York\tNew York | Nova York\r\n"
      "US\tEE. UU.\t\tcase\r\n"
      "A \\| B\tA\\\\B\n"
      "\\#MeToo\tYo también");
  ASSERT_TRUE(glossary.ok()) << glossary.status();
  ASSERT_EQ(glossary->terms_size(), 5);
  EXPECT_EQ(glossary->terms(0).source(), "Armenia");
  EXPECT_EQ(glossary->terms(0).line(), 2);
  EXPECT_THAT(glossary->terms(1).allowed(), ElementsAre("Nueva York", "N. York"));
  EXPECT_THAT(glossary->terms(1).forbidden(), ElementsAre("New York", "Nova York"));
  EXPECT_FALSE(glossary->terms(1).case_sensitive());
  EXPECT_TRUE(glossary->terms(2).case_sensitive());
  EXPECT_EQ(glossary->terms(3).source(), "A | B");
  EXPECT_THAT(glossary->terms(3).allowed(), ElementsAre("A\\B"));
  EXPECT_EQ(glossary->terms(4).source(), "#MeToo");
  EXPECT_EQ(glossary->terms(4).line(), 7);
}

TEST(GlossaryFile, IsWrittenAsItIsRead) {
  const Glossary glossary =
      *ReadGlossaryFile("Armenia\tArmenia\nUS\tEE. UU. | E\\|U\tUS\tcase\n\\#x\t\tno\n");
  Glossary again = *ReadGlossaryFile(WriteGlossaryFile(glossary));
  for (int n = 0; n < again.terms_size(); ++n)
    again.mutable_terms(n)->set_line(glossary.terms(n).line());
  EXPECT_TRUE(MessageDifferencer::Equals(again, glossary)) << WriteGlossaryFile(glossary);
}

TEST(GlossaryFile, EachFaultIsToldWithItsLine) {
  const auto glossary = ReadGlossaryFile(
      "Armenia\tArmenia\n"
      "\tnobody\n"
      "a | b\tc\n"
      "US\tEE. UU.\t\tcaps\n"
      "x\ty\tz\tcase\tmore\n"
      "x\ty |\n");
  EXPECT_THAT(FaultsOf(glossary.status()),
              ElementsAre(HasSubstr("glossary.terms: line 2"), HasSubstr("line 3"),
                          HasSubstr("line 4: the only flag"), HasSubstr("line 5: has more columns"),
                          HasSubstr("line 6: nothing stands beside")));
  EXPECT_TRUE(errors::Is(ReadGlossaryFile("\xff\tx").status(), errors::kNotUtf8));
}

}  // namespace
}  // namespace telex::cli
