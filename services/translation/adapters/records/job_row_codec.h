#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "translation/domain/job_row.h"

namespace telex::translation {

// Rows of jobs in a replica's local store, which is a cache: what cannot be read is read from the
// log again. Pure; any thread.

std::string JobRowKey(const JobId& job);  // the article's 16 bytes, then the language
std::string EncodeJobRow(const JobRow& row);
// INVALID_ARGUMENT, naming the field, for what this release does not write.
absl::StatusOr<JobRow> DecodeJobRow(std::string_view bytes);

}  // namespace telex::translation
