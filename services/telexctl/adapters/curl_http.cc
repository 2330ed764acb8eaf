#include "telexctl/adapters/curl_http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace telex::cli {
namespace {

constexpr std::size_t kResponseBytesMax = 64 << 20;

std::size_t Append(char* data, std::size_t size, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > kResponseBytesMax) return 0;  // ends the transfer
  text.append(data, size * count);
  return size * count;
}

class CurlHttp final : public Http {
 public:
  explicit CurlHttp(CurlOptions options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  absl::StatusOr<HttpAnswer> Get(const std::string& url, const std::string& accept) override {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    if (curl == nullptr) return absl::InternalError("libcurl has no handle");
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
        curl_slist_append(nullptr, fmt::format("Accept: {}", accept).c_str()),
        &curl_slist_free_all);
    HttpAnswer answer;
    char why[CURL_ERROR_SIZE] = "";
    const auto set = [&](CURLoption option, auto value) {
      curl_easy_setopt(curl.get(), option, value);
    };
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);  // a feed in another spelling: all.EN.rss
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_MAXREDIRS, 3L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "telexctl");
    set(CURLOPT_ACCEPT_ENCODING, "");  // whatever libcurl can undo
    set(CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_WRITEFUNCTION, &Append);
    set(CURLOPT_WRITEDATA, &answer.body);
    set(CURLOPT_ERRORBUFFER, &why[0]);
    if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_WRITE_ERROR) {
      return absl::ResourceExhaustedError(
          fmt::format("{}: more than {} bytes", url, kResponseBytesMax));
    }
    if (code != CURLE_OK) {
      return absl::UnavailableError(
          fmt::format("{}: {}", url, why[0] != '\0' ? &why[0] : curl_easy_strerror(code)));
    }
    long status = 0;
    const char* content_type = nullptr;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl.get(), CURLINFO_CONTENT_TYPE, &content_type);
    answer.status = static_cast<int>(status);
    if (content_type != nullptr) answer.content_type = content_type;
    return answer;
  }

 private:
  const CurlOptions options_;
};

}  // namespace

std::unique_ptr<Http> MakeCurlHttp(CurlOptions options) {
  return std::make_unique<CurlHttp>(std::move(options));
}

}  // namespace telex::cli
