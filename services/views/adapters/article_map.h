#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "news/article_id.h"

namespace telex::views {

// Something of each article, for one writer and many readers, who seldom meet in one of its parts.
// Thread-safe.
template <typename Value>
class ArticleMap {
 public:
  // Value() when there is none.
  Value Find(const news::ArticleId& id) const {
    const Part& part = parts_[PartOf(id)];
    const std::shared_lock lock(part.mutex);
    const auto found = part.values.find(id);
    return found == part.values.end() ? Value() : found->second;
  }

  // `change(value)`, of a new one when there is none. It must not call in here.
  template <typename Change>
  void Update(const news::ArticleId& id, Change&& change) {
    Part& part = parts_[PartOf(id)];
    const std::lock_guard lock(part.mutex);
    std::forward<Change>(change)(part.values[id]);
  }

  void Erase(const news::ArticleId& id) {
    Part& part = parts_[PartOf(id)];
    const std::lock_guard lock(part.mutex);
    part.values.erase(id);
  }

  std::size_t size() const {
    std::size_t size = 0;
    for (const Part& part : parts_) {
      const std::shared_lock lock(part.mutex);
      size += part.values.size();
    }
    return size;
  }

 private:
  struct Part {
    mutable std::shared_mutex mutex;
    absl::flat_hash_map<news::ArticleId, Value> values;
  };
  static constexpr std::size_t kParts = 64;

  // An id is a hash already.
  static std::size_t PartOf(const news::ArticleId& id) {
    return static_cast<unsigned char>(id.bytes().back()) % kParts;
  }

  std::array<Part, kParts> parts_;
};

}  // namespace telex::views
