#pragma once

// Streams of a UnaryService to its callers, as gRPC's callbacks have them. Inside of this room.

#include <absl/status/status.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "platform/grpc/unary_service.h"

namespace telex::rpc {

using NextMessage = std::function<std::unique_ptr<google::protobuf::Message>()>;
using StreamReactor = grpc::ServerWriteReactor<grpc::ByteBuffer>;

// The streams of one method that are open. Thread-safe; outlives them all.
class OpenStreams {
 public:
  explicit OpenStreams(std::size_t streams_max) : streams_max_(streams_max) {}

  // `open` is given the stream. What it returns is refused, or asked for messages: one call at a
  // time, and destroyed when the stream is over.
  using Open = std::function<absl::StatusOr<NextMessage>(std::shared_ptr<ServerStream> stream)>;
  StreamReactor* Begin(const Open& open);

  // Each is ended, as are those that come from now on: UNAVAILABLE / STOPPING.
  void Stop();

 private:
  class Stream;
  void Forget(Stream* stream);

  const std::size_t streams_max_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::shared_ptr<Stream>> streams_;
};

// Answers with nothing but a status.
StreamReactor* RefuseStream(const absl::Status& status);

grpc::ByteBuffer BytesOf(const google::protobuf::Message& message);

}  // namespace telex::rpc
