// Any bytes: a refusal with a reason, or HTML that is canonical and free of what is dangerous; and
// text that closes the directions it opens.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ingestion/formats/html_sanitizer.h"
#include "platform/errors/errors.h"
#include "tests/support/directions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!telex::tests::IsBalanced(telex::ingestion::TextOf(bytes))) std::abort();
  const auto clean = telex::ingestion::SanitizeHtml(bytes);
  if (!clean.ok()) {
    if (telex::errors::ReasonOf(clean.status()).empty()) std::abort();
    return 0;
  }
  const auto again = telex::ingestion::SanitizeHtml(*clean);
  if (!again.ok() || *again != *clean) std::abort();
  for (const std::string_view never :
       {"<script", "<style", "<iframe", "<svg", "<form", "<!--", "<a href=\"javascript"}) {
    if (clean->find(never) != std::string::npos) std::abort();
  }
  return 0;
}
