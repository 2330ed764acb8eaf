#include "platform/http/request_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace telex::http {

RequestMetrics::RequestMetrics(observe::Metrics& metrics, std::span<const std::string_view> routes,
                               RouteOf route_of)
    : route_of_(std::move(route_of)),
      bytes_(metrics.Counter("telex_http_sent_bytes_total", "Bytes of bodies sent.")),
      refused_(metrics.Counter("telex_http_requests_refused_total",
                               "Requests and connections turned away by a bound.")) {
  for (const std::string_view route : routes) {
    Classes& classes = counts_.emplace_back();
    for (int one = kClassMin; one <= kClassMax; ++one) {
      classes[static_cast<std::size_t>(one - kClassMin)] =
          &metrics.Counter("telex_http_requests_total", "Requests answered.",
                           {{"route", std::string(route)}, {"status", fmt::format("{}xx", one)}});
    }
  }
}

void RequestMetrics::OnAnswered(const Request& request, int status, std::size_t body_bytes) {
  const int one = std::clamp(status / 100, kClassMin, kClassMax);
  counts_[route_of_(request.path)][static_cast<std::size_t>(one - kClassMin)]->Increment();
  bytes_.Increment(body_bytes);
}

}  // namespace telex::http
