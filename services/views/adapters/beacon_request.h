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
#include "views/adapters/batch_intake.h"
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

  SentLook sent() const {
    return {.look = {article, event_id, language, placement, age_ms},
            .internal = internal,
            .address = address,
            .user_agent = user_agent,
            .prefetch = prefetch,
            .no_tracking = no_tracking,
            .fault = fault ? &*fault : nullptr};
  }
};

// Of the query of a gif. Without an id it has a random one.
ReportedLook ReadGifQuery(std::string_view article, std::string_view query);

struct ReportedLooks {
  std::vector<ReportedLook> looks;
  bool batch = false;  // {"views": [...]}, also of one
};

// Of the body of a POST. The refusal is of the whole.
std::variant<ReportedLooks, Refusal> ReadBody(const http::Request& request);

// What the browser says of itself.
Browser ReadBrowser(const http::Request& request);

}  // namespace telex::views
