#pragma once

#include <memory>

#include "platform/owner/fold.h"
#include "tests/simulation/deciding_simulation.h"

namespace telex::simulation {

// The fold without one of its rules; as it is, when the rule is not one of a fold's.
std::unique_ptr<owner::Fold> Bent(std::unique_ptr<owner::Fold> decider, TakenAway rule);

}  // namespace telex::simulation
