#pragma once

#include <array>
#include <string>
#include <string_view>

#include "news/wire/article_log.h"
#include "news/wire/translation_log.h"

namespace telex::translation {

// The topics of translation (deploy/kafka/topics.yaml).
inline const std::string kJobsTopic = "telex.translation-jobs.v1";
inline const std::string kResourcesTopic = "telex.translation-resources.v1";
// All that the service reads or writes; they have one and the same number of partitions.
inline const std::array<std::string, 4> kTranslationTopics = {
    kJobsTopic, kResourcesTopic, news::kTranslationsTopic, news::kArticlesTopic};

// The consumer group of the owners of telex.articles.v1.
inline const std::string kTranslatorsGroup = "translations";

// Header of a tombstone of a job's fact: the offset up to which the job was forgotten.
inline constexpr std::string_view kUpToHeader = "telex-up-to";

}  // namespace telex::translation
