#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace telex::news {

// The identity of an article: a name-based UUID (version 5, RFC 9562) over its source and its key,
// so that two replicas which are handed one story name it alike. It never changes. A plain value;
// thread-safe as such.
class ArticleId {
 public:
  // The article of `key` in `source`. Source names are bound to ArticleId for ever: a source is
  // never renamed.
  static ArticleId Of(std::string_view source, std::string_view key);

  // What names this article's translation into a language (BCP 47) as an item of its own: a
  // name-based UUID, too, whose name space is the article.
  ArticleId OfTranslation(std::string_view language) const;

  // Reads the lower- or upper-case 36-character form; nothing else.
  static std::optional<ArticleId> Parse(std::string_view text);
  // From its 16 bytes in network order.
  static std::optional<ArticleId> FromBytes(std::string_view bytes);

  std::string ToString() const;  // 36 characters, lower case
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  auto operator<=>(const ArticleId&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const ArticleId& id) {
    return H::combine_contiguous(std::move(state), id.bytes_.data(), id.bytes_.size());
  }

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace telex::news

template <>
struct std::hash<telex::news::ArticleId> {
  std::size_t operator()(const telex::news::ArticleId& id) const noexcept {
    std::size_t word;
    std::memcpy(&word, id.bytes().data(), sizeof word);
    return word;
  }
};
