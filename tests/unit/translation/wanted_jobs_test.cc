#include "translation/domain/wanted_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A story that comes in with version 2, and what there is of it.
struct Incoming {
  news::Article article;
  Policy policy{.version = 3};
  std::vector<JobRow> jobs;
  std::vector<StandingTranslation> translations;
  std::set<news::LanguageTag> unchanged;

  Incoming() {
    article.id = news::ArticleId::Of("times", "1");
    article.version = {2};
    article.source = *news::SourceId::Parse("times");
    article.content.language = Language("en");
    article.urgency = 4;
  }
  PolicyRule& Rule(std::string_view language, std::optional<Workflow> workflow) {
    policy.rules.push_back({.to = {Language(language)}, .workflow = workflow});
    return policy.rules.back();
  }
  JobRow& Has(std::string_view language, JobState state, std::int64_t version) {
    jobs.push_back({.id = {article.id, Language(language)},
                    .policy = 1,
                    .state = state,
                    .workflow = Workflow::kPerson,
                    .version = {version}});
    return jobs.back();
  }
  void Translated(std::string_view language, std::int64_t version, bool by_person) {
    translations.push_back({Language(language), news::Version{version}, by_person});
  }
  std::vector<JobFact> Facts() const {
    return WantedJobs(
        {.article = article,
         .came_in_ms = 1'000,
         .policy = policy,
         .jobs = jobs,
         .translations = translations,
         .is_unchanged = [&](const news::LanguageTag& to) { return unchanged.contains(to); }},
        "owners/a");
  }
  // "hy wanted 2 by 1", "ru canceled 1 for 2": workflow, cause.
  std::vector<std::string> Said() const {
    std::vector<std::string> said;
    for (const JobFact& fact : Facts()) {
      const std::string language = fact.job.language.text();
      if (const auto* wanted = std::get_if<Wanted>(&fact.what)) {
        said.push_back(language + " wanted " + std::to_string(wanted->version.number) + " by " +
                       std::to_string(static_cast<int>(wanted->workflow)));
      } else {
        const auto& canceled = std::get<Canceled>(fact.what);
        said.push_back(language + " canceled " + std::to_string(canceled.version.number) + " for " +
                       std::to_string(static_cast<int>(canceled.cause)));
      }
    }
    return said;
  }
};

TEST(WantedJobs, AsksForEachLanguageOfThePolicy) {
  Incoming story;
  story.Rule("ru", Workflow::kDraftThenReview);
  PolicyRule& rule = story.Rule("hy", Workflow::kPerson);
  rule.urgency = 2;
  rule.deadline = absl::Seconds(9);
  const auto facts = story.Facts();
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 2", "ru wanted 2 by 3"));
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].job, (JobId{story.article.id, Language("hy")}));
  EXPECT_EQ(facts[0].actor, "owners/a");
  EXPECT_EQ(facts[0].request_id, "");
  EXPECT_EQ(std::get<Wanted>(facts[0].what), (Wanted{.version = {2},
                                                     .from = Language("en"),
                                                     .workflow = Workflow::kPerson,
                                                     .urgency = 2,
                                                     .deadline_ms = 10'000,
                                                     .source = "times",
                                                     .policy = 3}));
}

TEST(WantedJobs, EmbargoedIsWantedToo) {
  Incoming story;
  story.Rule("hy", Workflow::kMachine);
  story.article.availability = news::Availability::kEmbargoed;
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 1"));
}

TEST(WantedJobs, WhatIsBeingTranslatedGoesOnThoughThePolicySaysNothingOfIt) {
  Incoming story;
  story.Has("hy", JobState::kOpen, 1);
  story.Has("ru", JobState::kDone, 1);  // and was never published
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 2"));
}

TEST(WantedJobs, ACorrectionOfABackfillsStoryStaysTheBackfillsUnlessThePolicyWantsIt) {
  Incoming story;
  JobRow& job = story.Has("hy", JobState::kOpen, 1);
  job.backfill = 7;
  job.urgency = 9;
  const auto wanted = [&] { return std::get<Wanted>(story.Facts().at(0).what); };
  EXPECT_EQ(wanted().backfill, 7);
  EXPECT_EQ(wanted().urgency, 9);
  job.state = JobState::kDone;  // its translation is kept up, whatever becomes of the backfill
  job.revision = 5;
  EXPECT_EQ(wanted().backfill, 0);
  job.state = JobState::kOpen;
  story.Rule("hy", Workflow::kPerson);
  EXPECT_EQ(wanted().backfill, 0);
  EXPECT_EQ(wanted().urgency, 4);
}

TEST(WantedJobs, WhatWasBeingTranslatedWhenItWasWithheldGoesOnOnceItIsReinstated) {
  Queued queued;
  queued.Want(1, Workflow::kPerson);
  queued.Append(Canceled{{2}, CancelCause::kWithdrawn, 0, ""});
  EXPECT_TRUE(queued.Row().withdrawn);
  queued.Append(Canceled{{3}, CancelCause::kWithdrawn, 0, ""});  // killed, too
  Incoming story;
  story.article.version = {4};
  story.jobs = {queued.Row()};
  story.jobs[0].id.article = story.article.id;
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 4 by 2"));
  queued.Want(4, Workflow::kPerson);
  EXPECT_FALSE(queued.Row().withdrawn);
  // What somebody has canceled before stays so.
  queued.Append(Canceled{{4}, CancelCause::kPerson, 0, ""});
  queued.Append(Canceled{{5}, CancelCause::kWithdrawn, 0, ""});
  EXPECT_FALSE(queued.Row().withdrawn);
}

TEST(WantedJobs, WhatIsTranslatedGoesOnByWhomItWasMade) {
  Incoming story;
  story.Translated("hy", 1, /*by_person=*/true);
  story.Translated("ru", 1, /*by_person=*/false);
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 2", "ru wanted 2 by 1"));
}

TEST(WantedJobs, WhatIsCompletedAndNotReadBackGoesOn) {
  Incoming story;
  story.Has("hy", JobState::kDone, 1).revision = 7;
  story.Has("ru", JobState::kDone, 1);  // there never was a translation
  story.Has("es", JobState::kDone, 1).revision = 8;
  story.Translated("es", 1, false);
  EXPECT_THAT(story.Said(), ElementsAre("es wanted 2 by 1", "hy wanted 2 by 2"));
}

TEST(WantedJobs, NothingGoesOnIntoTheStorysOwnLanguage) {
  Incoming story;
  story.Translated("ru", 1, true);
  story.article.content.language = Language("ru");
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(WantedJobs, WhatThePolicyForbidsIsCanceled) {
  Incoming story;
  story.Rule("hy", std::nullopt);
  story.Rule("ru", std::nullopt);
  story.Has("hy", JobState::kClaimed, 1);
  story.Translated("ru", 1, true);  // and stays as it is
  EXPECT_THAT(story.Said(), ElementsAre("hy canceled 1 for 2"));
}

TEST(WantedJobs, WhatIsForbiddenAndRestsIsLeftAlone) {
  Incoming story;
  story.Rule("hy", std::nullopt);
  story.Has("hy", JobState::kDone, 1);
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(WantedJobs, AVersionThatComesAgainDoesNotCancelWhatANewerOneWants) {
  Incoming story;
  story.Rule("hy", std::nullopt);
  story.Has("hy", JobState::kOpen, 3);
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(WantedJobs, AnOlderPolicyDoesNotCancelWhatANewerOneWants) {
  Incoming story;
  story.Rule("hy", std::nullopt);
  story.Has("hy", JobState::kOpen, 2).policy = 4;
  EXPECT_THAT(story.Said(), IsEmpty());
  story.jobs[0].policy = 3;
  EXPECT_THAT(story.Said(), ElementsAre("hy canceled 2 for 2"));
}

TEST(WantedJobs, NothingForWhatIsWantedAlready) {
  Incoming story;
  story.Rule("hy", Workflow::kPerson);
  JobRow& job = story.Has("hy", JobState::kOpen, 2);
  job.policy = 3;
  EXPECT_THAT(story.Said(), IsEmpty());
  job.policy = 2;  // a newer one asks
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 2"));
  job.version = {3};  // what came later
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(WantedJobs, NothingForWhatIsTranslatedAlready) {
  Incoming story;
  story.Rule("hy", Workflow::kPerson);
  story.Translated("hy", 2, true);
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(WantedJobs, WhereNothingIsToBeTranslatedNoPersonIsNeeded) {
  Incoming story;
  story.Rule("hy", Workflow::kDraftThenReview);
  story.Rule("ru", Workflow::kPerson);
  story.unchanged = {Language("hy")};
  EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 1", "ru wanted 2 by 2"));
  const auto facts = story.Facts();
  EXPECT_TRUE(std::get<Wanted>(facts[0].what).carried);
  EXPECT_FALSE(std::get<Wanted>(facts[1].what).carried);
}

// Else the words that a reviewer has refused come back with a version that changes none of them.
TEST(WantedJobs, WhatAReviewerHasRejectedIsAPersonsWhateverThePolicySays) {
  for (const Workflow workflow :
       {Workflow::kMachine, Workflow::kMachineThenReview, Workflow::kPerson}) {
    Incoming story;
    story.Rule("hy", workflow);
    story.Translated("hy", 1, true);
    story.translations.back().rejected = true;
    story.unchanged = {Language("hy")};
    EXPECT_THAT(story.Said(), ElementsAre("hy wanted 2 by 2"));
    EXPECT_FALSE(std::get<Wanted>(story.Facts()[0].what).carried);
  }
}

// A version that only ends an embargo, behind one whose draft nobody has looked at.
TEST(WantedJobs, AReviewThatIsStillToComeIsOfTheNewVersionToo) {
  const auto said = [](const std::function<void(JobRow&)>& set) {
    Incoming story;
    story.Rule("hy", Workflow::kMachineThenReview);
    story.unchanged = {Language("hy")};
    JobRow& job = story.Has("hy", JobState::kOpen, 1);
    job.workflow = Workflow::kMachineThenReview;
    set(job);
    return story.Said();
  };
  const std::vector<std::string> reviewed = {"hy wanted 2 by 4"};
  EXPECT_EQ(said([](JobRow& job) { job.worker = Worker::kReviewer; }), reviewed);
  EXPECT_EQ(said([](JobRow&) {}), reviewed) << "it is carried over for a version before this one";
  EXPECT_EQ(said([](JobRow& job) {
              job.state = JobState::kClaimed;
              job.workflow = Workflow::kPerson;
              job.claim = Claim{.holder = "ben", .worker = Worker::kReviewer};
            }),
            reviewed);
  EXPECT_EQ(said([](JobRow& job) { job.state = JobState::kDone; }),
            std::vector<std::string>{"hy wanted 2 by 1"})
      << "it was reviewed";
}

TEST(WantedJobs, WhatPartnersMayNotReadIsCanceledWhateverIsWanted) {
  Incoming story;
  story.Rule("hy", Workflow::kMachine);  // of which no job is known yet
  story.Rule("ru", std::nullopt);
  story.Has("ru", JobState::kOpen, 1);  // was wanted by the policy before
  story.Has("en", JobState::kOpen, 1);  // the story was in another language then
  story.Translated("es", 1, true);
  const std::vector<std::string> canceled = {"en canceled 2 for 1", "es canceled 2 for 1",
                                             "hy canceled 2 for 1", "ru canceled 2 for 1"};
  story.article.status = news::PubStatus::kWithheld;
  EXPECT_EQ(story.Said(), canceled);
  story.article.status = news::PubStatus::kCanceled;
  EXPECT_EQ(story.Said(), canceled);
  story.article.status = news::PubStatus::kUsable;
  story.article.availability = news::Availability::kExpired;
  EXPECT_EQ(story.Said(), canceled);
}

TEST(WantedJobs, NothingOfWhatIsPurged) {
  Incoming story;
  story.Rule("hy", Workflow::kMachine);
  story.Has("ru", JobState::kOpen, 1);
  story.article.purged = true;
  EXPECT_THAT(story.Said(), IsEmpty());
}

TEST(IsToBeTranslated, WhatPartnersMayReadOrWill) {
  news::Article article = Incoming().article;
  EXPECT_TRUE(IsToBeTranslated(article));
  article.availability = news::Availability::kEmbargoed;
  EXPECT_TRUE(IsToBeTranslated(article));
  article.availability = news::Availability::kExpired;
  EXPECT_FALSE(IsToBeTranslated(article));
  article.availability = news::Availability::kAvailable;
  article.purged = true;
  EXPECT_FALSE(IsToBeTranslated(article));
  article.purged = false;
  article.status = news::PubStatus::kWithheld;
  EXPECT_FALSE(IsToBeTranslated(article));
}

}  // namespace
}  // namespace telex::translation
