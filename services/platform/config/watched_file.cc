#include "platform/config/watched_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::config {
namespace {

// What a file was when it was read: when any of it differs, it is read again.
using FileIdentity = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t>;

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileIdentity(info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                      info.st_mtim.tv_nsec);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return errors::Error(absl::StatusCode::kNotFound, errors::kFieldInvalid,
                         fmt::format("{}: {}", path, std::strerror(errno)));
  }
  std::string text(kWatchedFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kWatchedFileBytesMax) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldTooLong,
                         fmt::format("{}: more than {} bytes", path, kWatchedFileBytesMax));
  }
  return text;
}

}  // namespace

struct WatchedFile::Impl {
  using Clock = std::chrono::steady_clock;

  WatchedFileOptions options;
  std::atomic<Clock::rep> look_at = 0;
  std::mutex mutex;  // guards what follows
  std::optional<FileIdentity> identity;
  absl::Status last_read;

  absl::Status Read() {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(options.path));
    return errors::WithContext(options.take(text), options.path);
  }
};

WatchedFile::WatchedFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WatchedFile::~WatchedFile() = default;

absl::StatusOr<std::unique_ptr<WatchedFile>> WatchedFile::Open(WatchedFileOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  // Before the reading: a change in between is then seen as one.
  impl->identity = IdentityOf(impl->options.path);
  RETURN_IF_ERROR(impl->Read());
  return std::unique_ptr<WatchedFile>(new WatchedFile(std::move(impl)));
}

void WatchedFile::Look() {
  const Impl::Clock::rep now = Impl::Clock::now().time_since_epoch().count();
  Impl::Clock::rep due = impl_->look_at.load();
  const auto interval = absl::ToChronoNanoseconds(impl_->options.reload_interval);
  if (now < due || !impl_->look_at.compare_exchange_strong(due, now + interval.count())) return;
  const auto seen = IdentityOf(impl_->options.path);
  {
    const std::lock_guard lock(impl_->mutex);
    if (seen == impl_->identity) return;
    impl_->identity = seen;
  }
  const absl::Status read = impl_->Read();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->last_read = read;
  }
  if (impl_->options.on_reload) impl_->options.on_reload(read);
}

absl::Status WatchedFile::LastRead() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_read;
}

}  // namespace telex::config
