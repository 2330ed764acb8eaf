// Any bytes: a refusal, or a request that Boost.Beast reads alike. Two servers in a row that see two
// requests in the same bytes are how requests are smuggled (RFC 9112, section 11.2).

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

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
  std::size_t number = 0;
  for (const auto& field : theirs) {
    if (number == request.headers.size()) Differs("more header lines");
    const telex::http::Header& header = request.headers[number++];
    if (field.name_string() != header.name) Differs("a header's name");
    if (field.value() != header.value) Differs("a header's value");
  }
  if (number != request.headers.size()) Differs("fewer header lines");
  if (parser.content_length().value_or(0) != body_bytes) Differs("length of the body");
  if (parser.keep_alive() != keep_alive) Differs("keep-alive");
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
