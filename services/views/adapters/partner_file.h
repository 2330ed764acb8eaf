#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "platform/config/watched_file.h"
#include "views/domain/partners.h"

namespace telex::views {

struct PartnerFileOptions {
  std::string path;  // "": there are no partners
  absl::Duration reload_interval = absl::Seconds(5);
  std::function<void(const absl::Status&)> on_reload = {};  // as config::WatchedFile
};

// The partners as their file says now; while it is faulty, as it said before. Thread-safe.
class PartnerFile {
 public:
  // Errors as of config::WatchedFile and ParsePartners.
  static absl::StatusOr<std::unique_ptr<PartnerFile>> Open(PartnerFileOptions options);

  std::shared_ptr<const Partners> Current();
  // As config::WatchedFile.
  absl::Status LastRead() const { return file_ ? file_->LastRead() : absl::OkStatus(); }

 private:
  PartnerFile() = default;

  std::mutex mutex_;
  std::shared_ptr<const Partners> partners_ = std::make_shared<const Partners>();
  std::unique_ptr<config::WatchedFile> file_;  // null: none
};

}  // namespace telex::views
