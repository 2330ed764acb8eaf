#include "translation/domain/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

news::Article Story(std::string_view from = "en") {
  news::Article article{.id = news::ArticleId::Of("times", "1"), .version = {1}};
  article.source = *news::SourceId::Parse("times");
  article.content.section = *news::Section::Parse("world");
  article.content.language = Language(from);
  article.urgency = 3;
  return article;
}

PolicyRule Into(std::vector<std::string_view> languages,
                std::optional<Workflow> workflow = Workflow::kMachine) {
  PolicyRule rule{.workflow = workflow};
  for (const std::string_view language : languages) rule.to.push_back(Language(language));
  return rule;
}

std::vector<std::string> Languages(const std::vector<PolicyWish>& wishes) {
  std::vector<std::string> languages;
  for (const PolicyWish& wish : wishes) languages.push_back(wish.language.text());
  return languages;
}

TEST(Policy, IsNothingWhereThereIsNone) {
  EXPECT_THAT(Policy{}.WishesFor(Story(), 0), IsEmpty());
  EXPECT_EQ(Policy{}.RuleFor(Story(), Language("hy")), nullptr);
}

TEST(Policy, NamesLanguagesInOrder) {
  const Policy policy{.version = 1, .rules = {Into({"ru", "hy"}), Into({"es"})}};
  EXPECT_THAT(Languages(policy.WishesFor(Story(), 0)), ElementsAre("es", "hy", "ru"));
}

TEST(Policy, FirstRuleThatFitsHolds) {
  const Policy policy{
      .version = 1,
      .rules = {Into({"hy"}, Workflow::kPerson), Into({"hy", "ru"}, Workflow::kMachine)}};
  const auto wishes = policy.WishesFor(Story(), 0);
  ASSERT_THAT(Languages(wishes), ElementsAre("hy", "ru"));
  EXPECT_EQ(wishes[0].workflow, Workflow::kPerson);
  EXPECT_EQ(wishes[1].workflow, Workflow::kMachine);
  EXPECT_EQ(policy.RuleFor(Story(), Language("hy")), policy.rules.data());
}

TEST(Policy, RuleWithoutWorkflowIsHeldAgainstThoseBehindIt) {
  const Policy policy{.version = 1, .rules = {Into({"hy"}, std::nullopt), Into({"hy", "ru"})}};
  EXPECT_THAT(Languages(policy.WishesFor(Story(), 0)), ElementsAre("ru"));
  EXPECT_NE(policy.RuleFor(Story(), Language("hy")), nullptr);
}

TEST(Policy, PassesOverTheStorysOwnLanguage) {
  const Policy policy{.version = 1, .rules = {Into({"en", "hy"})}};
  EXPECT_THAT(Languages(policy.WishesFor(Story("en"), 0)), ElementsAre("hy"));
  EXPECT_EQ(policy.RuleFor(Story("en"), Language("en")), nullptr);
}

TEST(Policy, FitsSourcesSectionsAndLanguagesThatAreNamed) {
  const auto fits = [](const auto& name) {
    Policy policy{.version = 1, .rules = {Into({"hy"})}};
    name(policy.rules[0]);
    return policy.RuleFor(Story(), Language("hy")) != nullptr;
  };
  const auto source = [](std::string_view id) { return *news::SourceId::Parse(id); };
  const auto section = [](std::string_view name) { return *news::Section::Parse(name); };
  EXPECT_TRUE(fits([&](PolicyRule& rule) { rule.sources = {source("post"), source("times")}; }));
  EXPECT_FALSE(fits([&](PolicyRule& rule) { rule.sources = {source("post")}; }));
  EXPECT_TRUE(fits([&](PolicyRule& rule) { rule.sections = {section("world")}; }));
  EXPECT_FALSE(fits([&](PolicyRule& rule) { rule.sections = {section("sport")}; }));
  EXPECT_TRUE(fits([](PolicyRule& rule) { rule.from = {Language("en")}; }));
  EXPECT_FALSE(fits([](PolicyRule& rule) { rule.from = {Language("ru")}; }));
}

TEST(Policy, UrgencyIsTheStorysUnlessTheRuleHasOne) {
  Policy policy{.version = 1, .rules = {Into({"hy"})}};
  EXPECT_EQ(policy.WishesFor(Story(), 0)[0].urgency, 3);
  policy.rules[0].urgency = 8;
  EXPECT_EQ(policy.WishesFor(Story(), 0)[0].urgency, 8);
}

TEST(Policy, DeadlineCountsFromWhenTheVersionCameIn) {
  Policy policy{.version = 1, .rules = {Into({"hy"})}};
  EXPECT_EQ(policy.WishesFor(Story(), 5'000)[0].deadline_ms, 0);
  policy.rules[0].deadline = absl::Minutes(2);
  EXPECT_EQ(policy.WishesFor(Story(), 5'000)[0].deadline_ms, 125'000);
}

TEST(Policy, AsksNotWhetherPartnersMayReadTheStory) {
  const Policy policy{.version = 1, .rules = {Into({"hy"})}};
  news::Article story = Story();
  story.status = news::PubStatus::kCanceled;
  EXPECT_THAT(Languages(policy.WishesFor(story, 0)), ElementsAre("hy"));
}

}  // namespace
}  // namespace telex::translation
