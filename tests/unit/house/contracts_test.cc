// proto/ as it stands against each release in proto/baseline/. The working directory is the
// checkout.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/house/contract_rules.h"

namespace telex::house {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Of proto/ as it stands: the build makes it.
Contracts Present() { return ReadDescriptorSet(ReadFile(TELEX_PRESENT_CONTRACTS)); }

std::string Joined(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& fault : faults) text += "  " + fault + "\n";
  return text;
}

TEST(Contracts, AreReadWhole) {
  const Contracts present = Present();
  EXPECT_EQ(Joined(present.faults), "");
  EXPECT_GE(present.files.size(), 8u);
}

TEST(Contracts, KeepWhatEveryReleasePromised) {
  const Contracts present = Present();
  int releases = 0;
  for (const auto& entry : fs::directory_iterator("proto/baseline")) {
    if (entry.path().extension() != ".binpb") continue;
    ++releases;
    const Contracts released = ReadDescriptorSet(ReadFile(entry.path()));
    EXPECT_EQ(Joined(released.faults), "") << entry.path();
    EXPECT_GE(released.files.size(), 8u) << entry.path();
    EXPECT_EQ(Joined(BreakingChanges(released, present)), "") << "against " << entry.path();
  }
  EXPECT_GE(releases, 1);
}

TEST(Contracts, EnumsBeginWithUnspecified) {
  EXPECT_EQ(Joined(EnumsWithoutUnspecified(Present())), "");
}

}  // namespace
}  // namespace telex::house
