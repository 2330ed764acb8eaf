// What servers count: every series that is known beforehand is there from the start, at 0.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "platform/grpc/call_metrics.h"
#include "platform/http/request_metrics.h"
#include "telex/ingestion/v1/source_service.pb.h"

namespace telex {
namespace {

using testing::HasSubstr;

std::size_t SeriesOf(const observe::Metrics& metrics, const std::string& name) {
  const std::string page = metrics.Render();
  std::size_t series = 0;
  for (std::size_t at = page.find("\n" + name + "{"); at != std::string::npos;
       at = page.find("\n" + name + "{", at + 1)) {
    ++series;
  }
  return series;
}

TEST(CallMetricsTest, CountsEachMethodByEachCodeFromTheStart) {
  observe::Metrics metrics;
  const int methods =
      ingestion::v1::GetSourceRequest::descriptor()->file()->service(0)->method_count();
  rpc::CallMetrics calls(metrics,
                         std::array<std::string_view, 1>{"telex.ingestion.v1.SourceService"});
  constexpr std::size_t kCodesOfGrpc = 17;
  const std::size_t series = SeriesOf(metrics, "telex_grpc_calls_total");
  EXPECT_EQ(series, static_cast<std::size_t>(methods) * kCodesOfGrpc);
  calls.Count("/telex.ingestion.v1.SourceService/GetSource", absl::StatusCode::kNotFound,
              absl::Milliseconds(1));
  EXPECT_EQ(SeriesOf(metrics, "telex_grpc_calls_total"), series);
  EXPECT_THAT(metrics.Render(),
              HasSubstr("telex_grpc_calls_total{code=\"NOT_FOUND\",method=\"GetSource\"} 1\n"));
  EXPECT_THAT(metrics.Render(),
              HasSubstr("telex_grpc_call_seconds_count{method=\"GetSource\"} 1\n"));
}

TEST(RequestMetricsTest, CountsEachRouteByEachClassOfStatusFromTheStart) {
  observe::Metrics metrics;
  http::RequestMetrics requests(metrics, std::array<std::string_view, 2>{"page", "other"},
                                [](std::string_view path) { return path == "/page" ? 0u : 1u; });
  EXPECT_EQ(SeriesOf(metrics, "telex_http_requests_total"), 2u * 4u);
  http::Request request;
  request.path = "/page";
  requests.OnAnswered(request, 304, 0);
  request.path = "/elsewhere";
  requests.OnAnswered(request, 200, 7);
  requests.OnRefused(431);
  requests.OnConnectionRefused();
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("telex_http_requests_total{route=\"page\",status=\"3xx\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("telex_http_requests_total{route=\"other\",status=\"2xx\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("telex_http_sent_bytes_total 7\n"));
  EXPECT_THAT(page, HasSubstr("telex_http_requests_refused_total 2\n"));
}

}  // namespace
}  // namespace telex
