// What the admin port of a service tells about it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "telexctl/http.h"

namespace telex::cli {

struct ServiceState {
  std::string name;
  std::string address;
  bool answers = false;
  bool ready = false;
  std::string program;  // of telex_build_info
  std::string version;
  std::vector<std::string> why_not;    // "kafka: UNAVAILABLE: ..."
  std::vector<std::string> guides;     // of the checks that keep it from being ready: runbooks
  std::map<std::string, double> lags;  // metric without its prefix telex_{area}_ -> the largest
};

// The answer of /readyz into `state`.
void ReadReadiness(const HttpAnswer& answer, ServiceState& state);

// The text of /metrics into `state`: telex_build_info, and what has `lag` or `behind` in its name.
void ReadMetrics(std::string_view text, ServiceState& state);

}  // namespace telex::cli
