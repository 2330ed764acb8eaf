#include "ingestion/adapters/refusals.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::ingestion {

absl::Status NotFound(std::string_view article) {
  return errors::Error(absl::StatusCode::kNotFound, errors::kArticleNotFound,
                       fmt::format("there is no '{}'", article), {{"name", std::string(article)}});
}

absl::Status SourceNotFound(std::string_view source) {
  return errors::Error(absl::StatusCode::kNotFound, errors::kSourceNotFound,
                       fmt::format("there is no '{}'", source), {{"name", std::string(source)}});
}

absl::Status SourceExists(std::string_view source) {
  return errors::Error(
      absl::StatusCode::kAlreadyExists, errors::kSourceExists,
      fmt::format("'{}' is there already, with other settings; UpdateSource changes them", source),
      {{"name", std::string(source)}});
}

absl::Status Purged(std::string_view article) {
  return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kArticlePurged,
                       fmt::format("'{}' was purged, for ever", article),
                       {{"name", std::string(article)}});
}

absl::Status StaleEtag(std::string_view name, news::Version standing, std::string_view etag) {
  return errors::Error(
      absl::StatusCode::kAborted, errors::kStaleEtag,
      fmt::format("'{}' has changed since {}; read it again, look, and repeat", name,
                  etag.empty() ? "it was read" : fmt::format("the version with etag {}", etag)),
      {{"name", std::string(name)}, {"version", std::to_string(standing.number)}});
}

namespace {

absl::Status ArticleExists(const absl::Status& stale, std::string_view what_changes_it) {
  const auto details = errors::DetailsOf(stale);
  const std::string name =
      details && details->metadata.contains("name") ? details->metadata.at("name") : "";
  return errors::Error(absl::StatusCode::kAlreadyExists, errors::kArticleExists,
                       fmt::format("'{}' is there already under this key, with other content; {}",
                                   name, what_changes_it),
                       details ? details->metadata : errors::Metadata{});
}

}  // namespace

absl::Status ArticleExists(const absl::Status& stale) {
  return ArticleExists(stale, "UpdateArticle changes it");
}

absl::Status ArticleExistsForSource(const absl::Status& stale, std::string_view source,
                                    std::string_view key) {
  absl::Status status = errors::WithMetadata(
      ArticleExists(stale, "ImportDocument with this key corrects it"), "source", source);
  if (key.size() > errors::kMetadataValueBytesMax) return status;
  return errors::WithMetadata(std::move(status), "key", key);
}

absl::Status RefusalOf(const Decision& decision) {
  const std::string standing = std::to_string(decision.version.number);
  switch (decision.verdict) {
    case Verdict::kAccepted:
    case Verdict::kUnchanged:
      return absl::OkStatus();
    case Verdict::kStale:
      return StaleEtag(decision.subject, decision.version);
    case Verdict::kHeld:
      return errors::Error(
          absl::StatusCode::kFailedPrecondition, errors::kArticleHeld,
          fmt::format("'{}' was corrected by an editor: the source's new version is held",
                      decision.subject),
          {{"name", decision.subject}, {"version", standing}});
    case Verdict::kRefused:
      break;
  }
  if (decision.reason == Reason::kArticleNotFound) return NotFound(decision.subject);
  if (decision.reason == Reason::kArticlePurged) return Purged(decision.subject);
  if (decision.reason == Reason::kTooManyShelves) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kTooManyShelves,
        fmt::format("'{}' has stood in as many sections and languages as an article may",
                    decision.subject),
        {{"name", decision.subject}});
  }
  if (decision.reason == Reason::kArticleTooLarge) {
    return errors::Error(
        absl::StatusCode::kFailedPrecondition, errors::kArticleTooLarge,
        fmt::format("'{}' would be larger than an article may be", decision.subject),
        {{"name", decision.subject}});
  }
  if (decision.reason == Reason::kRequestIdReused) {
    return errors::FieldError(
        "request_id", errors::kRequestIdReused,
        fmt::format("was that of another request for '{}'; each request has an id of its own, and "
                    "only its repeats have the same",
                    decision.subject));
  }
  return errors::Error(absl::StatusCode::kFailedPrecondition, ReasonText(decision.reason),
                       fmt::format("'{}': {}", decision.subject, ReasonText(decision.reason)),
                       {{"name", decision.subject}});
}

}  // namespace telex::ingestion
