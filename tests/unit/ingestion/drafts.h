#pragma once

// Drafts to normalise, and what to expect of their refusals.

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "ingestion/domain/normalise.h"
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion::testing {

inline const absl::Time kNow =
    absl::FromCivil(absl::CivilSecond(2026, 11, 22, 12, 0, 0), absl::UTCTimeZone());

inline Draft Good() {
  Draft draft;
  draft.headline = "A headline";
  draft.byline = "A. Reporter";
  draft.body_html = "<p>Words.</p>";
  draft.section = "world";
  draft.language = "en";
  draft.canonical_url = "https://caliber.az/en/post/1";
  return draft;
}

inline PrintedTime Utc(absl::Time time) {
  return {absl::ToCivilSecond(time, absl::UTCTimeZone()), absl::ZeroDuration()};
}

inline absl::StatusOr<SetContent> Tidy(const Draft& draft, const Source& source = Caliber(),
                                       std::string_view key = "",
                                       absl::TimeZone zone = absl::UTCTimeZone()) {
  return Normalise({.draft = draft,
                    .source = source,
                    .zone = zone,
                    .now = kNow,
                    .key = key,
                    .field_path = "article."});
}

inline std::vector<errors::FieldViolation> FaultsOf(const absl::Status& status) {
  const auto details = errors::DetailsOf(status);
  return details ? details->fields : std::vector<errors::FieldViolation>{};
}

inline auto Fault(const std::string& field, std::string_view reason) {
  return ::testing::AllOf(
      ::testing::Field("field", &errors::FieldViolation::field, field),
      ::testing::Field("reason", &errors::FieldViolation::reason, std::string(reason)),
      ::testing::Field("description", &errors::FieldViolation::description,
                       ::testing::Not(::testing::IsEmpty())));
}

}  // namespace telex::ingestion::testing
