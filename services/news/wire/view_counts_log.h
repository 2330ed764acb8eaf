#pragma once

#include <string>

namespace telex::news {

// What views counts and others show (proto/telex/views/v1/view_counts.proto); each service reads of
// it what it needs.
inline const std::string kViewCountsTopic = "telex.view-counts.v1";

}  // namespace telex::news
