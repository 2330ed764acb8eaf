// How commands are told to CLI11: each declares its flags and leaves a function behind; parsing
// chooses one, and the program runs it.
#pragma once

#include <absl/status/status.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace telex::cli {

class Context;

class Commands {
 public:
  using Run = std::function<absl::Status(Context&)>;

  // A command that runs. `example` stands at the end of its --help.
  CLI::App* Add(CLI::App& parent, const std::string& name, const std::string& description,
                const std::string& example, Run run) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->footer("Example:\n  " + example);
    command->callback([this, run = std::move(run)] { chosen_ = run; });
    return command;
  }

  // A group, which needs one of its commands. `example` stands at the end of its --help.
  static CLI::App* AddGroup(CLI::App& parent, const std::string& name,
                            const std::string& description, const std::string& example) {
    CLI::App* group = parent.add_subcommand(name, description);
    group->require_subcommand(1);
    group->footer("Example:\n  " + example);
    return group;
  }

  const Run& chosen() const { return chosen_; }

 private:
  Run chosen_;
};

// A flag that tells "not given" from "given empty".
inline CLI::Option* TextFlag(CLI::App& command, const std::string& names,
                             std::optional<std::string>& value, const std::string& help) {
  return command
      .add_option_function<std::string>(
          names, [&value](const std::string& text) { value = text; }, help)
      ->type_name("TEXT");
}

void AddImport(CLI::App& app, Commands& commands);
void AddArticles(CLI::App& app, Commands& commands);
void AddSources(CLI::App& app, Commands& commands);
void AddFeeds(CLI::App& app, Commands& commands);
void AddTopics(CLI::App& app, Commands& commands);
void AddStatus(CLI::App& app, Commands& commands);

}  // namespace telex::cli
