#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

#include "ingestion/adapters/log_store.h"
#include "ingestion/domain/draft.h"
#include "ingestion/domain/source.h"
#include "ingestion/domain/submission.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"

namespace telex::ingestion {

// Requests of the API as the domain's values, refused with their fields where they cannot be. All
// are pure.

// A story as a request has it: the body sanitised, or made of `body_text`'s paragraphs.
absl::StatusOr<Draft> DraftOf(const news::v1::Article& article, const std::string& body_text);

// The article that stands, with the fields of the request's mask replaced.
absl::StatusOr<Draft> MergedDraft(const news::Article& standing,
                                  const v1::UpdateArticleRequest& request);
// The source's settings to read a merged draft under: a section or language that the mask leaves
// alone stands as it is, whatever its name is an alias of by now, and whether or not the source may
// still use it.
Source SettingsForUpdate(Source source, const google::protobuf::FieldMask& mask);
// INVALID_ARGUMENT / UNKNOWN_FIELD_IN_MASK for a path that is none or cannot change; FIELD_REQUIRED
// when empty.
absl::Status CheckMask(const google::protobuf::FieldMask& mask);

// A source with what the API sets, checked.
absl::StatusOr<Source> SettableSource(const v1::Source& message);
absl::StatusOr<v1::Source> MergedSource(v1::Source standing,
                                        const v1::UpdateSourceRequest& request);

absl::StatusOr<ArticleFilter> FilterOf(const v1::ListArticlesRequest& request);
absl::StatusOr<std::size_t> PageSize(std::int32_t asked);  // 1–200; 50 when 0
absl::StatusOr<std::string> PlaceInSources(const std::string& token);
std::string SourcesPageToken(const std::string& next_id);

absl::StatusOr<news::ArticleId> ArticleIdOf(const std::string& name, std::string_view field);
// The version of an etag that was given. One that no answer can have held is no sign that anything
// has changed: FIELD_INVALID.
absl::StatusOr<news::Version> EtagIn(const std::string& etag, std::string_view field);
// Why a status changes: needed, and bounded as a note is.
absl::Status CheckReason(std::string_view reason);
// `status`, and a violation of `field` when its text is longer than a note may be.
absl::Status WithBound(absl::Status status, std::string_view field, std::string_view text);
std::string_view Trimmed(std::string_view text);
absl::Status CheckRequestId(const std::string& request_id);  // a UUID, or empty
// By which a repeat of a request is told from another request under its request_id: covers the
// method and all fields.
std::string RequestHash(const google::protobuf::Message& request);

news::v1::Article WithoutBody(const news::Article& article);
// The hash by which a source's next version is told from this one.
std::string UpstreamHash(const SetContent& set);

}  // namespace telex::ingestion
