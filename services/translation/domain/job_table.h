// The jobs of one partition in memory, found by name, in the order for workers, and by what is due.
// At most kBytesPerOpenJobMax an open job. Pure; not thread-safe.
#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "translation/domain/job_row.h"
#include "translation/domain/ready_line.h"

namespace telex::translation {

inline constexpr std::size_t kBytesPerOpenJobMax = 300;

// As JobRow; names are numbers of the table's.
struct Job {
  news::ArticleId article;
  std::uint16_t language = 0;
  std::uint16_t from = 0;
  std::uint32_t source = 0;
  std::uint32_t slot = 0;
  JobState state = JobState::kOpen;
  Worker worker = Worker::kMachine;
  Workflow workflow = Workflow::kMachine;
  std::uint8_t urgency = 5;
  std::uint8_t attempts = 0;
  bool carried = false;
  bool withdrawn = false;
  bool reserved = false;  // chosen for a claim that is on its way; no part of the state
  std::int64_t backfill = 0;
  std::int64_t policy = 0;
  news::Version version;
  std::int64_t wanted_ms = 0;
  std::int64_t deadline_ms = 0;
  std::int64_t due_ms = 0;
  std::int64_t born = 0;
  std::int64_t since = 0;
  std::int64_t last = 0;
  std::int64_t revision = 0;
  std::int64_t draft = 0;
  std::array<Answered, kAnsweredMax> answered;
  std::unique_ptr<Claim> claim;
};

class JobTable {
 public:
  static constexpr std::size_t kStates = 7;  // by the number of JobState

  JobTable();
  JobTable(const JobTable&) = delete;
  JobTable& operator=(const JobTable&) = delete;

  std::size_t size() const { return by_name_.size(); }
  std::size_t CountOf(JobState state) const { return counts_[static_cast<std::size_t>(state)]; }

  // Null: there is none. Not moved until it is dropped.
  const Job* Find(const JobId& id) const;
  const Job& At(std::uint32_t slot) const { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  // All of an article's. What it costs grows with the number of languages there are.
  std::vector<const Job*> Of(const news::ArticleId& article) const;
  void Visit(const std::function<void(const Job&)>& visit) const;
  // Those whose instant is not after `until_ms`, earliest first, until `visit` returns false.
  void VisitDue(std::int64_t until_ms, const std::function<bool(const Job&)>& visit) const;

  // A new one, canceled and not born, of which only the name is set. There must be none of that
  // name.
  const Job& Make(const JobId& id);
  template <typename Edit>
  void Change(const Job& job, const Edit& edit) {
    Job& own = Own(job.slot);
    Leave(own);
    edit(own);
    Enter(own);
  }
  // A fact of it was read, whatever comes of it.
  void Saw(const Job& job, std::int64_t position) { Own(job.slot).last = position; }
  void Drop(const Job& job);

  std::uint16_t NumberOf(const news::LanguageTag& language);
  std::uint32_t NumberOf(std::string_view source);
  const news::LanguageTag& LanguageOf(std::uint16_t number) const { return languages_[number]; }
  const std::string& SourceOf(std::uint32_t number) const { return sources_[number]; }
  JobId IdOf(const Job& job) const { return {job.article, languages_[job.language]}; }

  using Lines = std::map<LineId, ReadyLine>;
  const Lines& lines() const { return lines_; }

 private:
  static constexpr std::size_t kChunk = 256;
  using Chunk = std::array<Job, kChunk>;
  struct Name {
    news::ArticleId article;
    std::uint16_t language;
  };
  struct HashOf {
    using is_transparent = void;
    const JobTable* table;
    std::size_t operator()(const Name& name) const {
      return absl::HashOf(name.article, name.language);
    }
    std::size_t operator()(std::uint32_t slot) const { return (*this)(table->NameAt(slot)); }
  };
  struct Equal {
    using is_transparent = void;
    const JobTable* table;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(std::uint32_t slot, const Name& name) const {
      const Name other = table->NameAt(slot);
      return other.language == name.language && other.article == name.article;
    }
    bool operator()(const Name& name, std::uint32_t slot) const { return (*this)(slot, name); }
  };

  Job& Own(std::uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  Name NameAt(std::uint32_t slot) const { return {At(slot).article, At(slot).language}; }
  void Enter(const Job& job);  // what is in no index yet
  void Leave(const Job& job);
  ReadyLine& LineOf(const Job& job);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> free_;
  absl::flat_hash_set<std::uint32_t, HashOf, Equal> by_name_;
  absl::btree_set<std::pair<std::int64_t, std::uint32_t>> by_due_;  // instant, slot
  Lines lines_;
  // By the job's own numbers: what is looked up with each change.
  absl::flat_hash_map<std::uint64_t, ReadyLine*> line_of_;
  std::array<std::size_t, kStates> counts_{};
  std::deque<news::LanguageTag> languages_;
  absl::btree_map<std::string, std::uint16_t> language_numbers_;
  std::deque<std::string> sources_;
  absl::flat_hash_map<std::string_view, std::uint32_t> source_numbers_;
};

}  // namespace telex::translation
