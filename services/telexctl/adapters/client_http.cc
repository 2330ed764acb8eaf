#include "telexctl/adapters/client_http.h"

#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/http_client/client.h"

namespace telex::cli {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 << 20;
constexpr int kAnswerRedirectsMax = 3;

class ClientHttp final : public Http {
 public:
  explicit ClientHttp(ClientHttpOptions options) : options_(std::move(options)) {}

  absl::StatusOr<HttpAnswer> Get(const std::string& url, const std::string& accept) override {
    RETURN_IF_ERROR(Start());
    http_client::Result result = client_->Send({.url = url,
                                                .headers = {{"Accept", accept}},
                                                .timeout = options_.timeout,
                                                .body_bytes_max = kAnswerBytesMax,
                                                .redirects_max = kAnswerRedirectsMax});
    if (!result.answer) return result.status;
    return HttpAnswer{
        .status = result.answer->status,
        .content_type = std::string(result.answer->headers.Find("Content-Type").value_or("")),
        .body = std::move(result.answer->body)};
  }

 private:
  // With the first request: most commands make none.
  absl::Status Start() {
    if (client_ != nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(client_,
                     http_client::HttpClient::Create({.user_agent = "telexctl/" TELEX_VERSION,
                                                      .addresses = {.allow = {"0.0.0.0/0", "::/0"}},
                                                      .ca_file = options_.ca_file,
                                                      .connect_timeout = options_.timeout,
                                                      .requests_max = 1,
                                                      .proxy_from_environment = true}));
    return absl::OkStatus();
  }

  const ClientHttpOptions options_;
  std::unique_ptr<http_client::HttpClient> client_;
};

}  // namespace

std::unique_ptr<Http> MakeClientHttp(ClientHttpOptions options) {
  return std::make_unique<ClientHttp>(std::move(options));
}

}  // namespace telex::cli
