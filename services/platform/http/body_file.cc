#include "platform/http/body_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace telex::http {
namespace {

std::atomic<int> in_being = 0;

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::shared_ptr<const BodyFile> BodyFile::Make(std::string_view body) {
  if (body.size() < kWorthwhileBytes) return nullptr;
  static const bool ignored = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  if (!ignored) return nullptr;
  if (in_being.fetch_add(1) >= kAtATimeMax) {
    in_being.fetch_sub(1);
    return nullptr;
  }
  const int fd = ::memfd_create("telex-body", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) {
    in_being.fetch_sub(1);
    return nullptr;
  }
  std::shared_ptr<const BodyFile> file(new BodyFile(fd, body.size()));
  // Pages that are on their way belong to the kernel's queues as well: nobody may change them.
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (!WriteAll(fd, body) || ::fcntl(fd, F_ADD_SEALS, kSeals) != 0) return nullptr;
  return file;
}

BodyFile::~BodyFile() {
  ::close(fd_);
  in_being.fetch_sub(1);
}

}  // namespace telex::http
