#include "feeds/adapters/body_cache.h"

#include "feeds/domain/rendition_identity.h"
#include "platform/http/body_file.h"

namespace telex::feeds {
namespace {

constexpr std::size_t kEntryBytes = 200;  // about, beside the fragment itself

std::size_t BytesOf(const Fragment& fragment) { return fragment.bytes().size() + kEntryBytes; }

}  // namespace

std::size_t MemoryOf(const http::Response& full) {
  return full.body->size() + (full.file == nullptr ? 0 : full.file->size());
}

void BodyCache::Admit(const std::shared_ptr<const Rendition>& rendition, Coding coding,
                      std::size_t bytes) {
  std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {  // what nobody serves any more
    if (entry->rendition.expired()) {
      bytes_ -= entry->bytes;
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  entries_.push_back({.rendition = rendition, .coding = coding, .bytes = bytes});
  bytes_ += bytes;
  // At most two rounds: the first takes the marks away, the second finds one without.
  for (std::size_t looks = 2 * entries_.size(); bytes_ > bytes_max_ && looks > 0; --looks) {
    Entry& oldest = entries_.front();
    const auto held = oldest.rendition.lock();
    if (held && held->TakeUsed(oldest.coding)) {
      entries_.splice(entries_.end(), entries_, entries_.begin());
      continue;
    }
    if (held) held->Drop(oldest.coding);
    bytes_ -= oldest.bytes;
    entries_.pop_front();
  }
}

std::size_t BodyCache::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

std::shared_ptr<const Fragment> FragmentCache::Find(const WindowItem& item, const Format& format) {
  const Key key{item.id, item.version, &format, IdentityOfTranslation(item)};
  std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->fragment;
}

void FragmentCache::Add(const WindowItem& item, const Format& format,
                        std::shared_ptr<const Fragment> fragment) {
  const Key key{item.id, item.version, &format, IdentityOfTranslation(item)};
  std::lock_guard lock(mutex_);
  if (places_.contains(key)) return;
  bytes_ += BytesOf(*fragment);
  entries_.push_front({.key = key, .fragment = std::move(fragment)});
  places_.emplace(key, entries_.begin());
  while (bytes_ > bytes_max_ && !entries_.empty()) {
    bytes_ -= BytesOf(*entries_.back().fragment);
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

}  // namespace telex::feeds
