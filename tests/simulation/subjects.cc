#include "tests/simulation/subjects.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "news/article_name.h"
#include "platform/kafka/partitioner.h"

namespace telex::simulation {
namespace {

std::array<news::ArticleId, kStories> MakeStories() {
  std::array<news::ArticleId, kStories> stories;
  for (std::size_t i = 0; i < kStories; ++i)
    stories[i] = news::ArticleId::Of("source", fmt::format("story-{}", i));
  return stories;
}

const std::array<news::ArticleId, kStories>& Stories() {
  static const std::array<news::ArticleId, kStories> stories = MakeStories();
  return stories;
}

const std::array<news::SourceId, kSources>& Sources() {
  static const std::array<news::SourceId, kSources> sources = {*news::SourceId::Parse("source"),
                                                               *news::SourceId::Parse("sources")};
  return sources;
}

std::array<std::string, kSubjects> MakeNames() {
  std::array<std::string, kSubjects> names;
  for (int i = 0; i < kSubjects; ++i) {
    names[static_cast<std::size_t>(i)] =
        i < kStories ? news::NameOf(StoryOf(i)) : SourceOf(i).Name();
  }
  return names;
}

const std::array<std::string, kSubjects>& Names() {
  static const std::array<std::string, kSubjects> names = MakeNames();
  return names;
}

std::array<int, kSubjects> MakePartitions() {
  std::array<int, kSubjects> partitions{};
  for (int i = 0; i < kSubjects; ++i) {
    partitions[static_cast<std::size_t>(i)] =
        kafka::PartitionOf(i < kStories ? StoryOf(i).ToString() : SourceOf(i).text(), kPartitions);
  }
  return partitions;
}

}  // namespace

const news::ArticleId& StoryOf(int subject) { return Stories()[static_cast<std::size_t>(subject)]; }

const news::SourceId& SourceOf(int subject) {
  return Sources()[static_cast<std::size_t>(subject - kStories)];
}

ingestion::Subject SubjectOf(int subject) {
  if (subject < kStories) return StoryOf(subject);
  return SourceOf(subject);
}

int IndexOf(const news::ArticleId& story) {
  for (int i = 0; i < kStories; ++i) {
    if (StoryOf(i) == story) return i;
  }
  std::abort();
}

int IndexOf(const news::SourceId& source) {
  for (int i = kStories; i < kSubjects; ++i) {
    if (SourceOf(i) == source) return i;
  }
  std::abort();
}

int IndexOf(const ingestion::Subject& subject) {
  if (const auto* story = std::get_if<news::ArticleId>(&subject)) return IndexOf(*story);
  return IndexOf(std::get<news::SourceId>(subject));
}

const std::string& NameOf(int subject) { return Names()[static_cast<std::size_t>(subject)]; }

int IndexOfName(const std::string& name) {
  for (int i = 0; i < kSubjects; ++i) {
    if (NameOf(i) == name) return i;
  }
  std::abort();
}

int PartitionOf(int subject) {
  static const std::array<int, kSubjects> partitions = MakePartitions();
  return partitions[static_cast<std::size_t>(subject)];
}

std::string NameOf(const VersionKey& key) {
  return fmt::format("{}@{}", NameOf(key.subject), key.version);
}

}  // namespace telex::simulation
