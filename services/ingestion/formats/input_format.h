#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "ingestion/domain/draft.h"

namespace telex::ingestion {

// No document is larger. The edges check it too, before they hold the bytes in memory.
inline constexpr std::size_t kDocumentBytesMax = 4 * 1024 * 1024;

// The field that refusals of a document name.
inline constexpr std::string_view kDocumentField = "document";

// What the caller knows of a document besides its bytes. All may be empty.
struct ParseHints {
  std::string url;  // where the document was read: the story's address when it names none itself
                    // (http/https)
  std::string charset;  // as the media type names it; ParseDocument() fills it in
};

// One kind of document that newsrooms submit: bytes in, drafts out. Pure: no IO, no clock.
// Implementations have no state, so one object serves all threads.
class InputFormat {
 public:
  virtual ~InputFormat() = default;

  // Lower case, without parameters ("text/plain"), valid for as long as the program runs.
  virtual std::span<const std::string_view> media_types() const = 0;

  // The stories in `bytes`: at least one, each with a headline and a body that SanitizeHtml()
  // leaves as it is. What was read leniently stands in Draft.warnings. INVALID_ARGUMENT with a
  // violation of `document` and one of the reasons NOT_UTF8, DOCUMENT_TOO_LARGE, NOT_AN_ARTICLE
  // otherwise.
  virtual absl::StatusOr<ParsedDocument> Parse(std::string_view bytes,
                                               const ParseHints& hints) const = 0;
};

}  // namespace telex::ingestion
