#include "telexctl/failures/misuse.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

// A word that differs in more letters than this, or in half of its own, was not meant.
constexpr std::size_t kDistanceMax = 3;

// Levenshtein's: letters to be changed, put in or taken away.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

const CLI::App& Chosen(const CLI::App& app) {
  const CLI::App* chosen = &app;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  return *chosen;
}

std::vector<const CLI::App*> CommandsIn(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> NamesIn(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : CommandsIn(app)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> FlagsOf(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

std::string LastWord(std::string_view path) {
  return std::string(path.substr(path.rfind(' ') + 1));
}

// What `word` was likely meant as: a command here, else one of the same name elsewhere.
std::string Meant(const CLI::App& root, const CLI::App& group, const std::string& word) {
  const std::string here = ChosenCommandOf(root);
  const std::string near = Nearest(word, NamesIn(group));
  if (!near.empty()) return fmt::format("{}{}{}", here, here.empty() ? "" : " ", near);
  std::string meant;
  for (const std::string& path : CommandNamesOf(root)) {
    if (LastWord(path) == word)
      meant += fmt::format("{}telexctl {}", meant.empty() ? "" : ", ", path);
  }
  return meant.empty() ? meant : meant.substr(std::string_view("telexctl ").size());
}

std::string Spoken(std::string_view path) {
  return path.empty() ? "telexctl" : fmt::format("telexctl {}", path);
}

absl::Status UnknownFlag(const CLI::App& command, const std::string& path,
                         const std::string& word) {
  const std::string flag = word.substr(0, word.find('='));
  const std::string near = Nearest(flag, FlagsOf(command));
  return Usage(
      fmt::format("{} is no flag of {}", flag, Spoken(path)),
      fmt::format("{}{} --help lists its flags",
                  near.empty() ? "" : fmt::format("did you mean {}? ", near), Spoken(path)));
}

absl::Status UnknownCommand(const CLI::App& root, const CLI::App& group, const std::string& path,
                            const std::string& word) {
  const std::string meant = Meant(root, group, word);
  return Usage(fmt::format("'{}' is no command of {}; there are {}", word, Spoken(path),
                           fmt::join(NamesIn(group), ", ")),
               fmt::format("{}{} --help says what they do",
                           meant.empty() ? "" : fmt::format("did you mean telexctl {}? ", meant),
                           Spoken(path)));
}

}  // namespace

std::string ChosenCommandOf(const CLI::App& app) {
  std::string path;
  for (const CLI::App* chosen = &app; !chosen->get_subcommands().empty();) {
    chosen = chosen->get_subcommands().front();
    path += fmt::format("{}{}", path.empty() ? "" : " ", chosen->get_name());
  }
  return path;
}

std::vector<std::string> CommandNamesOf(const CLI::App& app) {
  std::vector<std::string> paths;
  for (const CLI::App* command : CommandsIn(app)) {
    paths.push_back(command->get_name());
    for (const std::string& below : CommandNamesOf(*command)) {
      paths.push_back(fmt::format("{} {}", command->get_name(), below));
    }
  }
  return paths;
}

absl::Status MisuseOf(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& chosen = Chosen(app);
  const std::string path = ChosenCommandOf(app);
  const std::vector<std::string> unread = app.remaining(true);
  for (const std::string& word : unread) {
    if (word.starts_with('-') && word != "-" && word != "--") {
      return UnknownFlag(chosen, path, word);
    }
  }
  if (!CommandsIn(chosen).empty()) {
    if (!unread.empty()) return UnknownCommand(app, chosen, path, unread.front());
    return Usage(fmt::format("a command is missing: {}", fmt::join(NamesIn(chosen), ", ")),
                 fmt::format("{} --help says what they do", Spoken(path)));
  }
  if (!unread.empty()) {
    return Usage(fmt::format("'{}' is more than {} takes", unread.front(), Spoken(path)));
  }
  return Usage(error.what());
}

std::string Nearest(std::string_view word, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t least = std::min(kDistanceMax, word.size() / 2) + 1;
  for (const std::string& name : names) {
    // The beginning of a name is meant as it, however much is missing.
    const bool begins = word.size() >= 3 && name.starts_with(word);
    const std::size_t distance = begins ? 0 : Distance(word, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace telex::cli
