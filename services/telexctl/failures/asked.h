// What the program was asked to do, as hints repeat it.
#pragma once

#include <string>

namespace telex::cli {

struct Asked {
  std::string command = "COMMAND";            // "articles kill"
  std::string line = "telexctl COMMAND ...";  // the whole of it as a shell reads it
};

}  // namespace telex::cli
