#include "translation/domain/wanted_jobs.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

const JobRow* JobInto(const WantedJobsParts& parts, const news::LanguageTag& language) {
  const auto found = std::ranges::find_if(
      parts.jobs, [&](const JobRow& row) { return row.id.language == language; });
  return found == parts.jobs.end() ? nullptr : &*found;
}

const StandingTranslation* TranslationInto(const WantedJobsParts& parts,
                                           const news::LanguageTag& language) {
  const auto found = std::ranges::find_if(
      parts.translations, [&](const StandingTranslation& one) { return one.language == language; });
  return found == parts.translations.end() ? nullptr : &*found;
}

// What the policy asks for, and what goes on though it does not.
std::map<news::LanguageTag, PolicyWish> Wishes(const WantedJobsParts& parts) {
  std::map<news::LanguageTag, PolicyWish> wishes;
  for (PolicyWish& wish : parts.policy.WishesFor(parts.article, parts.came_in_ms)) {
    const news::LanguageTag language = wish.language;
    wishes.emplace(language, std::move(wish));
  }
  const auto goes_on = [&](const news::LanguageTag& language, Workflow workflow) {
    if (language == parts.article.content.language) return;
    if (parts.policy.RuleFor(parts.article, language) != nullptr) return;
    wishes.emplace(
        language,
        PolicyWish{.language = language, .workflow = workflow, .urgency = parts.article.urgency});
  };
  for (const JobRow& row : parts.jobs) {
    if (!IsAtRest(row.state) || row.withdrawn) goes_on(row.id.language, row.workflow);
  }
  for (const StandingTranslation& one : parts.translations)
    goes_on(one.language, one.by_person ? Workflow::kPerson : Workflow::kMachine);
  // What was completed just now may not be read back as a translation yet.
  for (const JobRow& row : parts.jobs) {
    if (row.state == JobState::kDone && row.revision != 0) goes_on(row.id.language, row.workflow);
  }
  return wishes;
}

bool StandsAlready(const WantedJobsParts& parts, const news::LanguageTag& language) {
  const news::Version version = parts.article.version;
  const JobRow* job = JobInto(parts, language);
  if (job != nullptr) {
    if (job->version > version) return true;
    if (job->version == version) return parts.policy.version <= job->policy;
  }
  const StandingTranslation* translation = TranslationInto(parts, language);
  return translation != nullptr && translation->version >= version;
}

JobFact FactOf(const WantedJobsParts& parts, const news::LanguageTag& language,
               const std::string& actor) {
  return {.job = {parts.article.id, language}, .actor = actor, .request_id = "", .what = Wanted{}};
}

// What an engine has done of it, or does, waits for a reviewer, who has not seen it yet.
bool AwaitsReview(const WantedJobsParts& parts, const news::LanguageTag& language) {
  const JobRow* job = JobInto(parts, language);
  if (job == nullptr || IsAtRest(job->state)) return false;
  return HasReview(job->workflow) || job->worker == Worker::kReviewer ||
         (job->claim && job->claim->worker == Worker::kReviewer);
}

JobFact WantedFact(const WantedJobsParts& parts, const PolicyWish& wish, const std::string& actor) {
  JobFact fact = FactOf(parts, wish.language, actor);
  const StandingTranslation* const translation = TranslationInto(parts, wish.language);
  const bool rejected = translation != nullptr && translation->rejected;
  const Workflow workflow = rejected ? Workflow::kPerson : wish.workflow;
  const bool needs_nobody = !rejected && workflow != Workflow::kMachine &&
                            !AwaitsReview(parts, wish.language) &&
                            parts.is_unchanged(wish.language);
  Wanted wanted{.version = parts.article.version,
                .from = parts.article.content.language,
                .workflow = needs_nobody ? Workflow::kMachine : workflow,
                .urgency = wish.urgency,
                .deadline_ms = wish.deadline_ms,
                .source = parts.article.source.text(),
                .policy = parts.policy.version,
                .carried = needs_nobody};
  // What a backfill asks for and no policy stays the backfill's.
  const JobRow* const job = JobInto(parts, wish.language);
  const bool is_of_backfill = job != nullptr && job->backfill != 0 && !IsAtRest(job->state);
  if (is_of_backfill && parts.policy.RuleFor(parts.article, wish.language) == nullptr) {
    wanted.backfill = job->backfill;
    wanted.urgency = job->urgency;
  }
  fact.what = std::move(wanted);
  return fact;
}

JobFact CanceledFact(const WantedJobsParts& parts, const news::LanguageTag& language,
                     news::Version version, CancelCause cause, const std::string& actor) {
  JobFact fact = FactOf(parts, language, actor);
  fact.what = Canceled{.version = version, .cause = cause};
  return fact;
}

}  // namespace

bool IsToBeTranslated(const news::Article& article) {
  return !article.purged && article.status == news::PubStatus::kUsable &&
         article.availability != news::Availability::kExpired;
}

std::vector<JobFact> WantedJobs(const WantedJobsParts& parts, const std::string& actor) {
  std::vector<JobFact> facts;
  if (parts.article.purged) return facts;
  const auto wishes = Wishes(parts);
  if (!IsToBeTranslated(parts.article)) {
    // Also of languages in which no job is known: what is asked for meanwhile is older than this.
    std::set<news::LanguageTag> languages;
    for (const auto& [language, wish] : wishes) languages.insert(language);
    for (const JobRow& row : parts.jobs)
      if (!IsAtRest(row.state)) languages.insert(row.id.language);
    for (const news::LanguageTag& language : languages)
      facts.push_back(
          CanceledFact(parts, language, parts.article.version, CancelCause::kWithdrawn, actor));
    return facts;
  }
  for (const auto& [language, wish] : wishes) {
    if (!StandsAlready(parts, language)) facts.push_back(WantedFact(parts, wish, actor));
  }
  for (const JobRow& row : parts.jobs) {
    // A job of a newer version: this one comes again, and its policy is not the one that holds.
    if (row.version > parts.article.version) continue;
    // Of a copy of this version that came in later, under a policy that wants it.
    if (row.version == parts.article.version && row.policy > parts.policy.version) continue;
    if (IsAtRest(row.state) || wishes.contains(row.id.language)) continue;
    facts.push_back(CanceledFact(parts, row.id.language, row.version, CancelCause::kPolicy, actor));
  }
  return facts;
}

}  // namespace telex::translation
