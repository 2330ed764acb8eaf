#pragma once

// Streams of a UnaryService to its callers, as gRPC's callbacks have them. Inside of this room.

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

using NextMessage = std::function<std::unique_ptr<google::protobuf::Message>()>;
using StreamReactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

// `open` is given the stream. What it returns is refused, or asked for messages: one call at a
// time, and destroyed when the stream is over. `streams` outlives it.
using OpenServerStream =
    std::function<absl::StatusOr<NextMessage>(std::shared_ptr<ServerStream> stream)>;
StreamReactor* BeginServerStream(OpenStreams& streams, const OpenServerStream& open);

// Answers with nothing but a status.
StreamReactor* RefuseStream(const absl::Status& status);

grpc::ByteBuffer BytesOf(const google::protobuf::Message& message);

}  // namespace telex::rpc
