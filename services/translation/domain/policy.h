// Which stories are translated into what, by whom. Pure; thread-safe.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "news/article.h"
#include "translation/domain/job.h"

namespace telex::translation {

inline constexpr std::size_t kEngineNameBytesMax = 63;  // as policies and settings name them

// Whether a text may go to an engine that is not the publisher's own. Numbers as in
// telex.translation.v1.
enum class OutsideEngines : std::uint8_t { kNotUnderEmbargo = 1, kAlways = 2, kNever = 3 };

struct PolicyRule {
  std::vector<news::SourceId> sources;  // none: any
  std::vector<news::Section> sections;  // none: any
  std::vector<news::LanguageTag> from;  // none: any
  std::vector<news::LanguageTag> to;    // at least one; the story's own is passed over
  std::optional<Workflow> workflow;     // nullopt: it is not translated
  std::vector<std::string> engines;     // in order; none: all there are
  OutsideEngines outside = OutsideEngines::kNotUnderEmbargo;
  int urgency = 0;                         // 1 … 9; 0: the story's
  std::optional<absl::Duration> deadline;  // from when the version came in

  bool operator==(const PolicyRule&) const = default;
};

// What is asked for a version of a story.
struct PolicyWish {
  news::LanguageTag language;
  Workflow workflow = Workflow::kMachine;
  int urgency = 5;
  std::int64_t deadline_ms = 0;  // since 1970; 0: none
};

struct Policy {
  std::int64_t version = 0;  // 0: there is none yet, and nothing is translated
  std::int64_t since_ms =
      0;  // appended then, by the broker, since 1970: older versions of stories do not know it
  std::string actor;
  std::vector<PolicyRule> rules;

  // Of a story and a language the first rule that fits holds; null: none does.
  const PolicyRule* RuleFor(const news::Article& article, const news::LanguageTag& to) const;
  // By language. `came_in_ms`: when this version was appended. Not asked is whether partners may
  // read the story.
  std::vector<PolicyWish> WishesFor(const news::Article& article, std::int64_t came_in_ms) const;

  bool operator==(const Policy&) const = default;
};

}  // namespace telex::translation
