// What a person likely meant by a filter that nothing passed.
#pragma once

#include <string>

#include "telexctl/ingestion_api.h"
#include "telexctl/requests/article_requests.h"

namespace telex::cli {

// One sentence about the source or the section that is not known, with the nearest one there is;
// empty where both are known, or none was named. Asks the service, at most once for each kind; what
// it does not answer is taken for known.
std::string MeantBy(const ListFlags& flags, IngestionApi& api);

}  // namespace telex::cli
