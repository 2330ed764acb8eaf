#pragma once

// What the tests of decide.h share.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "ingestion/domain/decide.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion::testing {

inline constexpr char kRequest[] = "7b1d4b0e-5f0a-4f0e-9f51-0d9f5c6b9a01";

#define EXPECT_VERDICT(outcome, wanted_verdict, wanted_reason, wanted_version)                    \
  do {                                                                                            \
    const auto& o = (outcome);                                                                    \
    EXPECT_EQ(o.decision.verdict, wanted_verdict);                                                \
    EXPECT_EQ(o.decision.reason, wanted_reason) << ReasonText(o.decision.reason);                 \
    EXPECT_EQ(o.decision.version.number, wanted_version);                                         \
    EXPECT_EQ(o.next.has_value(), (wanted_verdict) == Verdict::kAccepted && !o.decision.repeats); \
  } while (false)

inline SetContent Guarded(SetContent set, std::int64_t base) {
  set.base = news::Version{base};
  return set;
}

inline SetContent Embargoed(std::string headline, std::optional<double> embargoed,
                            std::optional<double> expires) {
  SetContent set = Words(std::move(headline));
  if (embargoed) set.content.embargoed = At(*embargoed);
  if (expires) set.content.expires = At(*expires);
  return set;
}

inline TimeReached Reached(std::int64_t version, double seconds) {
  return {news::Version{version}, At(seconds)};
}

}  // namespace telex::ingestion::testing
