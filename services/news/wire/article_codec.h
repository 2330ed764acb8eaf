#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "news/article.h"
#include "telex/news/v1/article.pb.h"
#include "telex/news/v1/article_record.pb.h"

namespace telex::news {

// All functions are pure and thread-safe. Reading returns INVALID_ARGUMENT with the field's path
// when a field cannot be what the contract says, and UNIMPLEMENTED for an enumerator of a newer
// release; unknown fields are ignored (an older reader lives with a newer writer).

v1::Article ToProto(const Article& article);
absl::StatusOr<Article> FromProto(const v1::Article& message);

v1::UsageTerms ToProto(const UsageTerms& terms);
UsageTerms FromProto(const v1::UsageTerms& message);
v1::Media ToProto(const Media& media);
Media FromProto(const v1::Media& message);

v1::PubStatus ToProto(PubStatus status);
std::optional<PubStatus> FromProto(v1::PubStatus status);  // empty for UNSPECIFIED and unknown

// The article within the value of a record of telex.articles.v1: all that services other than
// ingestion need of it.
absl::StatusOr<Article> ArticleOfRecord(std::string_view record_value);

// Serialises with fields in order and maps sorted: the same message gives the same bytes in every
// process.
std::string DeterministicBytes(const google::protobuf::MessageLite& message);

// The etag of a version of a resource (AIP-154).
std::string EtagOf(Version version);
std::optional<Version> VersionOfEtag(std::string_view etag);

}  // namespace telex::news
