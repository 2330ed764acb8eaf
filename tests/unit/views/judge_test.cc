#include "views/domain/judge.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/errors/reasons.h"
#include "views/domain/partners.h"

namespace telex::views {
namespace {

const std::string kId = "0e984725-c51c-4bf4-9960-e1c80e27aba0";
constexpr std::int64_t kNow = 1'800'000'000'000;
constexpr std::string_view kLanguages[] = {"en", "pt"};

class Judging : public ::testing::Test {
 protected:
  Judging() {
    story->language = "en";
    story->languages = kLanguages;
  }

  std::variant<View, Refusal> Ask() {
    const Judge judge(
        rules, {.find_article =
                    [this](const news::ArticleId& id) { return id == article ? story : nullptr; },
                .caught_up = [this] { return caught_up; },
                .visitor_of =
                    [this](const news::ArticleId&, std::int64_t time_ms, std::string_view,
                           std::string_view) {
                      hashed_time_ms = time_ms;
                      return visitor;
                    }});
    return judge(look, reader, kNow);
  }
  View Taken() {
    const auto outcome = Ask();
    EXPECT_TRUE(std::holds_alternative<View>(outcome)) << std::get<Refusal>(outcome).message;
    return std::holds_alternative<View>(outcome) ? std::get<View>(outcome) : View{};
  }
  // Reason and field.
  std::string Refused() {
    const auto outcome = Ask();
    if (std::holds_alternative<View>(outcome)) return "taken";
    const auto& refusal = std::get<Refusal>(outcome);
    EXPECT_FALSE(refusal.message.empty());
    return std::string(refusal.reason) + " " + std::string(refusal.field);
  }

  const news::ArticleId article = news::ArticleId::Of("s", "a");
  const std::string article_text = article.ToString();
  std::shared_ptr<KnownArticle> story = std::make_shared<KnownArticle>();
  bool caught_up = true;
  std::optional<Visitor> visitor = 77;
  std::int64_t hashed_time_ms = 0;
  JudgeRules rules;
  Look look = {.article = article_text, .event_id = kId};
  Reader reader = {
      .address = "addr", .agent = "agent", .agent_class = AgentClass::kBrowser, .agent_list = 3};
};

TEST_F(Judging, TakesALook) {
  look.placement = "top";
  look.age_ms = 1'500;
  reader.site = "panorama";
  const View view = Taken();
  EXPECT_EQ(view.article, article);
  EXPECT_EQ(view.id, ParseEventId(kId));
  EXPECT_EQ(view.time_ms, kNow - 1'500);
  EXPECT_EQ(hashed_time_ms, view.time_ms) << "the salt is that of the look's day";
  EXPECT_EQ(view.visitor, 77u);
  EXPECT_EQ(view.language, "en");
  EXPECT_EQ(view.partner, "panorama");
  EXPECT_EQ(view.filter, Filter::kNone);
  EXPECT_EQ(view.agent_class, AgentClass::kBrowser);
  EXPECT_EQ(view.agent_list, 3u);
  EXPECT_EQ(view.placement, "top");
  const std::string name = "articles/" + article_text;
  look.article = name;
  EXPECT_EQ(Taken().article, article);
}

TEST_F(Judging, RefusesWhatIsMalformedByItsField) {
  look.article = "";
  EXPECT_EQ(Refused(), "FIELD_REQUIRED article");
  look.article = "articles/7";
  EXPECT_EQ(Refused(), "FIELD_INVALID article");
  look.article = article_text;
  look.event_id = "";
  EXPECT_EQ(Refused(), "FIELD_REQUIRED id");
  look.event_id = "1";
  EXPECT_EQ(Refused(), "FIELD_INVALID id");
  look.event_id = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(Refused(), "FIELD_INVALID id") << "that of whoever forgot it: all would be one";
  look.event_id = kId;
  look.age_ms = -1;
  EXPECT_EQ(Refused(), "FIELD_INVALID age_ms");
  look.age_ms = kAgeMsMax + 1;
  EXPECT_EQ(Refused(), "FIELD_INVALID age_ms");
  look.age_ms = kAgeMsMax;
  EXPECT_EQ(Refused(), "taken");
  const std::string longest(kPlacementBytesMax, 'p');
  look.placement = longest;
  EXPECT_EQ(Refused(), "taken");
  const std::string longer(kPlacementBytesMax + 1, 'p');
  look.placement = longer;
  EXPECT_EQ(Refused(), "FIELD_TOO_LONG placement");
  look.placement = "\xff";
  EXPECT_EQ(Refused(), "NOT_UTF8 placement");
  look.placement = "";
  look.language = "not a language";
  EXPECT_EQ(Refused(), "UNKNOWN_LANGUAGE language");
}

TEST_F(Judging, AnArticleIsUnknownOnlyOnceTheLogIsRead) {
  const std::string other = news::ArticleId::Of("s", "b").ToString();
  look.article = other;
  EXPECT_EQ(Refused(), "ARTICLE_NOT_FOUND article");
  caught_up = false;
  EXPECT_EQ(Refused(), "NOT_CAUGHT_UP article");
  look.article = article_text;
  EXPECT_EQ(Refused(), "taken");
  story->purged = true;
  EXPECT_EQ(Refused(), "ARTICLE_PURGED article");
}

TEST_F(Judging, LanguagesAreThoseOfTheStory) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"", "en"}, {"en", "en"}, {"pt", "pt"}, {"pt-BR", "pt"}, {"EN", "en"}, {"fr", "other"}};
  for (const auto& [asked, taken_as] : cases) {
    look.language = asked;
    EXPECT_EQ(Taken().language, taken_as) << asked;
  }
}

TEST_F(Judging, WhatDoesNotCountHasItsReasonAndNoVisitor) {
  const std::vector<std::pair<AgentClass, Filter>> classes = {
      {AgentClass::kBrowser, Filter::kNone},      {AgentClass::kApp, Filter::kNone},
      {AgentClass::kUnknown, Filter::kNone},      {AgentClass::kRobot, Filter::kRobot},
      {AgentClass::kFeedFetcher, Filter::kRobot}, {AgentClass::kAiFetcher, Filter::kAiFetcher},
      {AgentClass::kEmpty, Filter::kEmptyAgent}};
  for (const auto& [agent_class, filter] : classes) {
    reader.agent_class = agent_class;
    const View view = Taken();
    EXPECT_EQ(view.filter, filter);
    EXPECT_EQ(view.visitor, filter == Filter::kNone ? 77u : kNoVisitor);
  }
  reader.agent_class = AgentClass::kBrowser;
  reader.impossible_rate = true;
  EXPECT_EQ(Taken().filter, Filter::kImpossibleRate);
  reader.prefetch = true;
  EXPECT_EQ(Taken().filter, Filter::kPrefetch);
  reader.agent_class = AgentClass::kRobot;
  EXPECT_EQ(Taken().filter, Filter::kRobot);
  reader.internal = true;
  EXPECT_EQ(Taken().filter, Filter::kInternal);
  EXPECT_EQ(Taken().visitor, kNoVisitor);
}

TEST_F(Judging, WhoIsNotToBeTrackedCountsWithoutAVisitorOrNot) {
  reader.no_tracking = true;
  EXPECT_EQ(Taken().filter, Filter::kNone);
  EXPECT_EQ(Taken().visitor, kNoVisitor);
  rules.filter_no_tracking = true;
  EXPECT_EQ(Taken().filter, Filter::kNoTracking);
}

TEST_F(Judging, NoSaltIsARefusalWhereOneIsNeeded) {
  visitor = std::nullopt;
  EXPECT_EQ(Refused(), "SALT_UNKNOWN ");
  reader.no_tracking = true;
  EXPECT_EQ(Refused(), "taken");
  reader.no_tracking = false;
  reader.address = "";
  EXPECT_EQ(Taken().visitor, kNoVisitor);
}

}  // namespace
}  // namespace telex::views
