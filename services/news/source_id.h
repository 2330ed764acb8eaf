#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace telex::news {

// The id of a source (a publisher whose stories come in): lower-case letters, digits, hyphens and
// dots, 1–63 bytes, starting with a letter or digit. It never changes: article ids are derived from
// it. Resource name: `sources/{id}`.
class SourceId {
 public:
  SourceId() = default;  // no source; only as a placeholder

  static std::optional<SourceId> Parse(std::string_view id);
  // Reads the resource name `sources/{id}`.
  static std::optional<SourceId> FromName(std::string_view name);

  const std::string& text() const { return text_; }
  std::string Name() const { return "sources/" + text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const SourceId&) const = default;

 private:
  explicit SourceId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace telex::news
