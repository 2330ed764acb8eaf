#pragma once

#include "feeds/formats/format.h"

namespace telex::feeds {

// JSON Feed 1.1 (jsonfeed.org) with a _telex extension.
const FeedFormat& JsonFeed();

}  // namespace telex::feeds
