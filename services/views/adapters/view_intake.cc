#include "views/adapters/view_intake.h"

#include <string>
#include <utility>

#include "platform/errors/reasons.h"
#include "views/formats/agent_list.h"

namespace telex::views {
namespace {

Refusal BrokerAway() {
  return {errors::kBrokerUnavailable, "", "views cannot be put on record now; send it again"};
}

}  // namespace

void ViewIntake::Refuse(Refusal refusal, const Done& done) {
  parts_.metrics.Refused(refusal.reason, 1);
  done({.refusal = std::move(refusal)});
}

std::variant<View, Refusal> ViewIntake::Judged(const Look& look, Reader& reader) const {
  if (!parts_.connected()) return BrokerAway();
  if (const absl::Status clock = parts_.clock(); !clock.ok()) {
    return Refusal{errors::kClockSkewed, "", std::string(clock.message())};
  }
  reader.agent = reader.agent.substr(0, kAgentBytesMax);
  reader.agent_class = parts_.agents.Classify(reader.agent);
  reader.agent_list = kAgentListVersion;
  return parts_.judge(look, reader, parts_.now_ms());
}

TakenView ViewIntake::Ask(const Look& look, Reader reader) const {
  auto judged = Judged(look, reader);
  if (auto* refusal = std::get_if<Refusal>(&judged)) return {.refusal = std::move(*refusal)};
  return {.filter = std::get<View>(judged).filter};
}

void ViewIntake::Take(const Look& look, Reader reader, Done done) {
  auto judged = Judged(look, reader);
  if (auto* refusal = std::get_if<Refusal>(&judged)) return Refuse(std::move(*refusal), done);
  const View& view = std::get<View>(judged);
  parts_.publish(
      view, [this, filter = view.filter, done = std::move(done)](const absl::Status& status) {
        if (status.ok()) {
          parts_.metrics.Taken(filter);
          done({.filter = filter});
        } else if (absl::IsResourceExhausted(status)) {
          Refuse({errors::kOverloaded, "", "too many views are on their way; send it again"}, done);
        } else {
          Refuse(BrokerAway(), done);
        }
      });
}

}  // namespace telex::views
