#include "views/adapters/record_views.h"

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "views/adapters/new_views.h"
#include "views/adapters/record_views_stream.h"
#include "views/adapters/refusal.h"

namespace telex::views {
namespace {

absl::StatusOr<v1::RecordViewsResponse> Answer(std::span<const TakenView> views) {
  v1::RecordViewsResponse response;
  for (const TakenView& view : views) {
    if (view.refusal && IsTransient(*view.refusal)) return ErrorOf(*view.refusal);
    FillResult(view, *response.add_results());
  }
  return response;
}

}  // namespace

void RecordViews::Call(const rpc::Call& call, const v1::RecordViewsRequest& request,
                       rpc::Done<v1::RecordViewsResponse> done) {
  absl::Status may = MayRecord(call.actor, request.partner(), request.views());
  if (!may.ok()) return done(may);
  const std::vector<SentLook> looks = LooksIn(request.views());
  const auto sender = batches_.AdmitCaller(call.actor.name, request.partner(), looks.size());
  if (!sender.ok()) {
    batches_.CountRefused(sender.status(), looks.size());
    return done(sender.status());
  }
  batches_.Take(*sender, looks, [done = std::move(done)](std::span<const TakenView> views) {
    done(Answer(views));
  });
}

void RecordViews::AddTo(rpc::UnaryService& service) {
  service.Later<v1::RecordViewsRequest, v1::RecordViewsResponse>(
      "RecordViews", {rpc::Role::kSource},
      [this](const rpc::Call& call, const v1::RecordViewsRequest& request,
             rpc::Done<v1::RecordViewsResponse> done) { Call(call, request, std::move(done)); });
  service.Upload<v1::StreamingRecordViewsRequest, v1::StreamingRecordViewsResponse>(
      "StreamingRecordViews", {rpc::Role::kSource}, kStreamsMax,
      [this](const rpc::Call& call, std::shared_ptr<rpc::ClientStream> stream) {
        return std::make_shared<RecordViewsStream>(batches_, call.actor, std::move(stream));
      });
}

}  // namespace telex::views
