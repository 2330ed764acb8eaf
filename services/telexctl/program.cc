#include "telexctl/program.h"

#include "telexctl/command.h"
#include "telexctl/context.h"
#include "telexctl/failure.h"
#include "telexctl/options.h"
#include "telexctl/output.h"

namespace telex::cli {
namespace {

constexpr const char* kFooter =
    "Settings: a flag wins over its environment variable [in brackets], that over the file\n"
    "telexctl.env of the local stack ($TELEX_STACK_DIR, or .stack here or in a folder above).\n"
    "\n"
    "Exit codes: 0 done; 1 refused, or not there; 2 wrong usage; 3 no answer (the same again is\n"
    "safe); 4 not allowed.\n"
    "\n"
    "Example:\n  telexctl import story.txt\n";

absl::Status Execute(const Commands::Run& run, const Flags& flags, const World& world,
                     Output& output) {
  const Values file =
      ReadEnvFile(FindEnvFile(world.environment, world.working_folder, world.program_folder));
  auto options = Resolve(flags, world.environment, file);
  if (!options.ok()) return options.status();
  output.Configure(options->format, world.width);
  Context context(*std::move(options), output);
  return run(context);
}

}  // namespace

int Run(int argc, const char* const* argv, const World& world) {
  Commands commands;
  Flags flags;
  CLI::App app("The command line of Telex, for editors and operators.", "telexctl");
  app.require_subcommand(1);
  app.fallthrough();  // global flags may stand behind the command, too
  app.footer(kFooter);
  app.set_version_flag("--version", TELEX_VERSION);
  AddFlags(app, flags);
  AddImport(app, commands);
  AddArticles(app, commands);
  AddSources(app, commands);
  AddFeeds(app, commands);
  AddTopics(app, commands);
  AddStatus(app, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, world.out, world.err) == 0 ? kExitOk : kExitUsage;
  }
  Output output(world.out, world.err);
  const absl::Status status = Execute(commands.chosen(), flags, world, output);
  output.Flush();
  if (!status.ok()) {
    world.err << (output.json() ? DescribeFailureAsJson(status) : DescribeFailure(status));
  }
  return ExitCodeOf(status);
}

}  // namespace telex::cli
