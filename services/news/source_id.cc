#include "news/source_id.h"

namespace telex::news {
namespace {

constexpr std::size_t kIdBytesMax = 63;
constexpr std::string_view kCollection = "sources/";

bool IsAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::optional<SourceId> SourceId::Parse(std::string_view id) {
  if (id.empty() || id.size() > kIdBytesMax || !IsAlphanumeric(id.front())) return std::nullopt;
  for (const char c : id) {
    if (!IsAlphanumeric(c) && c != '-' && c != '.') return std::nullopt;
  }
  return SourceId(std::string(id));
}

std::optional<SourceId> SourceId::FromName(std::string_view name) {
  if (!name.starts_with(kCollection)) return std::nullopt;
  return Parse(name.substr(kCollection.size()));
}

}  // namespace telex::news
