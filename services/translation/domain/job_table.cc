#include "translation/domain/job_table.h"

#include "translation/domain/queue_rule.h"

namespace telex::translation {
namespace {

ReadyJob ReadyOf(const Job& job) {
  return {RankMs(job.wanted_ms, job.urgency, job.deadline_ms), job.since, job.slot};
}

bool IsReady(const Job& job) { return job.state == JobState::kOpen && !job.reserved; }

}  // namespace

JobTable::JobTable() : by_name_(0, HashOf{this}, Equal{this}) {
  NumberOf(news::LanguageTag{});  // 0: unknown, as a job is that was never wanted
  NumberOf(std::string_view{});
}

const Job* JobTable::Find(const JobId& id) const {
  const auto language = language_numbers_.find(id.language.text());
  if (language == language_numbers_.end()) return nullptr;
  const auto found = by_name_.find(Name{id.article, language->second});
  return found == by_name_.end() ? nullptr : &At(*found);
}

std::vector<const Job*> JobTable::Of(const news::ArticleId& article) const {
  std::vector<const Job*> jobs;
  for (std::size_t language = 0; language < languages_.size(); ++language) {
    const auto found = by_name_.find(Name{article, static_cast<std::uint16_t>(language)});
    if (found != by_name_.end()) jobs.push_back(&At(*found));
  }
  return jobs;
}

void JobTable::Visit(const std::function<void(const Job&)>& visit) const {
  for (const std::uint32_t slot : by_name_) visit(At(slot));
}

void JobTable::VisitDue(std::int64_t until_ms, const std::function<bool(const Job&)>& visit) const {
  for (const auto& [instant, slot] : by_due_) {
    if (instant > until_ms || !visit(At(slot))) return;
  }
}

const Job& JobTable::Make(const JobId& id) {
  if (free_.empty()) {
    const auto first = static_cast<std::uint32_t>(chunks_.size() * kChunk);
    chunks_.push_back(std::make_unique<Chunk>());
    for (std::uint32_t i = kChunk; i > 0; --i) free_.push_back(first + i - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  Job& job = Own(slot);
  job = Job{};
  job.slot = slot;
  job.state = JobState::kCanceled;  // which is in no index
  job.born = -1;
  job.article = id.article;
  job.language = NumberOf(id.language);
  by_name_.insert(slot);
  Enter(job);
  return job;
}

void JobTable::Drop(const Job& job) {
  Leave(job);
  by_name_.erase(job.slot);
  free_.push_back(job.slot);
  Own(job.slot).claim.reset();
}

std::uint16_t JobTable::NumberOf(const news::LanguageTag& language) {
  const auto [number, fresh] =
      language_numbers_.try_emplace(language.text(), static_cast<std::uint16_t>(languages_.size()));
  if (fresh) languages_.push_back(language);
  return number->second;
}

std::uint32_t JobTable::NumberOf(std::string_view source) {
  if (const auto known = source_numbers_.find(source); known != source_numbers_.end())
    return known->second;
  sources_.emplace_back(source);
  const auto number = static_cast<std::uint32_t>(sources_.size() - 1);
  source_numbers_.emplace(sources_.back(), number);
  return number;
}

ReadyLine& JobTable::LineOf(const Job& job) {
  const bool backfill = job.backfill != 0;
  const std::uint64_t number = (std::uint64_t{job.from} << 32) |
                               (std::uint64_t{job.language} << 16) |
                               (static_cast<std::uint64_t>(job.worker) << 1) | backfill;
  ReadyLine*& line = line_of_[number];
  if (line == nullptr) {
    line = &lines_[{{languages_[job.from], languages_[job.language]}, job.worker, backfill}];
  }
  return *line;
}

void JobTable::Enter(const Job& job) {
  ++counts_[static_cast<std::size_t>(job.state)];
  if (job.due_ms != 0) by_due_.emplace(job.due_ms, job.slot);
  if (IsReady(job)) LineOf(job).Add(sources_[job.source], ReadyOf(job));
}

void JobTable::Leave(const Job& job) {
  --counts_[static_cast<std::size_t>(job.state)];
  if (job.due_ms != 0) by_due_.erase({job.due_ms, job.slot});
  if (IsReady(job)) LineOf(job).Remove(sources_[job.source], ReadyOf(job));
}

}  // namespace telex::translation
