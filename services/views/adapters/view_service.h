#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "news/article_id.h"
#include "platform/grpc/call_workers.h"
#include "platform/grpc/unary_service.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/count_streams.h"
#include "views/adapters/views_store.h"

namespace telex::views {

// What news::ParseArticleReference takes.
inline constexpr std::string_view kArticleForm = "articles/{article}, or the id alone";
// NOT_FOUND, with the field; while it may be that the log has it, UNAVAILABLE / NOT_CAUGHT_UP.
absl::Status NoSuchArticle(const ViewsStore& store, std::string_view field);
// That of the field `article`: it has views, or may have. Else a refusal.
absl::StatusOr<news::ArticleId> FindArticle(const ViewsStore& store, std::string_view name);

// What the RPCs about counts do, without gRPC. Refusals carry one reason and the fields. Answers
// are ready in memory, but for a report, which reads the local store. Thread-safe.
class ViewService {
 public:
  static constexpr int kArticlesMax = 100;  // of one request
  static constexpr int kReportDaysMax = 400;
  static constexpr int kPageSizeDefault = 20;
  static constexpr int kPageSizeMax = 100;
  static constexpr std::size_t kStreamsMax = 1'000;

  // The store outlives it. `zone`: the name of that of the counts.
  ViewService(ViewsStore& store, std::string zone, std::function<absl::Time()> now);
  ~ViewService();

  absl::StatusOr<v1::GetViewCountsResponse> GetViewCounts(
      const v1::GetViewCountsRequest& request) const;
  // Reads the local store: not for gRPC's threads.
  absl::StatusOr<v1::GetViewReportResponse> GetViewReport(
      const v1::GetViewReportRequest& request) const;
  absl::StatusOr<v1::ListTrendingResponse> ListTrending(
      const v1::ListTrendingRequest& request) const;
  absl::StatusOr<rpc::Next<v1::ViewCounts>> StreamViewCounts(
      const v1::StreamViewCountsRequest& request, std::shared_ptr<rpc::ServerStream> stream);

  // All of these, to whoever has a role; reports by way of `reads`, whose jobs use this.
  void OfferOn(rpc::UnaryService& service, rpc::CallWorkers& reads);

  // For HTTP, too. Nothing: there is no such article, or it is purged.
  std::optional<v1::ViewCounts> CountsOf(const news::ArticleId& article) const;
  absl::Status NoSuchArticle(std::string_view field) const {
    return views::NoSuchArticle(store_, field);
  }

 private:
  template <typename Names>
  absl::StatusOr<std::vector<news::ArticleId>> ArticlesIn(const Names& names) const;

  ViewsStore& store_;
  const std::string zone_;
  const std::function<absl::Time()> now_;
  CountStreams streams_;
};

}  // namespace telex::views
