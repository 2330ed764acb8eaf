#include "telexctl/views/count_view.h"

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

// "robot 3, repeat 2".
std::string FilteredText(const counts::DayReport& day) {
  constexpr std::string_view kPrefix = "FILTER_";
  std::string text;
  for (const counts::FilteredViews& one : day.filtered()) {
    std::string name = counts::Filter_Name(one.filter());
    if (name.starts_with(kPrefix)) name = text::AsciiLower(name.substr(kPrefix.size()));
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, one.views());
  }
  return text;
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
