// Months and days of the week of a segment and of its translation, compared. Pure.
#pragma once

#include "translation/domain/checks/segment_view.h"

namespace telex::translation::checks {

// Between languages whose names are known (en, ru, es, hy): each month and day that the source
// names has to be in the translation, a month perhaps as its number. Names that are other words,
// too ("May", "march") count beside a day or a preposition of time alone.
void CheckDates(const SegmentView& view, Findings& findings);

// Whether a text names a month, in a language whose months are known.
bool NamesMonth(const Side& side);

}  // namespace telex::translation::checks
