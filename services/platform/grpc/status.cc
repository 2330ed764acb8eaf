#include "platform/grpc/status.h"

#include <fmt/format.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"

namespace telex::rpc {
namespace {

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

// How many bytes the UTF-8 sequence at the beginning of `text` has; 0 when it is none.
std::size_t SequenceSize(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool outside = (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : size;
}

// A message may quote what a caller sent; a proto3 string that is no UTF-8 could not be read by the
// other side, and all details with it.
std::string AsUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = SequenceSize(text);
    if (size == 0) {
      valid.push_back('?');
    } else {
      valid.append(text.substr(0, size));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

google::rpc::Status Describe(const absl::Status& status) {
  errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  if (details.reason.empty()) details.reason = absl::StatusCodeToString(status.code());
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(AsUtf8(View(status.message())));
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(std::string(errors::kDomain));
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  wire.add_details()->PackFrom(info);
  if (!details.fields.empty()) {
    google::rpc::BadRequest request;
    for (const errors::FieldViolation& field : details.fields) {
      auto* violation = request.add_field_violations();
      violation->set_field(field.field);
      violation->set_reason(field.reason);
      violation->set_description(field.description);
    }
    wire.add_details()->PackFrom(request);
  }
  if (const auto retry_after_ms = errors::RetryAfterMs(details.metadata);
      retry_after_ms.has_value()) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*retry_after_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(*retry_after_ms % 1000) * 1'000'000);
    wire.add_details()->PackFrom(retry);
  }
  return wire;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = Describe(status);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), wire.message(),
                      wire.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  auto code = static_cast<absl::StatusCode>(status.error_code());
  if (status.error_code() < 0 || status.error_code() > grpc::StatusCode::UNAUTHENTICATED) {
    code = absl::StatusCode::kUnknown;
  }
  google::rpc::Status wire;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest request;
  bool ours = false;
  if (wire.ParseFromString(status.error_details())) {
    for (const auto& detail : wire.details()) {
      google::rpc::ErrorInfo candidate;
      if (detail.UnpackTo(&candidate) && candidate.domain() == errors::kDomain) {
        info = std::move(candidate);
        ours = true;
      } else {
        detail.UnpackTo(&request);
      }
    }
  }
  if (!ours && code == absl::StatusCode::kCancelled) {
    // gRPC itself took the call off: it reached a server that was shutting down.
    return errors::Error(absl::StatusCode::kUnavailable, errors::kStopping,
                         "the server ended the call unanswered, as one that stops does; the same "
                         "request can be repeated safely");
  }
  if (!ours) return absl::Status(code, status.error_message());
  const errors::Metadata metadata(info.metadata().begin(), info.metadata().end());
  absl::Status error = errors::Error(code, info.reason(), status.error_message(), metadata);
  for (const auto& field : request.field_violations()) {
    error = errors::WithField(std::move(error), field.field(), field.reason(), field.description());
  }
  return error;
}

}  // namespace telex::rpc
