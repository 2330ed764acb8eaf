#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ingestion/formats/html/dropped.h"

namespace telex::ingestion::html {

// HTML5's tree construction is quadratic, and gumbo's recursive, on markup made to be so: thousands
// of open elements, formatting elements that differ in an attribute, tags with a million
// attributes. So the markup is tamed first: the result has the elements of the policy only,
// properly nested, at most `depth_max` deep, with the attributes the policy knows for them, and no
// comment or stray '<'. It is still to be parsed: taming decides on resources, not on safety.
//
// Linear. Nothing when there are more than `tags_max` tags.
// `dropped`, unless null, is told what the policy does not keep.
std::optional<std::string> Tame(std::string_view markup, int tags_max, int depth_max,
                                Dropped* dropped = nullptr);

}  // namespace telex::ingestion::html
