#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "platform/http/server.h"
#include "platform/observe/metrics.h"

namespace telex::http {

// telex_http_requests_total by route and class of status, telex_http_requests_refused_total,
// telex_http_sent_bytes_total. Every series is there from the start, at 0.
class RequestMetrics final : public ServerObserver {
 public:
  // A path's place among `routes`; a number, so that counting costs no look-up.
  using RouteOf = std::function<std::size_t(std::string_view path)>;

  // `metrics` outlives it. `route_of` is called on the server's threads.
  RequestMetrics(observe::Metrics& metrics, std::span<const std::string_view> routes,
                 RouteOf route_of);

  void OnAnswered(const Request& request, int status, std::size_t body_bytes) override;
  void OnRefused(int) override { refused_.Increment(); }
  void OnConnectionRefused() override { refused_.Increment(); }

 private:
  static constexpr int kClassMin = 2;  // 2xx
  static constexpr int kClassMax = 5;
  using Classes = std::array<observe::Counter*, kClassMax - kClassMin + 1>;

  const RouteOf route_of_;
  std::vector<Classes> counts_;  // by route
  observe::Counter& bytes_;
  observe::Counter& refused_;
};

}  // namespace telex::http
