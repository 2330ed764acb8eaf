// From the flags of `telexctl translations` to requests. Pure.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/duration.pb.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telexctl/translation_api.h"

namespace telex::cli {

// `jobs/{article}.{language}`, from itself or without `jobs/`; nullopt when it begins otherwise.
// Wrong usage where the language is none.
absl::StatusOr<std::optional<std::string>> JobName(std::string_view text);
// Of `articles/{uuid}`.
absl::StatusOr<std::string> JobOf(std::string_view article, std::string_view language);
std::string ArticleOf(std::string_view job);   // articles/{uuid}
std::string LanguageOf(std::string_view job);  // ru

// As services have it: "pt-BR" of "pt-br". Wrong usage for what is no language.
absl::StatusOr<std::string> Language(std::string_view text);

// "en.ru", also as "en-ru" or "en:ru", or as a glossary or a memory is named.
absl::StatusOr<jobs::LanguagePair> PairOf(std::string_view text);
std::string PairName(std::string_view from, std::string_view to);  // en.ru

// "45m", "2h", "1h30m", "3d". `flag` is named in the usage error.
absl::StatusOr<google::protobuf::Duration> Span(std::string_view text, std::string_view flag);

// Words for the values of an enum: "draft-then-review", "machine-then-review", "open".
const std::vector<std::string>& WorkflowWords();
jobs::Workflow WorkflowOf(std::string_view word);  // UNSPECIFIED for what is none
const std::vector<std::string>& JobStateWords();
jobs::JobState JobStateOf(std::string_view word);
// "draft-then-review" of "WORKFLOW_DRAFT_THEN_REVIEW".
std::string WordOfValue(std::string_view name, std::string_view prefix);

// "body.p2.s3:NUMBERS_DIFFER=a dozen is 12 here"; kEveryPlace: wherever it finds something.
inline constexpr std::string_view kEveryPlace = "*";
struct Overruling {
  std::string place;
  std::string check;
  std::string reason;
};
absl::StatusOr<std::vector<Overruling>> Overrulings(const std::vector<std::string>& texts);

// A plain text as tagged text.
std::string TaggedOf(std::string_view plain);

}  // namespace telex::cli
