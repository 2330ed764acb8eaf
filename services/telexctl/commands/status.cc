#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "platform/json/json.h"
#include "telexctl/commands/command.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/failures/hints.h"
#include "telexctl/views/service_view.h"

namespace telex::cli {
namespace {

ServiceState Ask(const AdminAddress& admin, Http& http) {
  ServiceState state{.name = admin.name, .address = admin.address};
  const auto ready = http.Get(fmt::format("http://{}/readyz", admin.address), "*/*");
  if (!ready.ok()) {
    const absl::string_view message = ready.status().message();
    state.why_not.emplace_back(message.data(), message.size());
    return state;
  }
  ReadReadiness(*ready, state);
  const auto metrics = http.Get(fmt::format("http://{}/metrics", admin.address), "*/*");
  if (metrics.ok() && metrics->status == 200) ReadMetrics(metrics->body, state);
  // The local stack names no services, only where they are.
  if (state.name == state.address && !state.program.empty()) state.name = state.program;
  return state;
}

std::string Word(const ServiceState& state) {
  return state.ready ? "ready" : state.answers ? "not ready" : "no answer";
}

std::string Lags(const ServiceState& state) {
  std::string text;
  for (const auto& [name, value] : state.lags) {
    text += fmt::format("{}{}={:.4g}", text.empty() ? "" : " ", name, value);
  }
  return text;
}

void Show(const std::vector<ServiceState>& states, Output& output) {
  if (output.json()) {
    json::Value shown = json::Value::array();
    for (const ServiceState& state : states) {
      shown.push_back({{"name", state.name},
                       {"address", state.address},
                       {"state", Word(state)},
                       {"version", state.version},
                       {"lags", state.lags},
                       {"why", state.why_not},
                       {"guides", state.guides}});
    }
    output.Text(json::Write(shown, 2) + "\n");
    return;
  }
  Table table{.heading = {"SERVICE", "ADMIN", "STATE", "VERSION", "LAG"}, .flexible = 4};
  for (const ServiceState& state : states) {
    table.rows.push_back({state.name, state.address, Word(state), state.version, Lags(state)});
  }
  output.Show(table);
  for (const ServiceState& state : states) {
    Fields why;
    for (const std::string& reason : state.why_not) why.emplace_back("  " + state.name, reason);
    output.Show(why);
  }
}

// For who answered the guides of what fails there; for who did not, what to look at.
std::string WhatToDo(const std::vector<ServiceState>& states) {
  std::vector<std::string> parts;
  std::vector<std::string> silent;
  for (const ServiceState& state : states) {
    if (!state.answers) silent.push_back(state.name);
    if (state.ready || state.guides.empty()) continue;
    parts.push_back(fmt::format("{}: see {}", state.name, fmt::join(state.guides, ", ")));
  }
  if (!silent.empty())
    parts.push_back(fmt::format("{}: {}", fmt::join(silent, ", "), IsItRunning()));
  if (parts.empty()) return "what keeps it from being ready is said above; see docs/runbooks";
  return fmt::format("{}", fmt::join(parts, "; "));
}

absl::Status Status(Context& context) {
  std::vector<ServiceState> states;
  std::size_t ready = 0;
  for (const AdminAddress& admin : context.options().admin_addresses) {
    states.push_back(Ask(admin, context.http()));
    ready += states.back().ready ? 1 : 0;
  }
  Show(states, context.output());
  if (states.empty()) return absl::UnavailableError("no service is named: --admin-addresses");
  if (ready == states.size()) return absl::OkStatus();
  return WithHint(absl::UnavailableError(fmt::format("{} of {} are ready", ready, states.size())),
                  WhatToDo(states));
}

}  // namespace

void AddStatus(Command& program) {
  program.Add("status", "is everything there, how far behind, and if not, why",
              "telexctl status\n  telexctl status --admin-addresses feeds=10.0.0.7:8081", Status);
}

}  // namespace telex::cli
