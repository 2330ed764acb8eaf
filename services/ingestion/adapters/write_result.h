#pragma once

#include "ingestion/domain/decision.h"
#include "telex/news/v1/write_result.pb.h"

namespace telex::ingestion {

// What a call that writes answers of its decision. Pure.

// Of one that was only foreseen (validate_only): nothing is on record, so it has no name and no
// time.
news::v1::WriteResult ForeseenResult(const Decision& decision);

// Of one on record. `repeated` is the decision that it repeats; null when it repeats none, or when
// that one is no longer kept: then its time is not known.
news::v1::WriteResult RecordedResult(const Decision& decision, const Decision* repeated);

}  // namespace telex::ingestion
