#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "news/article_id.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/call_workers.h"
#include "platform/http/message.h"
#include "platform/http/server.h"
#include "views/adapters/views_store.h"

namespace telex::views {

// What a report is of.
struct ReportRequest {
  Day first = 0;
  Day last = 0;
  std::optional<news::ArticleId> article;        // none: all
  bool by_partner = false;                       // else by language
  std::optional<std::vector<std::string>> only;  // these partners' views; none: all
  bool csv = false;
  bool whole = false;  // all rows or a refusal; else a page
  std::size_t page_size = 0;
  DayKey page_from;
};

// GET /v1/reports/views: who was looked at where and when, for partners' accounts. A row for each
// day, article and language, or partner, in the order of articles and days, as CSV (RFC 4180) or
// JSON, page by page; CSV for which no page was asked is whole or refused, for nothing in a file
// that was saved says that there was more. Whoever has a bearer token with the role editor,
// operator or reader sees all; the role source, bound to partners, sees the views that these had.
// Thread-safe.
class ReportHandler {
 public:
  static constexpr Day kDaysMax = 92;
  static constexpr std::size_t kPageSizeMax = 10'000;  // rows; those of a day are not parted

  // All outlive it, but for `reads`, whose jobs use it.
  ReportHandler(const ViewsStore& store, const rpc::Authenticator& keys, rpc::CallWorkers& reads,
                std::function<absl::Time()> now)
      : store_(store), keys_(keys), reads_(reads), now_(std::move(now)) {}

  void Handle(const http::Request& request, http::Responder responder);

 private:
  absl::StatusOr<ReportRequest> RequestIn(const http::Request& request) const;
  std::optional<DayKey> Visit(const ReportRequest& report, CountsStore::Visit visit) const;
  http::Response Make(const ReportRequest& request, std::string_view query) const;

  const ViewsStore& store_;
  const rpc::Authenticator& keys_;
  rpc::CallWorkers& reads_;
  const std::function<absl::Time()> now_;
};

}  // namespace telex::views
