// Where the settings of a stack that runs here are told: `telexctl.env`, lines of NAME=VALUE,
// written by deploy/local/stack.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace telex::cli {

using Values = std::map<std::string, std::string, std::less<>>;
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Lines that are no NAME=VALUE (empty ones, `#` remarks) are passed over; a value may stand in
// quotes. A name that stands twice has its last value.
Values ParseEnvFile(std::string_view text);

// $TELEX_STACK_DIR/telexctl.env when that variable is set (whether the file is there or not); else
// the first `.stack/telexctl.env` going up from `working_folder`, then from `program_folder`.
std::optional<std::filesystem::path> FindEnvFile(const Environment& environment,
                                                 const std::filesystem::path& working_folder,
                                                 const std::filesystem::path& program_folder);

// Why a file that was found cannot be used, and what was likely meant; empty when it can. One that
// TELEX_STACK_DIR names need not be there.
std::string FaultOf(const std::filesystem::path& file);

// What the file says; empty when there is none or it cannot be read.
Values ReadEnvFile(const std::optional<std::filesystem::path>& path);

}  // namespace telex::cli
