#include "telexctl/importer.h"

#include <fmt/format.h>

#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/source_requests.h"
#include "telexctl/text.h"

namespace telex::cli {
namespace {

constexpr std::string_view kProposedKey = "proposed_key";

// A replica other than the one that made the source may not have read of it yet.
constexpr int kNewSourceTries = 5;
constexpr absl::Duration kNewSourcePause = absl::Milliseconds(300);

class Importer {
 public:
  Importer(Newsroom& newsroom, ImportOrder order, const ImportTools& tools)
      : newsroom_(newsroom), order_(std::move(order)), tools_(tools) {}

  absl::StatusOr<pb::ImportDocumentResponse> Run() {
    auto response = Send();
    if (response.ok() && response->source().empty() && response->has_proposal()) {
      const pb::SourceProposal proposal = response->proposal();
      if (order_.strict) return NoSource(proposal);
      if (order_.validate_only) {
        tools_.tell(fmt::format("No source fits; import would make {} ({}, {}).", proposal.name(),
                                proposal.display_name(), proposal.home_page()));
        return response;
      }
      if (absl::Status status = MakeSource(proposal); !status.ok()) return status;
      response = SendToNewSource();
    }
    if (const std::string key = ProposedKey(response); !key.empty()) {
      tools_.tell(fmt::format(
          "The document names no key for the story: taken as '{}' (choose another with --key).",
          key));
      order_.key = key;
      response = Send();
    }
    return response;
  }

 private:
  absl::StatusOr<pb::ImportDocumentResponse> Send() {
    pb::ImportDocumentRequest request;
    request.set_document(order_.document);
    request.set_media_type(order_.media_type);
    request.set_source(order_.source);
    request.set_key(order_.key);
    request.set_validate_only(order_.validate_only);
    request.set_request_id(tools_.new_request_id());
    return newsroom_.ImportDocument(request);
  }

  absl::StatusOr<pb::ImportDocumentResponse> SendToNewSource() {
    for (int tries = 1;; ++tries) {
      auto response = Send();
      if (!errors::Is(response.status(), errors::kUnknownSource) || tries == kNewSourceTries) {
        return response;
      }
      tools_.sleep(kNewSourcePause);
    }
  }

  absl::Status MakeSource(const pb::SourceProposal& proposal) {
    const auto source =
        newsroom_.CreateSource(CreateSourceRequestOf(proposal, tools_.new_request_id()));
    if (errors::Is(source.status(), errors::kSourceExists)) {
      // Somebody made it meanwhile, or it has another home page: then it is not ours to guess.
      return Settle(proposal, source.status());
    }
    if (!source.ok()) return errors::WithContext(source.status(), "making the source");
    order_.source = source->name();
    tools_.tell(
        fmt::format("Made the source {} from what the document says of its publisher: {}, {}.",
                    source->name(), source->display_name(), source->home_page()));
    tools_.tell(fmt::format("  Its terms: {}", source->usage_terms()));
    tools_.tell(fmt::format("  Change it with: telexctl sources update {} ...",
                            proposal.name().substr(proposal.name().find('/') + 1)));
    return absl::OkStatus();
  }

  absl::Status Settle(const pb::SourceProposal& proposal, const absl::Status& exists) {
    pb::GetSourceRequest request;
    request.set_name(proposal.name());
    const auto known = newsroom_.GetSource(request);
    if (known.ok() && known->home_page() == proposal.home_page()) {
      order_.source = known->name();
      return absl::OkStatus();
    }
    return errors::WithContext(
        exists,
        fmt::format("the document names the home page {}, which {} has not; if it is theirs "
                    "all the same, say --source {}",
                    proposal.home_page(), proposal.name(), proposal.name()));
  }

  absl::Status NoSource(const pb::SourceProposal& proposal) const {
    return errors::Error(
        absl::StatusCode::kInvalidArgument, errors::kUnknownSource,
        fmt::format("no source fits; make it first: telexctl sources create {} --display-name {} "
                    "--home-page {} --usage-terms {} --default-language {}",
                    proposal.name().substr(proposal.name().find('/') + 1),
                    ShellQuoted(proposal.display_name()), ShellQuoted(proposal.home_page()),
                    ShellQuoted(proposal.usage_terms()), ShellQuoted(proposal.language())));
  }

  // Empty when there is none, or it is not to be taken.
  std::string ProposedKey(const absl::StatusOr<pb::ImportDocumentResponse>& response) const {
    if (order_.strict || !order_.key.empty()) return {};
    if (!errors::Is(response.status(), errors::kNeedsKey)) return {};
    const auto details = errors::DetailsOf(response.status());
    const auto found = details->metadata.find(kProposedKey);
    return found == details->metadata.end() ? std::string() : found->second;
  }

  Newsroom& newsroom_;
  ImportOrder order_;
  const ImportTools& tools_;
};

}  // namespace

absl::StatusOr<pb::ImportDocumentResponse> Import(Newsroom& newsroom, ImportOrder order,
                                                  const ImportTools& tools) {
  return Importer(newsroom, std::move(order), tools).Run();
}

absl::Status OutcomeOf(const pb::ImportDocumentResponse& response, bool validate_only) {
  if (validate_only) return absl::OkStatus();
  for (const auto& item : response.items()) {
    if (item.verdict() == pb::VERDICT_ACCEPTED || item.verdict() == pb::VERDICT_UNCHANGED) continue;
    const std::string reason =
        item.verdict() == pb::VERDICT_HELD ? std::string(errors::kArticleHeld) : item.reason();
    const std::string message =
        fmt::format("{} is not in: {}", item.article().name(),
                    item.verdict() == pb::VERDICT_HELD    ? "an editor has to decide"
                    : item.verdict() == pb::VERDICT_STALE ? "a newer version of it was there"
                                                          : "it was refused");
    if (reason.empty()) return absl::FailedPreconditionError(message);
    return errors::Error(absl::StatusCode::kFailedPrecondition, reason, message);
  }
  return absl::OkStatus();
}

}  // namespace telex::cli
