#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "telex/translation/v1/translation.pb.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {

// What the owner appends to telex.translations.v1 for a fact: a function of the fact and of texts
// that do not change, so that two owners append the same bytes. Pure; thread-safe.
struct PublishedFact {
  const JobFact& fact;
  std::int64_t position = 0;
  std::int64_t append_ms = 0;
  std::string source;  // of the job
};

// `text`: of the fact, or of what it reviews.
v1::Translation TranslationOf(const Publication& publication, const PublishedFact& of,
                              v1::Text text);

}  // namespace telex::translation
