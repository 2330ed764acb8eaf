// What the load consists of: story i of a run, its steps and their content, the same for the same
// run, seed and number. Pure.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::load {

enum class Step { kCreate, kCorrect, kKill, kPurge };

std::string_view NameOf(Step step);

struct StorySettings {
  std::string run;
  std::uint64_t seed = 1;
  double corrections_percent = 0;  // of the stories get a second version
  double kills_percent = 0;        // of the stories are killed in the end
  double purges_percent = 0;       // of the stories are purged, after all else
  double embargoes_percent = 0;    // of the stories come with an embargo
  double expiries_percent = 0;     // of the others come with an expiry
  absl::Duration embargo_max;
  absl::Duration expiry_max;
  std::size_t body_bytes = 2000;  // about
  std::vector<std::string> sections = {"load"};
  std::vector<std::string> languages = {"en"};
};

class Stories {
 public:
  explicit Stories(StorySettings settings) : settings_(std::move(settings)) {}

  // Steps of story `number`, in their order; the first creates it.
  std::vector<Step> StepsOf(std::int64_t number) const;
  std::string KeyOf(std::int64_t number) const;  // load-{run}-{number}
  std::string HeadlineOf(std::int64_t number, Step step) const;
  std::string BodyOf(std::int64_t number, Step step) const;  // HTML
  // Stands in each headline and body of the story, and in those of no other one.
  std::string MarkOf(std::int64_t number) const;
  // How long after it was submitted its embargo ends, or it expires: half of the longest at
  // least. None: it has none; no story has both.
  std::optional<absl::Duration> EmbargoOf(std::int64_t number) const;
  std::optional<absl::Duration> ExpiryOf(std::int64_t number) const;
  const std::string& SectionOf(std::int64_t number) const;
  const std::string& LanguageOf(std::int64_t number) const;
  // A UUID; the same whenever this step is repeated (AIP-155).
  std::string RequestIdOf(std::int64_t number, Step step) const;

 private:
  std::uint64_t Random(std::int64_t number, std::uint64_t what) const;
  bool Draws(std::int64_t number, std::uint64_t what, double percent) const;
  absl::Duration UpTo(std::int64_t number, absl::Duration most) const;
  StorySettings settings_;
};

}  // namespace telex::load
