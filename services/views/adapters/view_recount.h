#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "platform/grpc/unary_service.h"
#include "platform/kafka/log_reader.h"
#include "platform/runtime/worker_pool.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/views_store.h"
#include "views/domain/recount.h"

namespace telex::views {

// RecountViews: reads telex.views.v1 partition by partition with readers of its own, and compares
// what it counts with the local store. One at a time, on a thread of its own. Thread-safe, but for
// ReadThrough.
class ViewRecount {
 public:
  static constexpr absl::Duration kTimeMax = absl::Minutes(10);

  struct Ports {
    std::int32_t partitions = 0;  // of each of the topics
    // Of telex.views.v1, by partition.
    std::function<absl::StatusOr<std::vector<std::int64_t>>(absl::Duration within)> beginnings;
    // A reader that nothing but its handler depends on; told when it has stopped for good.
    std::function<absl::StatusOr<std::unique_ptr<kafka::LogReader>>(
        kafka::LogReaderConfig, kafka::LogHandler&, std::function<void(const absl::Status&)>)>
        read;
  };

  // `store` outlives it. `zone`: of the days of the counts.
  ViewRecount(const ViewsStore& store, absl::TimeZone zone) : store_(store), zone_(zone) {}

  // Recounts are taken from now on. Once; what the ports use outlives the last of them.
  void ReadThrough(Ports ports);
  // Ends the one under way (UNAVAILABLE / STOPPING) and waits for that; no other is taken.
  void Stop();

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
  Ports ports_;                     // written before open_
  std::atomic<bool> open_ = false;  // they are there
  std::atomic<bool> busy_ = false;
  std::stop_source stop_;
  runtime::WorkerPool worker_{1};  // last: its job uses the rest
};

}  // namespace telex::views
