#include "ingestion/domain/decision.h"

#include <array>
#include <utility>

#include "news/article_name.h"

namespace telex::ingestion {
namespace {

constexpr std::array<std::pair<Reason, std::string_view>, 14> kReasonTexts = {{
    {Reason::kNone, ""},
    {Reason::kSameContent, "SAME_CONTENT"},
    {Reason::kSameUpstream, "SAME_UPSTREAM"},
    {Reason::kAlreadySo, "ALREADY_SO"},
    {Reason::kOtherVersion, "OTHER_VERSION"},
    {Reason::kBaseNotHead, "BASE_NOT_HEAD"},
    {Reason::kOlderUpstream, "OLDER_UPSTREAM"},
    {Reason::kEditedByEditor, "EDITED_BY_EDITOR"},
    {Reason::kArticleNotFound, "ARTICLE_NOT_FOUND"},
    {Reason::kArticlePurged, "ARTICLE_PURGED"},
    {Reason::kTooManyShelves, "TOO_MANY_SHELVES"},
    {Reason::kRequestIdReused, "REQUEST_ID_REUSED"},
    {Reason::kArticleTooLarge, "ARTICLE_TOO_LARGE"},
    {Reason::kTooEarly, "TOO_EARLY"},
}};

}  // namespace

std::string_view ReasonText(Reason reason) {
  for (const auto& [known, text] : kReasonTexts) {
    if (known == reason) return text;
  }
  return "";
}

std::optional<Reason> ReasonFromText(std::string_view text) {
  for (const auto& [reason, known] : kReasonTexts) {
    if (known == text) return reason;
  }
  return std::nullopt;
}

std::string NameOf(const Subject& subject) {
  if (const auto* article = std::get_if<news::ArticleId>(&subject)) return news::NameOf(*article);
  return std::get<news::SourceId>(subject).Name();
}

}  // namespace telex::ingestion
