// What a version of a story asks of the queue. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "news/article.h"
#include "translation/domain/job_fact.h"
#include "translation/domain/job_row.h"
#include "translation/domain/policy.h"

namespace telex::translation {

// The newest translation of a story into a language.
struct StandingTranslation {
  news::LanguageTag language;
  news::Version version;  // of the article
  bool by_person = false;
  bool rejected = false;  // by a reviewer
};

struct WantedJobsParts {
  const news::Article& article;  // the version that came in
  std::int64_t came_in_ms = 0;   // when it was appended
  const Policy& policy;          // in force then
  std::span<const JobRow> jobs;  // of the article
  std::span<const StandingTranslation> translations;
  // Whether nothing is to be translated for this version: all has its translation already, with
  // which the present glossary finds no fault.
  std::function<bool(const news::LanguageTag&)> is_unchanged;
};

// A version that partners may read, or will when its embargo ends: wanted in each language that the
// policy names, and in each into which it is translated already or is being, or was when it was
// withdrawn, unless the policy says that it is not to be. Nothing for what is translated or wanted
// already. Where nothing is to be translated no person is needed: by a machine, which carries over
// what is there and asks no engine. But for a review that is still to come. What a reviewer has
// rejected is a person's, whatever the policy says, until it is translated again.
//
// Withheld, killed, expired: canceled, whatever is wanted. Purged: nothing; its jobs are forgotten
// by whoever finds them.
std::vector<JobFact> WantedJobs(const WantedJobsParts& parts, const std::string& actor);

// Whether partners may read the story, or will.
bool IsToBeTranslated(const news::Article& article);

}  // namespace telex::translation
