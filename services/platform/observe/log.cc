#include "platform/observe/log.h"

#include <absl/time/clock.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

namespace telex::observe {
namespace {

// A stderr that nobody reads must not hold a thread for longer than this per line.
constexpr int kWriteWaitMs = 1000;

struct Output {
  std::mutex mutex;  // guards service and fd, and keeps lines apart
  std::string service = "telex";
  int fd = 2;
  std::atomic<Severity> severity_min{Severity::kInfo};
  std::array<std::atomic<std::uint64_t>, kSeverityCount> lines{};
  std::atomic<std::uint64_t> lost{0};
};

// Never destroyed: threads may log while static objects are being torn down.
Output& TheOutput() {
  static Output& output = *new Output;
  return output;
}

bool WriteWhole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd wait{fd, POLLOUT, 0};
    if (poll(&wait, 1, kWriteWaitMs) <= 0) return false;
  }
  return true;
}

}  // namespace

void ConfigureLog(LogConfig config) {
  Output& output = TheOutput();
  const std::lock_guard lock(output.mutex);
  output.service = std::move(config.service);
  output.fd = config.fd;
  output.severity_min.store(config.severity_min, std::memory_order_relaxed);
}

std::optional<Severity> ParseSeverity(std::string_view name) {
  std::string upper;
  for (const char c : name) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  for (const Severity severity :
       {Severity::kDebug, Severity::kInfo, Severity::kWarning, Severity::kError}) {
    if (upper == SeverityName(severity)) return severity;
  }
  return std::nullopt;
}

bool LogEnabled(Severity severity) {
  return severity >= TheOutput().severity_min.load(std::memory_order_relaxed);
}

void Log(Severity severity, std::string_view message, std::span<const LogField> fields) {
  Output& output = TheOutput();
  output.lines[static_cast<std::size_t>(severity)].fetch_add(1, std::memory_order_relaxed);
  if (!LogEnabled(severity)) return;
  const int errno_before = errno;  // logging between a call and the reading of errno is harmless
  {
    const std::lock_guard lock(output.mutex);
    const std::string line = FormatLogLine({.time = absl::Now(),
                                            .severity = severity,
                                            .service = output.service,
                                            .message = message,
                                            .trace = CurrentTrace(),
                                            .fields = fields});
    if (!WriteWhole(output.fd, line)) output.lost.fetch_add(1, std::memory_order_relaxed);
  }
  errno = errno_before;
}

void Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields) {
  Log(severity, message, std::span<const LogField>(fields.begin(), fields.size()));
}

LogCounts CountLogLines() {
  const Output& output = TheOutput();
  LogCounts counts;
  for (std::size_t i = 0; i < kSeverityCount; ++i) {
    counts.lines[i] = output.lines[i].load(std::memory_order_relaxed);
  }
  counts.lost = output.lost.load(std::memory_order_relaxed);
  return counts;
}

}  // namespace telex::observe
