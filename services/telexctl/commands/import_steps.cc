#include "telexctl/commands/import_steps.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/source_requests.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::string_view kProposedKey = "proposed_key";

// A replica other than the one that made the source may not have read of it yet.
constexpr int kNewSourceTries = 5;
constexpr absl::Duration kNewSourcePause = absl::Milliseconds(300);

std::string IdOf(const pb::SourceProposal& proposal) {
  return proposal.name().substr(proposal.name().find('/') + 1);
}

template <typename Map>
std::map<std::string, std::string> Sorted(const Map& map) {
  return {map.begin(), map.end()};
}

// What the document does not say stands in capitals.
std::string CreateCommand(const pb::SourceProposal& proposal) {
  const std::string id = IdOf(proposal);
  std::string command = fmt::format("telexctl sources create {}", id.empty() ? "SOURCE" : id);
  const auto add = [&](std::string_view flag, const std::string& value, std::string_view missing) {
    command += fmt::format(" {} {}", flag, value.empty() ? missing : ShellQuoted(value));
  };
  add("--display-name", proposal.display_name(), "NAME");
  add("--home-page", proposal.home_page(), "URL");
  add("--usage-terms", proposal.usage_terms(), "TERMS");
  add("--default-language", proposal.language(), "LANGUAGE");
  for (const auto& [printed, section] : Sorted(proposal.section_aliases()))
    add("--section-alias", fmt::format("{}={}", printed, section), "");
  return command;
}

class Importer {
 public:
  Importer(IngestionApi& api, ImportOrder order, const ImportTools& tools)
      : api_(api), order_(std::move(order)), tools_(tools) {}

  absl::StatusOr<pb::ImportDocumentResponse> Run() {
    auto response = Send();
    if (response.ok() && response->source().empty() && response->has_proposal()) {
      const pb::SourceProposal proposal = response->proposal();
      if (order_.strict) return NoSource(proposal);
      if (absl::Status status = MakeSource(proposal); !status.ok()) return status;
      if (order_.validate_only) return response;
      response = SendToNewSource();
    }
    if (const std::string key = ProposedKey(response); !key.empty()) {
      order_.key = key;
      response = Send();
      if (response.ok()) {
        tools_.tell(
            fmt::format("The document names no key for the story: taken as '{}' (another: {}).",
                        key, tools_.line_with("--key", "KEY")));
      }
    }
    if (order_.source.empty() && errors::Is(response.status(), errors::kUnknownSource))
      return NoPublisher(response.status());
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
    return api_.ImportDocument(request);
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

  // With validate_only it is checked that it can be made.
  absl::Status MakeSource(const pb::SourceProposal& proposal) {
    pb::CreateSourceRequest request = CreateSourceRequestOf(proposal, tools_.new_request_id());
    request.set_validate_only(order_.validate_only);
    const auto source = api_.CreateSource(request);
    if (errors::Is(source.status(), errors::kSourceExists)) {
      // Somebody made it meanwhile, or it has another home page: then it is not ours to guess.
      return Settle(proposal, source.status());
    }
    if (errors::Is(source.status(), errors::kRoleRequired)) {
      return WithHint(errors::WithContext(source.status(),
                                          fmt::format("no source has the home page {}, and yours "
                                                      "is not the role that makes one",
                                                      proposal.home_page())),
                      fmt::format("have an operator or an editor make it, and then repeat this: {}",
                                  CreateCommand(proposal)));
    }
    if (!source.ok()) {
      return errors::WithContext(
          source.status(),
          fmt::format("the document does not say all of its publisher; make the source first: {}",
                      CreateCommand(proposal)));
    }
    order_.source = source->name();
    // Somebody made the very same meanwhile.
    if (source->result().verdict() == pb::WriteResult::VERDICT_UNCHANGED) return absl::OkStatus();
    tools_.tell(
        fmt::format("{} {} from what the document says of its publisher: {}, {}.",
                    order_.validate_only ? "No source fits; import would make" : "Made the source",
                    source->name(), source->display_name(), source->home_page()));
    tools_.tell(fmt::format("  Its terms: {}", source->usage_terms()));
    const std::string id = IdOf(proposal);
    for (const auto& [printed, section] : Sorted(proposal.section_aliases())) {
      tools_.tell(
          fmt::format("  Section '{}' stands as {}; another: telexctl sources update {} "
                      "--section-alias {}",
                      printed, section, id, ShellQuoted(printed + "=SLUG")));
    }
    tools_.tell(fmt::format("  Change it with: telexctl sources update {} ...", id));
    return absl::OkStatus();
  }

  absl::Status Settle(const pb::SourceProposal& proposal, const absl::Status& exists) {
    pb::GetSourceRequest request;
    request.set_name(proposal.name());
    const auto known = api_.GetSource(request);
    if (known.ok() && known->home_page() == proposal.home_page()) {
      order_.source = known->name();
      return absl::OkStatus();
    }
    return errors::WithContext(
        exists,
        fmt::format("the document names the home page {}, which {} has not; if it is theirs "
                    "all the same: {}",
                    proposal.home_page(), proposal.name(),
                    tools_.line_with("--source", proposal.name())));
  }

  // The document names no home page, so that there is nothing to make a source of.
  absl::Status NoPublisher(const absl::Status& unknown) const {
    return WithHint(
        unknown, fmt::format("say whose it is, with one of telexctl sources list: {}; or make it "
                             "first: {}, and then the same",
                             tools_.line_with("--source", "SOURCE"), CreateCommand({})));
  }

  static absl::Status NoSource(const pb::SourceProposal& proposal) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kUnknownSource,
                         fmt::format("no source fits; make it first: {}", CreateCommand(proposal)));
  }

  // Empty when there is none, or it is not to be taken.
  std::string ProposedKey(const absl::StatusOr<pb::ImportDocumentResponse>& response) const {
    if (order_.strict || !order_.key.empty()) return {};
    if (!errors::Is(response.status(), errors::kNeedsKey)) return {};
    const auto details = errors::DetailsOf(response.status());
    const auto found = details->metadata.find(kProposedKey);
    return found == details->metadata.end() ? std::string() : found->second;
  }

  IngestionApi& api_;
  ImportOrder order_;
  const ImportTools& tools_;
};

}  // namespace

absl::StatusOr<pb::ImportDocumentResponse> Import(IngestionApi& api, ImportOrder order,
                                                  const ImportTools& tools) {
  return Importer(api, std::move(order), tools).Run();
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
