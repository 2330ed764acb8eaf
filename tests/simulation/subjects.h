#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "ingestion/domain/submission.h"

namespace telex::simulation {

// What a world's news is about: a few stories and sources, by number (stories first), so that what
// is looked up with each step is an index and not a name.
inline constexpr int kPartitions = 2;
inline constexpr int kStories = 6;
inline constexpr int kQuietStory = kStories - 1;  // is left alone until nothing goes wrong any more
inline constexpr int kSources = 2;
inline constexpr int kSubjects = kStories + kSources;

const news::ArticleId& StoryOf(int subject);
const news::SourceId& SourceOf(int subject);
ingestion::Subject SubjectOf(int subject);
int IndexOf(const news::ArticleId& story);
int IndexOf(const news::SourceId& source);
int IndexOf(const ingestion::Subject& subject);
int IndexOfName(const std::string& name);  // articles/… or sources/…
const std::string& NameOf(int subject);
int PartitionOf(int subject);

// The key of a record of telex.articles.v1 or telex.resources.v1.
struct VersionKey {
  int subject = 0;
  std::int64_t version = 0;

  auto operator<=>(const VersionKey&) const = default;
};
std::string NameOf(const VersionKey& key);

}  // namespace telex::simulation
