// A file of settings that is read again when it has changed: tokens, partners. A faulty one is
// told, and what was taken last stands.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace telex::config {

inline constexpr std::size_t kWatchedFileBytesMax = 1 << 20;

struct WatchedFileOptions {
  std::string path;
  absl::Duration reload_interval = absl::Seconds(5);  // zero: looks at every call
  // Takes in what the file says, or refuses it. Called by Open and by Look.
  std::function<absl::Status(std::string_view text)> take;
  // Told after each attempt to read a changed file: OK, or what is wrong with it. May be empty.
  std::function<void(const absl::Status&)> on_reload = {};
};

// Thread-safe.
class WatchedFile {
 public:
  // Reads it. NOT_FOUND, INVALID_ARGUMENT / FIELD_TOO_LONG beyond kWatchedFileBytesMax, or what
  // `take` says, with the path before it.
  static absl::StatusOr<std::unique_ptr<WatchedFile>> Open(WatchedFileOptions options);
  ~WatchedFile();

  // Costs a stat once per `reload_interval`, on the thread of one of the callers; the others go on
  // with what there is.
  void Look();

  // OK when what the file said when it was last looked at counts; else its faults, while what it
  // said before stands. Looks at nothing itself.
  absl::Status LastRead() const;

 private:
  struct Impl;
  explicit WatchedFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::config
