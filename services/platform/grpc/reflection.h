#pragma once

// grpc.reflection.v1, which tools ask for first. gRPC (1.51) answers v1alpha alone; the two are the
// same on the wire, so that each question is handed to that as it is. Inside of this room.

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>

namespace telex::rpc {

class ReflectionService final : public grpc::Service {
 public:
  ReflectionService();

  // Before anybody asks; `server` has v1alpha, too.
  void Start(grpc::Server& server);

 private:
  grpc::Status Ask(const grpc::ByteBuffer& question, grpc::ByteBuffer& answer) const;

  std::shared_ptr<grpc::Channel> channel_;  // within the process
};

}  // namespace telex::rpc
