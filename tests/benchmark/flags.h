// Flags of the benchmark's programs: --name value, each with a fallback. An unknown flag ends the
// program: a typing mistake must not measure something else.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace telex::bench {

class Flags {
 public:
  Flags(int argc, char** argv) {
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (!name.starts_with("--") || i + 1 == argc) Die("not --name value: " + name);
      given_[name.substr(2)] = argv[i + 1];
    }
  }
  std::string Text(const std::string& name, const std::string& fallback) {
    const auto found = given_.find(name);
    if (found == given_.end()) return fallback;
    std::string value = found->second;
    given_.erase(found);
    return value;
  }
  std::int64_t Integer(const std::string& name, std::int64_t fallback) {
    const std::string text = Text(name, std::to_string(fallback));
    char* end = nullptr;
    const std::int64_t value = std::strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0') Die("--" + name + " is not a number: " + text);
    return value;
  }
  // After all have been read.
  void Finish() const {
    if (!given_.empty()) Die("unknown flag --" + given_.begin()->first);
  }

 private:
  [[noreturn]] static void Die(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(64);
  }
  std::map<std::string, std::string> given_;
};

}  // namespace telex::bench
