// What comes before the queue: stories with their versions, as the deciding fold makes them, and
// policies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "news/article.h"
#include "tests/simulation/kernel/random.h"
#include "tests/simulation/translation/queue_logs.h"
#include "translation/domain/policy.h"

namespace telex::simulation {

class QueueStories {
 public:
  struct Story {
    std::vector<news::Article> versions;  // the newest last
    std::int64_t append_ms = 0;           // of the newest

    const news::Article& newest() const { return versions.back(); }
  };

  QueueStories(Random& random, QueueLogs& logs);

  // One story gets another version; one that is purged gives way to a new one.
  const news::Article& Change(std::int64_t append_ms);
  // An owner of before, who was slow, appends a version once more, and whoever finds it behind a
  // purge its tombstone.
  void Repeat(std::int64_t append_ms);
  // A policy that holds for what is appended from now on.
  void ChangePolicy();
  std::shared_ptr<const translation::Policy> PolicyAt(std::int64_t append_ms) const;

  // By whom that policy has stories translated into that language.
  std::optional<translation::Workflow> WorkflowIn(std::int64_t policy,
                                                  const news::LanguageTag& to) const;

  const std::vector<Story>& all() const { return stories_; }
  bool IsPurged(const news::ArticleId& id) const;
  // Whether that version may be translated.
  bool MayBeTranslated(const news::ArticleId& id, news::Version version) const;
  // Into what its newest version is to be translated by its policy.
  std::set<news::LanguageTag> WantedOf(const Story& story,
                                       const std::set<news::LanguageTag>& translated) const;

 private:
  static constexpr std::size_t kStories = 3;  // at a time
  const Story* Find(const news::ArticleId& id) const;
  news::Article First(std::size_t number) const;
  void Edit(news::Article& next);
  void Append(const news::Article& article, std::int64_t append_ms);
  void AppendTombstone(const news::ArticleId& id, news::Version version, std::int64_t append_ms);

  Random& random_;
  QueueLogs& logs_;
  std::vector<Story> stories_;
  std::vector<std::size_t> live_;  // which of them are changed
  std::vector<std::shared_ptr<const translation::Policy>> policies_;
  std::int64_t last_append_ms_ = 0;  // the latest there was
};

}  // namespace telex::simulation
