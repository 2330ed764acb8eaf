// Stories of telex-bench-seed-log in the order in which readers come to them (Zipf), a line each.
//   telex-bench-choose-stories --stories 1000 --choices 20000 --file FILE
#include <fmt/format.h>

#include <fstream>

#include "tests/benchmark/flags.h"
#include "tests/benchmark/made_views.h"
#include "tests/benchmark/stories.h"

int main(int argc, char** argv) {
  using namespace telex;
  bench::Flags flags(argc, argv);
  const auto stories = static_cast<std::uint64_t>(flags.Integer("stories", 1'000));
  const std::int64_t choices = flags.Integer("choices", 20'000);
  std::ofstream file(flags.Text("file", "/dev/stdout"));
  flags.Finish();
  std::vector<std::string> ids;
  for (std::uint64_t n = 0; n < stories; ++n) ids.push_back(bench::Story(n, n).id.ToString());
  const bench::Zipf choose(stories);
  std::mt19937_64 random(1);
  for (std::int64_t n = 0; n < choices; ++n) file << ids[choose(random)] << '\n';
  fmt::print("{{\"choices\":{}}}\n", choices);
  return file.flush() ? 0 : 1;
}
