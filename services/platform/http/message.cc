#include "platform/http/message.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "platform/http/syntax.h"
#include "platform/json/json.h"
#include "platform/text/ascii.h"

namespace telex::http {
namespace {

constexpr std::size_t kHeaderValueBytesMax = 4096;

// Response splitting is the one fault here that a check has to stop in production, too.
[[noreturn]] void Fatal(const char* what, std::string_view name) {
  std::fprintf(stderr, "telex http: %s in response header '%.*s'\n", what,
               static_cast<int>(std::min<std::size_t>(name.size(), 64)), name.data());
  std::abort();
}

bool ServersOwn(std::string_view name) {
  for (std::string_view own : {"date", "content-length", "connection", "transfer-encoding"}) {
    if (EqualsIgnoringCase(name, own)) return true;
  }
  return false;
}

template <typename Lines>
Bytes Join(const Lines& lines) {
  std::string out;
  std::size_t size = 2;
  for (const Header& line : lines) size += line.name.size() + line.value.size() + 4;
  out.reserve(size);
  for (const Header& line : lines) {
    if (!IsToken(line.name)) Fatal("no token as the name", line.name);
    if (ServersOwn(line.name)) Fatal("a line that is the server's own", line.name);
    if (!IsFieldValue(line.value)) Fatal("a control character", line.name);
    out.append(line.name).append(": ").append(line.value).append("\r\n");
  }
  out.append("\r\n");
  return MakeBytes(std::move(out));
}

// As a form has it: '+' is a blank.
std::optional<std::string> FormDecoded(std::string_view encoded) {
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i] == '+' ? ' ' : encoded[i];
    if (c == '%') {
      const std::string_view digits = encoded.substr(i + 1, 2);
      if (digits.size() < 2 || !std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
        return std::nullopt;
      }
      c = static_cast<char>(text::HexDigit(digits[0]) * 16 + text::HexDigit(digits[1]));
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out.push_back(c);
  }
  return out;
}

}  // namespace

Bytes MakeBytes(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

std::optional<std::string_view> Request::Find(std::string_view name) const {
  const Header* first = nullptr;
  bool repeated = false;
  for (const Header& header : headers) {
    if (header.name.size() != name.size() || !EqualsIgnoringCase(header.name, name)) continue;
    if (first != nullptr) {
      repeated = true;
      break;
    }
    first = &header;
  }
  if (first == nullptr) return std::nullopt;
  if (!repeated) return first->value;
  std::string all;
  for (const Header& header : headers) {
    if (!EqualsIgnoringCase(header.name, name)) continue;
    if (!all.empty()) all.append(", ");
    all.append(header.value);
  }
  // Asked twice, the same string serves twice: what is kept is bounded by the head's size.
  for (const std::string& known : joined) {
    if (known == all) return known;
  }
  return joined.emplace_back(std::move(all));
}

void Request::Clear() {
  method = Method::kGet;
  method_name = "GET";
  target = path = "/";
  query = body = {};
  headers.clear();
  joined.clear();
}

HeaderBlock::HeaderBlock(std::initializer_list<Header> lines) : bytes_(Join(lines)) {}
HeaderBlock::HeaderBlock(const std::vector<Header>& lines) : bytes_(Join(lines)) {}

std::string_view HeaderBlock::bytes() const {
  return bytes_ == nullptr ? std::string_view("\r\n") : std::string_view(*bytes_);
}

std::string CleanHeaderValue(std::string_view value) {
  std::string out(value.substr(0, kHeaderValueBytesMax));
  for (char& c : out) {
    if (!IsFieldByte(c)) c = ' ';
  }
  return out;
}

Response Text(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  response.head = HeaderBlock({{"Content-Type", content_type}});
  response.body = MakeBytes(std::move(body));
  return response;
}

Response Problem(int status, std::string_view reason, std::string_view title,
                 std::string_view detail, std::initializer_list<Header> lines) {
  return Problem({.status = status, .reason = reason, .title = title, .detail = detail},
                 std::vector<Header>(lines));
}

Response Problem(const ProblemText& text, const std::vector<Header>& lines) {
  json::Value problem = {{"type", "about:blank"},
                         {"title", std::string(text.title)},
                         {"status", text.status},
                         {"detail", std::string(text.detail)},
                         {"reason", std::string(text.reason)}};
  if (!text.field.empty()) problem["field"] = std::string(text.field);
  std::vector<Header> all = {{"Content-Type", "application/problem+json"},
                             {"Cache-Control", "no-store"}};
  all.insert(all.end(), lines.begin(), lines.end());
  Response response;
  response.status = text.status;
  response.head = HeaderBlock(all);
  response.body = MakeBytes(json::Write(problem) + "\n");
  return response;
}

std::string_view ReasonPhrase(int status) {
  struct Phrase {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array<Phrase, 43> kPhrases = {{
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {226, "IM Used"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {425, "Too Early"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {451, "Unavailable For Legal Reasons"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
  }};
  const auto* found = std::lower_bound(kPhrases.begin(), kPhrases.end(), status,
                                       [](const Phrase& p, int s) { return p.status < s; });
  return found != kPhrases.end() && found->status == status ? found->phrase : "Status";
}

absl::StatusOr<std::optional<std::string>> QueryValue(std::string_view query, std::string_view name,
                                                      std::size_t bytes_max) {
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    const std::size_t equals = std::min(item.find('='), item.size());
    if (FormDecoded(item.substr(0, equals)) != name) continue;
    auto value = FormDecoded(item.substr(std::min(equals + 1, item.size())));
    if (!value) {
      return errors::FieldError(name, errors::kFieldInvalid, "cannot be decoded: percent-encoding");
    }
    if (value->size() > bytes_max) {
      return errors::FieldError(name, errors::kFieldTooLong,
                                fmt::format("is longer than {} bytes", bytes_max));
    }
    return value;
  }
  return std::nullopt;
}

}  // namespace telex::http
