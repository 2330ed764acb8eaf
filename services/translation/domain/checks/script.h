// Whether a translation is written in its language. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Letters of another script: most of a text, words of one that neither language is written in, or
// a letter amid a word that only looks like one of its own ("Mосква").
void CheckScript(const SegmentView& view, Findings& findings);

// The small words of the source's language instead of the translation's, where both are known and
// have one script.
void CheckLanguage(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
