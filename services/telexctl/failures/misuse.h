// What is wrong with a command line that could not be read: which word, and what was meant.
#pragma once

#include <absl/status/status.h>

#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace telex::cli {

// Of the command that was chosen, as far as it was: "articles kill", "articles", "".
std::string ChosenCommandOf(const CLI::App& app);

// All commands and groups of commands below `app`: "articles", "articles get", ...
std::vector<std::string> CommandNamesOf(const CLI::App& app);

// A usage error in place of the one that parsing `words`, what was typed behind the program's name,
// into `app` ended with.
absl::Status MisuseOf(const CLI::App& app, std::span<const char* const> words,
                      const CLI::ParseError& error);

}  // namespace telex::cli
