// What is translated: a job is an article and a language, for ever. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "news/article_id.h"
#include "news/language_tag.h"
#include "news/version.h"

namespace telex::translation {

struct JobId {
  news::ArticleId article;
  news::LanguageTag language;  // into which

  auto operator<=>(const JobId&) const = default;
};

struct Pair {
  news::LanguageTag from;
  news::LanguageTag to;

  auto operator<=>(const Pair&) const = default;
};

// Numbers as in telex.translation.v1.
enum class Worker : std::uint8_t { kMachine = 1, kPerson = 2, kReviewer = 3 };
enum class Workflow : std::uint8_t {
  kMachine = 1,
  kPerson = 2,
  kDraftThenReview = 3,    // published once it is reviewed
  kMachineThenReview = 4,  // published at once, and reviewed after
};

enum class JobState : std::uint8_t {
  kOpen = 1,      // to be claimed
  kClaimed = 2,   // until its lease is over
  kWaiting = 3,   // for the time of its next attempt
  kDead = 4,      // tried too often; until somebody replays it, or another version is wanted
  kDone = 5,      // at rest
  kCanceled = 6,  // at rest
};

constexpr bool IsAtRest(JobState state) {
  return state == JobState::kDone || state == JobState::kCanceled;
}

}  // namespace telex::translation
