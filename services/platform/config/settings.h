#pragma once

// The settings of a process, declared and read in one call each:
//
//   Settings s(argc, argv, "telex-feeds", TELEX_VERSION);
//   config.brokers = s.Text({.name = "TELEX_KAFKA_BROKERS", .help = "...", .fallback = "..."});
//   config.workers = s.Integer({.name = "TELEX_FEEDS_WORKERS", ...}, 1, 64);
//   const Outcome outcome = s.Finish();
//   if (!outcome.run) return outcome.exit_code;
//
// A flag wins over the environment, the environment over the fallback; an empty variable counts as
// unset. Nothing fails on the way: faults are gathered and printed together by Finish(); what the
// calls returned is meaningless then. Not thread-safe: used at start, on one thread.

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config/host_port.h"

namespace telex::config {

// What Finish() returns as exit_code when settings are wrong (EX_USAGE of sysexits.h).
inline constexpr int kExitUsage = 64;

// A secret in a file may not be larger.
inline constexpr std::size_t kSecretBytesMax = 64 * 1024;

struct Setting {
  std::string_view name;           // TELEX_<AREA>_<WHAT>_<UNIT>
  std::string_view help;           // one or two sentences for an operator
  std::string_view fallback = "";  // as it would be written in the environment
  // A text or secret may be empty unless it is required. Numbers, addresses and choices always
  // need a value: without fallback they are required.
  bool required = false;
};

using Environment = std::map<std::string, std::string, std::less<>>;

// Of this process.
Environment ProcessEnvironment();

struct Outcome {
  bool run = false;  // false: leave with exit_code; all there is to say has been printed
  int exit_code = 0;
};

// One setting as --help, /configz and the documentation show it.
struct Row {
  std::string name;
  std::string flag;   // with its dashes
  std::string value;  // secrets redacted, and passwords in URLs
  std::string fallback;
  std::string accepts;  // "a whole number from 1 to 64"
  std::string help;
  std::string origin;  // "flag", "environment", "file" or "default"
};

class Settings {
 public:
  // `program` as "telex-feeds": variables that begin with TELEX_FEEDS_ and are declared by nobody
  // are told as warnings in the log.
  Settings(int argc, const char* const* argv, std::string_view program, std::string_view version,
           Environment environment = ProcessEnvironment());

  std::string Text(const Setting& setting);

  // Comma-separated; blanks around the parts and empty parts are dropped.
  std::vector<std::string> List(const Setting& setting);
  // `show` turns the parts into what others may see of them: some may be secrets.
  using Show = std::function<std::vector<std::string>(const std::vector<std::string>& parts)>;
  std::vector<std::string> List(const Setting& setting, const Show& show);

  std::int64_t Integer(const Setting& setting,
                       std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                       std::int64_t max = std::numeric_limits<std::int64_t>::max());

  // One of the words, compared as they are.
  std::string Choice(const Setting& setting, std::initializer_list<std::string_view> words);

  // A whole number in the unit that the name ends with: _MS, _SECONDS, _MINUTES, _HOURS or _DAYS.
  absl::Duration Duration(const Setting& setting, absl::Duration min = absl::ZeroDuration(),
                          absl::Duration max = absl::Hours(24) * 3650);

  HostPort Address(const Setting& setting);

  // From the variable, or from the file that <NAME>_FILE or the flag --...-file names, without the
  // newlines at its end. There is no flag for the value itself: arguments can be read by anyone on
  // the machine.
  std::string Secret(const Setting& setting);

  // Gathers a fault that only the caller can see, of a setting declared before: "expects ...".
  void Refuse(std::string_view name, std::string_view accepts);

  // After the last declaration: answers --help, --version and --print-config on `out`, prints all
  // faults to `err`, logs warnings. --print-config of a faulty configuration prints both.
  Outcome Finish();
  Outcome Finish(std::ostream& out, std::ostream& err);

  // In the order of declaration.
  const std::vector<Row>& Describe() const { return rows_; }

  // Variables of this program that nobody declared; complete after the last declaration.
  std::vector<std::string> UnknownVariables() const;

 private:
  struct Argument {
    std::string text;
    bool used = false;
  };
  struct Raw {
    std::string value;
    std::string origin;
  };

  Raw Read(const Setting& setting, std::string_view accepts);
  void ReadFlag(const std::string& flag, const std::string& name, Raw& raw);
  Raw ReadSecret(const Setting& setting, const std::string& file_flag);
  std::string ReadSecretFile(const Setting& setting, const std::string& path);
  Row& AddRow(const Setting& setting, std::string flag, std::string_view accepts, const Raw& raw,
              bool secret);
  void AddFault(std::string_view name, std::string_view value, std::string_view what);
  bool TakeSwitch(std::string_view flag);
  void PrintHelp(std::ostream& out) const;
  void PrintConfig(std::ostream& out) const;

  const std::string program_;
  const std::string version_;
  const Environment environment_;
  std::vector<Argument> arguments_;
  std::vector<Row> rows_;
  std::vector<std::string> file_variables_;
  std::vector<std::string> faults_;
};

}  // namespace telex::config
