#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/batch_intake.h"

namespace telex::views {

// One stream of StreamingRecordViews. It reads on while few of its views are under way, so that a
// sender that is quicker than the log is held back, not refused; a caller's limit holds it back,
// too, where that is a matter of seconds. Thread-safe; held by a std::shared_ptr.
class RecordViewsStream final
    : public rpc::StreamTaker<v1::StreamingRecordViewsRequest, v1::StreamingRecordViewsResponse>,
      public std::enable_shared_from_this<RecordViewsStream> {
 public:
  static constexpr std::size_t kReadOnBelow = 1'000;  // views under way; so fewer than 2,000 are
  static constexpr absl::Duration kPauseMax = absl::Seconds(5);
  static constexpr int kRefusedToldMax = 100;

  // The batches outlive it.
  RecordViewsStream(BatchIntake& batches, rpc::Actor actor,
                    std::shared_ptr<rpc::ClientStream> stream)
      : batches_(batches), actor_(std::move(actor)), stream_(std::move(stream)) {}

  absl::StatusOr<absl::Duration> Take(const v1::StreamingRecordViewsRequest& message) override;
  void Finish(rpc::Done<v1::StreamingRecordViewsResponse> done) override;

 private:
  absl::Status CheckPartner(const v1::StreamingRecordViewsRequest& message);
  void Taken(std::int64_t first, std::span<const TakenView> views);
  void ReadOnIfFew(bool wanted);

  BatchIntake& batches_;
  const rpc::Actor actor_;
  const std::shared_ptr<rpc::ClientStream> stream_;
  std::optional<std::string> partner_;  // the first message's; of the thread that calls Take
  std::int64_t views_ = 0;              // read; as partner_
  std::mutex mutex_;
  std::size_t under_way_ = 0;
  bool waiting_ = false;  // the next message is wanted once fewer are under way
  absl::Status fault_;    // the first
  rpc::Done<v1::StreamingRecordViewsResponse> done_;
  v1::StreamingRecordViewsResponse response_;
};

}  // namespace telex::views
