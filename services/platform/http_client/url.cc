#include "platform/http_client/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "platform/errors/errors.h"

namespace telex::http_client {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

absl::Status Invalid(std::string_view why) {
  return errors::FieldError("url", errors::kFieldInvalid, why);
}

std::optional<std::string> Part(CURLU* handle, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(handle, part, &text, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return std::string(text);
}

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

absl::Status Set(CURLU* handle, const std::string& text) {
  if (text.size() > kUrlBytesMax) {
    return Invalid(fmt::format("it is longer than {} bytes", kUrlBytesMax));
  }
  if (HasControls(text)) return Invalid("it has a blank or a control character in it");
  if (curl_url_set(handle, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return Invalid("it is no URL");
  }
  return absl::OkStatus();
}

absl::StatusOr<Url> Read(CURLU* handle) {
  Url url;
  url.scheme = Part(handle, CURLUPART_SCHEME).value_or("");
  if (url.scheme != "http" && url.scheme != "https")
    return Invalid("only http and https are asked");
  if (Part(handle, CURLUPART_USER) || Part(handle, CURLUPART_PASSWORD)) {
    return Invalid("it has a user or a password in it; these belong into a header");
  }
  url.host = Part(handle, CURLUPART_HOST).value_or("");
  if (url.host.empty()) return Invalid("it has no host");
  const std::string port = Part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT).value_or("");
  if (std::from_chars(port.data(), port.data() + port.size(), url.port).ec != std::errc() ||
      url.port == 0) {
    return Invalid("its port is 1 to 65535");
  }
  url.path = Part(handle, CURLUPART_PATH).value_or("/");
  curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
  url.whole = Part(handle, CURLUPART_URL).value_or("");
  if (url.whole.empty()) return Invalid("it is no URL");
  if (url.whole.size() > kUrlBytesMax) {
    return Invalid(fmt::format("it is longer than {} bytes", kUrlBytesMax));
  }
  return url;
}

absl::StatusOr<Handle> NewHandle() {
  Handle handle(curl_url(), &curl_url_cleanup);
  if (handle == nullptr) return absl::ResourceExhaustedError("libcurl has no memory for a URL");
  return handle;
}

}  // namespace

std::string Url::Origin() const { return fmt::format("{}://{}:{}", scheme, host, port); }

std::string Url::Told(bool secret_path) const {
  const bool default_port = port == (https() ? 443 : 80);
  return fmt::format("{}://{}{}{}", scheme, host, default_port ? "" : fmt::format(":{}", port),
                     secret_path ? "/..." : path);
}

absl::StatusOr<Url> ParseUrl(const std::string& text) {
  auto handle = NewHandle();
  if (!handle.ok()) return handle.status();
  if (auto status = Set(handle->get(), text); !status.ok()) return status;
  return Read(handle->get());
}

absl::StatusOr<Url> ResolveUrl(const Url& base, const std::string& location) {
  auto handle = NewHandle();
  if (!handle.ok()) return handle.status();
  if (auto status = Set(handle->get(), base.whole); !status.ok()) return status;
  if (auto status = Set(handle->get(), location); !status.ok()) return status;
  return Read(handle->get());
}

}  // namespace telex::http_client
