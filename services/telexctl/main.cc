#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "telexctl/program.h"
#include "telexctl/views/output.h"

int main(int argc, char** argv) {
  std::error_code error;
  return telex::cli::Run(
      argc, argv,
      {.environment = [](const std::string& name) -> std::optional<std::string> {
         const char* value = std::getenv(name.c_str());
         if (value == nullptr) return std::nullopt;
         return value;
       },
       .working_folder = std::filesystem::current_path(error),
       .program_folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path(),
       .out = std::cout,
       .err = std::cerr,
       .width = telex::cli::TerminalWidth(),
       .terminal = isatty(STDIN_FILENO) != 0 ? &std::cin : nullptr});
}
