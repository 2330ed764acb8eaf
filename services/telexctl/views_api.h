// The RPCs of telex-views as telexctl calls them.
#pragma once

#include <absl/status/statusor.h>

#include "telex/views/v1/view_service.pb.h"

namespace telex::cli {

namespace counts {
using namespace telex::views::v1;
}  // namespace counts

// Errors carry reason, metadata and fields as the server gave them (platform/errors).
class ViewsApi {
 public:
  virtual ~ViewsApi() = default;

  virtual absl::StatusOr<counts::GetViewCountsResponse> GetViewCounts(
      const counts::GetViewCountsRequest& request) = 0;
  virtual absl::StatusOr<counts::GetViewReportResponse> GetViewReport(
      const counts::GetViewReportRequest& request) = 0;
  virtual absl::StatusOr<counts::ListTrendingResponse> ListTrending(
      const counts::ListTrendingRequest& request) = 0;
  virtual absl::StatusOr<counts::RecountViewsResponse> RecountViews(
      const counts::RecountViewsRequest& request) = 0;
  virtual absl::StatusOr<counts::ExplainViewResponse> ExplainView(
      const counts::ExplainViewRequest& request) = 0;
};

}  // namespace telex::cli
