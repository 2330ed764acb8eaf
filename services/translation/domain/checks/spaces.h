// The blanks of a translation. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Two in a row, one before a comma, one at an end, where the source has none of these.
void CheckSpaces(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
