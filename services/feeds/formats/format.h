#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "feeds/domain/feed_key.h"
#include "feeds/formats/story.h"
#include "news/article.h"

namespace telex::feeds {

// The query of a feed that shows views; it has no other spelling.
inline constexpr std::string_view kViewsQuery = "views=1";

// How an operator has set up the channels; the same for all feeds of a deployment.
struct ChannelSettings {
  std::string public_url;      // without a slash at the end: "https://feeds.example.org"
  std::string publisher_name;  // "Example News"
  int ttl_minutes = 1;         // how long a reader may keep a feed before it asks again

  // Unambiguously, for the identity of renditions.
  std::string CanonicalForm() const;
  std::string FeedUrl(const FeedKey& key, std::string_view extension,
                      bool with_views = false) const;
  std::string ArticleUrl(const news::ArticleId& id) const;
};

// What a feed says of itself.
struct Channel {
  const ChannelSettings& settings;
  FeedKey key;
  std::string self_url;
  absl::Time updated;  // of its stories; never the time of the request
  bool with_views = false;

  std::string Title() const;
  std::string Description() const;
};

// An item as a format spells it, without its views. Only a Format can make one, and it makes none
// without the credit.
class Fragment {
 public:
  const std::string& bytes() const { return bytes_; }
  // Where in them views go in a feed that shows them; kNowhere: a tombstone has none, nor has a
  // translation.
  static constexpr std::size_t kNowhere = std::string::npos;
  std::size_t views_at() const { return views_at_; }
  // What the page that it was imported from said it had before.
  std::int64_t printed_views() const { return printed_views_; }

 private:
  friend class Format;
  Fragment(std::string bytes, std::size_t views_at, std::int64_t printed_views)
      : bytes_(std::move(bytes)), views_at_(views_at), printed_views_(printed_views) {}
  std::string bytes_;
  std::size_t views_at_;
  std::int64_t printed_views_;
};

struct FormatTraits {
  std::string_view name;        // in hashes, metrics and logs: "rss"
  std::string_view extension;   // in addresses: "rss"
  std::string_view media_type;  // Content-Type with charset where it has one
  int revision = 1;             // raise it whenever the same articles give other bytes
};

// How one item is spelled. Implementations write items and nothing else: RenderItem decides between
// story and tombstone, and refuses what was written without link, line and terms of the credit.
// Stateless; thread-safe.
class Format {
 public:
  explicit Format(FormatTraits traits) : traits_(traits) {}
  virtual ~Format() = default;
  Format(const Format&) = delete;
  Format& operator=(const Format&) = delete;

  const FormatTraits& traits() const { return traits_; }

  // INTERNAL when the format has left out the credit (a fault of the program).
  absl::StatusOr<Fragment> RenderItem(const ItemSource& source,
                                      const ChannelSettings& settings) const;

 private:
  // Where in `out` an article's views go (Fragment::views_at).
  virtual std::size_t WriteStory(const Story& story, std::string& out) const = 0;
  virtual void WriteTombstone(const Tombstone& tombstone, std::string& out) const = 0;
  // As the format spells text: how the credit is found again in what it wrote.
  virtual void AppendText(std::string_view text, std::string& out) const = 0;

  FormatTraits traits_;
};

// A format for lists of items.
class FeedFormat : public Format {
 public:
  using Format::Format;
  // `views`: of each item; empty: they are not shown.
  std::string RenderFeed(const Channel& channel,
                         std::span<const std::shared_ptr<const Fragment>> items,
                         std::span<const std::int64_t> views = {}) const;

 private:
  // `printed`: apart from those counted; 0: nothing was printed.
  virtual void WriteViews(std::int64_t counted, std::int64_t printed, std::string& out) const = 0;
  virtual void WriteOpening(const Channel& channel, std::string& out) const = 0;
  virtual std::string_view Separator() const = 0;  // between items
  virtual void WriteClosing(std::string& out) const = 0;
};

// All formats for feeds. The tenth is one file and one line in format_table.cc.
std::span<const FeedFormat* const> FeedFormats();
const FeedFormat* FindFeedFormat(std::string_view extension);  // null: no such format

// The format of an article's own page; an item is the whole of it.
const Format& ArticleFormat();
// All of the above, for tests that hold for each of them.
std::span<const Format* const> AllFormats();

// SHA-256 of an identity (feeds/domain/rendition_identity.h), the first 16 bytes in lower-case
// hexadecimal: the name of a rendition.
std::string ContentHashOf(std::string_view identity);

}  // namespace telex::feeds
