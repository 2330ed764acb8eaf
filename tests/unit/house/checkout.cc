#include "tests/unit/house/checkout.h"

#include <fstream>
#include <iterator>
#include <set>

namespace telex::house {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileBytesMax = 4 << 20;

bool IsOwnFolder(const fs::path& folder) {
  static const std::set<std::string> kMade = {"build", "bin", "node_modules", "__pycache__"};
  const std::string name = folder.filename().string();
  if (name == ".ci" || name == ".github") return true;
  return !name.starts_with('.') && !kMade.contains(name);
}

}  // namespace

Files ReadCheckout(const fs::path& root) {
  Files files;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory()) {
      if (!IsOwnFolder(entry->path())) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || entry->file_size() > kFileBytesMax) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (text.find('\0') != std::string::npos) continue;
    files.emplace(fs::relative(entry->path(), root).generic_string(), std::move(text));
  }
  return files;
}

bool IsUnder(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool HasSuffix(std::string_view path, std::string_view suffix) { return path.ends_with(suffix); }

bool IsCpp(std::string_view path) { return HasSuffix(path, ".cc") || HasSuffix(path, ".h"); }

std::vector<std::string> PartsOf(std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace telex::house
