#include "platform/grpc/reflection.h"

#include <grpc/reflection/v1/reflection.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include <string>

#include "platform/grpc/deadline.h"

namespace telex::rpc {
namespace {

using grpc::internal::RpcMethod;
using Stream = grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

constexpr const char* kV1 = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
constexpr const char* kV1Alpha = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr absl::Duration kAnswerMax = absl::Seconds(10);

}  // namespace

ReflectionService::ReflectionService() {
  // Who lists the services asks for the contract of this one, too: it has to be linked in.
  grpc::reflection::v1::ServerReflectionRequest::descriptor();
  const auto serve = [](const ReflectionService* self, grpc::ServerContext*, Stream* stream) {
    grpc::ByteBuffer question;
    while (stream->Read(&question)) {
      grpc::ByteBuffer answer;
      grpc::Status status = self->Ask(question, answer);
      if (!status.ok()) return status;
      if (!stream->Write(answer)) break;
    }
    return grpc::Status::OK;
  };
  using Handler =
      grpc::internal::BidiStreamingHandler<ReflectionService, grpc::ByteBuffer, grpc::ByteBuffer>;
  AddMethod(new grpc::internal::RpcServiceMethod(kV1, RpcMethod::BIDI_STREAMING,
                                                 new Handler(serve, this)));
}

void ReflectionService::Start(grpc::Server& server) {
  channel_ = server.InProcessChannel(grpc::ChannelArguments());
}

// On a stream of its own: whoever keeps one open and asks nothing holds one thread and not two.
grpc::Status ReflectionService::Ask(const grpc::ByteBuffer& question,
                                    grpc::ByteBuffer& answer) const {
  grpc::ClientContext context;
  context.set_deadline(DeadlineAfter(kAnswerMax));
  const RpcMethod method(kV1Alpha, RpcMethod::BIDI_STREAMING, channel_);
  using Call = grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>;
  const std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> call(
      Call::Create(channel_.get(), method, &context));
  call->Write(question);
  call->WritesDone();
  call->Read(&answer);
  return call->Finish();
}

}  // namespace telex::rpc
