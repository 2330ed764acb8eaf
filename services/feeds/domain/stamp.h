#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::feeds {

// How far a fold has come, for one feed (or one article): for each partition of the log the sum of
// the newest versions of all articles that ever belonged to the feed. Each component only grows,
// and within a partition one sum is one state, so that equal stamps mean equal content, on every
// replica (docs/adr/feed-etag-per-partition.md).
struct Stamp {
  std::uint32_t epoch = 0;  // of the log: stamps of different logs say nothing about each other
  std::vector<std::int64_t> sums;
  // Of a page with translations, which depend on two logs at once: how far both were read, for each
  // partition the next offset (docs/adr/translations-are-items-of-their-own.md). Of the page of one
  // story, `translations` has the sum of its translations' newest revisions alone. Empty: nothing
  // is translated yet, which is before everything that is.
  std::vector<std::int64_t> articles;
  std::vector<std::int64_t> translations;
  // Of a page that shows views: for each partition of their log the offset before which they are
  // shown (docs/adr/feeds-with-view-counts.md). Empty: it shows none.
  std::vector<std::int64_t> views;

  bool operator==(const Stamp&) const = default;
};

// How the first of two stamps stands to the second.
enum class Order {
  kEqual,
  kBehind,      // not ahead anywhere, behind somewhere
  kAhead,       // not behind anywhere, ahead somewhere
  kConcurrent,  // behind in one partition, ahead in another
  kUnrelated,   // of different logs, or of another number of partitions
};

// By their stories and translations, without the views.
Order Compare(const Stamp& first, const Stamp& second);
// By their views alone; kUnrelated also when one of them shows none.
Order CompareViews(const Stamp& first, const Stamp& second);

// base64url (RFC 4648 section 5, without padding) of varints: encoding version (1; 2 with views; 3
// with translations), epoch, and lists with their counts: sums; with translations articles,
// translations and views, else the views if there are any.
std::string Encode(const Stamp& stamp);
// None for anything that Encode does not make. Bounded: kStampTextBytesMax, kStampPartitionsMax.
std::optional<Stamp> DecodeStamp(std::string_view text);

inline constexpr std::size_t kStampPartitionsMax = 1'024;
inline constexpr std::size_t kStampTextBytesMax = 56'000;

// The epoch of a log: a hash (FNV-1a, 32 bits) of the id of its cluster and of the log's
// generation, which whoever restores a log raises: tags of the lost records would be ahead of it.
std::uint32_t EpochOf(std::string_view cluster_id, std::uint32_t generation = 0);

}  // namespace telex::feeds
