// telex-load: a stream of stories into ingestion. README.md says what for.
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/support/load/report.h"
#include "tests/support/load/runner.h"
#include "tests/support/load/stories.h"

namespace telex::load {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a signal handler sets it

struct LoadFlags {
  RunSettings run;
  StorySettings stories;
  std::string token_file;
  std::string out = "-";
  bool summary = false;
  double deadline_seconds = 12;  // more than the service takes to say DECISION_PENDING
  double give_up_seconds = 60;
  double step_pause_seconds = 0;
  double embargo_seconds = 15;
  double expiry_seconds = 25;
};

void DeclareStories(CLI::App& app, LoadFlags& flags) {
  StorySettings& stories = flags.stories;
  const auto percent = [&](const std::string& name, double& value, const std::string& what) {
    app.add_option(name, value, what)->capture_default_str()->check(CLI::Range(0.0, 100.0));
  };
  const auto seconds = [&](const std::string& name, double& value, const std::string& what) {
    app.add_option(name, value, what)->capture_default_str()->check(CLI::Range(0.1, 86'400.0));
  };
  app.add_option("--run", stories.run, "names the run: story i has the key load-{run}-{i}")
      ->required();
  app.add_option("--seed", stories.seed, "of texts and of what becomes of a story")
      ->capture_default_str();
  percent("--corrections-percent", stories.corrections_percent, "of the stories");
  percent("--kills-percent", stories.kills_percent, "of the stories");
  percent("--purges-percent", stories.purges_percent, "of the stories, after all else");
  percent("--embargoes-percent", stories.embargoes_percent, "of the stories");
  percent("--expiries-percent", stories.expiries_percent, "of those without an embargo");
  seconds("--embargo-seconds", flags.embargo_seconds, "of the longest; the shortest has half");
  seconds("--expiry-seconds", flags.expiry_seconds, "until the latest; the soonest has half");
  app.add_option("--body-bytes", stories.body_bytes, "of a story, about")
      ->capture_default_str()
      ->check(CLI::Range(10, 700'000));
  app.add_option("--sections", stories.sections, "slugs, taken in turn")->delimiter(',');
  app.add_option("--languages", stories.languages, "BCP 47, taken in turn")->delimiter(',');
}

void DeclareRun(CLI::App& app, LoadFlags& flags) {
  RunSettings& run = flags.run;
  app.add_option("--addresses", run.addresses, "ingestion replicas, host:port,...")
      ->delimiter(',')
      ->required();
  app.add_option("--token-file", flags.token_file, "bearer token of an editor")->required();
  app.add_option("--count", run.count, "stories")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", run.rate, "calls a second; 0: as fast as --concurrency lets")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--concurrency", run.concurrency, "calls in flight at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  app.add_option("--source", run.source, "made when it is not there")->capture_default_str();
  app.add_option("--deadline-seconds", flags.deadline_seconds, "of one try")->capture_default_str();
  app.add_option("--give-up-seconds", flags.give_up_seconds, "of a call with its repeats")
      ->capture_default_str();
  app.add_option("--step-pause-seconds", flags.step_pause_seconds,
                 "from a story to its correction, kill or purge, at least")
      ->capture_default_str();
  app.add_option("--out", flags.out,
                 "file of one JSON line a call; - is standard output; empty: none")
      ->capture_default_str();
  app.add_flag("--summary", flags.summary,
               "prints one JSON line of counts and latencies at the end");
}

int Execute(LoadFlags& flags) {
  std::ifstream token(flags.token_file);
  if (!(token >> flags.run.token)) {
    std::cerr << "telex-load: no token in " << flags.token_file << "\n";
    return 2;
  }
  std::ofstream file;
  if (!flags.out.empty() && flags.out != "-") {
    file.open(flags.out, std::ios::app);
    if (!file) {
      std::cerr << "telex-load: cannot write " << flags.out << "\n";
      return 2;
    }
  }
  flags.run.stop = &stop;
  flags.run.deadline = absl::Seconds(flags.deadline_seconds);
  flags.run.give_up_after = absl::Seconds(flags.give_up_seconds);
  flags.run.step_pause = absl::Seconds(flags.step_pause_seconds);
  flags.stories.embargo_max = absl::Seconds(flags.embargo_seconds);
  flags.stories.expiry_max = absl::Seconds(flags.expiry_seconds);
  const Stories stories(flags.stories);
  Summary summary;
  bool all = true;
  const absl::Time begin = absl::Now();
  const absl::Status status = Run(flags.run, stories, [&](const Outcome& outcome) {
    summary.Add(outcome);
    all = all && outcome.status.ok();
    // Flushed: whoever follows the file sees an acknowledgement as soon as it is there.
    if (file.is_open()) file << LineOf(outcome, stories) << std::flush;
    if (flags.out == "-") std::cout << LineOf(outcome, stories) << std::flush;
  });
  if (flags.summary) std::cout << summary.Line(flags.stories.run, absl::Now() - begin);
  if (!status.ok()) {
    std::cerr << "telex-load: " << status.ToString() << "\n";
    return 2;
  }
  return all ? 0 : 1;
}

}  // namespace
}  // namespace telex::load

int main(int argc, char** argv) {
  std::signal(SIGTERM, [](int) { telex::load::stop = true; });
  std::signal(SIGINT, [](int) { telex::load::stop = true; });
  telex::load::LoadFlags flags;
  CLI::App app(
      "Submits a stream of stories; a signal ends it in order. Exit codes: 0 all were "
      "acknowledged; 1 some were not; "
      "2 it could not start.",
      "telex-load");
  telex::load::DeclareStories(app, flags);
  telex::load::DeclareRun(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return telex::load::Execute(flags);
}
