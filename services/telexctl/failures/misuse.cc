#include "telexctl/failures/misuse.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <optional>

#include "platform/text/nearest.h"
#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

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

bool HasWord(std::string_view text, const std::string& word) {
  const std::size_t at = text.find(word);
  if (at == text.npos) return false;
  const std::string_view behind = text.substr(at + word.size(), 1);
  return behind.find_first_of("-abcdefghijklmnopqrstuvwxyz") == behind.npos;
}

// Whether CLI11's message is about a flag of the program, which no command's --help lists.
bool IsOfProgram(const CLI::App& program, std::string_view message) {
  const auto options = program.get_options();
  return std::any_of(options.begin(), options.end(), [&](const CLI::Option* option) {
    const auto& names = option->get_lnames();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return HasWord(message, "--" + name); });
  });
}

std::string LastWord(std::string_view path) {
  return std::string(path.substr(path.rfind(' ') + 1));
}

// What `word` was likely meant as: a command here, else one of the same name elsewhere.
std::string Meant(const CLI::App& root, const CLI::App& group, const std::string& here,
                  const std::string& word) {
  const std::string near = text::Nearest(word, NamesIn(group));
  if (!near.empty()) return fmt::format("{}{}{}", here, here.empty() ? "" : " ", near);
  std::string meant;
  for (const std::string& path : CommandNamesOf(root)) {
    if (LastWord(path) == word)
      meant += fmt::format("{}telexctl {}", meant.empty() ? "" : ", ", path);
  }
  return meant.empty() ? meant : meant.substr(std::string_view("telexctl ").size());
}

// What other programs call it, and how to do it here.
struct Synonym {
  std::string_view words;  // parted by blanks
  std::string_view what_to_do;
};
constexpr std::array kSynonyms = std::to_array<Synonym>({
    {"delete remove rm retract takedown",
     "a story is taken down with telexctl articles kill; telexctl articles withhold takes it back "
     "for now; telexctl articles purge erases it for ever, where the law asks for that"},
    {"erase forget destroy expunge wipe gdpr",
     "telexctl articles purge erases a story and all its versions for ever, where the law asks for "
     "that; telexctl articles kill takes it down and keeps it"},
    {"unpublish hide suspend hold",
     "telexctl articles withhold takes a story back for now; telexctl articles kill for good"},
    {"correct edit change modify fix replace",
     "telexctl articles update corrects a story; telexctl import takes a corrected page"},
    {"publish restore unkill undelete",
     "telexctl articles reinstate lifts a withhold or a kill; telexctl articles create submits a "
     "new story, which is published at once"},
    {"find search grep", "telexctl articles list --words finds stories"},
    {"show read view cat", "telexctl articles get shows a story"},
    {"history log", "telexctl articles versions shows what became of a story"},
    {"version", "telexctl --version tells it; telexctl articles versions what became of a story"},
    {"add new submit",
     "telexctl articles create submits a new story; telexctl import takes a page"},
});

// Empty where nobody calls it so.
std::string_view InOurWords(std::string_view word) {
  for (const Synonym& synonym : kSynonyms) {
    std::string_view rest = synonym.words;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == word) return synonym.what_to_do;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

std::string Spoken(std::string_view path) {
  return path.empty() ? "telexctl" : fmt::format("telexctl {}", path);
}

absl::Status UnknownFlag(const CLI::App& command, const std::string& path,
                         const std::string& word) {
  const std::string flag = word.substr(0, word.find('='));
  const std::string near = text::Nearest(flag, FlagsOf(command));
  return Usage(
      fmt::format("{} is no flag of {}", flag, Spoken(path)),
      fmt::format("{}{} --help lists its flags",
                  near.empty() ? "" : fmt::format("did you mean {}? ", near), Spoken(path)));
}

absl::Status UnknownCommand(const CLI::App& root, const CLI::App& group, const std::string& path,
                            const std::string& word) {
  if (word == "help" || word == "man") {
    return Usage(fmt::format("'{}' is no command of {}", word, Spoken(path)),
                 fmt::format("{} --help", Spoken(path)));
  }
  const std::string_view ours = path.empty() || path == "articles" ? InOurWords(word) : "";
  const std::string meant = ours.empty() ? Meant(root, group, path, word) : "";
  return Usage(
      fmt::format("'{}' is no command of {}; there are {}", word, Spoken(path),
                  fmt::join(NamesIn(group), ", ")),
      !ours.empty()
          ? std::string(ours)
          : fmt::format("{}{} --help says what they do",
                        meant.empty() ? "" : fmt::format("did you mean telexctl {}? ", meant),
                        Spoken(path)));
}

// A group of commands, and how it is called.
struct Group {
  const CLI::App* app = nullptr;
  std::string path;
};

// Where `word` stands in the place of a command: CLI11 looks for one behind it, and may find
// another ("policies get", and there is a get).
std::optional<Group> GroupBefore(const CLI::App& root, std::span<const char* const> words,
                                 const std::string& word) {
  Group group{.app = &root};
  for (const std::string_view typed : words) {
    const auto chosen = group.app->get_subcommands();
    if (chosen.empty()) return std::nullopt;
    if (typed == word) return group;
    if (typed != chosen.front()->get_name()) continue;
    group.app = chosen.front();
    group.path += fmt::format("{}{}", group.path.empty() ? "" : " ", typed);
  }
  return std::nullopt;
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

absl::Status MisuseOf(const CLI::App& app, std::span<const char* const> words,
                      const CLI::ParseError& error) {
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
    if (const auto group = GroupBefore(app, words, unread.front()))
      return UnknownCommand(app, *group->app, group->path, unread.front());
    return Usage(fmt::format("'{}' is more than {} takes", unread.front(), Spoken(path)));
  }
  if (IsOfProgram(app, error.what())) return Usage(error.what(), kProgramHelp);
  return Usage(error.what());
}

}  // namespace telex::cli
