#pragma once

// A callback service whose requests are read by us. gRPC answers a message that cannot be parsed
// (in proto3: also one with a string that is no UTF-8) with an empty UNIMPLEMENTED, before the
// service is asked; here such a request is refused as all others are, with a reason and the field.
//
//   class ArticlesRpc final : public rpc::CheckedService<v1::IngestionService::CallbackService> {
//     ArticlesRpc() { Check("telex.ingestion.v1.IngestionService", "GetArticle",
//                           &ArticlesRpc::GetArticle); ... }   // each method, once
//
// What is larger than ServerOptions::receive_message_bytes_max never comes here: the transport
// refuses it (RESOURCE_EXHAUSTED, without details).

#include <grpcpp/grpcpp.h>

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace telex::rpc {

template <typename Message>
struct Checked {
  Message message;
  absl::Status fault;  // not OK: `message` is not to be used
};

// INVALID_ARGUMENT: NOT_UTF8 with the field, or FIELD_INVALID when the bytes are no such message.
// Takes the bytes out of the buffer.
absl::Status ReadMessage(grpc::ByteBuffer& bytes, google::protobuf::Message& message);

// The place of a method in its service, as generated code counts them. -1: there is none.
int MethodIndex(std::string_view service, std::string_view method);

template <typename CallbackService>
class CheckedService : public CallbackService {
 protected:
  // Answers a request that could not be read.
  virtual grpc::ServerUnaryReactor* Unreadable(grpc::CallbackServerContext* context,
                                               const absl::Status& fault) = 0;

  template <typename Self, typename Request, typename Answer>
  void Check(std::string_view service, std::string_view method,
             grpc::ServerUnaryReactor* (Self::*call)(grpc::CallbackServerContext*, const Request*,
                                                     Answer*)) {
    auto* const self = static_cast<Self*>(this);
    // In the place of the generated handler, which is of the same kind.
    this->MarkMethodCallback(
        MethodIndex(service, method),
        new grpc::internal::CallbackUnaryHandler<Checked<Request>, Answer>(
            [this, self, call](grpc::CallbackServerContext* context,
                               const Checked<Request>* request, Answer* answer) {
              return request->fault.ok() ? (self->*call)(context, &request->message, answer)
                                         : Unreadable(context, request->fault);
            }));
  }
};

}  // namespace telex::rpc

template <typename Message>
class grpc::SerializationTraits<telex::rpc::Checked<Message>, void> {
 public:
  static grpc::Status Deserialize(grpc::ByteBuffer* bytes, telex::rpc::Checked<Message>* request) {
    request->fault = telex::rpc::ReadMessage(*bytes, request->message);
    return grpc::Status::OK;
  }
};
