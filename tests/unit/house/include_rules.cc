#include "tests/unit/house/include_rules.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <set>

namespace telex::house {
namespace {

enum class Layer { kNews, kNewsWire, kPlatform, kDomain, kFormats, kAdapters, kTop };

struct Room {
  std::string service;  // "feeds"; empty for news and platform
  Layer layer = Layer::kTop;
};

Room RoomOf(const std::vector<std::string>& parts) {
  const std::string& area = parts[1];
  const std::string inner = parts.size() > 3 ? parts[2] : "";
  if (area == "news") return {"", inner == "wire" ? Layer::kNewsWire : Layer::kNews};
  if (area == "platform") return {"", Layer::kPlatform};
  if (inner == "domain") return {area, Layer::kDomain};
  if (inner == "formats") return {area, Layer::kFormats};
  if (inner == "adapters") return {area, Layer::kAdapters};
  return {area, Layer::kTop};
}

bool IsStandard(std::string_view header) {
  return header.find_first_of("/.") == std::string_view::npos;
}

// What reaches for the world: files, clocks, threads, chance. No domain and no format has it.
bool IsImpure(std::string_view header) {
  static const std::set<std::string, std::less<>> kImpure = {
      "atomic",     "chrono", "condition_variable", "cstdio", "ctime",  "filesystem",
      "fstream",    "future", "iostream",           "mutex",  "random", "shared_mutex",
      "stop_token", "thread", "absl/time/clock.h"};
  return kImpure.contains(header) || header.starts_with("absl/random/") ||
         header.starts_with("absl/synchronization/");
}

// A library, and where alone it is included. A place that ends with a slash is a folder.
struct Library {
  std::string_view header;  // how its headers begin
  std::vector<std::string_view> places;
  bool in_adapters = false;  // of any service, too
};

const std::vector<Library>& Libraries() {
  static const std::vector<Library> libraries = {
      {"librdkafka/", {"services/platform/kafka/"}},
      {"rdkafka", {"services/platform/kafka/"}},
      {"hiredis/", {"services/platform/redis/"}},
      {"lmdb.h", {"services/platform/store/"}},
      {"grpcpp/", {"services/platform/grpc/"}, true},
      {"grpc/", {"services/platform/grpc/"}, true},
      {"boost/", {"services/platform/http/", "services/news/article_id.cc"}},
      {"prometheus/", {"services/platform/observe/metrics.cc"}},
      {"yaml-cpp/",
       {"services/platform/kafka/topic_catalogue.cc",
        "services/translation/adapters/machine/engine_file.cc",
        "services/telexctl/requests/policy_file.cc"}},
      {"brotli/", {"services/platform/compress/"}},
      {"zlib.h", {"services/platform/compress/", "services/platform/checksum/"}},
      {"CLI/", {"services/telexctl/command_line.cc", "services/telexctl/failures/misuse.cc"}},
      {"curl/", {"services/platform/http_client/"}},
  };
  return libraries;
}

// Libraries that turn bytes into values or back, and nothing else.
bool IsParser(std::string_view header) {
  static constexpr std::array<std::string_view, 8> kParsers = {
      "nlohmann/", "unicode/", "gumbo.h",    "pugixml.hpp",
      "libxml/",   "re2/",     "simdjson.h", "openssl/sha.h"};
  for (const std::string_view parser : kParsers) {
    if (header.starts_with(parser)) return true;
  }
  return false;
}

bool IsGenerated(std::string_view header) { return header.ends_with(".pb.h"); }
bool IsProtobuf(std::string_view header) {
  return IsGenerated(header) || header.starts_with("google/protobuf/");
}

std::optional<std::string> LibraryFault(std::string_view path, const Room& room,
                                        std::string_view header) {
  for (const Library& library : Libraries()) {
    if (!header.starts_with(library.header) || IsGenerated(header)) continue;
    bool allowed = library.in_adapters && room.layer == Layer::kAdapters;
    for (const std::string_view place : library.places) {
      allowed = allowed || (place.ends_with('/') ? path.starts_with(place) : path == place);
    }
    if (!allowed) return fmt::format("{} stays in its own room", library.header);
  }
  return std::nullopt;
}

// What a pure room (a domain, a format) may include; `header` is not of a service.
std::optional<std::string> PureFault(const Room& room, std::string_view header) {
  if (IsImpure(header)) return "it is pure: no IO, no clock, no threads, no chance";
  if (IsStandard(header) || header.starts_with("absl/") || header.starts_with("fmt/"))
    return std::nullopt;
  if (header.starts_with("news/wire/") || IsProtobuf(header)) return "it knows no protobuf";
  if (header.starts_with("news/") || header.starts_with("platform/errors/")) return std::nullopt;
  // Pure functions over RFC 9110, and over words; libraries of their own.
  if (header == "platform/http/conditional.h" || header.starts_with("platform/text/"))
    return std::nullopt;
  if (room.layer == Layer::kFormats && IsParser(header)) return std::nullopt;
  return "it may include news, platform/errors, platform/text, http/conditional.h, absl, fmt and "
         "the "
         "standard library";
}

std::optional<std::string> RoomFault(const Room& room, std::string_view header,
                                     const Areas& areas) {
  const std::vector<std::string> parts = PartsOf(header);
  const std::string& first = parts.front();
  const bool of_service =
      parts.size() > 1 && areas.contains(first) && first != "news" && first != "platform";
  if (room.layer == Layer::kPlatform) {
    if (of_service || first == "news" || first == "telex")
      return "the platform knows no news and no service";
    return std::nullopt;
  }
  if (room.layer == Layer::kNews || room.layer == Layer::kNewsWire) {
    if (of_service || first == "platform") return "news knows neither the platform nor a service";
    if (room.layer == Layer::kNews && (IsProtobuf(header) || header.starts_with("news/wire/"))) {
      return "protobuf is for news/wire";
    }
    if (room.layer == Layer::kNews && IsImpure(header))
      return "it is pure: no IO, no clock, no threads, no chance";
    return std::nullopt;
  }
  // Whoever translates has the file, so telexctl reads and writes it as the service does.
  const bool is_lent = room.service == "telexctl" && header.starts_with("translation/formats/");
  if (is_lent) return std::nullopt;
  if (of_service && first != room.service)
    return "a service never includes another; they meet in proto/";
  const std::string inner = parts.size() > 2 ? parts[1] : "";
  if (of_service) {
    if (room.layer == Layer::kDomain && inner != "domain")
      return "a domain includes its own domain only";
    if (room.layer == Layer::kFormats && inner != "domain" && inner != "formats") {
      return "a format includes its domain and formats only";
    }
    if (room.layer == Layer::kAdapters && inner.empty() && room.service != "telexctl") {
      return "an adapter includes nothing of the wiring";
    }
    return std::nullopt;
  }
  if (room.layer == Layer::kDomain || room.layer == Layer::kFormats) return PureFault(room, header);
  return std::nullopt;
}

}  // namespace

std::vector<Include> IncludesOf(std::string_view text) {
  std::vector<Include> includes;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto skip_blanks = [&line] {
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    };
    skip_blanks();
    if (!line.starts_with('#')) continue;
    line.remove_prefix(1);
    skip_blanks();
    if (!line.starts_with("include")) continue;
    line.remove_prefix(7);
    skip_blanks();
    if (line.empty() || (line.front() != '<' && line.front() != '"')) continue;
    const bool is_quoted = line.front() == '"';
    const auto close = line.find(is_quoted ? '"' : '>', 1);
    if (close != std::string_view::npos)
      includes.push_back({std::string(line.substr(1, close - 1)), is_quoted});
  }
  return includes;
}

Areas AreasOf(const Files& files) {
  Areas areas;
  for (const auto& [path, text] : files) {
    const std::vector<std::string> parts = PartsOf(path);
    if (parts.size() > 2 && parts.front() == "services") areas.insert(parts[1]);
  }
  return areas;
}

std::vector<std::string> CheckIncludes(std::string_view path, std::string_view text,
                                       const Areas& areas) {
  std::vector<std::string> faults;
  const std::vector<std::string> parts = PartsOf(path);
  if (parts.size() < 3 || parts.front() != "services") return faults;
  const Room room = RoomOf(parts);
  for (const auto& [header, is_quoted] : IncludesOf(text)) {
    for (const auto& fault : {LibraryFault(path, room, header), RoomFault(room, header, areas)}) {
      if (fault) faults.push_back(fmt::format("{} includes {}: {}", path, header, *fault));
    }
  }
  return faults;
}

std::vector<std::string> CheckIncludeStyle(std::string_view path, std::string_view text,
                                           const Areas& areas) {
  std::vector<std::string> faults;
  for (const auto& [header, is_quoted] : IncludesOf(text)) {
    const std::string first = PartsOf(header).front();
    const bool is_own = areas.contains(first) || first == "telex" || first == "tests";
    if (is_own == is_quoted) continue;
    faults.push_back(fmt::format("{} includes {}: it stands in {}", path, header,
                                 is_own ? "quotes" : "angle brackets"));
  }
  return faults;
}

}  // namespace telex::house
