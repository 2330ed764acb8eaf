#include "telexctl/views/count_view.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include "platform/text/ascii.h"
#include "telexctl/views/article_view.h"

namespace telex::cli {
namespace {

// "en 10, az 3": those that have any.
template <typename List>
std::string NamedText(const List& list) {
  std::string text;
  for (const counts::NamedViews& one : list) {
    if (one.views() == 0) continue;
    // A view without a partner was on the publisher's own site.
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        one.name().empty() ? "own" : one.name(), one.views());
  }
  return text;
}

// "robot", of FILTER_ROBOT.
std::string WordOf(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? text::AsciiLower(name.substr(prefix.size())) : name;
}

std::string WordOf(counts::Filter filter) { return WordOf(counts::Filter_Name(filter), "FILTER_"); }

// "robot 3, repeat 2".
std::string FilteredText(const counts::DayReport& day) {
  std::string text;
  for (const counts::FilteredViews& one : day.filtered()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", WordOf(one.filter()), one.views());
  }
  return text;
}

// To the millisecond: looks are told apart by it.
std::string MomentText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

std::string WhyFiltered(const counts::ExplainedView& view) {
  switch (view.filter()) {
    case counts::FILTER_ROBOT:
    case counts::FILTER_AI_FETCHER:
    case counts::FILTER_EMPTY_AGENT:
      return fmt::format("its user agent, by version {} of the list", view.agent_list());
    case counts::FILTER_PREFETCH:
      return "the page was fetched ahead: nobody had seen it yet";
    case counts::FILTER_IMPOSSIBLE_RATE:
      return "its address sent more than people look at";
    case counts::FILTER_INTERNAL:
      return "it was of the newsroom itself";
    case counts::FILTER_NO_TRACKING:
      return "its reader asks not to be tracked";
    case counts::FILTER_REPEAT:
      if (!view.has_visit()) return "the same reader looked in the 30 s before";
      return fmt::format("the same reader looked from {} to {}, no more than 30 s before",
                         MomentText(view.visit().first_view_time()),
                         MomentText(view.visit().last_view_time()));
    case counts::FILTER_LATE:
      return fmt::format("looks before {} were late when it came", MomentText(view.open_from()));
    default:
      return "";
  }
}

std::string WhyText(const counts::ExplainedView& view) {
  switch (view.outcome()) {
    case counts::ExplainedView::OUTCOME_FILTERED:
      return WhyFiltered(view);
    case counts::ExplainedView::OUTCOME_SAME_EVENT:
      return "it is the one before, sent again";
    case counts::ExplainedView::OUTCOME_TAKEN_BACK:
      if (!view.has_taken_back_by()) return "a look of the same reader came later, and counts";
      return fmt::format("the same reader's look at {} came later (offset {}), and counts",
                         MomentText(view.taken_back_by().view_time()),
                         view.taken_back_by().offset());
    default:
      return "";
  }
}

std::string OutcomeText(const counts::ExplainedView& view) {
  switch (view.outcome()) {
    case counts::ExplainedView::OUTCOME_COUNTED:
      return "counted";
    case counts::ExplainedView::OUTCOME_FILTERED:
      return fmt::format("did not count: {}", WordOf(view.filter()));
    case counts::ExplainedView::OUTCOME_SAME_EVENT:
      return "did not count: sent again";
    case counts::ExplainedView::OUTCOME_TAKEN_BACK:
      return "counted, and was taken back";
    default:
      return "unknown to this telexctl";
  }
}

}  // namespace

std::string ViewsText(const counts::ViewCounts& counts) {
  std::string text = fmt::format("{}, {} of them today", counts.views(), counts.views_today());
  if (counts.printed_views() > 0) {
    text += fmt::format("; {} more were printed on its page", counts.printed_views());
  }
  return text;
}

Fields DescribeCounts(const counts::ViewCounts& counts) {
  return {{"article", counts.article()},
          {"views", std::to_string(counts.views())},
          {"today", std::to_string(counts.views_today())},
          {"visitors today", fmt::format("about {}", counts.visitors_today())},
          {"printed on its page",
           counts.printed_views() > 0 ? std::to_string(counts.printed_views()) : ""},
          {"as of", TimeText(counts.has_as_of(), counts.as_of())}};
}

Table DaysTable(const counts::GetViewReportResponse& report) {
  Table table{.heading = {"DAY", "VIEWS", "VISITORS", "LANGUAGES", "PARTNERS", "DID NOT COUNT"},
              .flexible = 4};
  for (const counts::DayReport& day : report.days()) {
    table.rows.push_back({day.day(), std::to_string(day.views()), std::to_string(day.visitors()),
                          NamedText(day.languages()), NamedText(day.partners()),
                          FilteredText(day)});
  }
  return table;
}

Table HoursTable(const counts::GetViewReportResponse& report) {
  Table table{.heading = {"DAY", "HOUR", "VIEWS"}};
  for (const counts::DayReport& day : report.days()) {
    for (int hour = 0; hour < day.hours_size(); ++hour) {
      if (day.hours(hour) == 0) continue;
      table.rows.push_back({day.day(), std::to_string(hour), std::to_string(day.hours(hour))});
    }
  }
  return table;
}

std::string RecountText(const counts::RecountViewsResponse& recount) {
  const auto counted = [](std::int64_t number, std::string_view noun) {
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
  };
  std::string text = fmt::format("{} of {} counted again: ", counted(recount.views(), "view"),
                                 counted(recount.days_compared(), "day"));
  text += recount.days_different() == 0 ? "no difference"
                                        : fmt::format("{} differ", recount.days_different());
  // Only their totals are there any more.
  if (recount.days_closed() > 0) {
    text += fmt::format("; {} {} closed", counted(recount.days_closed(), "day"),
                        recount.days_closed() == 1 ? "is" : "are");
  }
  return text;
}

Table DifferencesTable(const counts::RecountViewsResponse& recount) {
  Table table{.heading = {"ARTICLE", "DAY", "COUNTED AGAIN", "LIVE", "DIFFER IN"}};
  for (const counts::RecountDifference& one : recount.differences()) {
    table.rows.push_back({one.article().substr(one.article().find('/') + 1), one.day(),
                          std::to_string(one.recounted_views()), std::to_string(one.live_views()),
                          one.field()});
  }
  return table;
}

Fields DescribeExplained(const counts::ExplainedView& view) {
  return {{"outcome", OutcomeText(view)},
          {"why", WhyText(view)},
          {"not certain", view.uncertain() ? "not all that bears on it was read" : ""},
          {"looked at", MomentText(view.view_time())},
          {"put on record", MomentText(view.append_time())},
          {"at", fmt::format("telex.views.v1/{} offset {}", view.partition(), view.offset())},
          {"in the report of", fmt::format("{}, hour {}", view.day(), view.hour())},
          {"language", view.language()},
          {"partner", view.partner().empty() ? "own" : view.partner()},
          {"agent", WordOf(counts::AgentClass_Name(view.agent_class()), "AGENT_CLASS_")},
          {"placement", view.placement()}};
}

Table TrendingTable(const counts::ListTrendingResponse& trending) {
  Table table{.heading = {"ARTICLE", "SCORE", "VIEWS", "TODAY", "FEED", "HEADLINE"}, .flexible = 5};
  for (const counts::TrendingStory& story : trending.stories()) {
    table.rows.push_back({story.article().substr(story.article().find('/') + 1),
                          fmt::format("{:.1f}", story.score()), std::to_string(story.views()),
                          std::to_string(story.views_today()),
                          story.section() + "." + story.language(), story.headline()});
  }
  return table;
}

}  // namespace telex::cli
