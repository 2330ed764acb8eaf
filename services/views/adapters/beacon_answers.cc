#include "views/adapters/beacon_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/reasons.h"
#include "platform/http/conditional.h"
#include "platform/json/json.h"
#include "platform/text/ascii.h"

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

std::vector<http::Header> ForAnyPage(std::initializer_list<http::Header> more = {}) {
  std::vector<http::Header> lines = {
      {"Access-Control-Allow-Origin", "*"},
      {"Access-Control-Expose-Headers", "Retry-After, Telex-Field, Telex-Filter, Telex-Reason"},
      {"Cross-Origin-Resource-Policy", "cross-origin"},
      {"Cache-Control", "no-store"}};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

http::Response Make(int status, std::vector<http::Header> lines, http::Bytes body = nullptr) {
  return {.status = status, .head = http::HeaderBlock(lines), .body = std::move(body)};
}

void AddRetryAfter(int status, std::initializer_list<http::Header> more,
                   std::vector<http::Header>& lines) {
  const bool told = std::any_of(more.begin(), more.end(), [](const http::Header& line) {
    return line.name == "Retry-After";
  });
  if (status == 503 && !told) lines.push_back({"Retry-After", kRetryAfterSeconds});
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

int StatusOf(std::string_view reason) {
  static constexpr std::array<std::pair<std::string_view, int>, 13> kStatuses = {{
      {errors::kUnauthenticated, 401},
      {errors::kPartnerSuspended, 403},
      {errors::kArticleNotFound, 404},
      {errors::kPathNotFound, 404},
      {errors::kMethodNotAllowed, 405},
      {errors::kArticlePurged, 410},
      {errors::kBodyTooLarge, 413},
      {errors::kUnsupportedMediaType, 415},
      {errors::kRateLimited, 429},
      {errors::kBrokerUnavailable, 503},
      {errors::kNotCaughtUp, 503},
      {errors::kSaltUnknown, 503},
      {errors::kOverloaded, 503},
  }};
  for (const auto& [known, status] : kStatuses) {
    if (known == reason) return status;
  }
  return 400;
}

http::Response RefusalAnswer(const Refusal& refusal, std::initializer_list<http::Header> more) {
  const int status = StatusOf(refusal.reason);
  json::Value problem = {{"type", "about:blank"},
                         {"title", std::string(http::ReasonPhrase(status))},
                         {"status", status},
                         {"detail", refusal.message},
                         {"reason", std::string(refusal.reason)}};
  if (!refusal.field.empty()) problem["field"] = std::string(refusal.field);
  auto lines = ForAnyPage(more);
  lines.push_back({"Content-Type", "application/problem+json"});
  AddRetryAfter(status, more, lines);
  return Make(status, std::move(lines), http::MakeBytes(json::Write(problem) + "\n"));
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

http::Response GifRefusal(const Refusal& refusal, std::initializer_list<http::Header> more) {
  auto lines = ForAnyPage(more);
  lines.push_back({"Content-Type", "image/gif"});
  lines.push_back({"Telex-Reason", refusal.reason});
  if (!refusal.field.empty()) lines.push_back({"Telex-Field", refusal.field});
  const int status = StatusOf(refusal.reason);
  AddRetryAfter(status, more, lines);
  return Make(status, std::move(lines), Pixel());
}

http::Response BatchAnswer(std::span<const TakenView> views) {
  json::Value results = json::Value::array();
  for (const TakenView& view : views) {
    if (view.refusal && IsTransient(*view.refusal)) return RefusalAnswer(*view.refusal);
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
