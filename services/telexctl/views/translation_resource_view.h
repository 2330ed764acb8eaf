// What translations are made by, as a person reads it: glossaries, memory, backfills. Pure.
#pragma once

#include "telexctl/translation_api.h"
#include "telexctl/views/output.h"

namespace telex::cli {

Table GlossaryTable(const jobs::ListGlossariesResponse& list);
Table OutdatedTable(const jobs::UpdateGlossaryResponse& update);
Table SuggestionTable(const jobs::SearchMemoryResponse& found);
Table BackfillTable(const jobs::ListBackfillsResponse& list);
Fields DescribeBackfill(const jobs::Backfill& backfill);

}  // namespace telex::cli
