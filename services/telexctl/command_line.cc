#include "telexctl/command_line.h"

#include <CLI/CLI.hpp>
#include <span>
#include <utility>

#include "telexctl/failures/misuse.h"

namespace telex::cli {

Argument& Argument::Required() {
  option_->required();
  return *this;
}

Argument& Argument::OneOf(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Argument& Argument::Between(std::int64_t least, std::int64_t most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Argument& Argument::Positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Argument& Argument::ShowDefault() {
  option_->capture_default_str();
  return *this;
}

Argument& Argument::Under(const std::string& title) {
  option_->group(title);
  return *this;
}

Command Command::Add(const std::string& name, const std::string& description,
                     const std::string& example, Run run) {
  CLI::App* command = app_.add_subcommand(name, description);
  command->footer("Example:\n  " + example);
  command->callback([&line = line_, run = std::move(run)] { line.chosen_ = run; });
  return {line_, *command};
}

Command Command::AddGroup(const std::string& name, const std::string& description,
                          const std::string& example) {
  CLI::App* group = app_.add_subcommand(name, description);
  group->require_subcommand(1);
  group->footer("Example:\n  " + example);
  return {line_, *group};
}

Argument Command::Text(const std::string& names, std::string& value, const std::string& help) {
  return Argument(app_.add_option(names, value, help));
}

Argument Command::Text(const std::string& names, std::optional<std::string>& value,
                       const std::string& help) {
  // CLI11 takes an empty text for none.
  return Argument(app_.add_option_function<std::string>(
                          names, [&value](const std::string& text) { value = text; }, help)
                      ->type_name("TEXT"));
}

Argument Command::Texts(const std::string& names, std::vector<std::string>& values,
                        const std::string& help) {
  return Argument(app_.add_option(names, values, help)
                      ->expected(1)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

template <typename Integer>
Argument Command::Number(const std::string& names, Integer& value, const std::string& help) {
  return Argument(app_.add_option(names, value, help));
}
template Argument Command::Number(const std::string&, std::int32_t&, const std::string&);
template Argument Command::Number(const std::string&, std::int64_t&, const std::string&);
template Argument Command::Number(const std::string&, std::optional<std::int32_t>&,
                                  const std::string&);
template Argument Command::Number(const std::string&, std::optional<std::int64_t>&,
                                  const std::string&);

void Command::Switch(const std::string& names, bool& value, const std::string& help) {
  app_.add_flag(names, value, help);
}

CommandLine::CommandLine(const std::string& description, const std::string& program,
                         const std::string& version, const std::string& footer)
    : app_(std::make_unique<CLI::App>(description, program)) {
  app_->require_subcommand(1);
  app_->fallthrough();  // the program's own flags may stand behind the command, too
  app_->footer(footer);
  app_->set_version_flag("--version", version);
}

CommandLine::~CommandLine() = default;

Command CommandLine::root() { return {*this, *app_}; }

absl::Status CommandLine::Parse(int argc, const char* const* argv, std::ostream& out,
                                std::ostream& err) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& wish) {  // --help, --version
    chosen_ = {};
    app_->exit(wish, out, err);
  } catch (const CLI::ParseError& error) {
    chosen_ = {};
    return MisuseOf(*app_, std::span(argv, static_cast<std::size_t>(argc)).subspan(1), error);
  }
  return absl::OkStatus();
}

std::string CommandLine::ChosenCommand() const { return ChosenCommandOf(*app_); }

std::vector<std::string> CommandLine::CommandNames() const { return CommandNamesOf(*app_); }

}  // namespace telex::cli
