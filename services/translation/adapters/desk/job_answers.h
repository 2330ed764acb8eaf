#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/store/job_queues.h"
#include "translation/adapters/text/job_text.h"
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
absl::Status NotCaughtUp();       // UNAVAILABLE / NOT_CAUGHT_UP
absl::Status ArticleWithdrawn();  // FAILED_PRECONDITION / ARTICLE_WITHDRAWN
// INVALID_ARGUMENT beyond kNoteBytesMax.
inline constexpr std::size_t kNoteBytesMax = 500;
absl::Status CheckNote(std::string_view note);
// The same of a failure's `reason` and of a completion's `engine`.
inline constexpr std::size_t kFailReasonBytesMax = 100;
inline constexpr std::size_t kDoneByBytesMax = 200;  // with its model
absl::Status CheckFailReason(std::string_view reason);
absl::Status CheckEngine(std::string_view engine);
// `unspecified` where the request says nothing. INVALID_ARGUMENT for a number that is none of ours:
// proto3 lets all of them pass, and a fact with one would hold its partition on every replica.
absl::StatusOr<Workflow> WorkflowOf(v1::Workflow workflow, Workflow unspecified);
absl::StatusOr<Worker> WorkerOf(v1::Worker worker, Worker unspecified);

// The job as callers see it; its token only to its holder, `caller`.
v1::Job ToProto(const JobRow& row, std::string_view caller);
v1::JobText ToProto(const JobText& text);
v1::Finding ToProto(const SegmentFinding& finding);
v1::QueueStats ToProto(const QueueCounts& counts);

// Why the log did not grant it; with what the job is now. OK: it was granted, or there was nothing
// to change.
absl::Status RefusalOf(const Outcome& outcome, const JobId& job);

}  // namespace telex::translation
