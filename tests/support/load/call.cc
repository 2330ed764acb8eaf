// telex-call: calls read from standard input, one JSON object a line, answered with one line each,
// in their order:
//   {"address": "127.0.0.1:8090", "token": "...", "method": "CreateArticle", "request": {...}}
//   -> {"code": "OK", "response": {...}}
//   -> {"code": "INVALID_ARGUMENT", "reason": "...", "message": "...", "metadata": {...},
//       "fields": [{"field": "...", "reason": "...", "description": "..."}]}
// Optional: "traceparent", "deadline_seconds". Field names are those of the contracts.
#include <absl/time/time.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"

namespace telex::load {
namespace {

namespace api = telex::ingestion::v1;
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

template <typename Service, typename Request, typename Response>
auto Method(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                  Response*)) {
  return [method](const Line& line) -> Json {
    Request request;
    google::protobuf::util::JsonParseOptions parse;
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        line.json.value("request", Json::object()).dump(), &request, parse);
    if (!parsed.ok()) return {{"code", "UNREADABLE"}, {"message", parsed.ToString()}};
    const auto stub = Service::NewStub(line.caller.channel());
    grpc::ClientContext context;
    line.caller.Prepare(context, line.deadline, line.traceparent);
    Response response;
    const absl::Status status = rpc::FromGrpc(((*stub).*method)(&context, request, &response));
    if (!status.ok()) return FailureOf(status);
    google::protobuf::util::JsonPrintOptions print;
    print.preserve_proto_field_names = true;
    std::string text;
    const auto printed = google::protobuf::util::MessageToJsonString(response, &text, print);
    if (!printed.ok()) return {{"code", "UNPRINTABLE"}, {"message", printed.ToString()}};
    return {{"code", "OK"}, {"response", Json::parse(text)}};
  };
}

using Stories = api::IngestionService;
using Sources = api::SourceService;

const std::map<std::string, std::function<Json(const Line&)>>& Methods() {
  static const std::map<std::string, std::function<Json(const Line&)>> methods = {
      {"CreateArticle", Method<Stories>(&Stories::Stub::CreateArticle)},
      {"UpdateArticle", Method<Stories>(&Stories::Stub::UpdateArticle)},
      {"GetArticle", Method<Stories>(&Stories::Stub::GetArticle)},
      {"ListArticles", Method<Stories>(&Stories::Stub::ListArticles)},
      {"ListArticleVersions", Method<Stories>(&Stories::Stub::ListArticleVersions)},
      {"WithholdArticle", Method<Stories>(&Stories::Stub::WithholdArticle)},
      {"KillArticle", Method<Stories>(&Stories::Stub::KillArticle)},
      {"ReinstateArticle", Method<Stories>(&Stories::Stub::ReinstateArticle)},
      {"PurgeArticle", Method<Stories>(&Stories::Stub::PurgeArticle)},
      {"ImportDocument", Method<Stories>(&Stories::Stub::ImportDocument)},
      {"CreateSource", Method<Sources>(&Sources::Stub::CreateSource)},
      {"GetSource", Method<Sources>(&Sources::Stub::GetSource)},
      {"ListSources", Method<Sources>(&Sources::Stub::ListSources)},
      {"UpdateSource", Method<Sources>(&Sources::Stub::UpdateSource)},
  };
  return methods;
}

class Caller {
 public:
  Json Answer(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return {{"code", "UNREADABLE"}, {"message", "not a JSON object"}};
    const auto method = Methods().find(json.value("method", ""));
    if (method == Methods().end()) return {{"code", "UNREADABLE"}, {"message", "no such method"}};
    const std::pair who(json.value("address", ""), json.value("token", ""));
    auto& caller = callers_[who];
    if (caller == nullptr) {
      auto made = rpc::Caller::Make({.address = who.first, .token = who.second});
      if (!made.ok()) return FailureOf(made.status());
      caller = *std::move(made);
    }
    const double seconds = json.value("deadline_seconds", kDeadlineSecondsDefault);
    return method->second({.json = json,
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
