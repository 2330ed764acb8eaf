#pragma once

#include <array>
#include <string>
#include <string_view>

#include "news/wire/article_log.h"

namespace telex::ingestion {

// The topics of ingestion (deploy/kafka/topics.yaml).
using news::kArticlesTopic;
inline const std::string kSubmissionsTopic = "telex.submissions.v1";
inline const std::string kDecisionsTopic = "telex.decisions.v1";
inline const std::string kResourcesTopic = "telex.resources.v1";
inline const std::string kOriginalsTopic = "telex.originals.v1";
// All of them; they have one and the same number of partitions.
inline const std::array<std::string, 5> kArticleTopics = {
    kSubmissionsTopic, kDecisionsTopic, kArticlesTopic, kResourcesTopic, kOriginalsTopic};

// The consumer group of the owners of telex.submissions.v1.
inline const std::string kDecidersGroup = "ingestion";

// What its records say of where they come from (ce_source).
inline constexpr std::string_view kEventSource = "telex/ingestion";

}  // namespace telex::ingestion
