#include "platform/store/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDataFile = "data.mdb";
constexpr const char* kReadersFile = "lock.mdb";
constexpr const char* kOwnerFile = "owner.lock";
constexpr const char* kSessionFile = "session";

absl::Status SystemFailure(std::string_view what, const std::string& path, int error) {
  return errors::Error(absl::StatusCode::kInternal, errors::kStoreFailed,
                       fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

// Names one run of the kernel; "" where the system does not tell.
std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

std::string_view Word(Folder::State state) {
  switch (state) {
    case Folder::State::kOpen:
      return "open";
    case Folder::State::kClean:
      return "clean";
    case Folder::State::kUnsynced:
      return "unsynced";
    case Folder::State::kDamaged:
      return "damaged";
  }
  return "damaged";
}

absl::Status SyncPath(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return SystemFailure("open", path, errno);
  const int result = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (result != 0) return SystemFailure("fsync", path, error);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Folder> Folder::Claim(const std::string& path) {
  if (path.empty()) {
    return errors::FieldError("path", errors::kFieldRequired, "the folder of the store");
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return SystemFailure("make folder", path, error.value());
  const std::string lock = fmt::format("{}/{}", path, kOwnerFile);
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return SystemFailure("open", lock, errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int flock_error = errno;
    ::close(fd);
    if (flock_error == EWOULDBLOCK) {
      return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kStoreFailed,
                           fmt::format("{} is in use by another process", path));
    }
    return SystemFailure("lock", lock, flock_error);
  }
  return Folder(path, fd);
}

Folder::Folder(Folder&& other) noexcept
    : path_(std::move(other.path_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

Folder::~Folder() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

bool Folder::HasData() const {
  std::error_code error;
  return fs::exists(fmt::format("{}/{}", path_, kDataFile), error);
}

std::uint64_t Folder::FreeBytes() const {
  std::error_code error;
  const fs::space_info space = fs::space(path_, error);
  return error ? std::numeric_limits<std::uint64_t>::max() : space.available;
}

bool Folder::ClosedCleanly() const {
  std::ifstream file(fmt::format("{}/{}", path_, kSessionFile));
  std::string state;
  return !(file >> state) || state == Word(State::kClean);
}

std::string Folder::Distrust() const {
  if (!HasData()) return "";
  std::ifstream file(fmt::format("{}/{}", path_, kSessionFile));
  std::string state;
  std::string boot_id;
  if (!(file >> state)) return "there is no record of how it was closed";
  file >> boot_id;
  if (state == Word(State::kClean)) return "";
  if (state == Word(State::kOpen)) {
    const std::string now = BootId();
    if (!now.empty() && now == boot_id) return "";  // the process died, the pages did not
    return "it was not closed before the machine went down";
  }
  if (state == Word(State::kUnsynced)) return "the disk has refused what was written";
  return "it was found damaged";
}

absl::Status Folder::Mark(State state) const {
  const std::string path = fmt::format("{}/{}", path_, kSessionFile);
  const std::string fresh = path + ".new";
  const bool trusted = state == State::kOpen || state == State::kClean;
  std::error_code error;
  {
    std::ofstream file(fresh, std::ios::trunc);
    file << Word(state) << '\n' << BootId() << '\n';
    file.flush();
    if (!file) {
      absl::Status failed = SystemFailure("write", fresh, errno);
      if (!trusted) fs::remove(path, error);  // no record is no trust either
      return failed;
    }
  }
  const absl::Status synced = SyncPath(fresh, O_RDONLY);
  if (!synced.ok() && trusted) return synced;
  fs::rename(fresh, path, error);
  if (error) return SystemFailure("rename", fresh, error.value());
  if (!synced.ok()) return synced;
  return SyncPath(path_, O_RDONLY | O_DIRECTORY);
}

absl::Status Folder::Empty() const {
  // Marked first: a crash half-way must not leave a part that looks whole.
  if (auto status = Mark(State::kDamaged); !status.ok()) return status;
  for (const char* name : {kDataFile, kReadersFile}) {
    const std::string path = fmt::format("{}/{}", path_, name);
    std::error_code error;
    fs::remove(path, error);
    if (error) return SystemFailure("remove", path, error.value());
  }
  return absl::OkStatus();
}

}  // namespace telex::store
