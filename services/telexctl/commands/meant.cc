#include "telexctl/commands/meant.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "platform/text/nearest.h"
#include "telexctl/requests/input.h"

namespace telex::cli {
namespace {

constexpr int kLookedAtMax = 200;  // of sources, and of the newest stories

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Unknown(std::string_view what, const std::string& name,
                    const std::vector<std::string>& known, std::string_view all) {
  if (known.empty() || Has(known, name)) return {};
  const std::string near = text::Nearest(name, known);
  return fmt::format("{} '{}'; {}", what, name,
                     near.empty() ? std::string(all) : fmt::format("did you mean {}?", near));
}

std::vector<std::string> SectionsOf(const pb::ListSourcesResponse& sources, IngestionApi& api) {
  std::vector<std::string> sections;
  for (const pb::Source& source : sources.sources()) {
    sections.insert(sections.end(), source.sections().begin(), source.sections().end());
    for (const auto& [printed, section] : source.section_aliases()) sections.push_back(section);
  }
  pb::ListArticlesRequest request;
  request.set_page_size(kLookedAtMax);
  const auto newest = api.ListArticles(request);
  if (!newest.ok()) return {};
  for (const pb::Article& article : newest->articles()) sections.push_back(article.section());
  return sections;
}

}  // namespace

std::string MeantBy(const ListFlags& flags, IngestionApi& api) {
  if (flags.source.empty() && flags.section.empty()) return {};
  pb::ListSourcesRequest request;
  request.set_page_size(kLookedAtMax);
  const auto sources = api.ListSources(request);
  if (!sources.ok() || !sources->next_page_token().empty()) return {};
  if (!flags.source.empty()) {
    const std::string prefix = SourceName("");
    std::vector<std::string> ids;
    for (const pb::Source& source : sources->sources())
      ids.push_back(source.name().substr(prefix.size()));
    std::string unknown =
        Unknown("there is no source", SourceName(flags.source).substr(prefix.size()), ids,
                "telexctl sources list shows those there are");
    if (!unknown.empty()) return unknown;
  }
  if (flags.section.empty()) return {};
  return Unknown("no story is known in the section", flags.section, SectionsOf(*sources, api),
                 "telexctl feeds list shows those there are");
}

}  // namespace telex::cli
