// How a translation ends. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// A full stop, question, exclamation, colon … as the source, in the marks of its language: "։" and
// "՞" in Armenian, "。" in Chinese, "؟" in Arabic, "¿…?" in Spanish.
void CheckEndPunctuation(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
