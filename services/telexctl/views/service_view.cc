#include "telexctl/views/service_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "platform/json/json.h"

namespace telex::cli {
namespace {

// The value of `name` in `program="x",version="1"`. Our own labels hold no quotes.
std::string LabelOf(std::string_view labels, std::string_view name) {
  const std::string start = fmt::format("{}=\"", name);
  const std::size_t at = labels.find(start);
  if (at == labels.npos) return {};
  labels.remove_prefix(at + start.size());
  return std::string(labels.substr(0, labels.find('"')));
}

// telex_log_lag_seconds -> log_lag_seconds
std::string ShortName(std::string_view name) {
  return std::string(name.substr(std::string_view("telex_").size()));
}

bool IsLag(std::string_view name) {
  return name.starts_with("telex_") && !name.ends_with("_bucket") && !name.ends_with("_total") &&
         (name.find("_lag_") != name.npos || name.find("_behind_") != name.npos);
}

// Several checks may have one.
void AddGuide(const std::string& guide, std::vector<std::string>& guides) {
  if (guide.empty() || std::find(guides.begin(), guides.end(), guide) != guides.end()) return;
  guides.push_back(guide);
}

}  // namespace

void ReadReadiness(const HttpAnswer& answer, ServiceState& state) {
  state.answers = true;
  state.ready = answer.status == 200;
  const json::Value page = json::Parse(answer.body).value_or(json::Value{});
  if (page.is_object() && page.contains("why_not") && page["why_not"].is_array()) {
    for (const auto& reason : page["why_not"]) {
      if (reason.is_string()) state.why_not.push_back(reason.get<std::string>());
    }
  }
  // A check that fails without keeping it from serving is told, too.
  if (page.is_object() && page.contains("checks") && page["checks"].is_array()) {
    for (const auto& check : page["checks"]) {
      if (!check.is_object() || check.value("ok", true)) continue;
      if (check.value("gates_readiness", true)) {
        AddGuide(check.value("panic_guide", ""), state.guides);
        continue;
      }
      state.why_not.push_back(fmt::format("{} (serves all the same): {}", check.value("name", ""),
                                          check.value("error", "")));
    }
  }
  if (!state.ready && state.why_not.empty()) {
    state.why_not.push_back(fmt::format("HTTP {}", answer.status));
  }
}

void ReadMetrics(std::string_view text, ServiceState& state) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t name_end = line.find_first_of("{ ");
    const std::size_t space = line.rfind(' ');
    if (name_end == line.npos || space == line.npos) continue;
    const std::string_view name = line.substr(0, name_end);
    if (name == "telex_build_info") {
      state.program = LabelOf(line, "program");
      state.version = LabelOf(line, "version");
    } else if (IsLag(name)) {
      double value = 0;
      const auto result =
          std::from_chars(line.data() + space + 1, line.data() + line.size(), value);
      if (result.ec != std::errc() || !std::isfinite(value)) continue;
      const auto [found, fresh] = state.lags.try_emplace(ShortName(name), value);
      if (!fresh) found->second = std::max(found->second, value);
    }
  }
}

}  // namespace telex::cli
