#pragma once

// absl::Status on this side, google.rpc.Status on the wire: code and message as they are, in the
// details exactly one google.rpc.ErrorInfo (domain "telex"), a BadRequest when fields were at
// fault, and a RetryInfo when it has errors::kRetryAfterKey. An error that was not made
// with a reason gets its code's name as reason ("INTERNAL"). (google.rpc, AIP-193.) Pure; any
// thread.

#include <absl/status/status.h>
#include <grpcpp/support/status.h>

namespace telex::rpc {

grpc::Status ToGrpc(const absl::Status& status);

// The way back, for clients: reason, metadata and field violations as the server gave them. Details
// that are of another domain or cannot be read are left out; code and message always stand, but for
// a CANCELLED without our details: gRPC answers so in the place of a server that is shutting down,
// and it becomes UNAVAILABLE / STOPPING. (Who cancels calls of its own must not ask here.)
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace telex::rpc
