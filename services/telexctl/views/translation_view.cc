#include "telexctl/views/translation_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "telexctl/views/article_view.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

google::protobuf::Timestamp TimestampOf(std::int64_t time_ms) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_ms / 1000);
  return time;
}

// Two lines, each made printable.
std::string BesideText(std::string_view source, std::string_view target) {
  return fmt::format("  source  {}\n  target  {}\n", Printable(source),
                     target.empty() ? std::string("-") : Printable(target));
}

std::string OriginText(jobs::Origin origin, const std::string& engine, const std::string& actor) {
  switch (origin) {
    case jobs::ORIGIN_ENGINE:
      return engine;
    case jobs::ORIGIN_PERSON:
      return actor.empty() ? "a person" : actor;
    case jobs::ORIGIN_UNSPECIFIED:
      return {};
    default:
      return WordOfValue(jobs::Origin_Name(origin), "ORIGIN_");
  }
}

// "engine 12, carried 3".
std::string OriginsText(const jobs::Text& text) {
  std::map<std::string, int> counts;
  for (const jobs::Segment& segment : text.segments())
    ++counts[WordOfValue(jobs::Origin_Name(segment.origin()), "ORIGIN_")];
  std::string said;
  for (const auto& [origin, count] : counts)
    said += fmt::format("{}{} {}", said.empty() ? "" : ", ", origin, count);
  return said;
}

std::string Marked(std::string_view text, std::int32_t begin, std::int32_t end) {
  const auto size = static_cast<std::int32_t>(text.size());
  if (begin < 0 || begin >= end || end > size || (begin == 0 && end == size))
    return std::string(text);
  return fmt::format(
      "{}>>{}<<{}", text.substr(0, static_cast<std::size_t>(begin)),
      text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
      text.substr(static_cast<std::size_t>(end)));
}

}  // namespace

std::string StandingText(jobs::Standing standing) {
  switch (standing) {
    case jobs::STANDING_MACHINE:
      return "a machine's";
    case jobs::STANDING_PERSON:
      return "a person's";
    case jobs::STANDING_REVIEWED:
      return "reviewed";
    case jobs::STANDING_REJECTED:
      return "rejected";
    default:
      return "";
  }
}

Table TranslationTable(const jobs::ListTranslationsResponse& list) {
  Table table{.heading = {"LANGUAGE", "V", "IS", "REVISION", "MADE", "BY"}, .flexible = 5};
  for (const jobs::Translation& one : list.translations()) {
    table.rows.push_back({one.language(), std::to_string(one.version()),
                          StandingText(one.standing()), std::to_string(one.revision()),
                          TimeText(one.time_ms() > 0, TimestampOf(one.time_ms())), one.actor()});
  }
  return table;
}

Fields DescribeTranslation(const jobs::Translation& translation) {
  const jobs::Text& text = translation.text();
  Fields fields = {
      {"article", fmt::format("{}@{}", translation.article(), translation.version())},
      {"languages", fmt::format("{} into {}", translation.from(), translation.language())},
      {"headline", text.headline()},
      {"is", StandingText(translation.standing())},
      {"revision", std::to_string(translation.revision())},
      {"instead of",
       translation.replaces() > 0 ? fmt::format("revision {}", translation.replaces()) : ""},
      {"made by", translation.actor()},
      {"made", TimeText(translation.time_ms() > 0, TimestampOf(translation.time_ms()))},
      {"segments", OriginsText(text)},
      {"glossary", text.glossary() > 0 ? fmt::format("version {}", text.glossary()) : ""}};
  for (const jobs::Cost& cost : text.costs()) {
    fields.emplace_back("cost", fmt::format("{}: {} characters, {} segments", cost.engine(),
                                            cost.characters(), cost.segments()));
  }
  return fields;
}

std::string SegmentsText(const jobs::Translation& translation) {
  std::string said;
  for (const jobs::Segment& segment : translation.text().segments()) {
    const std::string origin = OriginText(segment.origin(), segment.engine(), segment.actor());
    said += fmt::format("\n{}{}{}{}\n", Printable(segment.place()), origin.empty() ? "" : "  ",
                        Printable(origin), segment.reviewed() ? ", reviewed" : "");
    said += BesideText(segment.source(), segment.target());
    for (const jobs::OverruledCheck& check : segment.overruled()) {
      said += fmt::format("  {} overruled by {}: {}\n", check.check(), Printable(check.actor()),
                          Printable(check.reason()));
    }
  }
  return said;
}

std::string SegmentsText(const jobs::JobText& text) {
  std::string said;
  for (const jobs::JobSegment& segment : text.segments()) {
    const std::string origin = OriginText(segment.origin(), segment.engine(), segment.actor());
    said += fmt::format("\n{}  {}{}{}\n", Printable(segment.place()),
                        WordOfValue(jobs::JobSegment::State_Name(segment.state()), "STATE_"),
                        origin.empty() ? "" : ", ", Printable(origin));
    if (!segment.before_source().empty())
      said += fmt::format("  before  {}\n          {}\n", Printable(segment.before_source()),
                          Printable(segment.before_target()));
    said += BesideText(segment.source(), segment.target());
  }
  return said;
}

std::string FindingsText(const jobs::CheckSegmentsResponse& findings, const TranslatedFile& file) {
  std::string said;
  for (const jobs::Finding& finding : findings.findings()) {
    said += fmt::format("{}: {}: {}{}\n", Printable(finding.place()), finding.reason(),
                        Printable(finding.message()), finding.hard() ? " (hard)" : "");
    const auto segment =
        std::ranges::find(file.segments, finding.place(), &translation::JobFileSegment::place);
    if (segment == file.segments.end()) continue;
    const auto marked = [&](const std::string& text, bool is_here) {
      return is_here ? Marked(text, finding.begin(), finding.end()) : text;
    };
    said += BesideText(marked(segment->source, finding.in_source()),
                       marked(segment->target, !finding.in_source()));
  }
  return said;
}

std::string FindingsCount(const jobs::CheckSegmentsResponse& findings) {
  const auto hard = std::ranges::count_if(findings.findings(), &jobs::Finding::hard);
  const int all = findings.findings_size();
  return fmt::format("{} finding{}{}", all, all == 1 ? "" : "s",
                     hard > 0 ? fmt::format(", {} of them hard", hard) : "");
}

}  // namespace telex::cli
