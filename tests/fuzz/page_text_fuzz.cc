// Any bytes: a refusal with a reason, or a story whose body the sanitiser leaves as it is.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ingestion/formats/html_sanitizer.h"
#include "ingestion/formats/registry.h"
#include "platform/errors/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = telex::ingestion::ParseDocument("text/plain", bytes);
  if (!document.ok()) {
    if (telex::errors::ReasonOf(document.status()).empty()) std::abort();
    return 0;
  }
  for (const auto& draft : document->drafts) {
    if (draft.headline.empty() || draft.body_html.empty()) std::abort();
    const auto clean = telex::ingestion::SanitizeHtml(draft.body_html);
    if (clean.ok() && *clean != draft.body_html) std::abort();
  }
  return 0;
}
