#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "feeds/adapters/rendition.h"
#include "feeds/domain/window_item.h"
#include "feeds/formats/format.h"
#include "news/article_id.h"

namespace telex::feeds {

// What an answer's body takes, in our memory and in the kernel's; bytes.
std::size_t MemoryOf(const http::Response& full);

// Bounds the bodies that renditions hold: beyond the bound those that were not asked for since the
// last round lose theirs (second chance). Serving never comes here. Thread-safe.
class BodyCache {
 public:
  explicit BodyCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Takes note of a body that the rendition holds, and makes room.
  void Admit(const std::shared_ptr<const Rendition>& rendition, Coding coding, std::size_t bytes);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::weak_ptr<const Rendition> rendition;
    Coding coding;
    std::size_t bytes;
  };
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;
  std::size_t bytes_ = 0;
};

// Items as formats spelled them, by format and all that an item depends on; the least recently used
// go. Such a fragment is the same for ever. Thread-safe.
class FragmentCache {
 public:
  explicit FragmentCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::shared_ptr<const Fragment> Find(const WindowItem& item, const Format& format);
  void Add(const WindowItem& item, const Format& format, std::shared_ptr<const Fragment> fragment);

 private:
  struct Key {
    news::ArticleId id;
    std::int64_t version;
    const Format* format;
    std::string translated;  // IdentityOfTranslation; empty for most
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<news::ArticleId>()(key.id) ^
             (static_cast<std::size_t>(key.version) * 0x9E3779B97F4A7C15u) ^
             std::hash<const void*>()(key.format) ^ std::hash<std::string>()(key.translated);
    }
  };
  struct Entry {
    Key key;
    std::shared_ptr<const Fragment> fragment;
  };

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, Hash> places_;
  std::size_t bytes_ = 0;
};

}  // namespace telex::feeds
