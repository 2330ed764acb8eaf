#include "telexctl/program.h"

#include <fmt/format.h>

#include <filesystem>

#include "telexctl/commands/command.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/options.h"
#include "telexctl/views/output.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr const char* kFooter =
    "Settings: a flag wins over its environment variable [in brackets], that over the file\n"
    "telexctl.env of the local stack ($TELEX_STACK_DIR, or .stack here or in a folder above).\n"
    "\n"
    "Exit codes: 0 done; 1 refused, or not there; 2 wrong usage; 3 no answer (the same again is\n"
    "safe); 4 not allowed.\n"
    "\n"
    "Example:\n  telexctl import story.txt\n  telexctl articles list --section world\n";

// The whole command line; its flags end up in `flags`.
class Program : public CommandLine {
 public:
  Program()
      : CommandLine("The command line of Telex, for editors and operators.", "telexctl",
                    TELEX_VERSION, kFooter) {
    Command program = root();
    AddFlags(program, flags);
    AddImport(program);
    AddArticles(program);
    AddSources(program);
    AddFeeds(program);
    AddTranslations(program);
    AddViews(program);
    AddTopics(program);
    AddStatus(program);
  }

  Flags flags;
};

// Whether -o json stands in a command line that may not be readable otherwise.
bool AsksForJson(int argc, const char* const* argv) {
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool has_next = i + 1 < argc;
    if ((word == "-o" || word == "--output") && has_next) {
      json = std::string_view(argv[++i]) == "json";
    } else if (word.starts_with("-o") || word.starts_with("--output=")) {
      json = word == "-ojson" || word == "-o=json" || word == "--output=json";
    }
  }
  return json;
}

int Fail(const absl::Status& status, const Asked& asked, bool json, std::ostream& err) {
  err << (json ? DescribeFailureAsJson(status, asked) : DescribeFailure(status, asked));
  return ExitCodeOf(status);
}

std::vector<std::string> Typed(int argc, const char* const* argv) {
  std::vector<std::string> words = {"telexctl"};  // wherever it lies
  if (argc > 1) words.insert(words.end(), argv + 1, argv + argc);
  return words;
}

absl::Status Execute(const Command::Run& run, const Flags& flags, const World& world,
                     std::vector<std::string> typed, Output& output) {
  const auto stack = FindEnvFile(world.environment, world.working_folder, world.program_folder);
  if (stack.has_value()) {
    if (const std::string fault = FaultOf(*stack); !fault.empty())
      output.Note(fmt::format("{}: the default addresses are asked", fault));
  }
  const Values file = ReadEnvFile(stack);
  auto options = Resolve(flags, world.environment, file);
  if (!options.ok()) return options.status();
  output.Configure(options->format, world.width);
  Context context(*std::move(options), std::move(typed), output, world.terminal);
  return run(context);
}

}  // namespace

int Run(int argc, const char* const* argv, const World& world) {
  Program program;
  const bool json = AsksForJson(argc, argv);
  const std::vector<std::string> typed = Typed(argc, argv);
  absl::Status status = program.Parse(argc, argv, world.out, world.err);
  if (status.ok() && program.chosen()) {
    Output output(world.out, world.err);
    status = Execute(program.chosen(), program.flags, world, typed, output);
    output.Flush();
  }
  if (!status.ok()) {
    return Fail(status, {.command = program.ChosenCommand(), .line = ShellQuoted(typed)}, json,
                world.err);
  }
  return kExitOk;
}

std::vector<std::string> CommandNames() { return Program().CommandNames(); }

}  // namespace telex::cli
