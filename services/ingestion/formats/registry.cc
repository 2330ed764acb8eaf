#include "ingestion/formats/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "ingestion/formats/page_text.h"
#include "platform/errors/errors.h"
#include "platform/text/ascii.h"

namespace telex::ingestion {
namespace {

// Every format, one line each. To add one: a file with a class and its function, and a line here.
constexpr const InputFormat& (*kFormats[])() = {
    PageTextFormat,
};

std::string_view Unquote(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

ContentType ReadContentType(std::string_view text) {
  ContentType type;
  std::size_t end = text.find(';');
  type.media_type = text::AsciiLower(text::TrimAscii(text.substr(0, end)));
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 1);
    end = text.find(';');
    const std::string_view parameter = text.substr(0, end);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (type.charset.empty() &&
        text::AsciiLower(text::TrimAscii(parameter.substr(0, equals))) == "charset") {
      type.charset = text::AsciiLower(Unquote(text::TrimAscii(parameter.substr(equals + 1))));
    }
  }
  return type;
}

std::vector<std::string_view> KnownMediaTypes() {
  std::vector<std::string_view> known;
  for (const auto& format : kFormats) {
    for (const std::string_view type : format().media_types()) known.push_back(type);
  }
  std::sort(known.begin(), known.end());
  return known;
}

absl::StatusOr<const InputFormat*> FormatOf(std::string_view content_type) {
  const std::string media_type = ReadContentType(content_type).media_type;
  for (const auto& format : kFormats) {
    const auto types = format().media_types();
    if (std::find(types.begin(), types.end(), media_type) != types.end()) return &format();
  }
  const std::string known = fmt::format("{}", fmt::join(KnownMediaTypes(), ", "));
  return errors::WithMetadata(errors::FieldError("media_type", errors::kUnsupportedMediaType,
                                                 fmt::format("'{}' is not understood; known: {}",
                                                             media_type.substr(0, 80), known)),
                              "known", known);
}

absl::StatusOr<ParsedDocument> ParseDocument(std::string_view content_type, std::string_view bytes,
                                             ParseHints hints) {
  const absl::StatusOr<const InputFormat*> format = FormatOf(content_type);
  if (!format.ok()) return format.status();
  hints.charset = ReadContentType(content_type).charset;
  return (*format)->Parse(bytes, hints);
}

}  // namespace telex::ingestion
