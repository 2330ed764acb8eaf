#include "feeds/adapters/rendition.h"

#include <fmt/format.h>

#include <vector>

#include "platform/http/conditional.h"

namespace telex::feeds {
namespace {

std::string CacheControl(absl::Duration max_age) {
  return fmt::format("public, max-age={}, must-revalidate", absl::ToInt64Seconds(max_age));
}

}  // namespace

Rendition::Rendition(Facts facts) : facts_(std::move(facts)) {
  const std::string stamp = Encode(facts_.stamp);
  const std::string cache_control = CacheControl(facts_.max_age);
  for (const Coding coding : kAllCodings) {
    Coded& coded = coded_[static_cast<std::size_t>(coding)];
    coded.etag = FormatTag(stamp, facts_.resource, facts_.hash, coding);
    std::vector<http::Header> lines = {
        {"ETag", coded.etag}, {"Cache-Control", cache_control}, {"Vary", "Accept-Encoding"}};
    http::Response not_modified{.status = 304, .head = http::HeaderBlock(lines)};
    coded.not_modified = std::make_shared<const http::Response>(std::move(not_modified));
    lines.push_back({"Content-Type", facts_.media_type});
    lines.push_back({"X-Content-Type-Options", "nosniff"});
    if (coding == Coding::kGzip) lines.push_back({"Content-Encoding", "gzip"});
    if (coding == Coding::kBrotli) lines.push_back({"Content-Encoding", "br"});
    coded.head = http::HeaderBlock(lines);
  }
}

http::Response NotModified(std::string_view copy, absl::Duration max_age) {
  const std::string tag = fmt::format("\"{}\"", http::CleanHeaderValue(copy));
  const std::string cache_control = CacheControl(max_age);
  return {.status = 304,
          .head = http::HeaderBlock(
              {{"ETag", tag}, {"Cache-Control", cache_control}, {"Vary", "Accept-Encoding"}})};
}

std::shared_ptr<const http::Response> Rendition::Full(Coding coding) const {
  const Coded& coded = Of(coding);
  auto full = coded.full.Get();
  if (full && !coded.used.load(std::memory_order_relaxed)) {
    coded.used.store(true, std::memory_order_relaxed);
  }
  return full;
}

std::shared_ptr<const http::Response> Rendition::Hold(
    Coding coding, http::Bytes body, std::shared_ptr<const http::BodyFile> file) const {
  const Coded& coded = Of(coding);
  auto full = std::make_shared<const http::Response>(http::Response{
      .status = 200, .head = coded.head, .body = std::move(body), .file = std::move(file)});
  coded.full.Set(full);
  return full;
}

}  // namespace telex::feeds
