#include "translation/adapters/machine/machine_room.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <utility>

#include "platform/errors/status_macros.h"
#include "translation/domain/pair_name.h"

namespace telex::translation {

absl::StatusOr<std::unique_ptr<MachineRoom>> MachineRoom::Make(MachineRoomOptions options,
                                                               LogJobDesk& desk,
                                                               observe::Metrics& metrics) {
  std::unique_ptr<MachineRoom> room(new MachineRoom(metrics));
  ASSIGN_OR_RETURN(room->http_,
                   http_client::HttpClient::Create({.user_agent = options.user_agent,
                                                    .addresses = {.allow = options.networks}}));
  ASSIGN_OR_RETURN(room->engines_, ConfiguredEngines::Make(std::move(options.engines),
                                                           {.http = *room->http_,
                                                            .spending = desk.store().spending(),
                                                            .metrics = metrics,
                                                            .now = [] { return absl::Now(); }}));
  const TranslationStore& store = desk.store();
  room->worker_ = std::make_unique<MachineWorker>(
      MachineWorkerOptions{.actor = "engines/" + options.instance, .threads = options.threads},
      MachineWorkerPorts{.desk = desk,
                         .engines = room->engines_->all(),
                         .metrics = room->metrics_,
                         .plan =
                             [&store](const JobRow& row, const JobText& text) {
                               return PlanFor(store.resources().NewestPolicy().get(), row, text);
                             },
                         .glossary = [&store](const Pair& pair) -> std::shared_ptr<const Glossary> {
                           auto held = store.resources().GlossaryOf(pair);
                           if (held == nullptr) return nullptr;
                           const Glossary* glossary = &held->glossary;
                           return {std::move(held), glossary};
                         },
                         .now = [] { return absl::Now(); }});
  return room;
}

std::vector<v1::EngineStats> MachineRoom::Stats() const {
  std::vector<v1::EngineStats> all;
  for (const EngineStatus& status : engines_->Status()) {
    v1::EngineStats stats;
    stats.set_name(status.name);
    for (const EngineFault fault : status.closed) {
      if (fault != EngineFault::kPairUnknown) stats.add_closed(std::string(NameOf(fault)));
    }
    for (const Pair& pair : status.unknown_pairs)
      stats.add_closed(fmt::format("{} {}", NameOf(EngineFault::kPairUnknown), PairName(pair)));
    stats.set_characters_today(status.spent.day);
    stats.set_characters_month(status.spent.month);
    stats.set_characters_day_max(status.budget.characters_per_day);
    stats.set_characters_month_max(status.budget.characters_per_month);
    all.push_back(std::move(stats));
  }
  return all;
}

}  // namespace telex::translation
