#include "telexctl/requests/input.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "platform/errors/errors.h"
#include "platform/text/ascii.h"
#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

constexpr std::string_view kArticles = "articles/";
constexpr std::string_view kUrn = "urn:uuid:";
constexpr std::string_view kSources = "sources/";

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

bool IsVersion(std::string_view text) {
  return !text.empty() && text.size() <= 18 && text[0] != '0' &&
         text.find_first_not_of("0123456789") == text.npos;
}

// Of an address at Telex, the article: what stands behind /articles/, without its format. Empty for
// others.
std::string_view LastSegment(std::string_view address) {
  address = address.substr(0, address.find_first_of("?#"));
  const std::size_t slash = address.rfind('/');
  if (!address.substr(0, slash + 1).ends_with("/articles/")) return {};
  const std::string_view segment = address.substr(slash + 1);
  return segment.substr(0, segment.rfind('.'));
}

std::string SizeText(std::size_t bytes) {
  return bytes >= 1 << 20 ? fmt::format("{} MiB", bytes >> 20) : fmt::format("{} KiB", bytes >> 10);
}

absl::Status Unreadable(const std::string& file, int fault) {
  std::string_view hint = "name a file that can be read; - stands for standard input";
  if (fault == ENOENT) {
    hint = "check the name and the folder it is looked for in (pwd); - stands for standard input";
  } else if (fault == EACCES) {
    hint = "its permissions keep you out: ls -l shows who may read it";
  }
  return Usage(fmt::format("{}: {}", file, std::strerror(fault)), hint);
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& file, std::size_t bytes_max,
                                      std::istream& standard_input) {
  std::ifstream opened;
  if (file != "-") {
    std::error_code none;
    if (std::filesystem::is_directory(file, none)) {
      return Usage(fmt::format("{}: is a folder", file), "name one file in it");
    }
    errno = 0;
    opened.open(file, std::ios::binary);
    if (!opened) return Unreadable(file, errno == 0 ? EIO : errno);
  }
  std::istream& in = file == "-" ? standard_input : opened;
  std::string text(bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.gcount() == 0)) {
    return Unreadable(file, EIO);
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > bytes_max) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kDocumentTooLarge,
                         fmt::format("{}: has more than {}", file, SizeText(bytes_max)));
  }
  return text;
}

std::string PageAddress(std::string_view text) {
  text = text::TrimAscii(text);
  if (text::StartsWithIgnoringAsciiCase(text, "https://") ||
      text::StartsWithIgnoringAsciiCase(text, "http://")) {
    return std::string(text);
  }
  const std::size_t slash = text.find('/');
  if (slash == text.npos || text.find("://") != text.npos) return {};
  const std::string_view host = text.substr(0, slash);
  const std::size_t dot = host.find('.');
  if (dot == host.npos || dot == 0 || host.ends_with('.')) return {};
  return fmt::format("https://{}", text);
}

absl::StatusOr<std::string> ArticleName(std::string_view text, Versions versions) {
  const std::string address = PageAddress(text);
  std::string_view rest = text::TrimAscii(text);
  if (rest.starts_with(kArticles)) {
    rest.remove_prefix(kArticles.size());
  } else if (text::StartsWithIgnoringAsciiCase(rest, kUrn)) {
    rest.remove_prefix(kUrn.size());
  } else if (!address.empty()) {
    rest = LastSegment(address);
  }
  const std::size_t at = rest.find('@');
  const std::string_view version = at == rest.npos ? std::string_view() : rest.substr(at + 1);
  if (!IsUuid(rest.substr(0, at)) || (at != rest.npos && !IsVersion(version))) {
    return Usage(
        fmt::format("{}: not an article's name; those are articles/UUID, UUID, UUID@VERSION, "
                    "urn:uuid:UUID, and "
                    "the address of the article at Telex or at its source",
                    text));
  }
  if (at != rest.npos && versions == Versions::kRefused) {
    return Usage(
        fmt::format("{}: name the article, not one of its versions: {}", text, rest.substr(0, at)));
  }
  return fmt::format("{}{}", kArticles, text::AsciiLower(rest));
}

std::string SourceName(std::string_view text) {
  text = text::TrimAscii(text);
  return text.starts_with(kSources) ? std::string(text) : fmt::format("{}{}", kSources, text);
}

absl::StatusOr<google::protobuf::Timestamp> Instant(std::string_view text, std::string_view flag) {
  constexpr std::array kFormats = {absl::RFC3339_full, "%Y-%m-%dT%H:%M%Ez", "%Y-%m-%d %H:%M:%S",
                                   "%Y-%m-%d %H:%M",   "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
                                   "%Y-%m-%d"};
  const std::string input(text);
  for (const char* format : kFormats) {
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(format, input, &time, &error)) continue;
    if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) break;
    google::protobuf::Timestamp timestamp;
    timestamp.set_seconds(absl::ToUnixSeconds(time));
    timestamp.set_nanos(static_cast<int>(
        absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(timestamp.seconds()))));
    return timestamp;
  }
  return Usage(
      fmt::format("{}: {} is no instant; write 2025-04-18T14:25:00+04:00, or in UTC "
                  "2025-04-18 14:25 or 2025-04-18",
                  flag, text));
}

absl::StatusOr<std::string> Etag(std::string_view text) {
  std::string_view version = text;
  if (version.size() >= 2 && version.front() == '"' && version.back() == '"') {
    version = version.substr(1, version.size() - 2);
  }
  if (IsVersion(version)) return fmt::format("\"{}\"", version);
  return Usage(fmt::format("--etag: '{}' is no etag", text),
               "telexctl articles get NAME and telexctl sources get SOURCE show it: a number, with "
               "or without its quotes");
}

absl::StatusOr<std::pair<std::string, std::string>> Pair(std::string_view text,
                                                         std::string_view flag) {
  const std::size_t equals = text.rfind('=');
  if (equals == text.npos || equals == 0) {
    return Usage(fmt::format("{}: {} is not NAME=value", flag, text));
  }
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

}  // namespace telex::cli
