#include <absl/time/time.h>
#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "telexctl/commands/article_name.h"
#include "telexctl/commands/command.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/views/count_view.h"

namespace telex::cli {
namespace {

constexpr const char* kArticleHelp =
    "articles/UUID, the bare UUID, urn:uuid:UUID, or its address at Telex or at its source";

absl::Status Show(const std::string& text, Context& context) {
  auto name = FindArticle(text, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.views();
  if (!api.ok()) return api.status();
  counts::GetViewCountsRequest request;
  request.add_articles(*std::move(name));
  const auto answer = (*api)->GetViewCounts(request);
  if (!answer.ok()) return answer.status();
  if (context.output().json()) {
    context.output().Json(*answer);
    return absl::OkStatus();
  }
  for (const counts::ViewCounts& one : answer->counts()) {
    context.output().Show(DescribeCounts(one));
  }
  return absl::OkStatus();
}

struct ReportFlags {
  std::string article;
  std::string from;
  std::string to;
  bool hours = false;
};

absl::Status Report(const ReportFlags& flags, Context& context) {
  auto name = FindArticle(flags.article, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.views();
  if (!api.ok()) return api.status();
  counts::GetViewReportRequest request;
  request.set_article(*std::move(name));
  request.set_from_day(flags.from);
  request.set_to_day(flags.to);
  const auto answer = (*api)->GetViewReport(request);
  if (!answer.ok()) return answer.status();
  if (context.output().json()) {
    context.output().Json(*answer);
    return absl::OkStatus();
  }
  context.output().Show(flags.hours ? HoursTable(*answer) : DaysTable(*answer));
  context.output().Note(fmt::format("{} views; days of {}; visitors are about right (1.6 %)",
                                    answer->views(), answer->zone()));
  return absl::OkStatus();
}

struct TopFlags {
  std::string section;
  std::string language;
  std::string window = "day";
  std::int32_t limit = 20;
};

counts::ListTrendingRequest::Window WindowOf(const std::string& word) {
  if (word == "hour") return counts::ListTrendingRequest::WINDOW_HOUR;
  if (word == "week") return counts::ListTrendingRequest::WINDOW_WEEK;
  return counts::ListTrendingRequest::WINDOW_DAY;
}

absl::Status Top(const TopFlags& flags, Context& context) {
  const auto api = context.views();
  if (!api.ok()) return api.status();
  counts::ListTrendingRequest request;
  request.set_section(flags.section);
  request.set_language(flags.language);
  request.set_window(WindowOf(flags.window));
  request.set_page_size(flags.limit);
  const auto answer = (*api)->ListTrending(request);
  if (!answer.ok()) return answer.status();
  if (context.output().json()) {
    context.output().Json(*answer);
  } else {
    context.output().Show(TrendingTable(*answer));
  }
  return absl::OkStatus();
}

// They read the log again.
constexpr absl::Duration kReplayTimeout = absl::Seconds(600);

struct RecountFlags {
  std::string article;
  std::string from;
};

absl::Status Recount(const RecountFlags& flags, Context& context) {
  counts::RecountViewsRequest request;
  if (!flags.article.empty()) {
    auto name = FindArticle(flags.article, Versions::kRefused, context);
    if (!name.ok()) return name.status();
    request.set_article(*std::move(name));
  }
  request.set_from_day(flags.from);
  const auto api = context.views(kReplayTimeout);
  if (!api.ok()) return api.status();
  const auto answer = (*api)->RecountViews(request);
  if (!answer.ok()) return answer.status();
  if (context.output().json()) {
    context.output().Json(*answer);
  } else {
    if (answer->differences_size() > 0) context.output().Show(DifferencesTable(*answer));
    context.output().Text(RecountText(*answer) + "\n");
  }
  if (answer->days_different() == 0) return absl::OkStatus();
  return WithHint(absl::DataLossError("the views in the log come to other counts (above)"),
                  "keep the log before it expires (7 days), and report this: counts are a function "
                  "of the log, so it is a fault of Telex");
}

struct ExplainFlags {
  std::string article;
  std::string event;
  std::string since;
};

absl::Status Explain(const ExplainFlags& flags, Context& context) {
  counts::ExplainViewRequest request;
  if (!flags.since.empty()) {
    const auto since = Instant(flags.since, "--since");
    if (!since.ok()) return since.status();
    *request.mutable_since() = *since;
  }
  auto name = FindArticle(flags.article, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  request.set_article(*std::move(name));
  request.set_event_id(flags.event);
  const auto api = context.views(kReplayTimeout);
  if (!api.ok()) return api.status();
  const auto answer = (*api)->ExplainView(request);
  if (!answer.ok()) return answer.status();
  if (context.output().json()) {
    context.output().Json(*answer);
    return absl::OkStatus();
  }
  for (int n = 0; n < answer->views_size(); ++n) {
    if (n > 0) context.output().Text("\n");
    context.output().Show(DescribeExplained(answer->views(n)));
  }
  return absl::OkStatus();
}

}  // namespace

void AddViews(Command& program) {
  Command views = program.AddGroup("views", "how often stories are looked at",
                                   "telexctl views top --section world");

  const auto shown = std::make_shared<std::string>();
  Command show = views.Add("show", "the number under a story",
                           "telexctl views show 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2",
                           [=](Context& context) { return Show(*shown, context); });
  show.Text("ARTICLE", *shown, kArticleHelp).Required();

  const auto reported = std::make_shared<ReportFlags>();
  Command report =
      views.Add("report", "a story's views by day, language and partner, and what did not count",
                "telexctl views report 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 --from 2025-04-18",
                [=](Context& context) { return Report(*reported, context); });
  report.Text("ARTICLE", reported->article, kArticleHelp).Required();
  report.Text("--from", reported->from,
              "the first day: 2025-04-18; without: 400 days up to the last, and never more");
  report.Text("--to", reported->to, "the last day, included");
  report.Switch("--hours", reported->hours, "by hour: the n-th that has begun on its day");

  const auto recounted = std::make_shared<RecountFlags>();
  Command recount = views.Add("recount", "the views in the log, counted again beside the counts",
                              "telexctl views recount --from 2025-04-18",
                              [=](Context& context) { return Recount(*recounted, context); });
  recount.Text("ARTICLE", recounted->article, std::string(kArticleHelp) + "; without: all");
  recount.Text("--from", recounted->from, "the first day to compare: 2025-04-18");

  const auto explained = std::make_shared<ExplainFlags>();
  Command explain = views.Add("explain", "why one view counted, or did not",
                              "telexctl views explain 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 "
                              "0b9f7a52-3c1e-4d0a-8a55-2b1c9d7e6f10 --since 2025-04-18T10:00Z",
                              [=](Context& context) { return Explain(*explained, context); });
  explain.Text("ARTICLE", explained->article, kArticleHelp).Required();
  explain.Text("EVENT", explained->event, "the id that the view was sent with: a UUID").Required();
  explain.Text("--since", explained->since,
               "it was looked at then or later; without: all of the log is read");

  const auto flags = std::make_shared<TopFlags>();
  Command top = views.Add("top", "the stories that are looked at most now",
                          "telexctl views top --section world --window hour",
                          [=](Context& context) { return Top(*flags, context); });
  top.Text("--section", flags->section, "slug");
  top.Text("--language", flags->language, "BCP 47");
  top.Text("--window", flags->window, "a view weighs half as much after an hour, a day, a week")
      .OneOf({"hour", "day", "week"})
      .ShowDefault();
  top.Number("--limit", flags->limit, "how many").ShowDefault().Between(1, 100);
}

}  // namespace telex::cli
