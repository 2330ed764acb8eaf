// Views as RPCs carry them: to looks, and what became of them.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <string_view>
#include <vector>

#include "platform/grpc/auth.h"
#include "telex/views/v1/view_service.pb.h"
#include "views/adapters/batch_intake.h"

namespace telex::views {

inline constexpr int kNewViewsMax = 1'000;  // of one message

using NewViews = google::protobuf::RepeatedPtrField<v1::NewView>;

// INVALID_ARGUMENT / FIELD_TOO_LONG; PERMISSION_DENIED / OTHER_PARTNER: the caller is not bound to
// this one.
absl::Status MayRecord(const rpc::Actor& actor, std::string_view partner, const NewViews& views);

// Views into `views`.
std::vector<SentLook> LooksIn(const NewViews& views);

void FillResult(const TakenView& view, v1::ViewResult& result);

}  // namespace telex::views
