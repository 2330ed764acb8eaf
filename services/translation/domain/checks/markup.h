// The tags of a translation against those of its source. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "translation/domain/checks.h"
#include "translation/domain/tagged_text.h"

namespace telex::translation::checks {

// Each tag of the source once, as the same kind, and none nested in one that it stands beside in
// the source (a link holds no link). Order is the translator's.
void CheckTags(const std::vector<Piece>& source, std::string_view tagged_target,
               const std::vector<Piece>& target, std::vector<Finding>& findings);

}  // namespace telex::translation::checks
