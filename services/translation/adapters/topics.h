#pragma once

#include <string>
#include <string_view>

namespace telex::translation {

// The topics of translation (deploy/kafka/topics.yaml).
inline const std::string kJobsTopic = "telex.translation-jobs.v1";
inline const std::string kResourcesTopic = "telex.translation-resources.v1";

// Header of a tombstone of a job: the offset up to which the job was forgotten.
inline constexpr std::string_view kUpToHeader = "telex-up-to";

}  // namespace telex::translation
