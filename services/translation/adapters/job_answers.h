#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/job_queues.h"
#include "translation/adapters/job_text.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {

// Between what callers say and the queue. Pure; thread-safe.

std::string NameOf(const JobId& job);  // jobs/{article}.{language}
// INVALID_ARGUMENT naming the field.
absl::StatusOr<JobId> ParseJobName(std::string_view name, std::string_view field);
absl::StatusOr<news::LanguageTag> ParseLanguage(std::string_view tag, std::string_view field);
absl::StatusOr<news::ArticleId> ParseArticle(std::string_view name, std::string_view field);
// Of a request's fields `from` and `to`.
absl::StatusOr<Pair> ParsePair(std::string_view from, std::string_view to);
absl::StatusOr<std::vector<Pair>> ParsePairs(
    const google::protobuf::RepeatedPtrField<v1::LanguagePair>& pairs);
// OK for a UUID, or nothing (AIP-155).
absl::Status CheckRequestId(std::string_view request_id);
absl::Status NotCaughtUp();  // UNAVAILABLE / NOT_CAUGHT_UP
// INVALID_ARGUMENT beyond kNoteBytesMax.
inline constexpr std::size_t kNoteBytesMax = 500;
absl::Status CheckNote(std::string_view note);

// The job as callers see it; its token only to its holder, `caller`.
v1::Job ToProto(const JobRow& row, std::string_view caller);
v1::JobText ToProto(const JobText& text);
v1::Finding ToProto(const SegmentFinding& finding);
v1::QueueStats ToProto(const QueueCounts& counts);

// Why the log did not grant it; with what the job is now. OK: it was granted, or there was nothing
// to change.
absl::Status RefusalOf(const Outcome& outcome, const JobId& job);

}  // namespace telex::translation
