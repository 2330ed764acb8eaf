#include "tests/simulation/history.h"

#include <fmt/format.h>

namespace telex::simulation {

using ingestion::Decision;

namespace {

bool SameBytes(const kafka::Record& a, const kafka::Record& b) {
  return a.key == b.key && a.value == b.value && a.headers == b.headers;
}

}  // namespace

std::string History::OnAppended(const VersionRecord& record) {
  if (record.IsTombstone()) {
    ever_forgotten_.insert(record.key);
    forgotten_.insert(record.key);
    return "";
  }
  if (forgotten_.erase(record.key) > 0) ++late_contents;
  const auto [place, fresh] = versions_.try_emplace(record.key, record);
  if (!fresh && !SameBytes(*place->second.record, *record.record))
    return fmt::format("{} was appended twice with different bytes", NameOf(record.key));
  return "";
}

std::string History::OnAppended(int partition, const DecisionPtr& decision) {
  const int subject = IndexOfName(decision->subject);
  if (decision->verdict == ingestion::Verdict::kAccepted && !decision->repeats) {
    const auto version = versions_.find({subject, decision->version.number});
    if (version == versions_.end()) {
      return fmt::format("{} was decided before it was recorded",
                         NameOf(VersionKey{subject, decision->version.number}));
    }
    const ArticlePtr& article = version->second.article;
    for (std::int64_t below = 1;
         article != nullptr && article->article.purged && below < decision->version.number;
         ++below) {
      if (!ever_forgotten_.contains({subject, below})) {
        return fmt::format("{} had no tombstone when its purge was decided",
                           NameOf(VersionKey{subject, below}));
      }
    }
  }
  auto& decisions = decisions_[static_cast<std::size_t>(partition)];
  const auto offset = static_cast<std::size_t>(decision->position.offset);
  if (decisions.size() <= offset) decisions.resize(offset + 1);
  if (decisions[offset] == nullptr) {
    decisions[offset] = decision;
  } else if (!(*decisions[offset] == *decision)) {
    return fmt::format("submission {}/{} was decided twice, differently", partition, offset);
  }
  return "";
}

std::string History::OnTold(const Decision& decision) const {
  const auto& position = decision.position;
  const DecisionPtr recorded = DecisionOn(position.partition, position.offset);
  if (recorded != nullptr && *recorded == decision) return "";
  return fmt::format("the caller of submission {}/{} was told what is not on record",
                     position.partition, position.offset);
}

DecisionPtr History::DecisionOn(int partition, std::int64_t offset) const {
  const auto& decisions = decisions_[static_cast<std::size_t>(partition)];
  const auto place = static_cast<std::size_t>(offset);
  return place < decisions.size() ? decisions[place] : nullptr;
}

}  // namespace telex::simulation
