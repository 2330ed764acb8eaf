// Any bytes: a refusal with a reason, or units that are read alike when written again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/fuzz/translation_files_fuzz.h"
#include "translation/formats/tmx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace telex;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const translation::LanguagePair pair{fuzz::Job().source_language, fuzz::Job().target_language};
  const auto read = translation::ReadTmx(bytes, pair);
  if (!read.ok()) {
    if (errors::ReasonOf(read.status()).empty()) std::abort();
    return 0;
  }
  std::vector<translation::MemoryEntry> entries;
  for (const translation::TmxUnit& unit : read->units)
    entries.push_back({.pair = pair, .source = unit.source, .target = unit.target});
  const auto again = translation::ReadTmx(translation::WriteTmx(pair, entries), pair);
  if (!again.ok() || again->units.size() != entries.size()) std::abort();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (again->units[i].source != entries[i].source) std::abort();
    if (again->units[i].target != entries[i].target) std::abort();
  }
  return 0;
}
