#include "telexctl/adapters/interrupt_note.h"

#include <unistd.h>

#include <csignal>

namespace telex::cli {
namespace {

// Of what a handler may call: signal-safety(7).
void SayAndEnd(int signal) {
  static constexpr char kLine[] =
      "\ntelexctl: interrupted; it may have been submitted; the same again is safe\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLine, sizeof(kLine) - 1);
  ::raise(signal);  // its default by now (SA_RESETHAND): a shell sees who ended it
}

}  // namespace

InterruptNote::InterruptNote() {
  struct sigaction action = {};
  action.sa_handler = SayAndEnd;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, nullptr, &before_);
  // Who ignores it (nohup, a shell's background job) goes on.
  if (before_.sa_handler != SIG_IGN) ::sigaction(SIGINT, &action, nullptr);
}

InterruptNote::~InterruptNote() { ::sigaction(SIGINT, &before_, nullptr); }

}  // namespace telex::cli
