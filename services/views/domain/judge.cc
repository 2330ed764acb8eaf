#include "views/domain/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "news/article_reference.h"
#include "news/language_tag.h"
#include "news/utf8.h"
#include "platform/errors/reasons.h"

namespace telex::views {
namespace {

Refusal Invalid(std::string_view field, std::string message) {
  return {.reason = errors::kFieldInvalid, .field = field, .message = std::move(message)};
}

std::optional<Refusal> Fault(const Look& look, const std::optional<news::ArticleId>& article,
                             const std::optional<EventId>& id) {
  if (look.article.empty()) {
    return Refusal{errors::kFieldRequired, "article", "an article's id is needed"};
  }
  if (!article) return Invalid("article", "expects an article's id: a UUID");
  if (look.event_id.empty()) {
    return Refusal{errors::kFieldRequired, "id", "expects a UUID, the same for the same view"};
  }
  if (!id) return Invalid("id", "expects a UUID");
  if (*id == EventId{}) return Invalid("id", "is the nil UUID: every view needs one of its own");
  if (look.age_ms < 0) return Invalid("age_ms", "is in the future");
  if (look.age_ms > kAgeMsMax) {
    return Invalid("age_ms", fmt::format("is older than {} ms", kAgeMsMax));
  }
  if (look.placement.size() > kPlacementBytesMax) {
    return Refusal{errors::kFieldTooLong, "placement",
                   fmt::format("is longer than {} bytes", kPlacementBytesMax)};
  }
  if (!news::IsUtf8(look.placement)) {
    return Refusal{errors::kNotUtf8, "placement", "is no UTF-8"};
  }
  return std::nullopt;
}

// The story's own name of the language that was asked for, or of what it is a variety of (`pt` for
// `pt-BR`).
std::optional<std::string_view> LanguageOf(std::string_view asked, const KnownArticle& article) {
  if (asked.empty()) return article.language.empty() ? kOtherLanguage : article.language;
  const auto find = [&](std::string_view tag) {
    const auto found = std::lower_bound(article.languages.begin(), article.languages.end(), tag);
    return found != article.languages.end() && *found == tag ? *found : std::string_view();
  };
  if (const std::string_view exact = find(asked); !exact.empty()) return exact;
  const auto tag = news::LanguageTag::Parse(asked);
  if (!tag) return std::nullopt;
  for (std::string_view rest = tag->text(); !rest.empty();) {
    if (const std::string_view known = find(rest); !known.empty()) return known;
    const std::size_t dash = rest.rfind('-');
    rest = dash == std::string_view::npos ? std::string_view() : rest.substr(0, dash);
  }
  return kOtherLanguage;
}

}  // namespace

// Both are UUIDs in their usual form.
std::optional<EventId> ParseEventId(std::string_view text) {
  const auto uuid = news::ArticleId::Parse(text);
  if (!uuid) return std::nullopt;
  EventId id;
  std::memcpy(id.data(), uuid->bytes().data(), id.size());
  return id;
}

// The first that holds: who looked says more than how they did.
Filter Judge::FilterOf(const Reader& reader) const {
  if (reader.internal) return Filter::kInternal;
  switch (reader.agent_class) {
    case AgentClass::kEmpty:
      return Filter::kEmptyAgent;
    case AgentClass::kAiFetcher:
      return Filter::kAiFetcher;
    case AgentClass::kRobot:
    case AgentClass::kFeedFetcher:  // what it has fetched is counted when somebody looks at it
      return Filter::kRobot;
    case AgentClass::kUnknown:
    case AgentClass::kBrowser:
    case AgentClass::kApp:
      break;
  }
  if (reader.prefetch) return Filter::kPrefetch;
  if (reader.impossible_rate) return Filter::kImpossibleRate;
  if (reader.no_tracking && rules_.filter_no_tracking) return Filter::kNoTracking;
  return Filter::kNone;
}

std::variant<View, Refusal> Judge::operator()(const Look& look, const Reader& reader,
                                              std::int64_t now_ms) const {
  const auto id = news::ParseArticleReference(look.article);
  const auto event_id = ParseEventId(look.event_id);
  if (auto fault = Fault(look, id, event_id)) return *std::move(fault);
  const auto article = knowledge_.find_article(*id);
  if (!article) {
    if (knowledge_.caught_up()) {
      return Refusal{errors::kArticleNotFound, "article", "there is no such article"};
    }
    return Refusal{errors::kNotCaughtUp, "article",
                   "it is not known yet: this replica is still reading the log"};
  }
  if (article->purged) {
    return Refusal{errors::kArticlePurged, "article", "it was erased; views of it are not taken"};
  }
  const auto language = LanguageOf(look.language, *article);
  if (!language) {
    return Refusal{errors::kUnknownLanguage, "language", "expects a BCP 47 tag (en, pt-BR)"};
  }
  View view = {.article = *id,
               .id = *event_id,
               .time_ms = now_ms - look.age_ms,
               .language = *language,
               .partner = reader.site,
               .filter = FilterOf(reader),
               .agent_class = reader.agent_class,
               .agent_list = reader.agent_list,
               .placement = look.placement};
  const bool has_visitor = view.filter == Filter::kNone && !reader.no_tracking;
  if (has_visitor && !reader.address.empty()) {
    const auto visitor = knowledge_.visitor_of(*id, view.time_ms, reader.address, reader.agent);
    if (!visitor) {
      return Refusal{errors::kSaltUnknown, "", "the salt of the day is not known here yet"};
    }
    view.visitor = *visitor;
  }
  return view;
}

}  // namespace telex::views
