#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace telex::http {

// The bytes of a large body in a sealed file of the kernel's memory: from there the kernel sends
// its own pages, where bytes of ours would be copied for every client (half of what a body of 160
// KB costs). Immutable; thread-safe.
class BodyFile {
 public:
  // A smaller body is copied sooner than its pages are handed over.
  static constexpr std::size_t kWorthwhileBytes = 64 * 1024;
  // Each is a file descriptor, and descriptors are for connections first.
  static constexpr int kAtATimeMax = 256;

  // Null when the body is smaller, there are as many as there may be, or the kernel refuses: it is
  // then sent from memory. Makes the process ignore SIGPIPE: sendfile(2) has no MSG_NOSIGNAL.
  static std::shared_ptr<const BodyFile> Make(std::string_view body);
  ~BodyFile();
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  int fd() const { return fd_; }
  std::size_t size() const { return size_; }

 private:
  BodyFile(int fd, std::size_t size) : fd_(fd), size_(size) {}
  const int fd_;
  const std::size_t size_;
};

}  // namespace telex::http
