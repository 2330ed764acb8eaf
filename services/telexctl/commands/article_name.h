// Which article a person means.
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "telexctl/context.h"
#include "telexctl/requests/input.h"

namespace telex::cli {

// `articles/{uuid}` from every name there is (input.h). The service is asked where it is the
// address at the source: ARTICLE_NOT_FOUND when no story has it, wrong usage when several do.
absl::StatusOr<std::string> FindArticle(const std::string& text, Versions versions,
                                        Context& context);

}  // namespace telex::cli
