#include "tests/simulation/local_store.h"

#include <algorithm>

#include "ingestion/domain/decide.h"

namespace telex::simulation {
namespace {

using ingestion::ArticleHead;
using ingestion::Decision;
using ingestion::SourceHead;
using ingestion::SubmissionPosition;

std::string RequestKey(const std::string& subject, const std::string& request_id) {
  return subject + '\n' + request_id;
}

template <typename T>
std::optional<T> ValueOf(const std::shared_ptr<const T>& pointer) {
  if (pointer == nullptr) return std::nullopt;
  return *pointer;
}

}  // namespace

std::optional<ArticleHead> LocalStore::ArticleHeadOf(const news::ArticleId& id) const {
  return ValueOf(article(IndexOf(id)));
}

std::optional<SourceHead> LocalStore::SourceHeadOf(const news::SourceId& id) const {
  return ValueOf(source(IndexOf(id)));
}

std::optional<Decision> LocalStore::DecisionAt(const SubmissionPosition& position) const {
  const auto& decisions = on_record_[static_cast<std::size_t>(position.partition)];
  const auto offset = static_cast<std::size_t>(position.offset);
  return offset < decisions.size() ? ValueOf(decisions[offset]) : std::nullopt;
}

std::optional<Decision> LocalStore::StandingDecision(const std::string& subject,
                                                     const std::string& request_id) const {
  const auto found = standing_.find(RequestKey(subject, request_id));
  return found == standing_.end() ? std::nullopt : ValueOf(found->second);
}

void LocalStore::VisitPending(std::int32_t partition, absl::Time until,
                              const std::function<bool(const ingestion::Pending&)>& visit) const {
  for (const ArticlePtr& head : articles_) {
    if (head == nullptr || PartitionOf(IndexOf(head->article.id)) != partition) continue;
    const auto instant = ingestion::PendingInstant(head->article);
    if (!instant || *instant > until) continue;
    if (!visit({*instant, head->article.id, head->article.version})) return;
  }
}

void LocalStore::VisitUnpurged(
    const std::function<void(const ingestion::UnpurgedVersion&)>& visit) const {
  for (const VersionKey& key : unpurged_) visit({StoryOf(key.subject), news::Version{key.version}});
}

void LocalStore::Read(const VersionRecord& record) {
  if (record.key.subject < kStories) {
    ReadArticle(record);
    return;
  }
  if (record.source == nullptr) return;
  Note(record.source->position);
  SourcePtr& standing = sources_[static_cast<std::size_t>(record.key.subject - kStories)];
  if (standing == nullptr || standing->source.version < record.source->source.version)
    standing = record.source;
}

// As LogStore::ApplyArticle. What was forgotten stays so, however late an old version comes; but
// somebody has to forget it in the log as well.
void LocalStore::ReadArticle(const VersionRecord& record) {
  const auto [subject, version] = record.key;
  ArticlePtr& head = articles_[static_cast<std::size_t>(subject)];
  std::set<std::int64_t>& bodies = bodies_[static_cast<std::size_t>(subject)];
  if (record.IsTombstone()) {
    bodies.erase(version);
    unpurged_.erase(record.key);
    return;
  }
  Note(record.article->position);
  if (head != nullptr && head->article.purged && version < head->article.version.number) {
    unpurged_.insert(record.key);
    return;
  }
  bodies.insert(version);
  if (head == nullptr || head->article.version < record.article->article.version)
    head = record.article;
  if (!head->article.purged) return;
  for (auto body = bodies.begin(); body != bodies.end() && *body < version;) {
    unpurged_.insert({subject, *body});
    body = bodies.erase(body);
  }
}

void LocalStore::Read(const DecisionPtr& decision) {
  const SubmissionPosition& position = decision->position;
  Note(position);
  auto& decisions = on_record_[static_cast<std::size_t>(position.partition)];
  const auto offset = static_cast<std::size_t>(position.offset);
  if (decisions.size() <= offset) decisions.resize(offset + 1);
  decisions[offset] = decision;
  if (!decision->StandsForRepeats()) return;
  DecisionPtr& standing = standing_[RequestKey(decision->subject, decision->request_id)];
  if (standing == nullptr || standing->position.offset < position.offset) standing = decision;
}

void LocalStore::Note(const SubmissionPosition& position) {
  cluster_ = position.cluster;
  std::int64_t& next = known_[static_cast<std::size_t>(position.partition)];
  next = std::max(next, position.offset + 1);
}

}  // namespace telex::simulation
