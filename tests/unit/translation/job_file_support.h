// A job that the tests of files write and read.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

#include "platform/errors/errors.h"
#include "translation/formats/job_file.h"

namespace telex::translation {

inline JobFile ExampleJob() {
  return {.job = "jobs/00000000-0000-0000-0000-000000000001.ru",
          .version = "articles/00000000-0000-0000-0000-000000000001@3",
          .source_language = *news::LanguageTag::Parse("en"),
          .target_language = *news::LanguageTag::Parse("ru"),
          .segments = {
              {"headline", "Prices rise", "Цены растут", SegmentState::kReviewed},
              {"body.p1.s1", "AT&amp;T &lt;said> it <1>rose <2>a lot</2></1><3/>.", "",
               SegmentState::kInitial},
              {"body.p1.s2", "#1 \"is\"\n[[two]]", "№ 1\n\n[[два]]\n#три\n\\четыре",
               SegmentState::kTranslated},
          }};
}

// `from` replaced by `to`, once, wherever it is first.
inline std::string Edited(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  return at == text.npos ? "not found: " + std::string(from) : text.replace(at, from.size(), to);
}

// The first violation: "field: description".
inline std::string Violation(const absl::Status& status) {
  const auto details = errors::DetailsOf(status);
  if (!details || details->fields.empty()) return status.ToString();
  return details->fields.front().field + ": " + details->fields.front().description;
}

}  // namespace telex::translation
