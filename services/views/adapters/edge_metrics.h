#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "platform/errors/reasons.h"
#include "platform/observe/metrics.h"
#include "views/domain/view.h"

namespace telex::views {

// What became of the looks that came in. Thread-safe.
class EdgeMetrics {
 public:
  explicit EdgeMetrics(observe::Metrics& metrics) : metrics_(metrics) {
    for (std::size_t filter = 0; filter < taken_.size(); ++filter) {
      const std::string_view name = NameOf(static_cast<Filter>(filter));
      taken_[filter] =
          &metrics.Counter("telex_views_taken_total", "Views on record, by what filters them.",
                           {{"filter", std::string(name.empty() ? "none" : name)}});
    }
  }
  void Taken(Filter filter) { taken_[static_cast<std::size_t>(filter)]->Increment(); }
  void Refused(std::string_view reason, std::size_t looks) {
    metrics_
        .Counter("telex_views_refused_total", "Views refused.", {{"reason", std::string(reason)}})
        .Increment(looks);
  }

 private:
  // That a look is a repeat, or late, the log decides.
  static constexpr auto kFiltersOfEdge = static_cast<std::size_t>(Filter::kRepeat);

  observe::Metrics& metrics_;
  std::array<observe::Counter*, kFiltersOfEdge> taken_{};
};

}  // namespace telex::views
