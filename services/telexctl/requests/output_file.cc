#include "telexctl/requests/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "telexctl/failures/failure.h"

namespace telex::cli {

absl::Status WriteNewFile(const std::string& file, std::string_view bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(file.c_str(), "wbx"),
                                                            &std::fclose);
  if (out == nullptr) {
    const bool exists = errno == EEXIST;
    return Usage(fmt::format("{}: {}", file, exists ? "is there already" : std::strerror(errno)),
                 exists ? "name another file: what may have been worked on is not written over"
                        : "name a file in a folder that can be written to");
  }
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), out.get()) == bytes.size() &&
                       std::fflush(out.get()) == 0;
  if (written) return absl::OkStatus();
  return Usage(fmt::format("{}: {}", file, std::strerror(errno)), "is the disk full?");
}

std::string FreeFileName(const std::string& file) {
  const std::filesystem::path path(file);
  std::string name = file;
  std::error_code none;
  for (int number = 2; std::filesystem::exists(name, none); ++number) {
    name = path.parent_path() /
           fmt::format("{}-{}{}", path.stem().string(), number, path.extension().string());
  }
  return name;
}

}  // namespace telex::cli
