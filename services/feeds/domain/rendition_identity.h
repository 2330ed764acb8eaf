#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/domain/feed_index.h"

namespace telex::feeds {

// Everything that the bytes of a feed depend on, so that they have a name before they are rendered.
struct RenditionRecipe {
  std::string_view format;    // the table's name for it: "rss"
  int renderer_revision = 0;  // raised whenever the same articles would give other bytes
  std::string_view channel;   // the channel's settings, as the format room spells them out
  // Of the log (EpochOf): in one that was restored a version's number may mean another text.
  std::uint32_t epoch = 0;
};

// The recipe and the window's content, unambiguously: what the content hash is taken of. Without
// the stamp: a change outside of the window leaves the bytes as they are.
std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window);

// The same for a feed that shows the views of its items, by their number in the window; empty: they
// are not known.
std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window,
                       const std::vector<std::int64_t>& views);

// The same for the page of one item.
std::string IdentityOf(const RenditionRecipe& recipe, const WindowItem& item);

// What the bytes of an item depend on beside its id and version: of what it is a translation, and
// its siblings. Empty where nothing is translated.
std::string IdentityOfTranslation(const WindowItem& item);

}  // namespace telex::feeds
