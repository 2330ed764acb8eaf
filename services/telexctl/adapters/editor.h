#pragma once

#include <absl/status/status.h>

#include <string>

namespace telex::cli {

// Opens the file in the person's editor, and waits until it is closed. `command` is a line of a
// shell, as $EDITOR is: "code --wait". Wrong usage where it cannot be run, or ends with a fault.
absl::Status RunEditor(const std::string& command, const std::string& file);

}  // namespace telex::cli
