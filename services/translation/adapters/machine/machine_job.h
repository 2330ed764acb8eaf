// A job done by engines: what is to be translated of it goes to one after the other, until all is
// there that the checks let pass. No thread, no clock, no queue of its own.
#pragma once

#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "translation/adapters/machine/machine_engine.h"
#include "translation/adapters/text/job_text.h"
#include "translation/domain/job_row.h"
#include "translation/domain/policy.h"

namespace telex::translation {

// What the policy says of a story and a language.
struct EnginePlan {
  std::vector<std::string> engines;  // names, in the order in which they are asked; none: all
  bool outside_allowed = true;       // the text may go to engines that are not the publisher's own
  // A person's: only what is unchanged is taken over. What else there is goes to a person, whatever
  // engines or the memory have for it.
  bool carries_only = false;
};

// By the rule that holds for the story, and what the job was wanted for; `policy` may be null. What
// no rule speaks of goes to any engine, while it is under embargo to the publisher's own alone.
// Pure.
EnginePlan PlanFor(const Policy* policy, const JobRow& row, const JobText& text);

struct MachineJob {
  const JobText& text;
  EnginePlan plan;
  const Glossary* glossary = nullptr;  // of the pair; may be null
  // What an attempt before has made of the same version.
  std::span<const DoneSegment> kept = {};
};

// All is there.
struct MachineCompleted {
  v1::Text text;           // with its costs
  bool was_asked = false;  // an engine was; else all was there already
};

// Those who could are closed. What is done so far need not be sent again.
struct MachineWaits {
  absl::Duration retry_after;  // until the first of them may be asked
  std::string note;            // where, who, and why
  bool was_asked = false;      // else all were closed before
  std::vector<DoneSegment> kept;
};

// No engine will ever do.
struct MachineFailed {
  std::string reason;     // NO_ENGINE, ENGINE_CLOSED, ENGINE_FAILED, CHECKS_FAILED, FIELD_TOO_LONG
  std::string note;       // where and why, at most kNoteBytesMax
  bool escalate = false;  // a person can; else nobody can
};

// It was asked to stop.
struct MachineStopped {};

struct MachineResult {
  std::variant<MachineCompleted, MachineWaits, MachineFailed, MachineStopped> what;
  std::vector<v1::Cost> costs;  // by engine
  // Unless it is completed: what engines have made, also what a check speaks against.
  std::vector<v1::Segment> made;
};

// What is closed for longer is not waited for: a person is to do it.
inline constexpr absl::Duration kEngineWaitMax = absl::Hours(24);
inline constexpr std::size_t kMachineNoteBytesMax = 500;
// An engine is asked for so much at once: between, the lease is extended.
inline constexpr std::size_t kTextsAtOnceMax = 50;
inline constexpr std::size_t kBytesAtOnceMax = 16 * 1024;

struct MachineJobPorts {
  std::span<MachineEngine* const> engines;
  // Told how many segments are there, before each question; false: the job is somebody else's by
  // now.
  std::function<bool(int segments_done)> go_on;
  std::stop_token stop;
};

// Each text goes out once, however often it stands in the story, with what stands around it and the
// glossary's terms. What an engine refuses, or what fails a check, goes to the next engine alone.
// Blocks while engines answer.
MachineResult RunMachineJob(const MachineJob& job, const MachineJobPorts& ports);

}  // namespace telex::translation
