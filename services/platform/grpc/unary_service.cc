#include "platform/grpc/unary_service.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/grpc/client_stream.h"
#include "platform/grpc/server_stream.h"
#include "platform/grpc/status.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"

namespace telex::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kDepthMax = 100;  // as protobuf itself

// "article.media[1].title": the first string that is no UTF-8. Nothing when all are, or when the
// bytes cannot be followed so far.
std::optional<std::string> FindNotUtf8(const Descriptor& type, std::string_view bytes, int depth) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  std::map<int, int> seen;  // of repeated fields
  while (const std::uint32_t tag = in.ReadTag()) {
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool has_bytes =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    const bool is_text = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
    const bool is_message = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!has_bytes || (!is_text && !is_message)) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return std::nullopt;
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (size > bytes.size() - at) return std::nullopt;
    const std::string_view piece = bytes.substr(at, size);
    in.Skip(static_cast<int>(size));
    const std::string name = field->is_repeated()
                                 ? fmt::format("{}[{}]", field->name(), seen[field->number()]++)
                                 : field->name();
    if (is_text) {
      const bool valid = google::protobuf::internal::IsStructurallyValidUTF8(
          piece.data(), static_cast<int>(piece.size()));
      if (!valid) return name;
    } else if (depth < kDepthMax) {
      if (const auto inner = FindNotUtf8(*field->message_type(), piece, depth + 1)) {
        return fmt::format("{}.{}", name, *inner);
      }
    }
  }
  return std::nullopt;
}

std::string Flat(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (!bytes.Dump(&slices).ok()) return flat;
  for (const grpc::Slice& slice : slices) {
    flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return flat;
}

absl::Status Fault(const Descriptor& type, std::string_view bytes) {
  if (const auto field = FindNotUtf8(type, bytes, 0)) {
    return errors::FieldError(*field, errors::kNotUtf8, "is not UTF-8");
  }
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("the bytes are no {}", type.full_name()));
}

// INVALID_ARGUMENT: NOT_UTF8 with the field, or FIELD_INVALID when the bytes are no such message.
absl::Status ReadMessage(grpc::ByteBuffer bytes, google::protobuf::Message& message) {
  bool read = false;
  if (bytes.Valid()) {
    grpc::ProtoBufferReader reader(&bytes);
    read = reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
  }
  return read ? absl::OkStatus() : Fault(*message.GetDescriptor(), Flat(bytes));
}

// How long before its client's deadline a call that is not done is answered: a twentieth of the
// time that was left when it came in.
constexpr absl::Duration kAnswerMarginMin = absl::Milliseconds(50);
constexpr int kAnswerMarginPart = 20;

// Before the client gives up, so that it hears why. A deadline travels as a rounded number of units
// (by up to 1 % more), and began before it was sent.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Duration max) {
  const absl::Time now = absl::Now();
  const absl::Time given = absl::FromChrono(context.deadline());
  return std::min(now + max, given - std::max(kAnswerMarginMin, (given - now) / kAnswerMarginPart));
}

// Without its message, which may quote what was submitted.
void LogRefusal(std::string_view method, const Call& call, const absl::Status& status) {
  const auto trace = observe::ParseTraceparent(call.traceparent);
  const observe::ScopedTrace scope(trace.value_or(observe::TraceContext{}));
  const auto details = errors::DetailsOf(status);
  const bool field = details && !details->fields.empty();
  observe::Log(observe::Severity::kInfo, "refused",
               {{"method", method},
                {"actor", call.actor.name},
                {"code", absl::StatusCodeToString(status.code())},
                {"reason", errors::ReasonOf(status)},
                {"field", field ? details->fields.front().field : ""}});
}

}  // namespace

class UnaryService::Impl final : public grpc::Service {
 public:
  Impl(std::string_view full_name, const Authenticator& authenticator, absl::Duration deadline_max)
      : name_(full_name), authenticator_(authenticator), deadline_max_(deadline_max) {}

  struct Method {
    std::string name;
    std::vector<Role> roles;
    const Message& request;  // the default instance
    bool with_call = false;  // its function looks at the call; what it refuses is logged
    Start start = {};
    std::string path = {};
  };

  const std::string& name() const { return name_; }

  void Add(Method described) {
    const auto method = Keep(std::move(described), grpc::internal::RpcMethod::NORMAL_RPC);
    MarkMethodCallback(
        static_cast<int>(methods_.size()),
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [this, method](grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                           grpc::ByteBuffer* answer) {
              grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
              Take(*method, *context, *bytes,
                   [reactor, answer](const absl::Status& status, const Message* message) {
                     if (message != nullptr) *answer = BytesOf(*message);
                     reactor->Finish(ToGrpc(status));
                   });
              return reactor;
            }));
    methods_.push_back(method);
  }

  void AddStream(Method described, std::size_t streams_max, const Open& open) {
    const auto method = Keep(std::move(described), grpc::internal::RpcMethod::SERVER_STREAMING);
    OpenStreams& streams = *streams_.emplace_back(std::make_unique<OpenStreams>(streams_max));
    MarkMethodCallback(
        static_cast<int>(methods_.size()),
        new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [this, method, open, &streams](grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* bytes) {
              const auto admitted = Admit(*method, *context, *bytes);
              if (!admitted.ok()) return RefuseStream(admitted.status());
              return BeginServerStream(streams, [&](std::shared_ptr<ServerStream> stream) {
                return open(*admitted->request, std::move(stream));
              });
            }));
    methods_.push_back(method);
  }

  void AddUpload(Method described, std::size_t streams_max, const OpenUpload& open) {
    const auto method = Keep(std::move(described), grpc::internal::RpcMethod::CLIENT_STREAMING);
    OpenStreams& streams = *streams_.emplace_back(std::make_unique<OpenStreams>(streams_max));
    MarkMethodCallback(
        static_cast<int>(methods_.size()),
        new grpc::internal::CallbackClientStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [this, method, open, &streams](grpc::CallbackServerContext* context,
                                           grpc::ByteBuffer* answer) {
              auto actor = Allow(*method, *context);
              if (!actor.ok()) return RefuseClientStream(actor.status());
              const Call call = CallOf(*std::move(actor), *context, absl::InfiniteDuration());
              ClientStreamParts parts = {
                  .answer = answer,
                  .read =
                      [method](const grpc::ByteBuffer& bytes) { return ReadNew(*method, bytes); },
                  .on_refused =
                      [method, call](const absl::Status& status) {
                        LogRefusal(method->name, call, status);
                      }};
              return BeginClientStream(streams, std::move(parts),
                                       [&](std::shared_ptr<ClientStream> stream) {
                                         return open(call, std::move(stream));
                                       });
            }));
    methods_.push_back(method);
  }

  void StopStreams() {
    for (const auto& streams : streams_) streams->Stop();
  }

 private:
  std::shared_ptr<const Method> Keep(Method described, grpc::internal::RpcMethod::RpcType type) {
    described.path = fmt::format("/{}/{}", name_, described.name);
    auto method = std::make_shared<const Method>(std::move(described));
    AddMethod(new grpc::internal::RpcServiceMethod(method->path.c_str(), type, nullptr));
    return method;
  }

  static absl::StatusOr<std::unique_ptr<Message>> ReadNew(const Method& method,
                                                          const grpc::ByteBuffer& bytes) {
    std::unique_ptr<Message> request(method.request.New());
    RETURN_IF_ERROR(ReadMessage(bytes, *request));
    return request;
  }

  absl::StatusOr<Actor> Allow(const Method& method,
                              const grpc::CallbackServerContext& context) const {
    ASSIGN_OR_RETURN(Actor actor, authenticator_.Authenticate(context));
    RETURN_IF_ERROR(RequireRole(actor, method.roles));
    return actor;
  }

  struct Admitted {
    Actor actor;
    std::shared_ptr<Message> request;
  };
  absl::StatusOr<Admitted> Admit(const Method& method, const grpc::CallbackServerContext& context,
                                 const grpc::ByteBuffer& bytes) const {
    ASSIGN_OR_RETURN(Actor actor, authenticator_.Authenticate(context));
    // Whoever is known learns what is wrong with its request.
    ASSIGN_OR_RETURN(std::shared_ptr<Message> request, ReadNew(method, bytes));
    RETURN_IF_ERROR(RequireRole(actor, method.roles));
    return Admitted{.actor = std::move(actor), .request = std::move(request)};
  }

  static Call CallOf(Actor actor, const grpc::CallbackServerContext& context,
                     absl::Duration deadline_max) {
    return {
        .actor = std::move(actor),
        .traceparent = observe::FormatTraceparent(observe::ContinueOrNew(TraceparentOf(context))),
        .deadline = DeadlineOf(context, deadline_max)};
  }

  void Take(const Method& method, const grpc::CallbackServerContext& context,
            const grpc::ByteBuffer& bytes, const Finish& finish) const {
    auto admitted = Admit(method, context, bytes);
    if (!admitted.ok()) return finish(admitted.status(), nullptr);
    const std::shared_ptr<Message> request = std::move(admitted->request);
    if (!method.with_call) return method.start(Call{}, *request, finish);
    const Call call = CallOf(std::move(admitted->actor), context, deadline_max_);
    method.start(
        call, *request,
        [&method, call, request, finish](const absl::Status& status, const Message* answer) {
          if (!status.ok()) LogRefusal(method.name, call, status);
          finish(status, answer);
        });
  }

  const std::string name_;
  const Authenticator& authenticator_;
  const absl::Duration deadline_max_;
  std::vector<std::shared_ptr<const Method>> methods_;
  std::vector<std::unique_ptr<OpenStreams>> streams_;  // of those methods that stream
};

UnaryService::UnaryService(std::string_view full_name, const Authenticator& authenticator,
                           absl::Duration deadline_max)
    : impl_(std::make_unique<Impl>(full_name, authenticator, deadline_max)) {}

UnaryService::~UnaryService() = default;

void UnaryService::Add(std::string_view method, std::vector<Role> roles, const Message& request,
                       bool with_call, Start start) {
  impl_->Add({.name = std::string(method),
              .roles = std::move(roles),
              .request = request,
              .with_call = with_call,
              .start = std::move(start)});
}

void UnaryService::AddStream(std::string_view method, std::vector<Role> roles,
                             const Message& request, std::size_t streams_max, const Open& open) {
  impl_->AddStream({.name = std::string(method), .roles = std::move(roles), .request = request},
                   streams_max, open);
}

void UnaryService::AddUpload(std::string_view method, std::vector<Role> roles,
                             const Message& request, std::size_t streams_max,
                             const OpenUpload& open) {
  impl_->AddUpload({.name = std::string(method), .roles = std::move(roles), .request = request},
                   streams_max, open);
}

NamedService UnaryService::named() {
  return {.name = impl_->name(), .service = impl_.get(), .stop = [impl = impl_.get()] {
            impl->StopStreams();
          }};
}

}  // namespace telex::rpc
