#pragma once

// Streams of callers to a UnaryService, as gRPC's callbacks have them. Inside of this room.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>

#include "platform/grpc/open_streams.h"
#include "platform/grpc/unary_service.h"

namespace telex::rpc {

using ReadReactor = grpc::ServerReadReactor<grpc::ByteBuffer>;

struct ClientStreamParts {
  grpc::ByteBuffer* answer = nullptr;  // gRPC's
  std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(grpc::ByteBuffer bytes)>
      read;
  std::function<void(const absl::Status& status)> on_refused;  // not of one whose caller is gone
};

// `open` is given the stream, and says who takes what comes, or refuses it. `streams` outlives it.
using OpenClientStream =
    std::function<absl::StatusOr<AnyStreamTaker>(std::shared_ptr<ClientStream> stream)>;
ReadReactor* BeginClientStream(OpenStreams& streams, ClientStreamParts parts,
                               const OpenClientStream& open);

// Answers with nothing but a status.
ReadReactor* RefuseClientStream(const absl::Status& status);

}  // namespace telex::rpc
