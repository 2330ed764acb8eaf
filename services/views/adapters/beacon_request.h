// Requests of beacons, taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/http/message.h"
#include "views/adapters/reader_address.h"
#include "views/domain/judge.h"

namespace telex::views {

inline constexpr std::size_t kViewsPerRequestMax = 100;
inline constexpr std::size_t kBeaconBodyBytesMax = 64 * 1024;  // as much as a browser keeps alive

// One look as a request has it, with its own texts.
struct ReportedLook {
  std::string article;
  std::string event_id;
  std::string language;
  std::string placement;
  std::int64_t age_ms = 0;
  bool internal = false;
  // Only of senders with a key: the reader's.
  std::string address;
  std::string user_agent;
  bool prefetch = false;
  bool no_tracking = false;
  // What cannot be read in it.
  std::optional<Refusal> fault = {};

  Look look() const { return {article, event_id, language, placement, age_ms}; }
};

// Of the query of a gif. Without an id it has a random one.
ReportedLook ReadGifQuery(std::string_view article, std::string_view query);

struct ReportedLooks {
  std::vector<ReportedLook> looks;
  bool batch = false;  // {"views": [...]}, also of one
};

// Of the body of a POST. The refusal is of the whole.
std::variant<ReportedLooks, Refusal> ReadBody(const http::Request& request);

// What a browser says of itself.
struct Browser {
  std::string_view agent;
  bool prefetch = false;
  bool no_tracking = false;
  bool internal = false;
  std::string_view host;  // of the page; "": not told
};
Browser ReadBrowser(const http::Request& request);

// The token of `Authorization: Bearer ...`; nullopt: there is no such header. "": another scheme.
std::optional<std::string_view> BearerOf(const http::Request& request);

}  // namespace telex::views
