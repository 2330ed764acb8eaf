#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "news/article_id.h"
#include "views/domain/known_article.h"
#include "views/domain/view.h"

namespace telex::views {

// A language that the story does not have.
inline constexpr std::string_view kOtherLanguage = "other";

inline constexpr std::size_t kPlacementBytesMax = 64;
inline constexpr std::int64_t kAgeMsMax = 86'400'000;

// What a sender says of one look.
struct Look {
  std::string_view article;   // an id, or articles/{id}
  std::string_view event_id;  // a UUID
  std::string_view language;  // BCP 47; "": the story's own
  std::string_view placement;
  std::int64_t age_ms = 0;
};

// What the edge has found out about who looked.
struct Reader {
  std::string_view address;  // its 4 or 16 bytes; "": not known
  std::string_view agent;
  AgentClass agent_class = AgentClass::kUnknown;
  std::uint32_t agent_list = 0;
  std::string_view site;  // a partner's id, kOwnSite or kOtherSite
  bool prefetch = false;
  bool no_tracking = false;  // DNT: 1 or Sec-GPC: 1
  bool internal = false;
  bool impossible_rate = false;
};

// Why a look is not taken. The reason is one of errors/reasons.h, the field one of Look's.
struct Refusal {
  std::string_view reason;
  std::string_view field;
  std::string message;
};

struct JudgeRules {
  bool filter_no_tracking = false;  // else such a look counts, without a visitor
};

// What is looked up while a look is judged. Quick, and thread-safe where the judge is to be.
struct Knowledge {
  std::function<std::shared_ptr<const KnownArticle>(const news::ArticleId&)> find_article;
  std::function<bool()> caught_up;  // with the log of articles, as it is now
  // Of a look at that time; nullopt while no salt of today is known.
  std::function<std::optional<Visitor>(const news::ArticleId&, std::int64_t time_ms,
                                       std::string_view address, std::string_view agent)>
      visitor_of;
};

std::optional<EventId> ParseEventId(std::string_view text);

// Whether a look is taken, and what as. The times of looks are `now_ms` less their age: no sender's
// clock is believed. Looks that do not count carry no visitor.
class Judge {
 public:
  Judge(JudgeRules rules, Knowledge knowledge) : rules_(rules), knowledge_(std::move(knowledge)) {}

  // The view's texts are views into the look, the reader and the article.
  std::variant<View, Refusal> operator()(const Look& look, const Reader& reader,
                                         std::int64_t now_ms) const;

 private:
  Filter FilterOf(const Reader& reader) const;

  const JudgeRules rules_;
  const Knowledge knowledge_;
};

}  // namespace telex::views
