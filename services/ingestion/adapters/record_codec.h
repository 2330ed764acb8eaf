#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "ingestion/domain/decision.h"
#include "ingestion/domain/head.h"
#include "ingestion/domain/submission.h"
#include "telex/ingestion/v1/decision.pb.h"
#include "telex/ingestion/v1/source.pb.h"
#include "telex/ingestion/v1/submission.pb.h"
#include "telex/news/v1/article_record.pb.h"

namespace telex::ingestion {

// The records of ingestion's topics, to bytes and back. The same value gives the same bytes in
// every process. Reading returns INVALID_ARGUMENT, naming the field, for bytes that are not what
// the contract says, and UNIMPLEMENTED for an action or an enumerator that this release does not
// know: a newer one has written it. Pure; any thread.

std::string EncodeSubmission(const Submission& submission);
absl::StatusOr<Submission> DecodeSubmission(std::string_view bytes);

std::string EncodeDecision(const Decision& decision);
absl::StatusOr<Decision> DecodeDecision(std::string_view bytes);

std::string EncodeArticleHead(const ArticleHead& head);
absl::StatusOr<ArticleHead> DecodeArticleHead(std::string_view bytes);

std::string EncodeSourceHead(const SourceHead& head);
absl::StatusOr<SourceHead> DecodeSourceHead(std::string_view bytes);

// The source as the API shows it, and back (what is output only is read where it is set).
v1::Source ToProto(const Source& source);
absl::StatusOr<Source> FromProto(const v1::Source& message);

v1::Verdict ToProto(Verdict verdict);

// Keys of records.
std::string DecisionKey(const SubmissionPosition& position);  // submissions/{partition}/{offset}
std::string SourceKey(const news::SourceId& source,
                      news::Version version);  // sources/{source}@{version}

}  // namespace telex::ingestion
