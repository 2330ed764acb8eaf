#include "views/adapters/beacon_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/http/conditional.h"
#include "platform/http/problem.h"
#include "platform/json/json.h"
#include "platform/text/ascii.h"
#include "views/adapters/refusal.h"

namespace telex::views {

extern const std::string_view kTelexJs;

namespace {

// The smallest there is: one transparent pixel.
constexpr std::array<unsigned char, 43> kPixel = {
    'G', 'I', 'F', '8', '9', 'a',  1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0,    0, 0x21, 0xf9, 4,
    1,   0,   0,   0,   0,   0x2c, 0, 0, 0, 0, 1,    0, 1, 0, 0, 2, 2, 0x44, 1, 0,    0x3b};

const http::Bytes& Pixel() {
  static const http::Bytes bytes =
      http::MakeBytes(std::string(reinterpret_cast<const char*>(kPixel.data()), kPixel.size()));
  return bytes;
}

constexpr http::Header kAnyOrigin = {"Access-Control-Allow-Origin", "*"};
constexpr http::Header kReadableHeaders = {"Access-Control-Expose-Headers",
                                           "Retry-After, Telex-Field, Telex-Filter, Telex-Reason"};
constexpr http::Header kAnyPage = {"Cross-Origin-Resource-Policy", "cross-origin"};

std::vector<http::Header> ForAnyPage(std::initializer_list<http::Header> more = {}) {
  std::vector<http::Header> lines = {
      kAnyOrigin, kReadableHeaders, kAnyPage, {"Cache-Control", "no-store"}};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

http::Response Make(int status, const std::vector<http::Header>& lines,
                    http::Bytes body = nullptr) {
  return {.status = status, .head = http::HeaderBlock(lines), .body = std::move(body)};
}

// One for each filter, made once.
using Answers = std::array<std::shared_ptr<const http::Response>, kFilters>;
template <typename MakeOne>
Answers ForFilters(MakeOne make) {
  Answers answers;
  for (std::size_t filter = 0; filter < kFilters; ++filter) {
    const std::string_view name = NameOf(static_cast<Filter>(filter));
    std::vector<http::Header> lines = ForAnyPage();
    if (!name.empty()) lines.push_back({"Telex-Filter", name});
    answers[filter] = std::make_shared<const http::Response>(make(std::move(lines)));
  }
  return answers;
}

// Lines that are comments, and what lines begin with, are for those who read the source.
std::string Compact(std::string_view script) {
  std::string compact;
  while (!script.empty()) {
    const std::string_view whole = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(whole.size() + 1, script.size()));
    const std::string_view line = text::TrimAscii(whole);
    if (!line.empty() && !line.starts_with("//")) compact.append(line).push_back('\n');
  }
  return compact;
}

}  // namespace

http::Response RefusalAnswer(const absl::Status& error, std::initializer_list<http::Header> more) {
  http::Response response = http::ProblemOf(error, {kAnyOrigin, kReadableHeaders, kAnyPage});
  if (more.size() != 0) response.extra = http::HeaderBlock(more);
  return response;
}

std::shared_ptr<const http::Response> TakenAnswer(Filter filter) {
  static const Answers answers =
      ForFilters([](std::vector<http::Header> lines) { return Make(204, std::move(lines)); });
  return answers[static_cast<std::size_t>(filter)];
}

std::shared_ptr<const http::Response> GifAnswer(Filter filter) {
  static const Answers answers = ForFilters([](std::vector<http::Header> lines) {
    lines.push_back({"Content-Type", "image/gif"});
    return Make(200, std::move(lines), Pixel());
  });
  return answers[static_cast<std::size_t>(filter)];
}

http::Response GifRefusal(const absl::Status& error) {
  const auto details = errors::DetailsOf(error).value_or(errors::Details{});
  const std::string retry_after = http::RetryAfterOf(error);
  auto lines = ForAnyPage({{"Content-Type", "image/gif"}, {"Telex-Reason", details.reason}});
  if (!details.fields.empty()) lines.push_back({"Telex-Field", details.fields.front().field});
  if (!retry_after.empty()) lines.push_back({"Retry-After", retry_after});
  return Make(http::StatusOf(error), std::move(lines), Pixel());
}

http::Response BatchAnswer(std::span<const TakenView> views) {
  json::Value results = json::Value::array();
  for (const TakenView& view : views) {
    if (view.refusal && IsTransient(*view.refusal)) return RefusalAnswer(ErrorOf(*view.refusal));
    json::Value result = {{"recorded", !view.refusal}};
    if (view.refusal) {
      result["reason"] = std::string(view.refusal->reason);
      if (!view.refusal->field.empty()) result["field"] = std::string(view.refusal->field);
      result["detail"] = view.refusal->message;
    } else if (view.filter != Filter::kNone) {
      result["filter"] = std::string(NameOf(view.filter));
    }
    results.push_back(std::move(result));
  }
  return Make(200, ForAnyPage({{"Content-Type", "application/json"}}),
              http::MakeBytes(json::Write({{"results", std::move(results)}}) + "\n"));
}

std::shared_ptr<const http::Response> PreflightAnswer() {
  static const auto answer = std::make_shared<const http::Response>(
      Make(204, ForAnyPage({{"Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"},
                            // `*` is all but Authorization: what tracers add to requests.
                            {"Access-Control-Allow-Headers", "Authorization, Content-Type, *"},
                            {"Access-Control-Max-Age", "86400"}})));
  return answer;
}

http::Response ScriptAnswer(const http::Request& request) {
  static const http::Bytes script = http::MakeBytes(Compact(kTelexJs));
  static const std::string etag = fmt::format("\"{:x}\"", std::hash<std::string>()(*script));
  http::Response response = {
      .status = 200,
      .head = http::HeaderBlock({{"Content-Type", "text/javascript; charset=utf-8"},
                                 {"Cache-Control", "public, max-age=3600"},
                                 {"ETag", etag},
                                 {"Access-Control-Allow-Origin", "*"},
                                 {"Cross-Origin-Resource-Policy", "cross-origin"}}),
      .body = script};
  const http::Conditions conditions = {.if_match = std::nullopt,
                                       .if_none_match = request.Find("if-none-match")};
  if (http::Evaluate(conditions, etag, /*get_or_head=*/true) == http::Verdict::kNotModified) {
    response.status = 304;
    response.body = nullptr;
  }
  return response;
}

}  // namespace telex::views
