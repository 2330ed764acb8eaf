#pragma once

namespace telex::news {

// IPTC pubStatus. Withheld and canceled are sticky: only an editor's reinstate lifts them.
enum class PubStatus { kUsable, kWithheld, kCanceled };

// Where an article stands between its embargo and its expiry. Moves only by events in the log,
// never by a clock.
enum class Availability { kAvailable, kEmbargoed, kExpired };

}  // namespace telex::news
