#include "platform/http_client/transfer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "platform/text/ascii.h"

namespace telex::http_client::internal {
namespace {

constexpr long kConnectionsKeptMax = 4;         // of one handle
constexpr long kConnectionIdleSecondsMax = 60;  // an older one is not used again
constexpr int kPollMsMax = 1000;                // a wake-up that is lost costs no more

long Milliseconds(absl::Duration duration) {
  constexpr std::int64_t kMax = 24 * 3600 * 1000;
  return static_cast<long>(std::clamp<std::int64_t>(absl::ToInt64Milliseconds(duration), 1, kMax));
}

std::optional<IpAddress> AddressOf(const curl_sockaddr& address) {
  // libcurl's storage is large enough for the family it names.
  const auto* socket_address = reinterpret_cast<const sockaddr*>(&address.addr);
  if (address.family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(socket_address);
    return IpAddress::V4(
        std::span<const std::uint8_t, 4>(reinterpret_cast<const std::uint8_t*>(&v4->sin_addr), 4));
  }
  if (address.family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(socket_address);
    return IpAddress::V6(std::span<const std::uint8_t, 16>(v6->sin6_addr.s6_addr, 16));
  }
  return std::nullopt;
}

// As it is written; no name is resolved for it.
bool IsLoopback(const Url& url) {
  std::string_view host = url.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::Parse(host);
  return host == "localhost" || (address && SpecialPurposeOf(*address) == "loopback");
}

bool MayBeSentTwice(const Request& request) {
  return request.idempotent ||
         (request.method != Method::kPost && request.method != Method::kPatch);
}

}  // namespace

struct Transfer::Callbacks {
  static curl_socket_t OpenSocket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto ip = AddressOf(*address);
    if (!ip || !transfer.rules_.Fault(*ip).empty()) {
      transfer.result_.forbidden = ip ? ip->ToString() : "an address of no known family";
      return CURL_SOCKET_BAD;
    }
    ++transfer.addresses_tried_;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  // Connected, and about to write the request.
  static int BeforeRequest(void* self, char*, char*, int, int) {
    static_cast<Transfer*>(self)->result_.sent = true;
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t OnHeadLine(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    HopResult& result = transfer.result_;
    transfer.head_bytes_ += size;
    if (transfer.head_bytes_ > transfer.head_bytes_max_) {
      result.too_large = "head";
      return 0;  // ends the transfer
    }
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {  // after a 1xx once more
      result.headers = {};
      transfer.head_done_ = false;
      return size;
    }
    if (transfer.head_done_) return size;  // trailers of a chunked body
    const auto colon = line.find(':');
    if (line.find_first_not_of("\r\n") == std::string_view::npos) {
      transfer.head_done_ = true;
    } else if (colon != std::string_view::npos) {
      result.headers.Add(std::string(text::TrimAscii(line.substr(0, colon))),
                         std::string(text::TrimAscii(line.substr(colon + 1))));
    }
    return size;
  }

  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    HopResult& result = transfer.result_;
    if (size > transfer.body_bytes_max_ - result.body.size()) {
      result.too_large = "body";
      return 0;
    }
    result.body.append(data, size);
    return size;
  }
};

Transfer::Transfer(const ClientOptions& options, const AddressRules& rules)
    : options_(options), rules_(rules), multi_(curl_multi_init()), easy_(curl_easy_init()) {
  if (multi_ != nullptr) curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsKeptMax);
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  curl_multi_cleanup(multi_);
}

HopResult Transfer::Run(const Hop& hop, const std::stop_token& stop) {
  result_ = {};
  head_bytes_ = 0;
  head_bytes_max_ = hop.request.head_bytes_max;
  body_bytes_max_ = hop.request.body_bytes_max;
  head_done_ = false;
  addresses_tried_ = 0;
  why_[0] = '\0';
  last_origin = hop.url.Origin();
  SetUp(hop);
  Drive(stop);
  ReadInfo();
  if (addresses_tried_ > 0) result_.forbidden.clear();
  curl_easy_reset(easy_);  // keeps the connections, forgets the secrets
  return std::move(result_);
}

void Transfer::SetUp(const Hop& hop) {
  Set(CURLOPT_URL, hop.url.whole.c_str());
  Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  Set(CURLOPT_HTTPHEADER, hop.headers);
  Set(CURLOPT_ACCEPT_ENCODING, "");  // whatever libcurl can undo
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_TIMEOUT_MS, Milliseconds(hop.remaining));
  Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(std::min(options_.connect_timeout, hop.remaining)));
  Set(CURLOPT_MAXAGE_CONN, kConnectionIdleSecondsMax);
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_QUICK_EXIT, 1L);  // does not wait for a resolver's thread beyond the timeout
  Set(CURLOPT_ERRORBUFFER, &why_[0]);
  Set(CURLOPT_HEADERFUNCTION, &Callbacks::OnHeadLine);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_WRITEFUNCTION, &Callbacks::OnBody);
  Set(CURLOPT_WRITEDATA, this);
  Set(CURLOPT_PREREQFUNCTION, &Callbacks::BeforeRequest);
  Set(CURLOPT_PREREQDATA, this);
  if (!MayBeSentTwice(hop.request)) {
    Set(CURLOPT_FRESH_CONNECT, 1L);
    Set(CURLOPT_FORBID_REUSE, 1L);
  }
  SetUpMethod(hop.request);
  SetUpSecurity(hop);
}

void Transfer::SetUpMethod(const Request& request) {
  if (request.method == Method::kGet) return;
  if (request.method == Method::kHead) {
    Set(CURLOPT_NOBODY, 1L);
    return;
  }
  Set(CURLOPT_CUSTOMREQUEST, NameOf(request.method).data());  // a literal
  if (request.method == Method::kDelete && request.body.empty()) return;
  Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  Set(CURLOPT_POSTFIELDS, request.body.data());  // held by the request, not copied
}

void Transfer::SetUpSecurity(const Hop& hop) {
  Set(CURLOPT_PROTOCOLS_STR, hop.url.scheme.c_str());
  Set(CURLOPT_FOLLOWLOCATION, 0L);  // the client follows, and checks
  Set(CURLOPT_OPENSOCKETFUNCTION, &Callbacks::OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  if (!options_.proxy_from_environment || IsLoopback(hop.url)) Set(CURLOPT_PROXY, "");
  Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) {
    Set(CURLOPT_CAINFO, options_.ca_file.c_str());
    Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // else the system's count, too
  }
}

// Until the exchange is over, with libcurl keeping its time.
void Transfer::Drive(const std::stop_token& stop) {
  curl_multi_add_handle(multi_, easy_);
  {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_); });
    int running = 1;
    while (running > 0) {
      if (stop.stop_requested()) {
        result_.cancelled = true;
        break;
      }
      if (curl_multi_perform(multi_, &running) != CURLM_OK) {
        result_.code = CURLE_FAILED_INIT;
        break;
      }
      if (running > 0) curl_multi_poll(multi_, nullptr, 0, kPollMsMax, nullptr);
    }
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg == CURLMSG_DONE) result_.code = message->data.result;
  }
}

void Transfer::ReadInfo() {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  result_.status = static_cast<int>(status);
  // Ends what is still on its way, and closes its connection.
  curl_multi_remove_handle(multi_, easy_);
  result_.why = why_[0] != '\0' ? &why_[0] : curl_easy_strerror(result_.code);
}

}  // namespace telex::http_client::internal
