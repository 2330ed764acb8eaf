#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>

#include "ingestion/domain/submission.h"
#include "news/version.h"

namespace telex::ingestion {

enum class Verdict {
  kAccepted,   // a new version was made
  kUnchanged,  // nothing new in it
  kStale,      // made from what is no longer the newest
  kHeld,       // an editor must decide
  kRefused,    // cannot be done
};

enum class Reason {
  kNone,
  kSameContent,      // unchanged: the head says the same
  kSameUpstream,     // unchanged: the source has said this already
  kAlreadySo,        // unchanged: withheld already, usable already …
  kOtherVersion,     // unchanged: the time that came was that of another version
  kBaseNotHead,      // stale
  kOlderUpstream,    // stale: the source's own time is older than what it said last
  kEditedByEditor,   // held
  kArticleNotFound,  // refused
  kArticlePurged,    // refused
  kTooManyShelves,   // refused: has stood on as many shelves as an article may
  kRequestIdReused,  // refused: its request id was that of another request
  kArticleTooLarge,  // refused: the version it would make is larger than an article may be
  kTooEarly,         // unchanged: by the log's clock the time has not come; submitted again
};
std::string_view ReasonText(Reason reason);  // UPPER_SNAKE; empty for kNone
std::optional<Reason> ReasonFromText(std::string_view text);

// What became of a submission.
struct Decision {
  SubmissionPosition position;
  std::string subject;  // articles/{uuid} or sources/{id}
  Verdict verdict = Verdict::kRefused;
  news::Version version;  // the one that stands after it; zero when there is none
  Reason reason = Reason::kNone;
  std::string request_id;
  std::string request_hash;
  absl::Time time;  // of the submission
  int rule = 0;
  std::optional<SubmissionPosition>
      repeats;  // the submission with the same request id whose decision this is

  bool operator==(const Decision&) const = default;

  // Whether a repeat of its request id gets this decision. A stale or refused submission did
  // nothing: it may be tried again.
  bool StandsForRepeats() const {
    return !request_id.empty() && !repeats && verdict != Verdict::kStale &&
           verdict != Verdict::kRefused;
  }
};

}  // namespace telex::ingestion
