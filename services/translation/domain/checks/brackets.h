// What a translation opens and closes. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Brackets and quotes that a translation leaves open, or closes too often, where its source does
// not.
void CheckBrackets(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
