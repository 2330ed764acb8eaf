#include "tests/support/load/stories.h"

#include <fmt/format.h>

#include <array>

namespace telex::load {
namespace {

constexpr std::array<std::string_view, 24> kWords = {
    "harbour", "council", "ferry",  "quiet",   "engine", "river",  "valley", "bridge",
    "morning", "keeper",  "light",  "weather", "treaty", "market", "school", "village",
    "captain", "water",   "winter", "railway", "garden", "letter", "museum", "island"};

// splitmix64 (Steele, Lea, Flood 2014).
std::uint64_t Mix(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

std::uint64_t Fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// What a random number is for, so that the same story draws the same for each.
constexpr std::uint64_t kForCorrection = 1;
constexpr std::uint64_t kForKill = 2;
constexpr std::uint64_t kForPurge = 3;
constexpr std::uint64_t kForEmbargo = 4;
constexpr std::uint64_t kForExpiry = 5;
constexpr std::uint64_t kForHowLong = 6;
constexpr std::uint64_t kForMark = 7;
constexpr std::uint64_t kForText = 100;
constexpr std::uint64_t kForRequestId = 200;

}  // namespace

std::string_view NameOf(Step step) {
  switch (step) {
    case Step::kCreate:
      return "create";
    case Step::kCorrect:
      return "correct";
    case Step::kKill:
      return "kill";
    case Step::kPurge:
      return "purge";
  }
  return "";
}

std::uint64_t Stories::Random(std::int64_t number, std::uint64_t what) const {
  std::uint64_t state = Mix(Fnv1a(settings_.run) ^ settings_.seed);
  state = Mix(state ^ static_cast<std::uint64_t>(number));
  return Mix(state ^ what);
}

bool Stories::Draws(std::int64_t number, std::uint64_t what, double percent) const {
  return static_cast<double>(Random(number, what) % 100'000) < percent * 1000;
}

absl::Duration Stories::UpTo(std::int64_t number, absl::Duration most) const {
  const double part = static_cast<double>(Random(number, kForHowLong) % 1000) / 1000;
  return most * (0.5 + part / 2);
}

std::vector<Step> Stories::StepsOf(std::int64_t number) const {
  std::vector<Step> steps = {Step::kCreate};
  if (Draws(number, kForCorrection, settings_.corrections_percent)) steps.push_back(Step::kCorrect);
  if (Draws(number, kForKill, settings_.kills_percent)) steps.push_back(Step::kKill);
  if (Draws(number, kForPurge, settings_.purges_percent)) steps.push_back(Step::kPurge);
  return steps;
}

std::optional<absl::Duration> Stories::EmbargoOf(std::int64_t number) const {
  if (!Draws(number, kForEmbargo, settings_.embargoes_percent)) return std::nullopt;
  return UpTo(number, settings_.embargo_max);
}

std::optional<absl::Duration> Stories::ExpiryOf(std::int64_t number) const {
  if (EmbargoOf(number) || !Draws(number, kForExpiry, settings_.expiries_percent))
    return std::nullopt;
  return UpTo(number, settings_.expiry_max);
}

std::string Stories::MarkOf(std::int64_t number) const {
  return fmt::format("mark{:016x}", Random(number, kForMark));
}

std::string Stories::KeyOf(std::int64_t number) const {
  return fmt::format("load-{}-{}", settings_.run, number);
}

std::string Stories::HeadlineOf(std::int64_t number, Step step) const {
  return fmt::format("{} {}: the {} of the {}, {}",
                     step == Step::kCreate ? "Story" : "Corrected story", number,
                     kWords[Random(number, kForText) % kWords.size()],
                     kWords[Random(number, kForText + 1) % kWords.size()], MarkOf(number));
}

std::string Stories::BodyOf(std::int64_t number, Step step) const {
  constexpr int kWordsInParagraph = 40;
  std::uint64_t state = Random(number, kForText + 2 + static_cast<std::uint64_t>(step));
  std::string body = fmt::format("<p>{}.</p>", MarkOf(number));
  while (body.size() < settings_.body_bytes) {
    body += "<p>";
    for (int i = 0; i < kWordsInParagraph; ++i) {
      state = Mix(state);
      if (i > 0) body += ' ';
      body += kWords[state % kWords.size()];
      if (body.size() >= settings_.body_bytes) break;
    }
    body += ".</p>";
  }
  return body;
}

const std::string& Stories::SectionOf(std::int64_t number) const {
  return settings_.sections[static_cast<std::size_t>(number) % settings_.sections.size()];
}

const std::string& Stories::LanguageOf(std::int64_t number) const {
  // Not in step with the sections, so that every pair of the two occurs.
  const auto round = static_cast<std::size_t>(number) / settings_.sections.size();
  return settings_.languages[round % settings_.languages.size()];
}

std::string Stories::RequestIdOf(std::int64_t number, Step step) const {
  const std::uint64_t what = kForRequestId + 2 * static_cast<std::uint64_t>(step);
  const std::uint64_t high = Random(number, what);
  const std::uint64_t low = Random(number, what + 1);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffff'ffff'ffff);
}

}  // namespace telex::load
