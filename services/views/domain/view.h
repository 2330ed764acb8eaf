// One look at a story, as the beacon took it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "news/article_id.h"

namespace telex::views {

// What tells one event from all others: a UUID that the sender makes.
using EventId = std::array<std::uint8_t, 16>;

// Who looked: a keyed hash of reader and story with the salt of the day. It says nothing outside
// its story and its day.
using Visitor = std::uint64_t;
inline constexpr Visitor kNoVisitor = 0;  // unknown: each of its looks counts

// Why a view does not count. Up to kNoTracking the edge decides, the others the log.
enum class Filter : std::uint8_t {
  kNone = 0,
  kRobot = 1,
  kAiFetcher = 2,       // of a company that trains or answers with what it reads
  kPrefetch = 3,        // nobody has seen it yet
  kEmptyAgent = 4,      // no user agent at all
  kImpossibleRate = 5,  // more than a person can look at
  kInternal = 6,        // of the newsroom itself
  kNoTracking = 7,      // Do-Not-Track or Global Privacy Control, where the setting filters them
  kRepeat = 8,          // the same visitor looked no more than 30 s before
  kLate = 9,            // it came when its time was no longer open
};
inline constexpr std::size_t kFilters = 10;

// Lower-case words, as answers and metrics have them; "" for kNone.
inline std::string_view NameOf(Filter filter) {
  static constexpr std::array<std::string_view, kFilters> kNames = {
      "",         "robot",       "ai_fetcher", "prefetch", "empty_agent", "impossible_rate",
      "internal", "no_tracking", "repeat",     "late"};
  return kNames[static_cast<std::size_t>(filter)];
}

// What the user agent was taken for when the view came. A recount does not classify again.
enum class AgentClass : std::uint8_t {
  kUnknown = 0,
  kBrowser = 1,      // a person, as far as one can tell
  kApp = 2,          // an application that shows stories to a person
  kFeedFetcher = 3,  // a feed reader that fetches for its readers
  kRobot = 4,
  kAiFetcher = 5,
  kEmpty = 6,
};

// Texts are views into the record it was read from.
struct View {
  news::ArticleId article;
  EventId id = {};
  Visitor visitor = kNoVisitor;
  std::int64_t time_ms = 0;  // since 1970, of the look
  std::string_view language;
  std::string_view partner;
  Filter filter = Filter::kNone;  // as the edge judged it
  AgentClass agent_class = AgentClass::kUnknown;
  std::uint32_t agent_list = 0;  // the version of the list by which it was classified
  std::string_view placement;    // where it was shown, as the sender names it
};

}  // namespace telex::views
