#pragma once

#include <absl/time/time.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/adapters/shared_slot.h"
#include "feeds/domain/feed_tag.h"
#include "feeds/domain/judgement.h"
#include "feeds/domain/stamp.h"
#include "platform/http/message.h"

namespace telex::feeds {

// One state of a page (a feed in a format, an article) with its header lines, ready to be sent; its
// bodies come later, one for each coding, when they are first asked for. Thread-safe.
class Rendition {
 public:
  struct Facts {
    std::uint64_t serial = 0;  // rises with each state of the page
    Stamp stamp;
    ResourceNumber resource = 0;
    std::string hash;  // ContentHashOf its identity
    absl::Time updated;
    std::string_view media_type;
    absl::Duration max_age;  // of caches
  };
  explicit Rendition(Facts facts);
  virtual ~Rendition() = default;
  Rendition(const Rendition&) = delete;
  Rendition& operator=(const Rendition&) = delete;

  const Stamp& stamp() const { return facts_.stamp; }
  std::uint64_t serial() const { return facts_.serial; }
  const std::string& hash() const { return facts_.hash; }
  absl::Time updated() const { return facts_.updated; }
  absl::Duration max_age() const { return facts_.max_age; }
  // What a request is judged against; views into this.
  Own AsOwn(Coding coding) const {
    return {.etag = Of(coding).etag,
            .stamp = facts_.stamp,
            .resource = facts_.resource,
            .hash = facts_.hash,
            .coding = coding};
  }

  // 304, for a client whose copy is this one.
  const std::shared_ptr<const http::Response>& NotModified(Coding coding) const {
    return Of(coding).not_modified;
  }
  // 200, or null when the body is not held (not yet, or no longer).
  std::shared_ptr<const http::Response> Full(Coding coding) const;
  // Makes the answer of a body and holds it.
  // `file`: the same bytes in the kernel's memory; may be null.
  std::shared_ptr<const http::Response> Hold(Coding coding, http::Bytes body,
                                             std::shared_ptr<const http::BodyFile> file = {}) const;
  void Drop(Coding coding) const { Of(coding).full.Set(nullptr); }
  // Whether Full was asked for since the last time this was.
  bool TakeUsed(Coding coding) const { return Of(coding).used.exchange(false); }

 private:
  struct Coded {
    std::string etag;
    http::HeaderBlock head;
    std::shared_ptr<const http::Response> not_modified;
    mutable SharedSlot<const http::Response> full;
    mutable std::atomic<bool> used{false};
  };
  const Coded& Of(Coding coding) const { return coded_[static_cast<std::size_t>(coding)]; }

  const Facts facts_;
  std::array<Coded, kCodings> coded_;
};

// 304 for a client whose copy goes by a tag of its own, given without quotes.
http::Response NotModified(std::string_view copy, absl::Duration max_age);

inline constexpr std::array<Coding, kCodings> kAllCodings = {Coding::kIdentity, Coding::kGzip,
                                                             Coding::kBrotli};

}  // namespace telex::feeds
