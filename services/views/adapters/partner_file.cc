#include "views/adapters/partner_file.h"

#include <utility>

#include "platform/errors/status_macros.h"
#include "views/formats/partner_list.h"

namespace telex::views {

absl::StatusOr<std::unique_ptr<PartnerFile>> PartnerFile::Open(PartnerFileOptions options) {
  std::unique_ptr<PartnerFile> made(new PartnerFile);
  if (options.path.empty()) return made;
  ASSIGN_OR_RETURN(
      made->file_,
      config::WatchedFile::Open({.path = std::move(options.path),
                                 .reload_interval = options.reload_interval,
                                 .take = [raw = made.get()](std::string_view text) -> absl::Status {
                                   ASSIGN_OR_RETURN(Partners partners, ParsePartners(text));
                                   const std::lock_guard lock(raw->mutex_);
                                   raw->partners_ =
                                       std::make_shared<const Partners>(std::move(partners));
                                   return absl::OkStatus();
                                 },
                                 .on_reload = std::move(options.on_reload)}));
  return made;
}

std::shared_ptr<const Partners> PartnerFile::Current() {
  if (file_) file_->Look();
  const std::lock_guard lock(mutex_);
  return partners_;
}

}  // namespace telex::views
