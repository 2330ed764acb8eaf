#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "platform/http/server.h"
#include "views/adapters/beacon_request.h"
#include "views/adapters/partner_file.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/reader_address.h"
#include "views/adapters/view_intake.h"

namespace telex::views {

struct BeaconOptions {
  std::vector<Network> proxies;  // whose forwarded addresses are believed
  ForwardedBy forwarded_by = ForwardedBy::kXForwardedFor;
  std::vector<Network> internal;  // of the newsroom: looks from there do not count
};

// The routes /v1/views/{article}.gif, /v1/views and /v1/telex.js. An answer to a view means that it
// is durable, or why it is not. Thread-safe; never blocks. It outlives the answers that it owes.
class BeaconHandler {
 public:
  struct Parts {
    ViewIntake& intake;
    PartnerFile& partners;
    RateLimits& readers;  // by address
    RateLimits& senders;  // by partner
    std::function<RateLimits::Time()> now = [] { return std::chrono::steady_clock::now(); };
  };
  // The parts outlive it.
  BeaconHandler(Parts parts, BeaconOptions options);

  // For whoever serves more than these.
  static bool IsRoute(std::string_view path);
  void Handle(const http::Request& request, http::Responder responder);

 private:
  struct Sender;

  void TakeGif(const http::Request& request, http::Responder responder);
  void TakePost(const http::Request& request, http::Responder responder);
  // The refusal of a sender that is unknown, suspended, or sends too much.
  std::optional<http::Response> Admit(const http::Request& request, std::size_t looks, bool gif,
                                      Sender& sender);
  void Take(const ReportedLook& look, const Sender& sender, ViewIntake::Done done);

  const Parts parts_;
  const BeaconOptions options_;
};

// Which route a path belongs to, for metrics: "gif", "views", "script" or "other".
std::string_view RouteOf(std::string_view path);

}  // namespace telex::views
