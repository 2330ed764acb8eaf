// telexctl, but for the process around it.
#pragma once

#include <filesystem>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "telexctl/env_file.h"

namespace telex::cli {

struct World {
  Environment environment;
  std::filesystem::path working_folder;
  std::filesystem::path program_folder;  // empty: not known
  std::ostream& out;
  std::ostream& err;
  std::size_t width = 0;             // of the terminal; 0: none
  std::istream* terminal = nullptr;  // where a person types; null: nobody does
};

// The exit code.
int Run(int argc, const char* const* argv, const World& world);

// Every command there is, and every group of them: "articles", "articles get", ...
std::vector<std::string> CommandNames();

}  // namespace telex::cli
