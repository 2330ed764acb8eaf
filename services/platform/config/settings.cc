#include "platform/config/settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "platform/config/settings_text.h"
#include "platform/observe/log.h"
#include "platform/text/ascii.h"

namespace telex::config {
namespace {

template <typename Number>
std::optional<Number> ParseWhole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string RangeText(std::int64_t min, std::int64_t max, std::string_view unit) {
  std::string of = unit.empty() ? "a whole number" : fmt::format("a whole number of {}", unit);
  const bool low = min != std::numeric_limits<std::int64_t>::min();
  const bool high = max != std::numeric_limits<std::int64_t>::max();
  if (low && high) return fmt::format("{} from {} to {}", of, min, max);
  if (low) return fmt::format("{} of at least {}", of, min);
  if (high) return fmt::format("{} of at most {}", of, max);
  return of;
}

struct Unit {
  std::string_view suffix;
  std::string_view plural;
  absl::Duration length;
};

Unit UnitOf(std::string_view name) {
  const std::array<Unit, 5> units = {{{"_MS", "milliseconds", absl::Milliseconds(1)},
                                      {"_SECONDS", "seconds", absl::Seconds(1)},
                                      {"_MINUTES", "minutes", absl::Minutes(1)},
                                      {"_HOURS", "hours", absl::Hours(1)},
                                      {"_DAYS", "days", absl::Hours(24)}}};
  for (const Unit& unit : units) {
    if (name.ends_with(unit.suffix)) return unit;
  }
  throw std::logic_error(fmt::format("setting {}: a duration's name ends in its unit", name));
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Settings::Settings(int argc, const char* const* argv, std::string_view program,
                   std::string_view version, Environment environment)
    : program_(program), version_(version), environment_(std::move(environment)) {
  for (int i = 1; i < argc; ++i) arguments_.push_back({argv[i]});
}

// --- Reading ------------------------------------------------------------------------------------

void Settings::AddFault(std::string_view name, std::string_view value, std::string_view what) {
  faults_.push_back(fmt::format("{} = {}: {}", name, value, what));
}

void Settings::ReadFlag(const std::string& flag, const std::string& name, Raw& raw) {
  const std::string prefix = flag + "=";
  for (std::size_t i = 0; i < arguments_.size(); ++i) {  // the last one wins
    Argument& argument = arguments_[i];
    if (argument.used) continue;
    if (argument.text.starts_with(prefix)) {
      argument.used = true;
      raw = {argument.text.substr(prefix.size()), "flag"};
    } else if (argument.text == flag) {
      argument.used = true;
      if (i + 1 < arguments_.size() && !arguments_[i + 1].text.starts_with("--")) {
        arguments_[i + 1].used = true;
        raw = {arguments_[i + 1].text, "flag"};
        ++i;
      } else {
        faults_.push_back(fmt::format("{} ({}): the flag needs a value", name, flag));
      }
    }
  }
}

Settings::Raw Settings::Read(const Setting& setting, std::string_view accepts) {
  const std::string name(setting.name);
  if (!IsSettingName(name)) throw std::logic_error(fmt::format("setting name '{}'", name));
  for (const Row& row : rows_) {
    if (row.name == name) throw std::logic_error(fmt::format("setting {} declared twice", name));
  }
  Raw raw{std::string(setting.fallback), "default"};
  if (const auto found = environment_.find(name);
      found != environment_.end() && !found->second.empty()) {
    raw = {found->second, "environment"};
  }
  const std::string flag = FlagOf(name);
  ReadFlag(flag, name, raw);
  AddRow(setting, flag, accepts, raw, /*secret=*/false);
  return raw;
}

Row& Settings::AddRow(const Setting& setting, std::string flag, std::string_view accepts,
                      const Raw& raw, bool secret) {
  std::string shown = RedactUrls(raw.value);
  if (secret) shown = raw.value.empty() ? "" : kRedacted;
  rows_.push_back({std::string(setting.name), std::move(flag), std::move(shown),
                   std::string(setting.fallback), std::string(accepts), std::string(setting.help),
                   raw.origin});
  return rows_.back();
}

std::string Settings::Text(const Setting& setting) {
  Raw raw = Read(setting, "a text");
  if (raw.value.empty() && setting.required) AddFault(setting.name, "\"\"", "is required");
  return std::move(raw.value);
}

std::vector<std::string> Settings::List(const Setting& setting) {
  const Raw raw = Read(setting, "texts separated by commas");
  std::vector<std::string> parts;
  for (std::string_view rest = raw.value; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const std::string_view part = text::TrimAscii(rest.substr(0, comma)); !part.empty()) {
      parts.emplace_back(part);
    }
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (parts.empty() && setting.required) AddFault(setting.name, Quoted(raw.value), "is required");
  return parts;
}

std::vector<std::string> Settings::List(const Setting& setting, const Show& show) {
  std::vector<std::string> parts = List(setting);
  rows_.back().value = fmt::format("{}", fmt::join(show(parts), ","));
  return parts;
}

std::int64_t Settings::Integer(const Setting& setting, std::int64_t min, std::int64_t max) {
  const std::string accepts = RangeText(min, max, "");
  const Raw raw = Read(setting, accepts);
  const auto number = ParseWhole<std::int64_t>(raw.value);
  if (number.has_value() && *number >= min && *number <= max) return *number;
  AddFault(setting.name, Quoted(raw.value), fmt::format("expects {}", accepts));
  return min;
}

std::string Settings::Choice(const Setting& setting,
                             std::initializer_list<std::string_view> words) {
  const std::string accepts = fmt::format("one of {}", fmt::join(words, ", "));
  Raw raw = Read(setting, accepts);
  if (std::find(words.begin(), words.end(), raw.value) == words.end()) {
    AddFault(setting.name, Quoted(raw.value), fmt::format("expects {}", accepts));
  }
  return std::move(raw.value);
}

absl::Duration Settings::Duration(const Setting& setting, absl::Duration min, absl::Duration max) {
  const Unit unit = UnitOf(setting.name);
  const std::int64_t count_min = min / unit.length;
  const std::int64_t count_max = max / unit.length;
  const std::string accepts = RangeText(count_min, count_max, unit.plural);
  const Raw raw = Read(setting, accepts);
  const auto count = ParseWhole<std::int64_t>(raw.value);
  if (count.has_value() && *count >= count_min && *count <= count_max) {
    return *count * unit.length;
  }
  AddFault(setting.name, Quoted(raw.value), fmt::format("expects {}", accepts));
  return min;
}

HostPort Settings::Address(const Setting& setting) {
  const std::string_view accepts = "host:port or [IPv6]:port, with a port from 0 to 65535";
  const Raw raw = Read(setting, accepts);
  std::optional<HostPort> parsed = ParseHostPort(raw.value);
  if (!parsed.has_value()) {
    AddFault(setting.name, Quoted(raw.value), fmt::format("expects {}", accepts));
  }
  return std::move(parsed).value_or(HostPort{});
}

// --- Secrets ------------------------------------------------------------------------------------

std::string Settings::ReadSecretFile(const Setting& setting, const std::string& path) {
  std::string secret;
  std::ifstream file(path, std::ios::binary);
  if (file) {
    secret.resize(kSecretBytesMax + 1);
    file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
    secret.resize(static_cast<std::size_t>(file.gcount()));
  }
  const std::string name = fmt::format("{}_FILE", setting.name);
  if (!file.eof()) {
    AddFault(name, Quoted(path),
             fmt::format("expects a readable file of at most {} bytes", kSecretBytesMax));
    return {};
  }
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) AddFault(name, Quoted(path), "the file is empty");
  return secret;
}

Settings::Raw Settings::ReadSecret(const Setting& setting, const std::string& file_flag) {
  const std::string name(setting.name);
  const std::string file_name = name + "_FILE";
  file_variables_.push_back(file_name);
  Raw path;
  if (const auto found = environment_.find(file_name); found != environment_.end()) {
    path.value = found->second;
  }
  ReadFlag(file_flag, file_name, path);
  const std::string flag = FlagOf(name);
  for (Argument& argument : arguments_) {
    if (argument.text != flag && !argument.text.starts_with(flag + "=")) continue;
    argument.used = true;
    AddFault(name, kRedacted,
             fmt::format("a secret is no flag, others could read it; use {} or {}", file_flag,
                         file_name));
  }
  const auto found = environment_.find(name);
  const bool in_environment = found != environment_.end() && !found->second.empty();
  if (in_environment && !path.value.empty()) {
    AddFault(name, kRedacted, fmt::format("is set, and so is {}; set one of them", file_name));
  }
  if (!path.value.empty()) return {ReadSecretFile(setting, path.value), "file"};
  if (in_environment) return {found->second, "environment"};
  if (setting.required) {
    AddFault(name, "\"\"", fmt::format("is required; set it, or {} to a file with it", file_name));
  }
  return {std::string(setting.fallback), "default"};
}

std::string Settings::Secret(const Setting& setting) {
  if (!IsSettingName(setting.name)) {
    throw std::logic_error(fmt::format("setting name '{}'", setting.name));
  }
  const std::string file_flag = FlagOf(setting.name) + "-file";
  Raw raw = ReadSecret(setting, file_flag);
  Row& row = AddRow(setting, file_flag, "a secret, or the path of a file with it", raw, true);
  if (!row.fallback.empty()) row.fallback = kRedacted;
  return std::move(raw.value);
}

void Settings::Refuse(std::string_view name, std::string_view accepts) {
  for (Row& row : rows_) {
    if (row.name != name) continue;
    AddFault(name, row.value == kRedacted ? row.value : Quoted(row.value), accepts);
    return;
  }
  throw std::logic_error(fmt::format("setting {} is refused but was never declared", name));
}

// --- Finishing ----------------------------------------------------------------------------------

bool Settings::TakeSwitch(std::string_view flag) {
  bool taken = false;
  for (Argument& argument : arguments_) {
    if (argument.text != flag || argument.used) continue;
    argument.used = taken = true;
  }
  return taken;
}

std::vector<std::string> Settings::UnknownVariables() const {
  const std::string prefix = VariablePrefixOf(program_);
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment_) {
    if (!name.starts_with(prefix) || IsServiceLink(name, value)) continue;
    const bool declared =
        std::any_of(rows_.begin(), rows_.end(),
                    [&name](const Row& row) { return row.name == name; }) ||
        std::find(file_variables_.begin(), file_variables_.end(), name) != file_variables_.end();
    if (!declared) unknown.push_back(name);
  }
  return unknown;
}

void Settings::PrintHelp(std::ostream& out) const {
  out << fmt::format(
      "{} {}\nUsage: {} [--flag=value ...]\n\n"
      "Each setting is an environment variable and a flag; the flag wins.\n\n",
      program_, version_, program_);
  for (const Row& row : rows_) {
    const std::string fallback =
        row.fallback.empty() ? std::string("no default") : "default " + RedactUrls(row.fallback);
    out << fmt::format("  {}  {}\n      {} ({}; {})\n", row.name, row.flag, row.help, row.accepts,
                       fallback);
  }
  out << "\n  --print-config  print the settings in effect, secrets redacted, and leave\n"
         "  --version       print the version and leave\n"
         "  --help          print this and leave\n";
}

void Settings::PrintConfig(std::ostream& out) const {
  for (const Row& row : rows_) {
    std::string value = row.value;
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out << row.name << '=' << value << '\n';
  }
}

Outcome Settings::Finish() { return Finish(std::cout, std::cerr); }

Outcome Settings::Finish(std::ostream& out, std::ostream& err) {
  if (TakeSwitch("--help")) {
    PrintHelp(out);
    return {.run = false, .exit_code = 0};
  }
  if (TakeSwitch("--version")) {
    out << program_ << ' ' << version_ << '\n';
    return {.run = false, .exit_code = 0};
  }
  const bool print_config = TakeSwitch("--print-config");
  for (const Argument& argument : arguments_) {
    if (argument.used) continue;
    // What follows "=" is not shown: it may be a secret behind a mistyped name.
    const std::string shown = argument.text.substr(0, argument.text.find('='));
    faults_.push_back(fmt::format("{}: unknown argument, see --help", Quoted(shown)));
  }
  for (const std::string& name : UnknownVariables()) {
    observe::Log(observe::Severity::kWarning, "a variable that is no setting is ignored",
                 {{"program", program_}, {"setting", name}});
  }
  if (print_config) PrintConfig(out);
  if (!faults_.empty()) {
    err << fmt::format(
        "{}: {} wrong:\n", program_,
        faults_.size() == 1 ? "1 setting is" : fmt::format("{} settings are", faults_.size()));
    for (const std::string& fault : faults_) err << "  " << fault << '\n';
    return {.run = false, .exit_code = kExitUsage};
  }
  return {.run = !print_config, .exit_code = 0};
}

}  // namespace telex::config
