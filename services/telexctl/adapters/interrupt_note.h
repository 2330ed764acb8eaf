// What Ctrl-C leaves behind in the middle of a write.
#pragma once

#include <csignal>

namespace telex::cli {

// While it lives, SIGINT says on one line that the request may have been submitted and that the
// same again is safe, and then ends the process as it would have. One at a time.
class InterruptNote {
 public:
  InterruptNote();
  ~InterruptNote();
  InterruptNote(const InterruptNote&) = delete;
  InterruptNote& operator=(const InterruptNote&) = delete;

 private:
  struct sigaction before_ = {};
};

}  // namespace telex::cli
