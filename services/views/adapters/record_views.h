#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/partner_file.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/reader_address.h"
#include "views/adapters/view_intake.h"

namespace telex::views {

// ViewService.RecordViews: views that servers hand on. Thread-safe; never blocks.
class RecordViews {
 public:
  static constexpr int kViewsMax = 1'000;

  struct Parts {
    ViewIntake& intake;
    PartnerFile& partners;
    RateLimits& readers;  // by address
    RateLimits& senders;  // by caller
    std::vector<Network> internal;
    std::function<RateLimits::Time()> now = [] { return std::chrono::steady_clock::now(); };
  };
  // The parts outlive it.
  explicit RecordViews(Parts parts) : parts_(std::move(parts)) {}

  // INVALID_ARGUMENT for the whole: too many views (FIELD_TOO_LONG), a partner that is not known
  // (UNKNOWN_PARTNER); PERMISSION_DENIED: it is suspended, or not one that the caller is bound to;
  // RESOURCE_EXHAUSTED / RATE_LIMITED; UNAVAILABLE where a view has to be sent again.
  void Call(const rpc::Call& call, const v1::RecordViewsRequest& request,
            rpc::Done<v1::RecordViewsResponse> done);

  // Offers it: RecordViews, to `source`.
  void AddTo(rpc::UnaryService& service);

 private:
  absl::Status Admit(const rpc::Call& call, const v1::RecordViewsRequest& request);
  void Take(const v1::NewView& view, std::string_view partner, ViewIntake::Done done);

  const Parts parts_;
};

}  // namespace telex::views
