#include "telexctl/env_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "platform/text/ascii.h"

namespace telex::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 64 << 10;

std::optional<fs::path> FindUpwards(const fs::path& from) {
  std::error_code error;
  for (fs::path folder = fs::absolute(from, error); !folder.empty();
       folder = folder.parent_path()) {
    fs::path candidate = folder / ".stack" / "telexctl.env";
    if (fs::is_regular_file(candidate, error)) return candidate;
    if (folder == folder.root_path()) break;
  }
  return std::nullopt;
}

}  // namespace

Values ParseEnvFile(std::string_view text) {
  Values values;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text::TrimAscii(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == line.npos) continue;
    std::string_view value = text::TrimAscii(line.substr(equals + 1));
    if (value.size() >= 2 && value.front() == value.back() &&
        (value.front() == '"' || value.front() == '\'')) {
      value = value.substr(1, value.size() - 2);
    }
    values[std::string(text::TrimAscii(line.substr(0, equals)))] = std::string(value);
  }
  return values;
}

std::optional<fs::path> FindEnvFile(const Environment& environment, const fs::path& working_folder,
                                    const fs::path& program_folder) {
  if (const auto stack = environment("TELEX_STACK_DIR"); stack.has_value() && !stack->empty()) {
    return fs::path(*stack) / "telexctl.env";
  }
  if (auto found = FindUpwards(working_folder)) return found;
  if (!program_folder.empty()) return FindUpwards(program_folder);
  return std::nullopt;
}

std::string FaultOf(const fs::path& file) {
  std::error_code error;
  if (fs::is_regular_file(file, error)) {
    return std::ifstream(file) ? "" : fmt::format("{} cannot be read", file.string());
  }
  const fs::path folder = file.parent_path();
  std::string fault =
      fmt::format("TELEX_STACK_DIR names no stack that is up (there is no {})", file.string());
  if (fs::is_regular_file(folder / ".stack" / file.filename(), error)) {
    fault += fmt::format("; did you mean TELEX_STACK_DIR={}?", (folder / ".stack").string());
  }
  return fault;
}

Values ReadEnvFile(const std::optional<fs::path>& path) {
  if (!path.has_value()) return {};
  std::ifstream file(*path, std::ios::binary);
  if (!file) return {};
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() > kFileBytesMax) text.resize(kFileBytesMax);
  return ParseEnvFile(text);
}

}  // namespace telex::cli
