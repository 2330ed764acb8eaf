#include "telexctl/context.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include "platform/text/ascii.h"
#include "telexctl/adapters/client_http.h"
#include "telexctl/adapters/grpc_ingestion_api.h"
#include "telexctl/adapters/grpc_translation_api.h"
#include "telexctl/adapters/grpc_views_api.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;

}  // namespace

Context::Context(Options options, std::vector<std::string> typed, Output& output,
                 std::istream* terminal)
    : options_(std::move(options)),
      typed_(std::move(typed)),
      output_(output),
      terminal_(terminal),
      retrier_(
          {}, [](absl::Duration pause) { absl::SleepFor(pause); },
          [&output](std::string_view line) { output.Note(line); }),
      http_(MakeClientHttp({.timeout = options_.timeout, .ca_file = options_.ca_file})) {}
Context::~Context() = default;

std::string Context::LineWith(std::string_view flag, std::string_view value) const {
  std::vector<std::string> words;
  for (auto word = typed_.begin(); word != typed_.end(); ++word) {
    if (*word == flag && std::next(word) != typed_.end()) {
      ++word;
    } else if (!word->starts_with(std::string(flag) + "=")) {
      words.push_back(*word);
    }
  }
  words.emplace_back(flag);
  words.emplace_back(value);
  return ShellQuoted(words);
}

std::string Context::TypedLine() {
  std::string line;
  if (terminal_ != nullptr) std::getline(*terminal_, line);
  return std::string(text::TrimAscii(line));
}

absl::StatusOr<std::unique_ptr<rpc::Caller>> Context::CallerOf(std::string address,
                                                               std::string server_name) const {
  rpc::ChannelOptions channel{.address = std::move(address),
                              .ca_file = options_.ca_file,
                              .certificate_file = options_.certificate_file,
                              .key_file = options_.key_file,
                              .server_name = std::move(server_name)};
  if (!options_.token_file.empty()) {
    auto token = ReadInput(options_.token_file, kTokenBytesMax, std::cin);
    if (!token.ok()) {
      return Usage(
          fmt::format("the token cannot be read: {}", std::string(token.status().message())),
          "--token-file (TELEX_TOKEN_FILE) names the file with your token; on the local stack make "
          "up writes it to .stack/tokens/telexctl.token");
    }
    channel.token = std::string(text::TrimAscii(*token));
  }
  auto caller = rpc::Caller::Make(std::move(channel));
  if (!caller.ok()) {
    return Usage(
        std::string(caller.status().message()),
        "--ca-file (TELEX_CA_FILE) names the CA of the service's certificate and turns TLS "
        "on; telexctl --help shows the flags that go with it");
  }
  return caller;
}

absl::StatusOr<IngestionApi*> Context::api() {
  if (api_ == nullptr) {
    auto caller = CallerOf(options_.ingestion_address, options_.server_name);
    if (!caller.ok()) return caller.status();
    api_ = MakeGrpcIngestionApi(*std::move(caller), options_.timeout, retrier_);
  }
  return api_.get();
}

absl::StatusOr<ViewsApi*> Context::views(std::optional<absl::Duration> timeout) {
  if (views_ == nullptr) {
    auto caller = CallerOf(options_.views_address, "");
    if (!caller.ok()) return caller.status();
    views_ = MakeGrpcViewsApi(*std::move(caller), Within(timeout), retrier_);
  }
  return views_.get();
}

absl::StatusOr<TranslationApi*> Context::translations(std::optional<absl::Duration> timeout) {
  if (translations_ == nullptr) {
    auto caller = CallerOf(options_.translation_address, "");
    if (!caller.ok()) return caller.status();
    translations_ = MakeGrpcTranslationApi(*std::move(caller), Within(timeout), retrier_);
  }
  return translations_.get();
}

absl::Duration Context::Within(std::optional<absl::Duration> timeout) const {
  return options_.timeout_given ? options_.timeout : timeout.value_or(options_.timeout);
}

std::optional<counts::ViewCounts> Context::CountsOf(const std::string& article) {
  auto caller = CallerOf(options_.views_address, "");
  if (!caller.ok()) return std::nullopt;
  Retrier once({.calls_max = 1}, {}, {});
  const auto api =
      MakeGrpcViewsApi(*std::move(caller), std::min(options_.timeout, kCountsWaitMax), once);
  counts::GetViewCountsRequest request;
  request.add_articles(article);
  auto answer = api->GetViewCounts(request);
  if (!answer.ok() || answer->counts_size() != 1) return std::nullopt;
  return std::move(*answer->mutable_counts(0));
}

kafka::ClientConfig Context::KafkaConfig() const {
  return {.brokers = options_.kafka_brokers, .client_id = "telexctl"};
}

absl::StatusOr<kafka::Admin*> Context::KafkaAdmin() {
  if (admin_ == nullptr) {
    auto admin = kafka::Admin::Create(KafkaConfig());
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
  }
  return admin_.get();
}

}  // namespace telex::cli
