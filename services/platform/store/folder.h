#pragma once

// The folder of a store: who has it open (a lock that ends with the process), and whether what lies
// in it can be trusted (the session file). The session file stands beside the data and not in it:
// after a crash of the machine the data must not even be opened, as its pages may be torn.

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>

namespace telex::store {

class Folder {
 public:
  // Makes the folder when missing. FAILED_PRECONDITION when another process (or store) holds it.
  static absl::StatusOr<Folder> Claim(const std::string& path);
  Folder(Folder&& other) noexcept;
  Folder& operator=(Folder&&) = delete;
  ~Folder();

  const std::string& path() const { return path_; }
  bool HasData() const;
  // Of its file system, for this user; the largest number where the kernel does not tell.
  std::uint64_t FreeBytes() const;

  // Why the data cannot be trusted; "" when it can (or when there is none).
  std::string Distrust() const;

  // False when who had it before did not close it; true when nobody is known to have had it.
  bool ClosedCleanly() const;

  // kUnsynced: the disk has refused what was written, and the kernel may have forgotten it.
  enum class State { kOpen, kClean, kUnsynced, kDamaged };
  // Durable when it is OK. That the data cannot be trusted is noted even where the disk refuses,
  // for whoever is next in this run of the kernel.
  absl::Status Mark(State state) const;

  // Removes the data, and nothing that is not the store's.
  absl::Status Empty() const;

 private:
  Folder(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}

  std::string path_;
  int lock_fd_;
};

}  // namespace telex::store
