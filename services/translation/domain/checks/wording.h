// The words of a translation: how many, whose, which twice. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Far shorter or longer than such a source becomes. Nothing is said of a few words.
void CheckLength(const SegmentView& view, Findings& findings);

// The source itself, but for one word, names, numbers and addresses.
void CheckSameAsSource(const SegmentView& view, Findings& findings);

// A word twice in a row, where the source has none and the language doubles it by no rule.
void CheckRepeatedWords(const SegmentView& view, Findings& findings);

}  // namespace telex::translation::checks
