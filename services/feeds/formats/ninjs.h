#pragma once

#include "feeds/formats/format.h"

namespace telex::feeds {

// One article as IPTC ninjs 3.0.
const Format& Ninjs();

}  // namespace telex::feeds
