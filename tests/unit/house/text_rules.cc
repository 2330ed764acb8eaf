#include "tests/unit/house/text_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace telex::house {
namespace {

// Put together here, so that this file keeps its own rule.
// clang-format off
constexpr std::array<std::string_view, 4> kNotes = {"TO" "DO", "FIX" "ME", "WI" "P", "XX" "X"};
// And what to write instead.
constexpr std::array<std::array<std::string_view, 2>, 6> kCalques = {{
    {"handed" " in", "submitted"}, {"hands" " in", "submits"}, {"handed" "_in", "submitted"},
    {"an" "ew", "again, from the beginning, recreated"},
    {"at the" " most", "at most"}, {"at the" " least", "at least"}}};
constexpr std::array<std::string_view, 3> kMachinePaths = {"/wo" "rk/", "/ro" "ot/", "/ho" "me/"};
// clang-format on

constexpr std::array<std::string_view, 12> kNewsroomWords = {
    "embargo",  "embargoes", "expiry",  "expiries", "story", "stories",
    "headline", "headlines", "partner", "partners", "feed",  "newsroom"};

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool HasWord(std::string_view line, std::string_view word) {
  for (auto place = line.find(word); place != std::string_view::npos;
       place = line.find(word, place + 1)) {
    const auto end = place + word.size();
    if ((place == 0 || !IsWordByte(line[place - 1])) &&
        (end == line.size() || !IsWordByte(line[end])))
      return true;
  }
  return false;
}

// An absolute path begins a word: it is no part of an address or of a relative path.
bool HasPath(std::string_view line, std::string_view path) {
  for (auto place = line.find(path); place != std::string_view::npos;
       place = line.find(path, place + 1)) {
    if (place == 0) return true;
    const char before = line[place - 1];
    if (!IsWordByte(before) && before != '.' && before != '-' && before != '/' && before != '}')
      return true;
  }
  return false;
}

template <typename Look>
void ForEachLine(std::string_view text, Look look) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    look(number, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

}  // namespace

std::vector<std::string> CheckWords(std::string_view path, std::string_view text) {
  std::vector<std::string> faults;
  ForEachLine(text, [&](std::size_t number, std::string_view line) {
    for (const std::string_view note : kNotes) {
      if (HasWord(line, note))
        faults.push_back(fmt::format("{}:{}: {}: do it, or leave it out", path, number, note));
    }
    for (const auto& [calque, word] : kCalques) {
      if (HasWord(line, calque))
        faults.push_back(fmt::format("{}:{}: {}: in English: {}", path, number, calque, word));
    }
    for (const std::string_view machine : kMachinePaths) {
      if (HasPath(line, machine))
        faults.push_back(fmt::format("{}:{}: {}: a path of one machine", path, number, machine));
    }
  });
  return faults;
}

std::vector<std::string> WallClocksIn(std::string_view path, std::string_view text) {
  std::vector<std::string> places;
  ForEachLine(text, [&](std::size_t number, std::string_view line) {
    const std::string_view code = line.substr(0, line.find("//"));
    for (const std::string_view clock : {"absl::Now()", "system_clock"}) {
      if (code.find(clock) != std::string_view::npos)
        places.push_back(
            fmt::format("{}:{}: {}: what is waited for is measured by "
                        "runtime::Deadline or steady_clock",
                        path, number, clock));
    }
  });
  return places;
}

std::vector<std::string> NewsroomWordsIn(std::string_view path, std::string_view text) {
  std::vector<std::string> places;
  ForEachLine(text, [&](std::size_t number, std::string_view line) {
    std::string code(line.substr(0, line.find("//")));
    std::transform(code.begin(), code.end(), code.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const std::string_view word : kNewsroomWords) {
      if (HasWord(code, word))
        places.push_back(fmt::format("{}:{}: {}: platform serves any service", path, number, word));
    }
  });
  return places;
}

std::size_t LinesTooMany(std::string_view text) {
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  return lines > kFileLinesMax ? lines - kFileLinesMax : 0;
}

// A function ends with a brace alone on its line, as deep as it began. What lies between is deeper,
// but for labels of a class, directives and comments.
std::vector<std::string> LongFunctionsIn(std::string_view path, std::string_view text) {
  static constexpr std::size_t kDeepest = 2;  // a member of a class in a namespace
  std::vector<std::string> faults;
  std::array<std::size_t, kDeepest + 1> begun{};  // by depth: the last line that began something
  ForEachLine(text, [&](std::size_t number, std::string_view line) {
    const auto depth = line.find_first_not_of(' ');
    if (depth == std::string_view::npos || depth > kDeepest) return;
    const std::string_view code = line.substr(depth);
    if (code.starts_with('#') || code.starts_with("//")) return;
    if (code != "}") {
      begun[depth] = number;
    } else if (const std::size_t lines = number - begun[depth] + 1; lines > kFunctionLinesMax) {
      faults.push_back(
          fmt::format("{}:{}: a function of {} lines, {} are allowed: split it by idea", path,
                      begun[depth], lines, kFunctionLinesMax));
    }
  });
  return faults;
}

}  // namespace telex::house
