#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <utility>

#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/view_replay.h"
#include "views/adapters/views_store.h"
#include "views/domain/recount.h"

namespace telex::views {

// RecountViews: reads telex.views.v1 partition by partition, and compares what it counts with the
// local store. Thread-safe, but for ReadThrough.
class ViewRecount {
 public:
  // `store` outlives it. `zone`: of the days of the counts.
  ViewRecount(const ViewsStore& store, absl::TimeZone zone) : store_(store), zone_(zone) {}

  // As of ViewReplay.
  void ReadThrough(ViewReplay::Ports ports) { replay_.ReadThrough(std::move(ports)); }
  void Stop() { replay_.Stop(); }

  void Call(const rpc::Call& call, const v1::RecountViewsRequest& request,
            rpc::Done<v1::RecountViewsResponse> done);
  void OfferOn(rpc::UnaryService& service);

 private:
  absl::StatusOr<RecountScope> ScopeIn(const v1::RecountViewsRequest& request) const;
  absl::StatusOr<v1::RecountViewsResponse> Run(const RecountScope& scope,
                                               absl::Time deadline) const;
  absl::Status ReadPartition(std::int32_t partition, std::int64_t beginning,
                             const RecountScope& scope, absl::Time deadline,
                             RecountResult& result) const;

  const ViewsStore& store_;
  const absl::TimeZone zone_;
  ViewReplay replay_;  // last: its job uses the rest
};

}  // namespace telex::views
