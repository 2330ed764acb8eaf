#pragma once

#include <cstddef>

#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/batch_intake.h"

namespace telex::views {

// ViewService.RecordViews and StreamingRecordViews: views that servers hand on. Thread-safe; never
// blocks.
class RecordViews {
 public:
  static constexpr std::size_t kStreamsMax = 100;

  // The batches outlive it.
  explicit RecordViews(BatchIntake& batches) : batches_(batches) {}

  // INVALID_ARGUMENT for the whole: too many views (FIELD_TOO_LONG), a partner that is not known
  // (UNKNOWN_PARTNER); PERMISSION_DENIED: it is suspended, or not one that the caller is bound to;
  // RESOURCE_EXHAUSTED / RATE_LIMITED; UNAVAILABLE where a view has to be sent again.
  void Call(const rpc::Call& call, const v1::RecordViewsRequest& request,
            rpc::Done<v1::RecordViewsResponse> done);

  // Offers both, to `source`.
  void AddTo(rpc::UnaryService& service);

 private:
  BatchIntake& batches_;
};

}  // namespace telex::views
