// A glossary as a file that people edit, or a table program writes: a line a term, its columns
// parted by tabs (docs/guides/translation-policy.md). Pure.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "telex/translation/v1/resource.pb.h"

namespace telex::cli {

inline constexpr std::size_t kGlossaryFileBytesMax = 4 << 20;

// Terms with their lines, which the server names in what it refuses. INVALID_ARGUMENT
// (`glossary.terms`) with all faults and their lines: no UTF-8, no source, columns or flags that
// are none.
absl::StatusOr<translation::v1::Glossary> ReadGlossaryFile(std::string_view text);

// A file that is read as the same terms.
std::string WriteGlossaryFile(const translation::v1::Glossary& glossary);

}  // namespace telex::cli
