#include "views/adapters/new_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "platform/errors/errors.h"
#include "views/adapters/view_codec.h"

namespace telex::views {

absl::Status MayRecord(const rpc::Actor& actor, std::string_view partner, const NewViews& views) {
  if (views.size() > kNewViewsMax) {
    return errors::FieldError("views", errors::kFieldTooLong,
                              fmt::format("at most {} views at once", kNewViewsMax));
  }
  const auto& bound_to = actor.bound_to;
  if (bound_to.empty() || std::find(bound_to.begin(), bound_to.end(), partner) != bound_to.end()) {
    return absl::OkStatus();
  }
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kOtherPartner,
                       fmt::format("\"{}\" does not speak for this partner", actor.name),
                       {{"partner", std::string(partner)}});
}

std::vector<SentLook> LooksIn(const NewViews& views) {
  std::vector<SentLook> looks;
  looks.reserve(static_cast<std::size_t>(views.size()));
  for (const v1::NewView& view : views) {
    looks.push_back({.look = {.article = view.article(),
                              .event_id = view.event_id(),
                              .language = view.language(),
                              .placement = view.placement(),
                              .age_ms = view.age_ms()},
                     .address = view.address(),
                     .user_agent = view.user_agent(),
                     .prefetch = view.prefetch(),
                     .no_tracking = view.no_tracking()});
  }
  return looks;
}

void FillResult(const TakenView& view, v1::ViewResult& result) {
  if (!view.refusal) return result.set_filter(ToProto(view.filter));
  result.set_reason(std::string(view.refusal->reason));
  // The judge names fields as HTTP has them.
  const std::string_view field = view.refusal->field;
  result.set_field(std::string(field == "id" ? "event_id" : field));
  result.set_message(view.refusal->message);
}

}  // namespace telex::views
