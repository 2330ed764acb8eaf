#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/kernel/random.h"
#include "views/domain/counting_rule.h"
#include "views/domain/view.h"

namespace telex::views {

struct Arrival {
  View view;
  std::int64_t append_ms = 0;
};

inline constexpr std::int64_t kMidnight = 1'795'046'400'000;  // 2026-11-19T00:00:00Z
inline constexpr std::int64_t kHourMs = 3'600'000;

// A look at one of three stories by one of six readers, of whom one is unknown.
inline View RandomView(simulation::Random& random, std::int64_t time_ms) {
  static constexpr std::array<std::string_view, 3> kLanguages = {"en", "ru", "hy"};
  static constexpr std::array<std::string_view, 4> kPartners = {"", "a.example", "b.example",
                                                                "c.example"};
  const auto story = random.Below(std::uint64_t{3});
  const auto reader = random.Below(std::uint64_t{6});
  View view;
  view.article = news::ArticleId::Of("desk.example", std::to_string(story));
  for (std::uint8_t& byte : view.id) byte = static_cast<std::uint8_t>(random.Below(256));
  view.visitor = reader == 0 ? kNoVisitor : (reader * 10 + story) * 0x9e3779b97f4a7c15;
  view.time_ms = time_ms;
  view.language = kLanguages[random.Below(kLanguages.size())];
  view.partner = kPartners[random.Below(kPartners.size())];
  view.filter = random.Chance(10) ? Filter::kRobot : Filter::kNone;
  return view;
}

// Around midnight, as the day of a look is part of what can be wrong: looks, repeated events, looks
// that come late, senders whose clock is ahead, hours and days in which nothing comes.
inline std::vector<Arrival> RandomArrivals(simulation::Random& random, const CountingRule& rule) {
  std::vector<Arrival> log;
  std::int64_t now = kMidnight - 300'000;
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random.Below(static_cast<std::uint64_t>(bound)));
  };
  const std::int64_t pace = 200 + below(4'000);
  std::int64_t slow = 0;  // the clock of the broker that leads
  for (std::int64_t left = 50 + below(400); left > 0; --left) {
    now += below(pace);
    if (below(40) == 0) slow = below(2) * below(rule.lateness_ms * 3 / 2);
    if (below(60) == 0) now += below(2 * rule.lateness_ms);
    if (below(300) == 0) now += 25 * kHourMs + below(25 * kHourMs);
    if (!log.empty() && below(12) == 0) {  // sent again, as it was or as of now
      Arrival again = log[random.Below(log.size())];
      again.append_ms = now - slow;
      if (below(4) == 0) again.view.time_ms = now;
      log.push_back(again);
      continue;
    }
    std::int64_t age = below(3) == 0 ? below(rule.lateness_ms * 3 / 2) : below(3'000);
    if (below(100) == 0) age = below(24 * kHourMs);
    if (below(40) == 0) age = -100'000;
    log.push_back({RandomView(random, now - age), now - slow});
  }
  return log;
}

}  // namespace telex::views
