// Any bytes: a refusal with a reason, or segments that are read alike when written again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "platform/errors/errors.h"
#include "tests/fuzz/translation_files_fuzz.h"
#include "translation/formats/xliff.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace telex;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = translation::ReadXliff(bytes, fuzz::Job());
  if (!read.ok()) {
    if (errors::ReasonOf(read.status()).empty()) std::abort();
    return 0;
  }
  translation::JobFile job = fuzz::Job();
  job.segments = *read;
  const auto again = translation::ReadXliff(translation::WriteXliff(job), fuzz::Job());
  if (!again.ok() || *again != *read) std::abort();
  return 0;
}
