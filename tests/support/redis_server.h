#pragma once

// A redis-server of the test's own, on a unix socket or a free loopback port, in a folder that goes
// with it. Nothing is saved: after a kill it comes back empty. It dies with the test.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace telex::tests {

class RedisServer {
 public:
  enum class Listen { kUnixSocket, kLoopbackPort };

  // Started, and answering PING, when the constructor returns; ends the test program otherwise.
  explicit RedisServer(Listen listen = Listen::kUnixSocket,
                       std::vector<std::string> arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // redis://127.0.0.1:port or unix:///path
  std::string url() const;

  // SIGKILL; gone when it returns. Start() brings it back at the same address.
  void Kill();
  void Start();
  // SIGSTOP and SIGCONT: the kernel still accepts connections, but nobody answers.
  void Pause();
  void Resume();

 private:
  bool Answers() const;

  const Listen listen_;
  const std::vector<std::string> arguments_;
  TempDir dir_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace telex::tests
