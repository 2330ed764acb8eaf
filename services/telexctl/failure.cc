#include "telexctl/failure.h"

#include <absl/strings/cord.h>
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "telexctl/text.h"

namespace telex::cli {
namespace {

constexpr std::string_view kUsagePayload = "telexctl/usage";

struct Hint {
  std::string_view reason;
  std::string_view what_to_do;  // {key} stands for that key of the error's metadata
};

// One line a reason. A reason whose message says all there is to do is not listed.
constexpr std::array kHints = std::to_array<Hint>({
    {errors::kStaleEtag,
     "somebody changed it first: look at it (telexctl articles get NAME, or sources get) and "
     "repeat "
     "with the etag shown there, or without --etag"},
    {errors::kNeedsKey, "name the story within its source: --key {proposed_key}"},
    {errors::kUnknownSource,
     "name one of telexctl sources list with --source, or make it: telexctl sources create SOURCE"},
    {errors::kSourceNotFound,
     "see telexctl sources list; telexctl sources create SOURCE makes one"},
    {errors::kSourceExists, "see telexctl sources get SOURCE; telexctl sources update changes it"},
    {errors::kArticleNotFound,
     "see telexctl articles list; names are articles/UUID or UUID@VERSION"},
    {errors::kArticleExists,
     "the key is taken by another story: telexctl articles update changes that one, another --key "
     "makes a new one"},
    {errors::kFeedNotFound,
     "see telexctl feeds list; a feed is there once a story is published in its section and "
     "language"},
    {errors::kArticlePurged, "it was forgotten on request and cannot come back"},
    {errors::kArticleHeld,
     "an editor has changed this story: telexctl articles update takes over what is new, or set "
     "the "
     "source's --edited-policy to apply"},
    {errors::kUnknownSection,
     "a slug such as world, or map the source's own name: telexctl sources update SOURCE "
     "--section-alias NAME=slug"},
    {errors::kUnknownLanguage,
     "a BCP 47 tag such as en, or map the source's own code: telexctl sources update SOURCE "
     "--language-alias CODE=tag"},
    {errors::kNotAnArticle, "copy the page of one story, from its headline to its end"},
    {errors::kUnsupportedMediaType, "text/plain is understood: --media-type text/plain"},
    {errors::kUnauthenticated,
     "--token-file (TELEX_TOKEN_FILE) must name the file with your token, or --certificate-file a "
     "certificate that the service knows; on the local stack make up writes the token to "
     ".stack/tokens/telexctl.token"},
    {errors::kRoleRequired, "ask an operator for a token that has the role"},
    {errors::kDecisionPending,
     "it was handed in but not decided in time: repeat it, that is safe; telexctl status says what "
     "is late"},
    {errors::kBrokerUnavailable, "telexctl status; on the local stack: deploy/local/stack status"},
    {errors::kNotCaughtUp, "it is still reading the log: telexctl status shows how far it is"},
    {errors::kStopping, "it is being stopped or replaced: repeat it in a moment"},
    {errors::kWrongPartitionCount,
     "the topic was made with another number of partitions, which cannot change: make the cluster "
     "anew, or set --partitions to what it has"},
    {errors::kTopicMissing,
     "see telexctl topics list; telexctl topics apply --file deploy/kafka/topics.yaml makes those "
     "that are missing"},
});

// Without a reason: the call did not reach Telex, or something stands between.
std::string_view HintForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "is it running there? make up starts the local stack; telexctl --help names the "
             "addresses and their settings. A service with TLS needs --ca-file, --server-name when "
             "its certificate does not bear the address, and --certificate-file when it asks who "
             "calls";
    case absl::StatusCode::kDeadlineExceeded:
      return "repeat it, that is safe; --timeout-seconds gives it more time, telexctl status says "
             "what is late";
    case absl::StatusCode::kUnimplemented:
      return "what answers there is no Telex of this version: check the address";
    default:
      return "";
  }
}

// None when the metadata lacks a key that the hint speaks of.
std::string Fill(std::string_view text, const errors::Metadata& metadata) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == text.npos) break;
    const std::size_t close = text.find('}', open);
    const auto found = metadata.find(text.substr(open + 1, close - open - 1));
    filled += found == metadata.end() ? std::string("KEY") : ShellQuoted(found->second);
    text.remove_prefix(close + 1);
  }
  return filled;
}

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::Status Usage(std::string_view message) {
  absl::Status status =
      absl::InvalidArgumentError(absl::string_view(message.data(), message.size()));
  status.SetPayload(absl::string_view(kUsagePayload.data(), kUsagePayload.size()), absl::Cord("1"));
  return status;
}

bool IsUsage(const absl::Status& status) {
  return status.GetPayload(absl::string_view(kUsagePayload.data(), kUsagePayload.size()))
      .has_value();
}

ExitCode ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  if (IsUsage(status)) return kExitUsage;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitUnavailable;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitPermission;
    default:
      return kExitRefused;
  }
}

std::string HintFor(const absl::Status& status) {
  if (status.ok()) return {};
  if (IsUsage(status)) return "telexctl COMMAND --help shows what it takes, with an example";
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  for (const Hint& hint : kHints) {
    if (hint.reason == details.reason) return Fill(hint.what_to_do, details.metadata);
  }
  return std::string(HintForCode(status.code()));
}

std::string DescribeFailure(const absl::Status& status) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  std::string text;
  if (details.fields.size() > 1) {  // the message says the first only
    text = fmt::format("telexctl: {} fields are at fault\n", details.fields.size());
    for (const errors::FieldViolation& field : details.fields) {
      text += fmt::format("  {}: {} ({})\n", Printable(field.field), Printable(field.description),
                          field.reason);
    }
  } else {
    text = fmt::format("telexctl: {}\n", Printable(View(status.message())));
  }
  if (!details.reason.empty()) {
    text += fmt::format("  reason: {} ({})\n", details.reason,
                        View(absl::StatusCodeToString(status.code())));
  }
  if (const std::string hint = HintFor(status); !hint.empty()) {
    text += fmt::format("  what to do: {}\n", hint);
  }
  return text;
}

std::string DescribeFailureAsJson(const absl::Status& status) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  nlohmann::ordered_json error = {
      {"code", IsUsage(status) ? "USAGE" : absl::StatusCodeToString(status.code())},
      {"reason", details.reason},
      {"message", std::string(View(status.message()))},
      {"metadata", nlohmann::json::object()},
      {"fields", nlohmann::json::array()},
      {"hint", HintFor(status)},
  };
  for (const auto& [key, value] : details.metadata) error["metadata"][key] = value;
  for (const errors::FieldViolation& field : details.fields) {
    error["fields"].push_back(
        {{"field", field.field}, {"reason", field.reason}, {"description", field.description}});
  }
  return nlohmann::ordered_json{{"error", error}}.dump(
             -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
         "\n";
}

}  // namespace telex::cli
