// What a decision may be: against one owner that never fails, and against what was submitted.
#include <fmt/format.h>

#include <map>
#include <set>

#include "tests/simulation/laws.h"

namespace telex::simulation {
namespace {

using namespace telex::ingestion;

constexpr absl::Duration kRepeatWindowMin = absl::Hours(1);  // of any rule in the simulation

const char* JudgeContent(const ArticleHead* before, const SetContent& set, const Decision& decision,
                         const ArticleHead* after) {
  const news::Version standing = before != nullptr ? before->article.version : news::Version{};
  const bool same_base = !set.base || *set.base == standing;
  const bool older = before != nullptr && set.upstream && set.upstream->time && before->upstream &&
                     before->upstream->time && *set.upstream->time < *before->upstream->time;
  switch (decision.verdict) {
    case Verdict::kAccepted:
      if (!same_base) return "was accepted on a base that is not the head";
      if (older) return "was accepted and is older than what its source has said";
      if (before != nullptr && before->edited && set.upstream &&
          set.edited_policy == EditedPolicy::kHold && !(before->article.content == set.content)) {
        return "was accepted over an editor's correction";
      }
      if (after == nullptr || !(after->article.content == set.content))
        return "was accepted and its version says something else";
      break;
    case Verdict::kUnchanged:
      if (decision.reason == Reason::kSameContent &&
          (before == nullptr || !(before->article.content == set.content))) {
        return "is not what the head says and was taken as unchanged";
      }
      break;
    case Verdict::kStale:
      if (decision.reason == Reason::kBaseNotHead && same_base)
        return "was made from the head and was taken as stale";
      if (decision.reason == Reason::kOlderUpstream && !older)
        return "is the newest of its source and was taken as stale";
      break;
    default:
      break;
  }
  return nullptr;
}

const char* Judge(const ArticleHead* before, const Submission& submission, const Decision& decision,
                  const ArticleHead* after) {
  const bool accepted = decision.verdict == Verdict::kAccepted;
  if (accepted && (after == nullptr || after->article.version != decision.version))
    return "was accepted without a version of its own";
  if (!accepted && after != nullptr) return "was not accepted and made a version";
  if (accepted && before != nullptr && before->article.purged) return "was accepted after a purge";
  if (const auto* reached = std::get_if<TimeReached>(&submission.action); reached && accepted) {
    if (after->article.versioncreated < reached->instant) return "was told the time too early";
    if (before == nullptr || before->article.version != reached->version)
      return "was the time of another version";
  }
  if (const auto* purge = std::get_if<Purge>(&submission.action);
      purge && accepted && KnownRules().contains(submission.rule) &&
      KnownRules().at(submission.rule).purge_heeds_base && purge->base &&
      *purge->base != before->article.version)
    return "was purged on a base that is not the head";
  const bool lifts = std::holds_alternative<Reinstate>(submission.action);
  if (accepted && before != nullptr && !lifts &&
      before->article.status != news::PubStatus::kUsable &&
      after->article.status == news::PubStatus::kUsable) {
    return "lifted a withhold or a kill and is no reinstate";
  }
  if (const auto* set = std::get_if<SetContent>(&submission.action))
    return JudgeContent(before, *set, decision, after);
  return nullptr;
}

// The decisions that stand for request ids, by subject and id.
class Requests {
 public:
  const char* Judge(const Submission& submission, const Decision& decision) {
    if (submission.request_id.empty()) return nullptr;
    const auto key = std::pair(decision.subject, submission.request_id);
    const auto standing = standing_.find(key);
    const bool must =
        standing != standing_.end() && submission.time - standing->second.time <= kRepeatWindowMin;
    if (must && !decision.repeats) return "repeats a request and was decided again";
    if (decision.repeats) {
      if (standing == standing_.end()) return "repeats a request that was never made";
      if (!(standing->second.position == *decision.repeats) ||
          standing->second.verdict != decision.verdict ||
          standing->second.version != decision.version) {
        return "repeats a request and got another answer";
      }
    } else if (decision.StandsForRepeats()) {
      standing_.insert_or_assign(key, decision);
    }
    return nullptr;
  }

 private:
  std::map<std::pair<std::string, std::string>, Decision> standing_;
};

// Embargoes that end and expiries that are reached.
class Endings {
 public:
  const char* Judge(const Submission& submission, absl::Time submitted, const Decision& decision) {
    const auto* reached = std::get_if<TimeReached>(&submission.action);
    if (reached == nullptr || decision.verdict != Verdict::kAccepted) return nullptr;
    if (!ended_.emplace(decision.subject, reached->version.number).second)
      return "ended what had ended";
    const bool bounded = KnownRules().at(submission.rule).bounded_by_log_clock;
    if (bounded && submitted < reached->instant) return "was too early by the log's clock";
    return nullptr;
  }

 private:
  std::set<std::pair<std::string, std::int64_t>> ended_;  // which version
};

std::string Describe(const Decision& decision) {
  return fmt::format("verdict {} version {} reason {} repeats {}",
                     static_cast<int>(decision.verdict), decision.version.number,
                     ReasonText(decision.reason), decision.repeats ? decision.repeats->offset : -1);
}

bool SaysTheSame(const VersionRecord& a, const VersionRecord& b) {
  if (a.article != nullptr && b.article != nullptr) return *a.article == *b.article;
  return a.source != nullptr && b.source != nullptr && *a.source == *b.source;
}

std::string CheckRecorded(const History& history, const VersionRecord& expected) {
  const auto found = history.versions().find(expected.key);
  if (found == history.versions().end())
    return fmt::format("{} was never recorded", NameOf(expected.key));
  if (!SaysTheSame(found->second, expected))
    return fmt::format("{} is not the version that one owner makes in order", NameOf(expected.key));
  return "";
}

}  // namespace

std::string CheckDecision(const ArticleHead* before, const Submission& submission,
                          const Decision& decision, const ArticleHead* after) {
  if (decision.repeats) return after == nullptr ? "" : "a repeat made a version";
  const char* breach = Judge(before, submission, decision, after);
  if (breach == nullptr) return "";
  return fmt::format("submission {}/{} {}", decision.position.partition, decision.position.offset,
                     breach);
}

std::string CheckAgainstOneOwner(const Broker& broker, const History& history,
                                 const RuleBook& rules) {
  LocalStore store;
  Requests requests;
  Endings endings;
  std::size_t versions = 0;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const Log<SubmissionRecord>& log = broker.of(partition).submissions;
    PartitionFold fold(rules, store);
    for (std::int64_t offset = 0; offset < log.end(); ++offset) {
      if (!log.at(offset)->submission) {
        if (history.IsSetAside(partition, offset)) continue;
        return fmt::format("submission {}/{} cannot be read and was not set aside", partition,
                           offset);
      }
      PositionedSubmission next{{broker.cluster, partition, offset}, *log.at(offset)->submission};
      next.submission.time = BoundByLogClock(rules, next.submission.rule, next.submission.time,
                                             log.at(offset)->HandedIn());
      const int subject = IndexOf(next.submission.subject);
      const ArticlePtr before = subject < kStories ? store.article(subject) : nullptr;
      const auto work = fold.Fold({&next, 1});
      if (!work.ok()) return "one owner of the newest release cannot decide";
      ArticlePtr after;
      for (const ArticleHead& head : work->articles) {
        after = std::make_shared<const ArticleHead>(head);
        const VersionRecord record{{subject, head.article.version.number}, after, nullptr, nullptr};
        if (std::string breach = CheckRecorded(history, record); !breach.empty()) return breach;
        store.Read(record);
        ++versions;
      }
      for (const SourceHead& head : work->sources) {
        const VersionRecord record{{subject, head.source.version.number},
                                   nullptr,
                                   std::make_shared<const SourceHead>(head),
                                   nullptr};
        if (std::string breach = CheckRecorded(history, record); !breach.empty()) return breach;
        store.Read(record);
        ++versions;
      }
      if (work->decisions.size() != 1) return "one owner says nothing, or more than one decision";
      const Decision& decision = work->decisions.front();
      store.Read(std::make_shared<const Decision>(decision));
      const DecisionPtr found = history.DecisionOn(partition, offset);
      if (found == nullptr)
        return fmt::format("submission {}/{} has no decision", partition, offset);
      if (!(*found == decision)) {
        return fmt::format(
            "submission {}/{} was decided otherwise than by one owner in order: {}, not {}",
            partition, offset, Describe(*found), Describe(decision));
      }
      const char* judged = requests.Judge(next.submission, decision);
      if (judged == nullptr)
        judged = endings.Judge(next.submission, log.at(offset)->HandedIn(), decision);
      if (judged != nullptr) return fmt::format("submission {}/{} {}", partition, offset, judged);
      if (subject >= kStories) continue;
      std::string breach = CheckDecision(before.get(), next.submission, decision, after.get());
      if (!breach.empty()) return breach;
    }
  }
  if (versions != history.versions().size())
    return "versions were recorded that one owner does not make";
  return "";
}

}  // namespace telex::simulation
