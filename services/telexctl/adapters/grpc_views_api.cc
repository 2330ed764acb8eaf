#include "telexctl/adapters/grpc_views_api.h"

#include <utility>

#include "telex/views/v1/view_service.grpc.pb.h"
#include "telexctl/adapters/grpc_call.h"

namespace telex::cli {
namespace {

class GrpcViewsApi final : public ViewsApi {
 public:
  explicit GrpcViewsApi(GrpcCalls calls)
      : calls_(std::move(calls)), stub_(counts::ViewService::NewStub(calls_.channel())) {}

  absl::StatusOr<counts::GetViewCountsResponse> GetViewCounts(
      const counts::GetViewCountsRequest& request) override {
    return calls_.Call("GetViewCounts", *stub_, &Stub::GetViewCounts, request);
  }
  absl::StatusOr<counts::GetViewReportResponse> GetViewReport(
      const counts::GetViewReportRequest& request) override {
    return calls_.Call("GetViewReport", *stub_, &Stub::GetViewReport, request);
  }
  absl::StatusOr<counts::ListTrendingResponse> ListTrending(
      const counts::ListTrendingRequest& request) override {
    return calls_.Call("ListTrending", *stub_, &Stub::ListTrending, request);
  }
  absl::StatusOr<counts::RecountViewsResponse> RecountViews(
      const counts::RecountViewsRequest& request) override {
    return calls_.Call("RecountViews", *stub_, &Stub::RecountViews, request);
  }
  absl::StatusOr<counts::ExplainViewResponse> ExplainView(
      const counts::ExplainViewRequest& request) override {
    return calls_.Call("ExplainView", *stub_, &Stub::ExplainView, request);
  }

 private:
  using Stub = counts::ViewService::Stub;

  GrpcCalls calls_;
  const std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<ViewsApi> MakeGrpcViewsApi(std::unique_ptr<rpc::Caller> caller,
                                           absl::Duration timeout, Retrier& retrier) {
  return std::make_unique<GrpcViewsApi>(GrpcCalls(std::move(caller), timeout, retrier));
}

}  // namespace telex::cli
