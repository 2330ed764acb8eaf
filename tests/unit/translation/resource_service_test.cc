#include "translation/adapters/rpc/resource_service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/unit/translation/queued.h"
#include "tests/unit/translation/resource_log.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kRequest[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

v1::UpdatePolicyRequest PolicyTo(std::string_view to, std::string etag = "") {
  v1::UpdatePolicyRequest request;
  v1::PolicyRule& rule = *request.mutable_policy()->add_rules();
  rule.add_to(std::string(to));
  rule.set_workflow(v1::WORKFLOW_MACHINE);
  request.mutable_policy()->set_etag(std::move(etag));
  return request;
}

v1::UpdateGlossaryRequest GlossaryOf(const std::vector<std::pair<std::string, std::string>>& terms,
                                     std::string etag = "") {
  v1::UpdateGlossaryRequest request;
  request.mutable_glossary()->set_name("glossaries/en.es");
  request.mutable_glossary()->set_etag(std::move(etag));
  for (const auto& [source, target] : terms) {
    v1::GlossaryTerm& term = *request.mutable_glossary()->add_terms();
    term.set_source(source);
    term.add_allowed(target);
  }
  return request;
}

class ResourceServiceTest : public ::testing::Test {
 protected:
  ResourceServiceTest()
      : desk_(
            *log_.resources, [] { return ResourceLog::kPartitions; }, log_.Port(),
            [this] { return fmt::format("a{}", ++appends_); }),
        service_(*log_.resources, desk_,
                 {.run =
                      [this](const std::function<void()>& job) {
                        if (overloaded_) return absl::UnavailableError("overloaded");
                        job();
                        return absl::OkStatus();
                      },
                  .translations = [this](const Pair&, VisitTranslation visit) { Visit(visit); },
                  .now = [this] { return now_; }}) {}
  ~ResourceServiceTest() override { desk_.Stop(); }

  rpc::Call Call() const {
    return {.actor = {.name = "anna"}, .deadline = absl::Now() + absl::Minutes(1)};
  }
  absl::StatusOr<v1::Policy> Update(const v1::UpdatePolicyRequest& request) {
    std::optional<absl::StatusOr<v1::Policy>> answer;
    service_.UpdatePolicy(Call(), request, [&](auto policy) { answer = std::move(policy); });
    if (!answer) return absl::UnknownError("no answer yet");
    return *answer;
  }
  absl::StatusOr<v1::UpdateGlossaryResponse> Update(const v1::UpdateGlossaryRequest& request) {
    std::optional<absl::StatusOr<v1::UpdateGlossaryResponse>> answer;
    service_.UpdateGlossary(Call(), request, [&](auto response) { answer = std::move(response); });
    if (!answer) return absl::UnknownError("no answer yet");
    return *answer;
  }
  // Somebody else's change, at another replica.
  void ChangeElsewhere(std::string_view to) {
    const std::int64_t standing = log_.resources->NewestPolicy()->version;
    log_.Append(
        ResourceRecord{standing, "ben", "",
                       PolicyChange{{{.to = {Language(to)}, .workflow = Workflow::kPerson}}}});
  }
  void Visit(VisitTranslation visit) {
    for (const auto& [story, sources] : translations_) {
      v1::Translation translation;
      for (const std::string& source : sources)
        translation.mutable_text()->add_segments()->set_source(source);
      ++visited_;
      if (!visit(JobOf(story, "es"), fmt::format("Story {}", story), translation)) return;
    }
  }

  ResourceLog log_;
  int appends_ = 0;
  bool overloaded_ = false;
  absl::Time now_ = absl::Now();
  std::vector<std::pair<int, std::vector<std::string>>> translations_;
  int visited_ = 0;
  ResourceDesk desk_;
  ResourceService service_;
};

TEST_F(ResourceServiceTest, ThereIsAPolicyWithoutRulesBeforeTheFirst) {
  const auto policy = service_.GetPolicy({});
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(policy->version(), 0);
  EXPECT_EQ(policy->etag(), "\"0\"");
  const auto first = Update(PolicyTo("es", policy->etag()));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->version(), 1);
  EXPECT_EQ(first->actor(), "anna");
  EXPECT_TRUE(first->has_update_time());
}

TEST_F(ResourceServiceTest, AnEtagGuardsWhatWasRead) {
  ASSERT_TRUE(Update(PolicyTo("es")).ok());
  ASSERT_TRUE(Update(PolicyTo("ru")).ok());
  for (const char* request : {"", kRequest}) {
    v1::UpdatePolicyRequest late = PolicyTo("hy", "\"1\"");
    late.set_request_id(request);
    const auto stale = Update(late);
    EXPECT_TRUE(absl::IsAborted(stale.status()));
    EXPECT_TRUE(errors::Is(stale.status(), errors::kStaleEtag));
    EXPECT_EQ(errors::DetailsOf(stale.status())->metadata.at("version"), "2");
  }
  EXPECT_EQ(log_.size(), 3u) << "what is plainly stale is not appended";
  EXPECT_EQ(Update(PolicyTo("hy", "\"2\""))->version(), 3);
}

TEST_F(ResourceServiceTest, WithoutAnEtagItComesOnTopOfWhateverCameFirst) {
  int others = 2;
  log_.before_append = [&] {
    if (others-- > 0) ChangeElsewhere(others == 0 ? "ru" : "fr");
  };
  const auto policy = Update(PolicyTo("es"));
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->version(), 3);
}

TEST_F(ResourceServiceTest, WhoAlwaysComesSecondIsTold) {
  int tries = 0;
  log_.before_append = [&] { ChangeElsewhere(++tries % 2 == 0 ? "ru" : "fr"); };
  const auto policy = Update(PolicyTo("es"));
  EXPECT_TRUE(errors::Is(policy.status(), errors::kStaleEtag)) << policy.status();
  EXPECT_EQ(tries, ResourceDesk::kTriesMax);
}

TEST_F(ResourceServiceTest, UnchangedIsAnsweredByWhatStands) {
  ASSERT_TRUE(Update(PolicyTo("es")).ok());
  EXPECT_EQ(Update(PolicyTo("es"))->version(), 1);
  EXPECT_EQ(Update(PolicyTo("es", "\"1\""))->version(), 1);
  EXPECT_EQ(log_.size(), 1u);
}

TEST_F(ResourceServiceTest, ARepeatIsAnsweredByWhatItMade) {
  v1::UpdatePolicyRequest request = PolicyTo("es");
  request.set_request_id(kRequest);
  ASSERT_TRUE(Update(request).ok());
  ASSERT_TRUE(Update(PolicyTo("ru")).ok());
  EXPECT_EQ(Update(request)->version(), 1);
  request.mutable_policy()->set_etag("\"0\"");
  EXPECT_EQ(Update(request)->version(), 1);
  request = PolicyTo("hy");
  request.set_request_id(kRequest);
  EXPECT_TRUE(errors::Is(Update(request).status(), errors::kRequestIdReused));
  request.set_request_id("mine");
  EXPECT_TRUE(errors::Is(Update(request).status(), errors::kFieldInvalid));
  EXPECT_EQ(service_.GetPolicy({})->version(), 2);
}

TEST_F(ResourceServiceTest, AnAnswerThatIsReadBeforeItIsWaitedForIsFound) {
  log_.reads_before_acknowledgement = true;
  EXPECT_EQ(Update(PolicyTo("es"))->version(), 1);
}

TEST_F(ResourceServiceTest, WhoseAnswerDoesNotComeIsToldSo) {
  log_.reads_at_once = false;
  std::optional<absl::StatusOr<v1::Policy>> answer;
  service_.UpdatePolicy(Call(), PolicyTo("es"), [&](auto policy) { answer = std::move(policy); });
  EXPECT_FALSE(answer.has_value());
  desk_.Stop();
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(errors::Is(answer->status(), errors::kStopping));
}

TEST(ResourceDesk, AppendsNothingBeforeTheLogIsReached) {
  ResourceLog log;
  ResourceDesk desk(
      *log.resources, [] { return 0; }, log.Port(), [] { return "a"; });
  absl::Status told;
  desk.Change({.what = PolicyChange{}}, std::nullopt, absl::InfiniteFuture(),
              [&](const auto& outcome) { told = outcome.status(); });
  EXPECT_TRUE(errors::Is(told, errors::kNotCaughtUp));
  EXPECT_EQ(log.size(), 0u);
}

// It would hold the partition on every replica.
TEST(ResourceDesk, AppendsNothingThatCannotBeReadBack) {
  ResourceLog log;
  ResourceDesk desk(
      *log.resources, [] { return ResourceLog::kPartitions; }, log.Port(), [] { return "a"; });
  const auto told = [&](ResourceRecord record) {
    absl::Status status;
    desk.Take(record, absl::InfiniteFuture(),
              [&](const auto& outcome) { status = outcome.status(); });
    return status;
  };
  const BackfillRange range{
      .until_ms = 1,
      .pair = {*news::LanguageTag::Parse("en"), *news::LanguageTag::Parse("hy")},
      .workflow = static_cast<Workflow>(9)};
  EXPECT_TRUE(errors::Is(told({.what = range}), errors::kInternal));
  PolicyRule rule{.to = {*news::LanguageTag::Parse("hy")}, .workflow = static_cast<Workflow>(9)};
  EXPECT_TRUE(errors::Is(told({.what = PolicyChange{{rule}}}), errors::kInternal));
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(ResourceServiceTest, ValidateOnlyMakesNothing) {
  v1::UpdatePolicyRequest request = PolicyTo("es");
  request.set_validate_only(true);
  const auto foreseen = Update(request);
  ASSERT_TRUE(foreseen.ok());
  EXPECT_EQ(foreseen->version(), 1);
  EXPECT_FALSE(foreseen->has_update_time());
  request.mutable_policy()->set_etag("\"1\"");
  EXPECT_TRUE(errors::Is(Update(request).status(), errors::kStaleEtag));
  request.mutable_policy()->mutable_rules(0)->clear_to();
  EXPECT_TRUE(errors::Is(Update(request).status(), errors::kFieldRequired));
  EXPECT_EQ(log_.size(), 0u);
}

TEST_F(ResourceServiceTest, OlderVersionsCanBeRead) {
  ASSERT_TRUE(Update(PolicyTo("es")).ok());
  ASSERT_TRUE(Update(PolicyTo("ru")).ok());
  v1::GetPolicyRequest request;
  request.set_version(1);
  EXPECT_EQ(service_.GetPolicy(request)->rules(0).to(0), "es");
  request.set_version(9);
  EXPECT_TRUE(errors::Is(service_.GetPolicy(request).status(), errors::kPolicyNotFound));
}

// Glossaries
// -------------------------------------------------------------------------------------------------

TEST_F(ResourceServiceTest, ANewGlossaryNamesWhatItOutdates) {
  translations_ = {{1, {"Armenia wins.", "Nothing here.", "In <1>Armenia</1> again."}},
                   {2, {"Yerevan rejoices."}},
                   {3, {"Nobody is named."}}};
  const auto first = Update(GlossaryOf({{"Armenia", "Armenia"}, {"Yerevan", "Ereván"}}));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->glossary().version(), 1);
  EXPECT_THAT(first->glossary().terms(), IsEmpty());
  EXPECT_THAT(first->changed_terms(), ElementsAre("Armenia", "Yerevan"));
  EXPECT_EQ(first->outdated_count(), 2);
  const auto second = Update(GlossaryOf({{"Armenia", "la Armenia"}, {"Yerevan", "Ereván"}}));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(second->changed_terms(), ElementsAre("Armenia"));
  ASSERT_EQ(second->outdated_size(), 1);
  EXPECT_EQ(second->outdated(0).job(), fmt::format("jobs/{}.es", JobOf(1).article.ToString()));
  EXPECT_EQ(second->outdated(0).headline(), "Story 1");
  EXPECT_EQ(second->outdated(0).segments(), 2);
  EXPECT_FALSE(second->is_partial());
}

TEST_F(ResourceServiceTest, LooksAtTranslationsForAsLongAsTheCallLasts) {
  translations_ = {{1, {"Armenia wins."}}, {2, {"Armenia wins."}}};
  now_ = absl::Now() + absl::Minutes(2);
  const auto answer = Update(GlossaryOf({{"Armenia", "Armenia"}}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->is_partial());
  EXPECT_EQ(visited_, 1);
}

TEST_F(ResourceServiceTest, AnUnchangedGlossaryOutdatesNothing) {
  translations_ = {{1, {"Armenia wins."}}};
  ASSERT_TRUE(Update(GlossaryOf({{"Armenia", "Armenia"}})).ok());
  visited_ = 0;
  const auto again = Update(GlossaryOf({{"Armenia", "Armenia"}}));
  EXPECT_EQ(again->glossary().version(), 1);
  EXPECT_THAT(again->changed_terms(), IsEmpty());
  EXPECT_EQ(visited_, 0);
  EXPECT_EQ(log_.size(), 1u);
}

TEST_F(ResourceServiceTest, AGlossaryIsGuardedAndForeseen) {
  ASSERT_TRUE(Update(GlossaryOf({{"Armenia", "Armenia"}})).ok());
  EXPECT_TRUE(
      errors::Is(Update(GlossaryOf({{"Armenia", "x"}}, "\"0\"")).status(), errors::kStaleEtag));
  v1::UpdateGlossaryRequest request = GlossaryOf({{"Yerevan", "Ereván"}}, "\"1\"");
  request.set_validate_only(true);
  const auto foreseen = Update(request);
  ASSERT_TRUE(foreseen.ok());
  EXPECT_EQ(foreseen->glossary().version(), 2);
  EXPECT_THAT(foreseen->changed_terms(), ElementsAre("Armenia", "Yerevan"));
  EXPECT_EQ(log_.size(), 1u);
}

TEST_F(ResourceServiceTest, AGlossaryThatContradictsItselfIsRefusedWithItsLines) {
  const auto refused = Update(GlossaryOf({{"Armenia", "a"}, {"Armenia", "b"}}));
  EXPECT_TRUE(errors::Is(refused.status(), errors::kFieldInvalid));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("lines 1 and 2"));
}

TEST_F(ResourceServiceTest, GlossariesAreFoundByNameAndVersion) {
  v1::GetGlossaryRequest request;
  request.set_name("glossaries/en.es");
  EXPECT_TRUE(errors::Is(service_.GetGlossary(request).status(), errors::kGlossaryNotFound));
  ASSERT_TRUE(Update(GlossaryOf({{"Armenia", "uno"}})).ok());
  ASSERT_TRUE(Update(GlossaryOf({{"Armenia", "dos"}})).ok());
  EXPECT_EQ(service_.GetGlossary(request)->terms(0).allowed(0), "dos");
  request.set_version(1);
  const auto first = service_.GetGlossary(request);
  EXPECT_EQ(first->terms(0).allowed(0), "uno");
  EXPECT_EQ(first->etag(), "\"1\"");
  request.set_version(3);
  EXPECT_TRUE(errors::Is(service_.GetGlossary(request).status(), errors::kGlossaryNotFound));
  const auto list = service_.ListGlossaries();
  ASSERT_EQ(list.glossaries_size(), 1);
  EXPECT_EQ(list.glossaries(0).version(), 2);
  EXPECT_THAT(list.glossaries(0).terms(), IsEmpty());
}

}  // namespace
}  // namespace telex::translation
