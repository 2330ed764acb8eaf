// What happened in worlds, and how often.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::simulation {

// A Report has `static std::span<const Happening<Report>> Happenings()`.
template <typename Report>
struct Happening {
  std::int64_t Report::*times;
  std::string_view words;  // "crashes"
  // In many worlds: those in which nothing goes wrong prove nothing.
  bool must_happen = true;
};

template <typename Report>
void AddTo(Report& total, const Report& world) {
  for (const Happening<Report>& one : Report::Happenings()) total.*one.times += world.*one.times;
}

// "12 versions, 2 crashes".
template <typename Report>
  requires requires { Report::Happenings(); }
std::string TextOf(const Report& report) {
  std::string text;
  for (const Happening<Report>& one : Report::Happenings())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", report.*one.times, one.words);
  return text;
}

// What must have happened and has not: "crashes; pauses".
template <typename Report>
std::string MissingIn(const Report& total) {
  std::string missing;
  for (const Happening<Report>& one : Report::Happenings()) {
    if (one.must_happen && total.*one.times == 0)
      missing += fmt::format("{}{}", missing.empty() ? "" : "; ", one.words);
  }
  return missing;
}

}  // namespace telex::simulation
