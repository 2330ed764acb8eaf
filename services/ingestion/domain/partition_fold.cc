#include "ingestion/domain/partition_fold.h"

#include <absl/container/flat_hash_set.h>

#include "ingestion/domain/weight.h"

namespace telex::ingestion {
namespace {

// A takedown weighs nothing, and the article that it makes all that the article weighs.
constexpr std::size_t kWorkBytesMax = 4u << 20;

std::string RequestKey(const std::string& subject, const std::string& request_id) {
  return subject + '\n' + request_id;
}

// The newer of what the ledger has read and what this owner has made.
template <typename Head, typename Number>
std::optional<Head> Newer(std::optional<Head> read, const Head* made, const Number& number) {
  if (made != nullptr && (!read || number(*read) < number(*made))) return *made;
  return read;
}

template <typename Map, typename Key>
const typename Map::mapped_type* Find(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

absl::StatusOr<Step<ArticleHead>> FoldHead(const RuleBook& rules, const ArticleHead* head,
                                           const Decision* on_record, const Decision* earlier,
                                           const PositionedSubmission& next) {
  return FoldArticle(rules, head, on_record, earlier, next.submission, next.position);
}
absl::StatusOr<Step<SourceHead>> FoldHead(const RuleBook& rules, const SourceHead* head,
                                          const Decision* on_record, const Decision* earlier,
                                          const PositionedSubmission& next) {
  return FoldSource(rules, head, on_record, earlier, next.submission, next.position);
}

}  // namespace

// What was decided later, or for this very position (the ledger may be ahead), is not earlier.
std::optional<Decision> PartitionFold::Earlier(const PositionedSubmission& next) const {
  const Submission& submission = next.submission;
  if (submission.request_id.empty()) return std::nullopt;
  const std::string subject = NameOf(submission.subject);
  const Decision* made = Find(decisions_, RequestKey(subject, submission.request_id));
  std::optional<Decision> earlier =
      made != nullptr ? *made : ledger_.StandingDecision(subject, submission.request_id);
  if (earlier && earlier->position.offset >= next.position.offset) return std::nullopt;
  return earlier;
}

template <typename Head>
absl::Status PartitionFold::FoldOne(const PositionedSubmission& next,
                                    const std::optional<Head>& head, std::vector<Head>& records,
                                    Work& work) {
  const std::optional<Decision> earlier = Earlier(next);
  const std::optional<Decision> on_record = ledger_.DecisionAt(next.position);
  auto step = FoldHead(rules_, head ? &*head : nullptr, on_record ? &*on_record : nullptr,
                       earlier ? &*earlier : nullptr, next);
  if (!step.ok()) return step.status();
  if constexpr (std::is_same_v<Head, ArticleHead>) {
    const news::ArticleId id = std::get<news::ArticleId>(next.submission.subject);
    for (const news::Version version : step->tombstones) work.tombstones.emplace_back(id, version);
  }
  if (step->record) records.push_back(*std::move(step->record));
  if (step->decision) work.decisions.push_back(*std::move(step->decision));
  ++work.taken;
  return absl::OkStatus();
}

template <typename Head>
bool PartitionFold::IsOvertaken(const PositionedSubmission& next,
                                const std::optional<Head>& head) const {
  return head && head->position.offset > next.position.offset && !ledger_.DecisionAt(next.position);
}

absl::StatusOr<PartitionFold::Work> PartitionFold::Fold(
    std::span<const PositionedSubmission> submissions, bool decisions_read) {
  ForgetWhatTheLedgerHas();
  Work work;
  absl::flat_hash_set<std::string> subjects;
  std::size_t weight = 0;
  for (const PositionedSubmission& next : submissions) {
    if (weight > kWorkBytesMax) break;
    if (!subjects.insert(NameOf(next.submission.subject)).second) break;
    absl::Status status;
    // What was read is good for the submission that asked for it; the ledger goes on reading.
    const bool known_read = decisions_read && work.taken == 0;
    bool overtaken = false;
    if (const auto* id = std::get_if<news::ArticleId>(&next.submission.subject)) {
      const auto head = Newer(ledger_.ArticleHeadOf(*id), Find(articles_, *id),
                              [](const ArticleHead& h) { return VersionOf(h); });
      overtaken = !known_read && IsOvertaken(next, head);
      const std::size_t before = work.articles.size();
      if (!overtaken) status = FoldOne(next, head, work.articles, work);
      if (work.articles.size() > before) weight += WeightOf(work.articles.back().article);
    } else {
      const auto& source = std::get<news::SourceId>(next.submission.subject);
      const auto head = Newer(ledger_.SourceHeadOf(source), Find(sources_, source.text()),
                              [](const SourceHead& h) { return VersionOf(h); });
      overtaken = !known_read && IsOvertaken(next, head);
      if (!overtaken) status = FoldOne(next, head, work.sources, work);
    }
    if (overtaken) {
      work.awaits_decisions = work.taken == 0;
      break;
    }
    if (!status.ok()) {
      if (work.taken == 0) return status;
      break;
    }
  }
  return work;
}

void PartitionFold::Recorded(const Work& work) {
  for (const ArticleHead& head : work.articles) articles_.insert_or_assign(head.article.id, head);
  for (const SourceHead& head : work.sources)
    sources_.insert_or_assign(head.source.id.text(), head);
  for (const Decision& decision : work.decisions) {
    if (decision.StandsForRepeats()) {
      decisions_.insert_or_assign(RequestKey(decision.subject, decision.request_id), decision);
    }
  }
}

void PartitionFold::ForgetWhatTheLedgerHas() {
  absl::erase_if(articles_, [&](const auto& made) {
    const auto read = ledger_.ArticleHeadOf(made.first);
    return read && read->article.version >= made.second.article.version;
  });
  absl::erase_if(sources_, [&](const auto& made) {
    const auto read = ledger_.SourceHeadOf(made.second.source.id);
    return read && read->source.version >= made.second.source.version;
  });
  absl::erase_if(decisions_, [&](const auto& made) {
    return ledger_.DecisionAt(made.second.position).has_value();
  });
}

}  // namespace telex::ingestion
