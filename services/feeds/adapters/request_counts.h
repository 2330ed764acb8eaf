#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "platform/http/server.h"
#include "platform/observe/metrics.h"

namespace telex::feeds {

// Counts answers by route and class of status.
class RequestCounts final : public http::ServerObserver {
 public:
  explicit RequestCounts(observe::Metrics& metrics) {
    for (std::size_t route = 0; route < kRoutes.size(); ++route) {
      for (int status = 2; status <= 5; ++status) {
        counts_[route][status - 2] = &metrics.Counter(
            "telex_feeds_requests_total", "Requests answered.",
            {{"route", std::string(kRoutes[route])}, {"status", fmt::format("{}xx", status)}});
      }
    }
    bytes_ = &metrics.Counter("telex_feeds_sent_bytes_total", "Bytes of bodies sent.");
    refused_ = &metrics.Counter("telex_feeds_requests_refused_total",
                                "Requests and connections turned away by a bound.");
  }
  void OnAnswered(const http::Request& request, int status, std::size_t body_bytes) override {
    const auto route = std::find(kRoutes.begin(), kRoutes.end(), RouteOf(request.path));
    const auto place = static_cast<std::size_t>(route - kRoutes.begin());
    counts_[place][std::clamp(status / 100, 2, 5) - 2]->Increment();
    bytes_->Increment(body_bytes);
  }
  void OnRefused(int) override { refused_->Increment(); }
  void OnConnectionRefused() override { refused_->Increment(); }

 private:
  static constexpr std::array<std::string_view, 4> kRoutes = {"feed", "article", "index", "other"};
  std::array<std::array<observe::Counter*, 4>, 4> counts_{};
  observe::Counter* bytes_ = nullptr;
  observe::Counter* refused_ = nullptr;
};

}  // namespace telex::feeds
