#include "telexctl/views/translation_resource_view.h"

#include <fmt/format.h>

#include "telexctl/requests/job_requests.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/job_view.h"

namespace telex::cli {
namespace {

std::string StateText(const jobs::Backfill& backfill) {
  if (backfill.stopped()) return "stopped";
  if (backfill.id() == 0) return "not started";
  return backfill.open() > 0 || backfill.done() == 0 ? "running" : "done";
}

}  // namespace

Table GlossaryTable(const jobs::ListGlossariesResponse& list) {
  Table table{.heading = {"PAIR", "V", "CHANGED", "BY"}, .flexible = 3};
  for (const jobs::Glossary& glossary : list.glossaries()) {
    table.rows.push_back(
        {glossary.name().substr(glossary.name().find('/') + 1), std::to_string(glossary.version()),
         TimeText(glossary.has_update_time(), glossary.update_time()), glossary.actor()});
  }
  return table;
}

Table OutdatedTable(const jobs::UpdateGlossaryResponse& update) {
  Table table{.heading = {"JOB", "SEGMENTS", "HEADLINE"}, .flexible = 2};
  for (const jobs::OutdatedTranslation& one : update.outdated())
    table.rows.push_back({ShortJob(one.job()), std::to_string(one.segments()), one.headline()});
  return table;
}

Table SuggestionTable(const jobs::SearchMemoryResponse& found) {
  Table table{.heading = {"ALIKE", "BY", "SOURCE", "TRANSLATION"}, .flexible = 2};
  for (const jobs::Suggestion& one : found.suggestions()) {
    table.rows.push_back({fmt::format("{} %", one.score()), one.person() ? "person" : "machine",
                          one.source(), one.target()});
  }
  return table;
}

Table BackfillTable(const jobs::ListBackfillsResponse& list) {
  Table table{
      .heading = {"ID", "PAIR", "STATE", "STORIES", "OPEN", "DONE", "CHARACTERS", "STARTED"},
      .flexible = 7};
  for (const jobs::Backfill& one : list.backfills()) {
    table.rows.push_back({std::to_string(one.id()), PairName(one.from(), one.to()), StateText(one),
                          std::to_string(one.stories()), std::to_string(one.open()),
                          std::to_string(one.done()), std::to_string(one.characters()),
                          TimeText(one.has_start_time(), one.start_time())});
  }
  return table;
}

Fields DescribeBackfill(const jobs::Backfill& backfill) {
  return {{"backfill", backfill.id() > 0 ? std::to_string(backfill.id()) : ""},
          {"languages", fmt::format("{} into {}", backfill.from(), backfill.to())},
          {"state", StateText(backfill)},
          {"stories", std::to_string(backfill.stories())},
          {"segments", std::to_string(backfill.segments())},
          {"characters", fmt::format("{} that the memory does not have", backfill.characters())},
          {"open", std::to_string(backfill.open())},
          {"done", std::to_string(backfill.done())},
          {"started", TimeText(backfill.has_start_time(), backfill.start_time())}};
}

}  // namespace telex::cli
