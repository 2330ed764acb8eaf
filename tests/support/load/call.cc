// telex-call: calls read from standard input, one JSON object a line, answered with one line each,
// in their order:
//   {"address": "127.0.0.1:8090", "token": "...", "method": "CreateArticle", "request": {...}}
//   -> {"code": "OK", "response": {...}}
//   -> {"code": "INVALID_ARGUMENT", "reason": "...", "message": "...", "metadata": {...},
//       "fields": [{"field": "...", "reason": "...", "description": "..."}]}
// Optional: "traceparent", "deadline_seconds". Field names are those of the contracts.
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"
#include "telex/translation/v1/translation_service.pb.h"

namespace telex::load {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kDeadlineSecondsDefault = 15;

struct Line {
  const Json& json;
  rpc::Caller& caller;
  absl::Duration deadline;
  std::string traceparent;
};

Json FailureOf(const absl::Status& status) {
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  Json answer = {{"code", absl::StatusCodeToString(status.code())},
                 {"reason", details.reason},
                 {"message", std::string(status.message())},
                 {"metadata", Json::object()},
                 {"fields", Json::array()}};
  for (const auto& [key, value] : details.metadata) answer["metadata"][key] = value;
  for (const errors::FieldViolation& field : details.fields) {
    answer["fields"].push_back(
        {{"field", field.field}, {"reason", field.reason}, {"description", field.description}});
  }
  return answer;
}

using google::protobuf::Message;

// By their names alone: no two services of Telex have a method of the same name.
const google::protobuf::MethodDescriptor* FindMethod(const std::string& name) {
  static const auto* methods = [] {
    auto* all = new std::map<std::string, const google::protobuf::MethodDescriptor*>;
    for (const auto* file : {telex::ingestion::v1::CreateArticleRequest::descriptor()->file(),
                             telex::ingestion::v1::CreateSourceRequest::descriptor()->file(),
                             telex::translation::v1::ClaimJobsRequest::descriptor()->file()}) {
      for (int service = 0; service < file->service_count(); ++service) {
        for (int n = 0; n < file->service(service)->method_count(); ++n) {
          const auto* method = file->service(service)->method(n);
          all->emplace(method->name(), method);
        }
      }
    }
    return all;
  }();
  const auto found = methods->find(name);
  return found == methods->end() ? nullptr : found->second;
}

std::unique_ptr<Message> Make(const google::protobuf::Descriptor* of) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(of);
  return std::unique_ptr<Message>(prototype->New());
}

Json Call(const google::protobuf::MethodDescriptor& method, const Line& line) {
  const auto request = Make(method.input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      line.json.value("request", Json::object()).dump(), request.get());
  if (!parsed.ok()) return {{"code", "UNREADABLE"}, {"message", parsed.ToString()}};
  const auto response = Make(method.output_type());
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  grpc::ClientContext context;
  line.caller.Prepare(context, line.deadline, line.traceparent);
  const absl::Status status = rpc::FromGrpc(grpc::internal::BlockingUnaryCall<Message, Message>(
      line.caller.channel().get(), rpc, &context, *request, response.get()));
  if (!status.ok()) return FailureOf(status);
  google::protobuf::util::JsonPrintOptions print;
  print.preserve_proto_field_names = true;
  std::string text;
  const auto printed = google::protobuf::util::MessageToJsonString(*response, &text, print);
  if (!printed.ok()) return {{"code", "UNPRINTABLE"}, {"message", printed.ToString()}};
  return {{"code", "OK"}, {"response", Json::parse(text)}};
}

class Caller {
 public:
  Json Answer(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return {{"code", "UNREADABLE"}, {"message", "not a JSON object"}};
    const auto* method = FindMethod(json.value("method", ""));
    if (method == nullptr) return {{"code", "UNREADABLE"}, {"message", "no such method"}};
    const std::pair who(json.value("address", ""), json.value("token", ""));
    auto& caller = callers_[who];
    if (caller == nullptr) {
      auto made = rpc::Caller::Make({.address = who.first, .token = who.second});
      if (!made.ok()) return FailureOf(made.status());
      caller = *std::move(made);
    }
    const double seconds = json.value("deadline_seconds", kDeadlineSecondsDefault);
    return Call(*method, {.json = json,
                          .caller = *caller,
                          .deadline = absl::Seconds(seconds),
                          .traceparent = json.value("traceparent", "")});
  }

 private:
  std::map<std::pair<std::string, std::string>, std::unique_ptr<rpc::Caller>> callers_;
};

}  // namespace
}  // namespace telex::load

int main() {
  telex::load::Caller caller;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << caller.Answer(line).dump(-1, ' ', false,
                                          nlohmann::ordered_json::error_handler_t::replace)
              << std::endl;
  }
  return 0;
}
