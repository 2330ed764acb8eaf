#include "tests/simulation/bent_fold.h"

#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::simulation {
namespace {

// Of a Decider's rounds.
constexpr std::size_t kDeadLetters = 0;
constexpr std::size_t kVersions = 1;
constexpr std::size_t kTombstones = 2;
constexpr std::size_t kDecisions = 3;
constexpr std::size_t kSteps = 4;

class BentFold final : public owner::Fold {
 public:
  BentFold(std::unique_ptr<owner::Fold> decider, TakenAway rule)
      : decider_(std::move(decider)), rule_(rule) {}

  std::int64_t KnownEnd() const override { return decider_->KnownEnd(); }
  void Take(std::span<const kafka::RecordView> records) override { decider_->Take(records); }
  absl::StatusOr<owner::Round> Next(bool read) override {
    ASSIGN_OR_RETURN(owner::Round round,
                     decider_->Next(read || rule_ == TakenAway::kOvertakenWaits));
    if (round.steps.size() == kSteps) Bend(round.steps);
    return round;
  }
  void Recorded() override {
    if (rule_ != TakenAway::kRememberedOnceRecorded) decider_->Recorded();
  }

 private:
  void Bend(std::vector<std::vector<kafka::Record>>& steps) {
    if (rule_ == TakenAway::kVersionsBeforeDecisions)
      std::swap(steps[kVersions], steps[kDecisions]);
    if (rule_ == TakenAway::kTombstonesBeforeDecisions)
      std::swap(steps[kTombstones], steps[kDecisions]);
    if (rule_ == TakenAway::kAllTombstones && !steps[kTombstones].empty())
      steps[kTombstones].pop_back();
    if (rule_ == TakenAway::kSetAside) steps[kDeadLetters].clear();
    if (rule_ == TakenAway::kRememberedOnceRecorded) decider_->Recorded();
  }

  const std::unique_ptr<owner::Fold> decider_;
  const TakenAway rule_;
};

}  // namespace

std::unique_ptr<owner::Fold> Bent(std::unique_ptr<owner::Fold> decider, TakenAway rule) {
  switch (rule) {
    case TakenAway::kVersionsBeforeDecisions:
    case TakenAway::kTombstonesBeforeDecisions:
    case TakenAway::kAllTombstones:
    case TakenAway::kOvertakenWaits:
    case TakenAway::kRememberedOnceRecorded:
    case TakenAway::kSetAside:
      return std::make_unique<BentFold>(std::move(decider), rule);
    default:
      return decider;
  }
}

}  // namespace telex::simulation
