// What a call that writes did, as a person reads it: from its answer alone.
#pragma once

#include <string>

#include "telexctl/ingestion_api.h"

namespace telex::cli {

// Whether the call made something, or only said what it would make.
enum class Call { kWrote, kValidated };

// "accepted: version 3 was made; it is embargoed until 2025-04-18T14:25:00Z", or "unchanged: ..."
// with why nothing was made and what stands. Empty where the service is too old to tell.
std::string VerdictText(const pb::Article& article, Call call);
std::string VerdictText(const pb::Source& source, Call call);
// As above; of any verdict.
std::string VerdictText(const pb::ImportDocumentResponse::Item& item, Call call);

}  // namespace telex::cli
