#pragma once

#include <array>
#include <string>
#include <string_view>

#include "news/wire/article_log.h"
#include "news/wire/view_counts_log.h"

namespace telex::views {

// The topics of views (deploy/kafka/topics.yaml).
inline const std::string kViewsTopic = "telex.views.v1";
using news::kViewCountsTopic;
// All that the service reads or writes; they have one and the same number of partitions.
inline const std::array<std::string, 3> kViewTopics = {kViewsTopic, kViewCountsTopic,
                                                       news::kArticlesTopic};

// The consumer group of the owners of telex.views.v1.
inline const std::string kCountersGroup = "views";

// What records of telex.view-counts.v1 say of where they come from (ce_source).
inline constexpr std::string_view kEventSource = "telex/views";

}  // namespace telex::views
