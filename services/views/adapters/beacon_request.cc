#include "views/adapters/beacon_request.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "platform/errors/reasons.h"
#include "platform/http/syntax.h"
#include "platform/json/json.h"
#include "platform/text/ascii.h"

namespace telex::views {
namespace {

constexpr std::size_t kQueryValueBytesMax = 256;

std::string RandomUuid() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // RFC 9562, 5.4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  }
  return text;
}

Refusal Invalid(std::string_view field, std::string message) {
  return {errors::kFieldInvalid, field, std::move(message)};
}

// Reads members of one view; the first that is of another kind is its fault.
class MemberReader {
 public:
  MemberReader(const json::Value& object, ReportedLook& look) : object_(object), look_(look) {}

  void Text(const char* name, std::string& into) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (found->is_string()) {
      into = found->get<std::string>();
    } else {
      Fault(name, "expects a text");
    }
  }
  void Flag(const char* name, bool& into) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (found->is_boolean()) {
      into = found->get<bool>();
    } else {
      Fault(name, "expects true or false");
    }
  }
  void Whole(const char* name, std::int64_t& into) {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (found->is_number_integer() &&
        (!found->is_number_unsigned() || found->get<std::uint64_t>() <= INT64_MAX)) {
      into = found->get<std::int64_t>();
    } else {
      Fault(name, "expects a whole number of milliseconds");
    }
  }

 private:
  void Fault(const char* name, const char* what) {
    if (!look_.fault) look_.fault = Invalid(name, what);
  }
  const json::Value& object_;
  ReportedLook& look_;
};

ReportedLook ReadLook(const json::Value& value) {
  ReportedLook look;
  if (!value.is_object()) {
    look.fault = Refusal{errors::kBadRequest, "", "a view is an object"};
    return look;
  }
  MemberReader members(value, look);
  members.Text("article", look.article);
  members.Text("id", look.event_id);
  members.Text("language", look.language);
  members.Text("placement", look.placement);
  members.Whole("age_ms", look.age_ms);
  members.Flag("internal", look.internal);
  members.Text("address", look.address);
  members.Text("user_agent", look.user_agent);
  members.Flag("prefetch", look.prefetch);
  members.Flag("no_tracking", look.no_tracking);
  return look;
}

// sendBeacon and fetch send texts as text/plain, and that needs no preflight.
bool IsUnderstood(std::string_view content_type) {
  const std::string type =
      text::AsciiLower(http::Trim(content_type.substr(0, content_type.find(';'))));
  return type.empty() || type == "application/json" || type == "text/plain";
}

bool IsPlain(std::string_view content_encoding) {
  return content_encoding.empty() || http::EqualsIgnoringCase(content_encoding, "identity");
}

// https://host:port/path -> host; without the root's dot (host.:443).
std::string_view HostOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

bool Says(const http::Request& request, std::string_view header, std::string_view word) {
  const auto value = request.Find(header);
  return value && text::StartsWithIgnoringAsciiCase(*value, word);
}

}  // namespace

ReportedLook ReadGifQuery(std::string_view article, std::string_view query) {
  ReportedLook look;
  const auto given = [&](std::string_view name) -> std::optional<std::string> {
    auto value = http::QueryValue(query, name, kQueryValueBytesMax);
    if (value.ok()) return *std::move(value);
    if (!look.fault) look.fault = Invalid(name, "cannot be decoded, or is too long");
    return std::nullopt;
  };
  look.article = std::string(article);
  if (query.empty()) {
    look.event_id = RandomUuid();
    return look;
  }
  look.event_id = given("id").value_or("");
  if (look.event_id.empty()) look.event_id = RandomUuid();
  look.language = given("language").value_or("");
  look.placement = given("placement").value_or("");
  // A template writes nothing for false.
  if (const std::string internal = given("internal").value_or(""); !internal.empty()) {
    look.internal = internal == "1" || internal == "true";
    if (!look.internal && internal != "0" && internal != "false" && !look.fault) {
      look.fault = Invalid("internal", "expects 1 or 0");
    }
  }
  if (const std::string age = given("age_ms").value_or(""); !age.empty()) {
    const char* const end = age.data() + age.size();
    const auto [stopped, error] = std::from_chars(age.data(), end, look.age_ms);
    if (!look.fault && (error != std::errc() || stopped != end)) {
      look.fault = Invalid("age_ms", "expects a whole number of milliseconds");
    }
  }
  return look;
}

std::variant<ReportedLooks, Refusal> ReadBody(const http::Request& request) {
  if (!IsUnderstood(request.Find("content-type").value_or(""))) {
    return Refusal{errors::kUnsupportedMediaType, "",
                   "expects JSON as application/json or text/plain"};
  }
  if (!IsPlain(request.Find("content-encoding").value_or(""))) {
    return Refusal{errors::kUnsupportedMediaType, "",
                   "expects a body without Content-Encoding: it is not unpacked here"};
  }
  if (request.body.size() > kBeaconBodyBytesMax) {
    return Refusal{errors::kBodyTooLarge, "",
                   fmt::format("the body is larger than {} bytes", kBeaconBodyBytesMax)};
  }
  const auto body = json::Parse(request.body);
  if (!body || !body->is_object()) {
    return Refusal{errors::kBadRequest, "",
                   "the body is no JSON object: expects one view, or {\"views\": [...]}"};
  }
  ReportedLooks reported;
  const auto views = body->find("views");
  reported.batch = views != body->end();
  if (!reported.batch) {
    reported.looks.push_back(ReadLook(*body));
    return reported;
  }
  if (!views->is_array() || views->empty()) {
    return Invalid("views", "expects a list of one view or more");
  }
  if (views->size() > kViewsPerRequestMax) {
    return Refusal{errors::kFieldTooLong, "views",
                   fmt::format("more than {} views at once", kViewsPerRequestMax)};
  }
  for (const json::Value& view : *views) reported.looks.push_back(ReadLook(view));
  return reported;
}

Browser ReadBrowser(const http::Request& request) {
  Browser browser;
  browser.agent = request.Find("user-agent").value_or("");
  browser.prefetch = Says(request, "sec-purpose", "prefetch") ||
                     Says(request, "purpose", "prefetch") ||
                     Says(request, "x-purpose", "preview") || Says(request, "x-moz", "prefetch");
  browser.no_tracking = Says(request, "dnt", "1") || Says(request, "sec-gpc", "1");
  browser.internal = Says(request, "telex-internal", "1");
  const std::string_view origin = request.Find("origin").value_or("");
  browser.host = HostOf(origin);
  if (browser.host.empty()) browser.host = HostOf(request.Find("referer").value_or(""));
  // A page that hides where it is (in a sandboxed frame) is somebody's, and no host has this name.
  if (browser.host.empty() && origin == "null") browser.host = origin;
  return browser;
}

}  // namespace telex::views
