#include "views/adapters/view_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "news/article_reference.h"
#include "news/language_tag.h"
#include "news/section.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "views/adapters/view_codec.h"

namespace telex::views {
namespace {

using rpc::Role;

constexpr std::string_view kNoSuchArticle = "there is no such article";

struct DayRange {
  Day first = 0;
  Day last = 0;
};

absl::StatusOr<DayRange> DaysIn(const v1::GetViewReportRequest& request, Day today) {
  absl::Status fault;
  const auto last = request.to_day().empty() ? today : ParseDay(request.to_day());
  if (!last) fault = errors::WithField(fault, "to_day", errors::kFieldInvalid, "yyyy-mm-dd");
  auto first = last;
  if (first) *first -= ViewService::kReportDaysMax - 1;
  if (!request.from_day().empty()) first = ParseDay(request.from_day());
  if (!first && last) {
    fault = errors::WithField(fault, "from_day", errors::kFieldInvalid, "yyyy-mm-dd");
  }
  if (!fault.ok()) return fault;
  if (*first > *last) {
    return errors::FieldError("from_day", errors::kFieldInvalid,
                              fmt::format("is after the last day, {}", DayText(*last)));
  }
  if (*last - *first >= ViewService::kReportDaysMax) {
    return errors::FieldError(
        "from_day", errors::kFieldInvalid,
        fmt::format("from_day and to_day span more than {} days", ViewService::kReportDaysMax));
  }
  return DayRange{*first, *last};
}

template <typename List>
void AddNamed(const NamedCounts& counts, List& list) {
  for (const NamedCounts::Entry& entry : counts.entries()) {
    if (entry.count == 0) continue;
    v1::NamedViews& named = *list.Add();
    named.set_name(entry.name);
    named.set_views(entry.count);
  }
}

void FillDay(Day day, const DayTotals& totals, v1::DayReport& report) {
  report.set_day(DayText(day));
  report.set_views(totals.views);
  report.set_visitors(ShownVisitors(totals));
  const auto last =
      std::find_if(totals.by_hour.rbegin(), totals.by_hour.rend(), [](auto n) { return n != 0; });
  report.mutable_hours()->Add(totals.by_hour.begin(), last.base());
  AddNamed(totals.by_language, *report.mutable_languages());
  AddNamed(totals.by_partner, *report.mutable_partners());
  for (std::size_t filter = 1; filter < totals.filtered.size(); ++filter) {
    if (totals.filtered[filter] == 0) continue;
    v1::FilteredViews& filtered = *report.add_filtered();
    filtered.set_filter(ToProto(static_cast<Filter>(filter)));
    filtered.set_views(totals.filtered[filter]);
  }
}

absl::StatusOr<TrendingWindow> WindowIn(const v1::ListTrendingRequest& request) {
  switch (request.window()) {
    case v1::ListTrendingRequest::WINDOW_UNSPECIFIED:
    case v1::ListTrendingRequest::WINDOW_DAY:
      return TrendingWindow::kDay;
    case v1::ListTrendingRequest::WINDOW_HOUR:
      return TrendingWindow::kHour;
    case v1::ListTrendingRequest::WINDOW_WEEK:
      return TrendingWindow::kWeek;
    default:
      return errors::FieldError("window", errors::kFieldInvalid, "hour, day or week");
  }
}

}  // namespace

absl::Status NoSuchArticle(const ViewsStore& store, std::string_view field) {
  if (!store.caught_up()) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp,
                         "this replica is still reading the log, which may have the article");
  }
  return errors::WithField(errors::Error(absl::StatusCode::kNotFound, errors::kArticleNotFound,
                                         fmt::format("{}: {}", field, kNoSuchArticle)),
                           field, errors::kArticleNotFound, kNoSuchArticle);
}

absl::StatusOr<news::ArticleId> FindArticle(const ViewsStore& store, std::string_view name) {
  const auto article = news::ParseArticleReference(name);
  if (!article) {
    return errors::FieldError(
        "article", name.empty() ? errors::kFieldRequired : errors::kFieldInvalid, kArticleForm);
  }
  const auto known = store.articles().Find(*article);
  if (known == nullptr || known->purged) return NoSuchArticle(store, "article");
  return *article;
}

ViewService::ViewService(ViewsStore& store, std::string zone, std::function<absl::Time()> now)
    : store_(store),
      zone_(std::move(zone)),
      now_(std::move(now)),
      streams_([this](const news::ArticleId& article) { return CountsOf(article); }) {
  store_.live().OnChanged(
      [this](std::span<const news::ArticleId> articles) { streams_.Changed(articles); });
}

ViewService::~ViewService() { store_.live().OnChanged({}); }

std::optional<v1::ViewCounts> ViewService::CountsOf(const news::ArticleId& article) const {
  const auto known = store_.articles().Find(article);
  if (known == nullptr || known->purged) return std::nullopt;
  const LiveCounts& live = store_.live();
  const ShownCounts shown = live.Find(article, live.DayAt(now_()));
  v1::ViewCounts counts;
  counts.set_article(news::NameOf(article));
  counts.set_views(shown.views);
  counts.set_views_today(shown.views_today);
  counts.set_visitors_today(shown.visitors_today);
  counts.set_printed_views(known->printed_views);
  if (shown.as_of) *counts.mutable_as_of() = news::ToProto(*shown.as_of);
  return counts;
}

template <typename Names>
absl::StatusOr<std::vector<news::ArticleId>> ViewService::ArticlesIn(const Names& names) const {
  if (names.empty()) {
    return errors::FieldError("articles", errors::kFieldRequired, "name at least one");
  }
  if (names.size() > kArticlesMax) {
    return errors::FieldError("articles", errors::kFieldTooLong,
                              fmt::format("{} at most, not {}", kArticlesMax, names.size()));
  }
  std::vector<news::ArticleId> articles;
  absl::Status malformed;
  absl::Status unknown;
  for (int n = 0; n < names.size(); ++n) {
    const auto field = [n] { return fmt::format("articles[{}]", n); };
    const auto article = news::ParseArticleReference(names[n]);
    if (!article) {
      malformed = errors::WithField(malformed, field(), errors::kFieldInvalid, kArticleForm);
      continue;
    }
    articles.push_back(*article);
    const auto known = store_.articles().Find(*article);
    if (known != nullptr && !known->purged) continue;
    unknown = unknown.ok()
                  ? NoSuchArticle(field())
                  : errors::WithField(unknown, field(), errors::kArticleNotFound, kNoSuchArticle);
  }
  if (!malformed.ok()) return malformed;
  if (!unknown.ok()) return unknown;
  return articles;
}

absl::StatusOr<v1::GetViewCountsResponse> ViewService::GetViewCounts(
    const v1::GetViewCountsRequest& request) const {
  ASSIGN_OR_RETURN(const std::vector<news::ArticleId> articles, ArticlesIn(request.articles()));
  v1::GetViewCountsResponse response;
  for (std::size_t n = 0; n < articles.size(); ++n) {
    auto counts = CountsOf(articles[n]);
    // Purged since.
    if (!counts) return NoSuchArticle(fmt::format("articles[{}]", n));
    *response.add_counts() = *std::move(counts);
  }
  return response;
}

absl::StatusOr<v1::GetViewReportResponse> ViewService::GetViewReport(
    const v1::GetViewReportRequest& request) const {
  ASSIGN_OR_RETURN(const news::ArticleId article, FindArticle(store_, request.article()));
  ASSIGN_OR_RETURN(const DayRange range, DaysIn(request, store_.live().DayAt(now_())));
  v1::GetViewReportResponse response;
  response.set_article(news::NameOf(article));
  response.set_zone(zone_);
  store_.counts().VisitDays(
      article, range.first, range.last, [&](const DayKey& key, const DayTotals& totals) {
        v1::DayReport& day = *response.add_days();
        FillDay(key.day, totals, day);
        response.set_views(response.views() + day.views());
        response.set_visitors_by_day(response.visitors_by_day() + day.visitors());
        return true;
      });
  return response;
}

absl::StatusOr<v1::ListTrendingResponse> ViewService::ListTrending(
    const v1::ListTrendingRequest& request) const {
  ASSIGN_OR_RETURN(const TrendingWindow window, WindowIn(request));
  if (!request.section().empty() && !news::Section::Parse(request.section())) {
    return errors::FieldError("section", errors::kFieldInvalid, "a slug, such as world");
  }
  std::string language;
  if (!request.language().empty()) {
    const auto tag = news::LanguageTag::Parse(request.language());
    if (!tag) {
      return errors::FieldError("language", errors::kUnknownLanguage, "BCP 47, such as en");
    }
    language = tag->text();
  }
  if (request.page_size() < 0 || request.page_size() > kPageSizeMax) {
    return errors::FieldError("page_size", errors::kFieldInvalid,
                              fmt::format("1 to {}, or 0", kPageSizeMax));
  }
  const int most = request.page_size() == 0 ? kPageSizeDefault : request.page_size();
  const absl::Time now = now_();
  const LiveCounts& live = store_.live();
  v1::ListTrendingResponse response;
  for (const Trending::Ranked& ranked : live.Top({.window = window,
                                        .section = request.section(),
                                        .language = language,
                                        .most = static_cast<std::size_t>(most)},
                                                 now)) {
    const auto known = store_.articles().Find(ranked.article);
    if (known == nullptr || !known->live) continue;  // since
    const ShownCounts shown = live.Find(ranked.article, live.DayAt(now));
    v1::TrendingStory& story = *response.add_stories();
    story.set_article(news::NameOf(ranked.article));
    story.set_headline(known->headline);
    story.set_section(std::string(known->section));
    story.set_language(std::string(known->language));
    story.set_score(ranked.score);
    story.set_views(shown.views);
    story.set_views_today(shown.views_today);
  }
  return response;
}

absl::StatusOr<rpc::Next<v1::ViewCounts>> ViewService::StreamViewCounts(
    const v1::StreamViewCountsRequest& request, std::shared_ptr<rpc::ServerStream> stream) {
  ASSIGN_OR_RETURN(std::vector<news::ArticleId> articles, ArticlesIn(request.articles()));
  return streams_.Open(std::move(articles), std::move(stream));
}

void ViewService::OfferOn(rpc::UnaryService& service, rpc::CallWorkers& reads) {
  const std::vector<Role> anybody = {Role::kSource, Role::kEditor, Role::kOperator, Role::kReader};
  service.Now<v1::GetViewCountsRequest, v1::GetViewCountsResponse>(
      "GetViewCounts", anybody, [this](const auto& request) { return GetViewCounts(request); });
  service.Later<v1::GetViewReportRequest, v1::GetViewReportResponse>(
      "GetViewReport", {Role::kEditor, Role::kOperator, Role::kReader},
      [this, &reads](const rpc::Call&, const v1::GetViewReportRequest& request,
                     const rpc::Done<v1::GetViewReportResponse>& done) {
        const absl::Status added =
            reads.Add([this, &request, done] { done(GetViewReport(request)); });
        if (!added.ok()) done(added);
      });
  service.Now<v1::ListTrendingRequest, v1::ListTrendingResponse>(
      "ListTrending", anybody, [this](const auto& request) { return ListTrending(request); });
  service.Stream<v1::StreamViewCountsRequest, v1::ViewCounts>(
      "StreamViewCounts", anybody, kStreamsMax,
      [this](const auto& request, std::shared_ptr<rpc::ServerStream> stream) {
        return StreamViewCounts(request, std::move(stream));
      });
}

}  // namespace telex::views
