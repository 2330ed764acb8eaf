#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>

#include "views/adapters/agent_cache.h"
#include "views/adapters/edge_metrics.h"
#include "views/adapters/view_publisher.h"
#include "views/domain/judge.h"

namespace telex::views {

// What became of one look: refused, or on record with this filter.
struct TakenView {
  std::optional<Refusal> refusal;
  Filter filter = Filter::kNone;
};

// The way of a look, wherever it comes from: classified, judged, put on record. Thread-safe.
class ViewIntake {
 public:
  struct Parts {
    Judge judge;
    PublishView publish;
    std::function<bool()> connected;      // false: Kafka is known to be away
    std::function<absl::Status()> clock;  // not OK: known to be wrong, and so would be the times
    AgentCache& agents;
    EdgeMetrics& metrics;
    std::function<std::int64_t()> now_ms;  // wall clock
  };
  explicit ViewIntake(Parts parts) : parts_(std::move(parts)) {}

  // The reader's agent class is found out here. `done` is told once, on any thread, maybe before
  // the return. The texts of look and reader are needed until the return.
  using Done = std::function<void(TakenView)>;
  void Take(const Look& look, Reader reader, Done done);

  // What Take would answer, as far as it can be known before the log answers. Nothing is put on
  // record, and no metric moves.
  TakenView Ask(const Look& look, Reader reader) const;

  // A look that whoever read it found to be at fault.
  void Refuse(Refusal refusal, const Done& done);
  // So many that were refused before they were looked at.
  void CountRefused(std::string_view reason, std::size_t looks) {
    parts_.metrics.Refused(reason, looks);
  }

 private:
  std::variant<View, Refusal> Judged(const Look& look, Reader& reader) const;

  const Parts parts_;
};

}  // namespace telex::views
