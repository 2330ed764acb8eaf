#pragma once

#include <absl/time/time.h>

#include <map>
#include <string>
#include <vector>

#include "news/language_tag.h"
#include "news/section.h"
#include "news/source_id.h"
#include "news/version.h"

namespace telex::ingestion {

// What happens when a source sends a new version of a story that an editor has corrected.
enum class EditedPolicy { kHold, kApply };

// A publisher whose stories come in.
struct Source {
  news::SourceId id;
  news::Version version;
  std::string display_name;
  std::string home_page;  // http/https
  std::string usage_terms;
  std::string attribution;  // the line to print; the display name when empty
  news::LanguageTag default_language;
  std::map<std::string, news::Section>
      section_aliases;  // printed name or code, lower case → section
  std::map<std::string, news::LanguageTag>
      language_aliases;  // the source's own code, lower case → language
  EditedPolicy edited_policy = EditedPolicy::kHold;
  std::vector<news::Section> sections;  // those it may use; any when empty
  std::string time_zone;                // IANA name; UTC when empty
  absl::Time create_time;
  absl::Time update_time;
  std::string actor;

  bool operator==(const Source&) const = default;
};

inline constexpr std::size_t kAliasesMax = 500;

}  // namespace telex::ingestion
