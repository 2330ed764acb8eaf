#include "views/adapters/report_handler.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "news/article_name.h"
#include "news/article_reference.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/http/get_only.h"
#include "platform/http/media_type.h"
#include "platform/http/problem.h"
#include "platform/json/json.h"
#include "views/adapters/view_service.h"
#include "views/domain/partners.h"

namespace telex::views {
namespace {

constexpr std::size_t kValueBytesMax = 200;
constexpr std::string_view kPageSize = "page_size";
constexpr std::string_view kPageToken = "page_token";

constexpr std::string_view kCsvType = "text/csv; charset=utf-8; header=present";
// JSON has no charset parameter (RFC 8259, 11), but many accept it with one.
constexpr std::array kForms = {kCsvType, std::string_view("application/json; charset=utf-8")};

absl::StatusOr<std::optional<std::string>> Given(const http::Request& request,
                                                 std::string_view name) {
  return http::QueryValue(request.query, name, kValueBytesMax);
}

absl::StatusOr<Day> DayIn(const http::Request& request, std::string_view name,
                          std::optional<Day> otherwise) {
  ASSIGN_OR_RETURN(const auto text, Given(request, name));
  if (!text) {
    if (otherwise) return *otherwise;
    return errors::FieldError(name, errors::kFieldRequired, "the first day, as yyyy-mm-dd");
  }
  const auto day = ParseDay(*text);
  if (!day) return errors::FieldError(name, errors::kFieldInvalid, "yyyy-mm-dd");
  return *day;
}

// Where a page begins, as its address says it.
std::string TokenOf(const DayKey& key) {
  return fmt::format("{}.{}", key.article.ToString(), DayText(key.day));
}

std::optional<DayKey> KeyOfToken(std::string_view token) {
  const std::size_t dot = token.find('.');
  const auto article = news::ArticleId::Parse(token.substr(0, dot));
  const auto day = dot == token.npos ? std::nullopt : ParseDay(token.substr(dot + 1));
  if (!article || !day) return std::nullopt;
  return DayKey{*article, *day};
}

// The query with another page's token.
std::string QueryOfPage(std::string_view query, const DayKey& page) {
  std::string next;
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    if (item.substr(0, item.find('=')) != kPageToken) next += fmt::format("{}&", item);
  }
  return fmt::format("{}{}={}", next, kPageToken, TokenOf(page));
}

// What the caller may see: all, or what certain partners had.
absl::StatusOr<std::optional<std::vector<std::string>>> ColumnsOf(const rpc::Actor& actor) {
  if (actor.Is(rpc::Role::kReader) || actor.Is(rpc::Role::kEditor) ||
      actor.Is(rpc::Role::kOperator)) {
    return std::nullopt;
  }
  if (!actor.bound_to.empty()) return std::optional(actor.bound_to);
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired,
                       "needs the role reader, or the role source bound to a partner");
}

// By language or by partner, and of which partners.
absl::Status Narrow(const http::Request& request, std::optional<std::vector<std::string>> may_see,
                    ReportRequest& report) {
  ASSIGN_OR_RETURN(const auto by, Given(request, "by"));
  if (by && *by != "language" && *by != "partner") {
    return errors::FieldError("by", errors::kFieldInvalid, "language or partner");
  }
  ASSIGN_OR_RETURN(auto partner, Given(request, "partner"));
  if (partner == kOwnId) partner = kOwnSite;
  report.by_partner = by ? *by == "partner" : partner || may_see;
  if (!report.by_partner && partner) {
    return errors::FieldError("by", errors::kFieldInvalid, "partner, where one is named");
  }
  if (!report.by_partner && may_see) {
    return errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired,
                         "by: a partner sees its own views: by=partner");
  }
  report.only = std::move(may_see);
  if (!partner) return absl::OkStatus();
  const bool hidden = report.only && std::find(report.only->begin(), report.only->end(),
                                               *partner) == report.only->end();
  if (hidden) {
    return errors::Error(absl::StatusCode::kPermissionDenied, errors::kOtherPartner,
                         fmt::format("partner: the key is not that of {}", *partner),
                         {{"partner", *partner}});
  }
  report.only = {*partner};
  return absl::OkStatus();
}

absl::StatusOr<bool> WantsCsv(const http::Request& request) {
  ASSIGN_OR_RETURN(const auto format, Given(request, "format"));
  if (format) {
    if (*format == "csv" || *format == "json") return *format == "csv";
    return errors::FieldError("format", errors::kFieldInvalid, "csv or json");
  }
  const auto place = http::NegotiateMediaType(request.Find("accept"), kForms);
  if (!place) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kNotAcceptable,
                         "a report is text/csv or application/json; Accept takes neither");
  }
  return *place == 0;
}

absl::Status ReadPage(const http::Request& request, ReportRequest& report) {
  ASSIGN_OR_RETURN(const auto size, Given(request, kPageSize));
  report.page_size = ReportHandler::kPageSizeMax;
  if (size && (!absl::SimpleAtoi(*size, &report.page_size) || report.page_size == 0 ||
               report.page_size > ReportHandler::kPageSizeMax)) {
    return errors::FieldError(kPageSize, errors::kFieldInvalid,
                              fmt::format("1 to {} rows", ReportHandler::kPageSizeMax));
  }
  ASSIGN_OR_RETURN(const auto token, Given(request, kPageToken));
  if (token) {
    const auto key = KeyOfToken(*token);
    if (!key) {
      return errors::FieldError(kPageToken, errors::kBadPageToken, "is not a token of this list");
    }
    report.page_from = *key;
  }
  report.whole = report.csv && !size && !token;
  return absl::OkStatus();
}

absl::Status TooLarge() {
  return errors::FieldError(
      kPageSize, errors::kReportTooLarge,
      fmt::format("there are more than {0} rows: ask for fewer days or one article, or for pages "
                  "(page_size={0}; the header Link has the next one)",
                  ReportHandler::kPageSizeMax));
}

struct Row {
  DayKey key;
  std::string name;
  std::int64_t views = 0;
};

void AddRows(const ReportRequest& report, const DayKey& key, const DayTotals& totals,
             std::vector<Row>& rows) {
  const NamedCounts& counts = report.by_partner ? totals.by_partner : totals.by_language;
  for (const NamedCounts::Entry& entry : counts.entries()) {
    if (entry.count == 0) continue;
    const bool hidden = report.only && std::find(report.only->begin(), report.only->end(),
                                                 entry.name) == report.only->end();
    if (!hidden) rows.push_back({key, entry.name, entry.count});
  }
}

// RFC 4180.
std::string Cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string CsvOf(const ReportRequest& report, const std::vector<Row>& rows) {
  std::string text =
      fmt::format("day,article,{},views\r\n", report.by_partner ? "partner" : "language");
  for (const Row& row : rows) {
    text += fmt::format("{},{},{},{}\r\n", DayText(row.key.day), news::NameOf(row.key.article),
                        Cell(row.name), row.views);
  }
  return text;
}

std::string JsonOf(const ReportRequest& report, const std::vector<Row>& rows,
                   const std::optional<DayKey>& next) {
  const char* const name = report.by_partner ? "partner" : "language";
  json::Value list = json::Value::array();
  for (const Row& row : rows) {
    list.push_back({{"day", DayText(row.key.day)},
                    {"article", news::NameOf(row.key.article)},
                    {name, row.name},
                    {"views", row.views}});
  }
  return json::Write({{"from", DayText(report.first)},
                      {"to", DayText(report.last)},
                      {"rows", std::move(list)},
                      {"next_page_token", next ? TokenOf(*next) : ""}}) +
         "\n";
}

}  // namespace

absl::StatusOr<ReportRequest> ReportHandler::RequestIn(const http::Request& request) const {
  ASSIGN_OR_RETURN(
      const rpc::Actor actor,
      keys_.Identify({.authorization = std::string(request.Find("authorization").value_or(""))}));
  ASSIGN_OR_RETURN(auto may_see, ColumnsOf(actor));
  ReportRequest report;
  ASSIGN_OR_RETURN(report.first, DayIn(request, "from", std::nullopt));
  ASSIGN_OR_RETURN(report.last, DayIn(request, "to", store_.live().DayAt(now_())));
  if (report.first > report.last) {
    return errors::FieldError("from", errors::kFieldInvalid, "is after to");
  }
  if (report.last - report.first >= kDaysMax) {
    return errors::FieldError("from", errors::kFieldInvalid,
                              fmt::format("from and to span more than {} days", kDaysMax));
  }
  ASSIGN_OR_RETURN(const auto article, Given(request, "article"));
  if (article) {
    report.article = news::ParseArticleReference(*article);
    if (!report.article) {
      return errors::FieldError("article", errors::kFieldInvalid,
                                "articles/{article}, or the id alone");
    }
  }
  RETURN_IF_ERROR(Narrow(request, std::move(may_see), report));
  ASSIGN_OR_RETURN(report.csv, WantsCsv(request));
  RETURN_IF_ERROR(ReadPage(request, report));
  return report;
}

void ReportHandler::Handle(const http::Request& request, http::Responder responder) {
  if (auto refusal = http::RefuseAllButGet(request)) return responder.Send(*std::move(refusal));
  auto report = RequestIn(request);
  if (!report.ok()) return responder.Send(http::ProblemOf(report.status()));
  const auto answer = std::make_shared<http::Responder>(std::move(responder));
  const absl::Status added =
      reads_.Add([this, answer, report = *std::move(report), query = std::string(request.query)] {
        answer->Send(Make(report, query));
      });
  if (!added.ok()) answer->Send(http::ProblemOf(added));
}

// Until `visit` returns false. Where the next page begins.
std::optional<DayKey> ReportHandler::Visit(const ReportRequest& report,
                                           CountsStore::Visit visit) const {
  std::optional<DayKey> next;
  if (report.article) {
    const Day first = report.page_from.article == *report.article
                          ? std::max(report.first, report.page_from.day)
                          : report.first;
    store_.counts().VisitDays(*report.article, first, report.last,
                              [&](const DayKey& key, const DayTotals& totals) {
                                if (visit(key, totals)) return true;
                                next = key;
                                return false;
                              });
    return next;
  }
  bool full = false;
  next = report.page_from;
  do {
    next = store_.counts().VisitPage(*next, report.first, report.last,
                                     [&](const DayKey& key, const DayTotals& totals) {
                                       full = !visit(key, totals);
                                       return !full;
                                     });
  } while (report.whole && next && !full);
  return next;
}

http::Response ReportHandler::Make(const ReportRequest& report, std::string_view query) const {
  std::vector<Row> rows;
  const auto next = Visit(report, [&](const DayKey& key, const DayTotals& totals) {
    if (rows.size() >= report.page_size) return false;
    AddRows(report, key, totals, rows);
    return true;
  });
  if (report.whole && (next || rows.size() > report.page_size)) return http::ProblemOf(TooLarge());
  http::Response response{
      .status = 200,
      .head = http::HeaderBlock({{"Content-Type", report.csv ? kCsvType : "application/json"},
                                 {"Cache-Control", "private, no-store"},
                                 {"Vary", "Accept, Authorization"}}),
      .body = http::MakeBytes(report.csv ? CsvOf(report, rows) : JsonOf(report, rows, next))};
  if (next) {
    const std::string link = fmt::format("<?{}>; rel=\"next\"", QueryOfPage(query, *next));
    response.extra = http::HeaderBlock({{"Link", http::CleanHeaderValue(link)}});
  }
  return response;
}

}  // namespace telex::views
