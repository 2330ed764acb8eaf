// The numbers of a segment and of its translation, compared. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Numbers in digits of any script, as each language groups and parts them ("1,500.5", "1 500,5"),
// with their scale where it is known in both ("1.5 billion", "1.500 millones"). Lenient where
// languages differ: small numbers become words, centuries Roman, 3 p.m. 15:00.
void CheckNumbers(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
