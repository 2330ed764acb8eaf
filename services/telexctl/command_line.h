// The command line, as commands declare it. CLI11 is behind it, in command_line.cc alone: a file
// that includes it costs nine seconds to compile. Not thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace telex::cli {

class Context;
class CommandLine;

// A flag or an operand that was just declared, for what else is to be said of it.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}
  Argument& Required();
  Argument& OneOf(const std::vector<std::string>& values);
  Argument& Between(std::int64_t least, std::int64_t most);
  Argument& Positive();
  Argument& ShowDefault();                    // in --help
  Argument& Under(const std::string& title);  // the heading it stands under in --help

 private:
  CLI::Option* option_;
};

// A command, a group of commands, or the program itself. A handle; its CommandLine outlives it.
class Command {
 public:
  using Run = std::function<absl::Status(Context&)>;

  // A command that runs, and a group, which needs one of its commands. `example` stands at the end
  // of the --help.
  Command Add(const std::string& name, const std::string& description, const std::string& example,
              Run run);
  Command AddGroup(const std::string& name, const std::string& description,
                   const std::string& example);

  // A flag ("--key", "-o,--output"), or an operand where the name has no hyphens. The values
  // outlive the command line. An optional tells "not given" from "given empty".
  Argument Text(const std::string& names, std::string& value, const std::string& help);
  Argument Text(const std::string& names, std::optional<std::string>& value,
                const std::string& help);
  Argument Texts(const std::string& names, std::vector<std::string>& values,
                 const std::string& help);
  // Of std::int32_t, std::int64_t, or an optional of them.
  template <typename Integer>
  Argument Number(const std::string& names, Integer& value, const std::string& help);
  void Switch(const std::string& names, bool& value, const std::string& help);

 private:
  friend class CommandLine;
  Command(CommandLine& line, CLI::App& app) : line_(line), app_(app) {}
  CommandLine& line_;
  CLI::App& app_;
};

class CommandLine {
 public:
  // `footer` stands at the end of the program's --help.
  CommandLine(const std::string& description, const std::string& program,
              const std::string& version, const std::string& footer);
  ~CommandLine();

  Command root();

  // Chooses a command, or prints the help or the version that is asked for and chooses none. A
  // usage error (failure.h) names the word that is wrong, and what was meant.
  absl::Status Parse(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

  // Empty when none was chosen.
  const Command::Run& chosen() const { return chosen_; }
  // As far as it was chosen: "articles kill", "articles", "".
  std::string ChosenCommand() const;
  // All there are: "articles", "articles get", ...
  std::vector<std::string> CommandNames() const;

 private:
  friend class Command;
  std::unique_ptr<CLI::App> app_;
  Command::Run chosen_;
};

}  // namespace telex::cli
