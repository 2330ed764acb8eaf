#include "telexctl/views/result_view.h"

#include <fmt/format.h>

#include <string_view>

#include "telexctl/views/article_view.h"

namespace telex::cli {
namespace {

using Result = pb::WriteResult;

// Why partners do not see the article; empty when they do.
std::string HiddenText(const pb::Article& article) {
  std::string status = StatusWord(article);
  if (status == "usable") return {};
  if (status == "embargoed") {
    return fmt::format("embargoed until {}",
                       TimeText(article.has_embargoed(), article.embargoed()));
  }
  return status;
}

// Why nothing was made. `article` is null for a source.
std::string WhyUnchanged(const Result& result, const pb::Article* article) {
  if (result.reason() == "SAME_CONTENT") return "it says so already";
  if (result.reason() == "SAME_UPSTREAM") return "its source has said so already";
  if (result.reason() != "ALREADY_SO" || article == nullptr) return "nothing in it is new";
  std::string why =
      fmt::format("it is {} already", article->purged() ? "purged" : PubStatusWord(*article));
  if (!article->status_reason().empty())
    why += fmt::format(" for this reason: {}", article->status_reason());
  return why;
}

std::string DecidedText(const Result& result, const pb::Article* article,
                        std::string_view nothing) {
  const std::string version = fmt::format("version {}", result.version());
  switch (result.verdict()) {
    case Result::VERDICT_ACCEPTED: {
      const std::string hidden = article == nullptr ? "" : HiddenText(*article);
      return fmt::format("accepted: {} was made{}{}", version, hidden.empty() ? "" : "; it is ",
                         hidden);
    }
    case Result::VERDICT_UNCHANGED:
      return fmt::format("unchanged: {}{}; {} stands", nothing, WhyUnchanged(result, article),
                         version);
    case Result::VERDICT_STALE:
      return fmt::format("stale: older than what is known; {} stands", version);
    case Result::VERDICT_HELD:
      return fmt::format("held: an editor changed the story and has to decide; {} stands", version);
    case Result::VERDICT_REFUSED:
      return "refused";
    default:
      return {};
  }
}

std::string WroteText(const Result& result, const pb::Article* article) {
  std::string text = DecidedText(result, article, "nothing was made, ");
  // telexctl gives each command a request id of its own: what it repeats is its own first try.
  if (result.repeated()) text += "; decided when it was first asked for";
  if (result.repeated() && result.has_submit_time())
    text += ", " + TimeText(true, result.submit_time());
  return text;
}

std::string ForeseenText(const Result& result, const pb::Article* article) {
  constexpr std::string_view kChecked = "checked only, nothing was made";
  if (result.verdict() == Result::VERDICT_UNSPECIFIED) return std::string(kChecked);
  if (result.verdict() == Result::VERDICT_ACCEPTED)
    return fmt::format("{}; it would be version {}", kChecked, result.version());
  return fmt::format("{}; it would be {}", kChecked, DecidedText(result, article, ""));
}

std::string Text(const Result& result, const pb::Article* article, Call call) {
  return call == Call::kWrote ? WroteText(result, article) : ForeseenText(result, article);
}

// An item always had its verdict and reason: a service that is older tells these.
Result ResultOf(const pb::ImportDocumentResponse::Item& item) {
  if (item.article().has_result()) return item.article().result();
  Result result;
  result.set_verdict(static_cast<Result::Verdict>(item.verdict()));
  result.set_reason(item.reason());
  result.set_version(item.article().version());
  return result;
}

}  // namespace

std::string VerdictText(const pb::Article& article, Call call) {
  return Text(article.result(), &article, call);
}

std::string VerdictText(const pb::Source& source, Call call) {
  return Text(source.result(), nullptr, call);
}

std::string VerdictText(const pb::ImportDocumentResponse::Item& item, Call call) {
  return Text(ResultOf(item), &item.article(), call);
}

}  // namespace telex::cli
