#include "telexctl/adapters/editor.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

constexpr std::string_view kHint = "VISUAL or EDITOR names your editor, as in EDITOR=nano";

}  // namespace

absl::Status RunEditor(const std::string& command, const std::string& file) {
  std::string shell = "sh";
  std::string dash_c = "-c";
  std::string line = command + " \"$1\"";
  std::string name = command;
  std::string operand = file;
  const std::array<char*, 6> arguments = {shell.data(), dash_c.data(),  line.data(),
                                          name.data(),  operand.data(), nullptr};
  pid_t child = 0;
  const int fault = ::posix_spawnp(&child, "sh", nullptr, nullptr, arguments.data(), environ);
  if (fault != 0) return Usage(fmt::format("{}: {}", command, std::strerror(fault)), kHint);
  int state = 0;
  while (::waitpid(child, &state, 0) < 0) {
    if (errno != EINTR) return Usage(fmt::format("{}: {}", command, std::strerror(errno)), kHint);
  }
  if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return absl::OkStatus();
  return Usage(
      fmt::format("the editor '{}' ended with a fault; {} is as it left it", command, file), kHint);
}

}  // namespace telex::cli
