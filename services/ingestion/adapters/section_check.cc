#include "ingestion/adapters/section_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/text/nearest.h"

namespace telex::ingestion {
namespace {

// Of which the one that was meant is looked for.
constexpr std::size_t kSectionsMax = 2'000;

std::vector<std::string> SectionsNamedBy(const Source& source) {
  std::vector<std::string> slugs;
  for (const news::Section& section : source.sections) slugs.push_back(section.slug());
  for (const auto& [printed, section] : source.section_aliases) slugs.push_back(section.slug());
  return slugs;
}

std::string Meant(const NewSection& section) {
  return section.nearest.empty() ? "" : fmt::format("; did you mean '{}'?", section.nearest);
}

}  // namespace

std::optional<NewSection> NewSectionIn(const LogStore& log_store, const Source& source,
                                       const news::Section& section) {
  if (log_store.HasUsableStory(section)) return std::nullopt;
  std::vector<std::string> named = SectionsNamedBy(source);
  for (const SourceHead& other : log_store.Sources()) {
    const std::vector<std::string> more = SectionsNamedBy(other.source);
    named.insert(named.end(), more.begin(), more.end());
  }
  if (std::find(named.begin(), named.end(), section.slug()) != named.end()) return std::nullopt;
  std::vector<std::string> all = log_store.UsedSections(kSectionsMax);
  named.resize(std::min(named.size(), kSectionsMax));
  all.insert(all.end(), named.begin(), named.end());
  return NewSection{.slug = section.slug(), .nearest = text::Nearest(section.slug(), all)};
}

absl::Status Refusal(const NewSection& section, std::string_view field) {
  absl::Status status =
      errors::FieldError(field, errors::kUnknownSection,
                         fmt::format("there is no section '{}': no story stands in it, and no "
                                     "source's settings name it{}",
                                     section.slug, Meant(section)));
  status = errors::WithMetadata(std::move(status), "new_section", section.slug);
  if (section.nearest.empty()) return status;
  return errors::WithMetadata(std::move(status), "nearest_section", section.nearest);
}

std::string Warning(const NewSection& section) {
  return fmt::format("the section '{}' is new: no other story stands in it{}", section.slug,
                     Meant(section));
}

}  // namespace telex::ingestion
