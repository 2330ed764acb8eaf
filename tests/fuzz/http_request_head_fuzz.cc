// Any bytes: a refusal, or a request that Boost.Beast reads alike. Two servers in a row that see
// two requests in the same bytes are how requests are smuggled (RFC 9112, section 11.2).

#include <absl/strings/ascii.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http/message.h"
#include "platform/http/request_head.h"

namespace {

namespace beast = boost::beast;
using telex::http::HeadEnd;
using telex::http::Request;

void Differs(std::string_view what) {
  std::fprintf(stderr, "differs from Beast: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

using Lines = std::map<std::string, std::vector<std::string>>;

void Add(std::string_view name, std::string_view value, Lines& lines) {
  lines[absl::AsciiStrToLower({name.data(), name.size()})].emplace_back(value);
}

Lines ByName(const Request& request) {
  Lines lines;
  for (const telex::http::Header& header : request.headers) Add(header.name, header.value, lines);
  return lines;
}

Lines ByName(const beast::http::fields& fields) {
  Lines lines;
  for (const auto& field : fields) {
    const beast::string_view name = field.name_string();
    const beast::string_view value = field.value();
    Add({name.data(), name.size()}, {value.data(), value.size()}, lines);
  }
  return lines;
}

void Compare(std::string_view bytes, const Request& request, std::size_t body_bytes,
             bool keep_alive) {
  beast::http::request_parser<beast::http::empty_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(bytes.size() + 1));
  parser.body_limit(boost::none);
  beast::error_code error;
  const std::size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) Differs(error.message());
  if (!parser.is_header_done() || taken != bytes.size()) Differs("where the head ends");
  const auto& theirs = parser.get();
  if (theirs.method_string() != request.method_name) Differs("method");
  if (theirs.target() != request.target) Differs("target");
  // Beast puts lines of one name together; in their order, as everybody does.
  if (ByName(theirs) != ByName(request)) Differs("header lines");
  if (parser.content_length().value_or(0) != body_bytes) Differs("length of the body");
  // To close is never wrong.
  if (keep_alive && !parser.keep_alive()) Differs("keep-alive");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HeadEnd end;
  bool fault = false;
  const std::size_t head_bytes = end.Find(bytes, fault);
  if (head_bytes == HeadEnd::kIncomplete || fault) return 0;
  if (head_bytes == 2) return 0;  // an empty line before the request is the connection's to skip
  const std::string_view head = bytes.substr(0, head_bytes);
  Request request;
  const telex::http::RequestHead parsed = telex::http::ParseHead(head, {}, request);
  if (parsed.refusal != 0) {
    if (parsed.refusal < 400 || parsed.refusal > 599 || parsed.fault.empty()) std::abort();
    return 0;
  }
  if (request.path.empty()) std::abort();
  Compare(head, request, parsed.body_bytes, parsed.keep_alive);
  return 0;
}
