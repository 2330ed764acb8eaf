#include "translation/adapters/machine/machine_job.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "news/blank.h"
#include "news/text_cut.h"
#include "platform/errors/errors.h"
#include "translation/domain/memory.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/job_file.h"

namespace telex::translation {
namespace {

constexpr std::size_t kContextSegments = 2;  // before, and behind
constexpr std::size_t kTermsAtOnceMax = 50;
constexpr std::size_t kPlacesToldMax = 5;

// What has become of one segment so far.
struct Slot {
  std::optional<DoneSegment> done;
  bool is_offered = false;  // `done` is not of the engine that was asked last
  std::size_t next = 0;     // the engine that is asked next
  bool waits = false;       // an engine that is closed was passed over
  bool checks_failed = false;
  std::string why;                     // why the last engine's was not taken
  std::optional<DoneSegment> refused;  // what that was, where a check spoke against it
};

bool IsBlankByte(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool EndsWithOpening(std::string_view text) {
  static constexpr std::string_view kOpening[] = {"“", "„", "(", "[", "¿", "¡"};
  return std::ranges::any_of(kOpening, [&](auto mark) { return text.ends_with(mark); });
}

bool BeginsWithClosing(std::string_view text) {
  if (text.starts_with(')') || text.starts_with(']') || text.starts_with("”")) return true;
  if (!text.starts_with(',') && !text.starts_with('.')) return false;
  return text.size() == 1 || IsBlankByte(text[1]);  // not ".5", ".com"
}

// What engines leave between words, and no person would be asked about: runs of blanks, at the
// ends, within quotes and brackets, before a comma or a full stop.
std::string TidyBlanks(std::string_view tagged) {
  std::string tidy;
  while (!tagged.empty()) {
    if (!IsBlankByte(tagged.front())) {
      tidy += tagged.front();
      tagged.remove_prefix(1);
      continue;
    }
    while (!tagged.empty() && IsBlankByte(tagged.front())) tagged.remove_prefix(1);
    const bool is_odd =
        tidy.empty() || tagged.empty() || EndsWithOpening(tidy) || BeginsWithClosing(tagged);
    if (!is_odd) tidy += ' ';
  }
  return tidy;
}

std::vector<MachineEngine*> EnginesFor(const MachineJob& job,
                                       std::span<MachineEngine* const> engines) {
  const Pair pair{job.text.from, job.text.to};
  std::vector<MachineEngine*> usable;
  if (job.plan.carries_only) return usable;
  const auto add = [&](MachineEngine& engine) {
    if (!engine.about().Does(pair)) return;
    if (engine.about().outside && !job.plan.outside_allowed) return;
    usable.push_back(&engine);
  };
  if (job.plan.engines.empty()) {
    for (MachineEngine* const engine : engines) add(*engine);
  }
  for (const std::string& name : job.plan.engines) {
    const auto found = std::ranges::find(
        engines, name, [](const MachineEngine* engine) { return engine->about().name; });
    if (found != engines.end()) add(**found);
  }
  return usable;
}

class Runner {
 public:
  Runner(const MachineJob& job, const MachineJobPorts& ports)
      : job_(job),
        ports_(ports),
        pair_{job.text.from, job.text.to},
        engines_(EnginesFor(job, ports.engines)),
        slots_(job.text.segments.size()) {
    for (std::size_t i = 0; i < slots_.size(); ++i) by_place_.emplace(SegmentAt(i).place(), i);
    for (DoneSegment& segment : OfferedSegments(job.text)) Offer(std::move(segment));
    for (const DoneSegment& segment : job.kept) Offer(segment);
  }

  MachineResult Run() {
    MachineResult result;
    result.what = Result();
    for (auto& [engine, cost] : costs_) result.costs.push_back(std::move(cost));
    if (auto* const completed = std::get_if<MachineCompleted>(&result.what)) {
      completed->text.mutable_costs()->Assign(result.costs.begin(), result.costs.end());
    } else {
      result.made = Made();
    }
    return result;
  }

 private:
  using What = decltype(MachineResult::what);

  const v1::Segment& SegmentAt(std::size_t i) const { return job_.text.segments[i].segment; }

  void Offer(DoneSegment segment) {
    const auto found = by_place_.find(segment.place);
    if (found == by_place_.end() || slots_[found->second].done) return;
    const bool is_unchanged =
        job_.text.segments[found->second].state == JobTextSegment::State::kUnchanged;
    if (job_.plan.carries_only && !is_unchanged) return;
    slots_[found->second].done = std::move(segment);
    slots_[found->second].is_offered = true;
  }

  What Result() {
    while (true) {
      if (!Translate()) return MachineStopped{};
      if (std::ranges::any_of(slots_, [](const Slot& slot) { return !slot.done; }))
        return GivenUp();
      std::vector<DoneSegment> done;
      for (const Slot& slot : slots_) done.push_back(*slot.done);
      auto finished = FinishJobText(job_.text, done, "", job_.glossary);
      if (finished.ok()) return MachineCompleted{std::move(finished->text), was_asked_};
      if (!TakeBack(finished.status())) return TooLarge(finished.status());
    }
  }

  // Asks until each segment is done or has no engine left. False: stopping.
  bool Translate() {
    while (true) {
      std::size_t engine = engines_.size();
      for (const Slot& slot : slots_) {
        if (!slot.done) engine = std::min(engine, slot.next);
      }
      if (engine == engines_.size()) return true;
      if (!Ask(engine)) return false;
    }
  }

  // For all that this engine is the next for.
  bool Ask(std::size_t engine) {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (!slots_[i].done && slots_[i].next == engine) wanted.push_back(i);
    }
    for (const std::size_t i : wanted) ++slots_[i].next;
    // Once for each text, at its first place.
    absl::flat_hash_map<std::string_view, std::vector<std::size_t>> places;
    std::vector<std::size_t> texts;
    for (const std::size_t i : wanted) {
      std::vector<std::size_t>& same = places[SegmentAt(i).source()];
      if (same.empty()) texts.push_back(i);
      same.push_back(i);
    }
    if (const auto closed = engines_[engine]->ClosedFor(pair_, CharactersOf(RequestFor(texts)))) {
      for (const std::size_t i : wanted) PassOver(slots_[i], *engines_[engine], *closed);
      return true;
    }
    for (std::size_t at = 0; at < texts.size();) {
      const std::size_t end = EndOfPart(texts, at);
      const auto part = std::span<const std::size_t>(texts).subspan(at, end - at);
      if (!AskPart(*engines_[engine], part, places)) return false;
      at = end;
    }
    return true;
  }

  std::size_t EndOfPart(std::span<const std::size_t> texts, std::size_t begin) const {
    std::size_t bytes = SegmentAt(texts[begin]).source().size();
    std::size_t end = begin + 1;
    while (end < texts.size() && end - begin < kTextsAtOnceMax) {
      bytes += SegmentAt(texts[end]).source().size();
      if (bytes > kBytesAtOnceMax) break;
      ++end;
    }
    return end;
  }

  bool AskPart(MachineEngine& engine, std::span<const std::size_t> texts,
               const absl::flat_hash_map<std::string_view, std::vector<std::size_t>>& places) {
    const auto done =
        std::ranges::count_if(slots_, [](const Slot& slot) { return slot.done.has_value(); });
    if (ports_.stop.stop_requested() || (ports_.go_on && !ports_.go_on(static_cast<int>(done))))
      return false;
    was_asked_ = true;
    const EngineOutcome outcome = engine.Translate(RequestFor(texts), ports_.stop);
    Charge(engine, outcome, texts.size());
    if (ports_.stop.stop_requested()) return false;
    const auto closed = outcome.failure ? engine.ClosedFor(pair_, 0) : std::nullopt;
    for (std::size_t at = 0; at < texts.size(); ++at) {
      for (const std::size_t i : places.at(SegmentAt(texts[at]).source())) {
        if (outcome.targets[at]) {
          Take(i, engine, *outcome.targets[at]);
        } else if (closed) {
          PassOver(slots_[i], engine, *closed);
        } else {
          const EngineFault fault =
              outcome.failure ? outcome.failure->fault : EngineFault::kBadAnswer;
          slots_[i].why = fmt::format("{}: {}", engine.about().name, NameOf(fault));
          has_failed_ = true;
        }
      }
    }
    return true;
  }

  // Only what no check speaks against.
  void Take(std::size_t i, const MachineEngine& engine, std::string_view given) {
    Slot& slot = slots_[i];
    const std::string target = TidyBlanks(given);
    const std::vector<Finding> findings = CheckSegment({.source_language = job_.text.from,
                                                        .target_language = job_.text.to,
                                                        .source = SegmentAt(i).source(),
                                                        .target = target},
                                                       job_.glossary);
    DoneSegment made{.place = SegmentAt(i).place(),
                     .target = target,
                     .engine = engine.about().label,
                     .overruled = {}};
    if (findings.empty()) {
      slot.done = std::move(made);
      slot.is_offered = false;
      return;
    }
    slot.refused = std::move(made);
    slot.checks_failed = true;
    slot.why = fmt::format("{}: {}", engine.about().name, ReasonOf(findings.front().check));
  }

  void PassOver(Slot& slot, const MachineEngine& engine, const EngineFailure& closed) {
    slot.why = fmt::format("{}: {}", engine.about().name, NameOf(closed.fault));
    if (closed.fault == EngineFault::kPairUnknown) return;
    slot.waits = true;
    soonest_ = std::min(soonest_, closed.retry_after.value_or(absl::Minutes(1)));
  }

  void Charge(const MachineEngine& engine, const EngineOutcome& outcome, std::size_t texts) {
    if (outcome.characters == 0) return;
    v1::Cost& cost = costs_[engine.about().name];
    cost.set_engine(engine.about().name);
    cost.set_characters(cost.characters() + outcome.characters);
    cost.set_segments(cost.segments() + static_cast<std::int64_t>(texts));
  }

  EngineRequest RequestFor(std::span<const std::size_t> texts) const {
    EngineRequest request{.source = pair_.from, .target = pair_.to};
    for (const std::size_t i : texts)
      request.texts.push_back({SegmentAt(i).place(), SegmentAt(i).source()});
    const std::size_t first = texts.front();
    for (std::size_t i = first - std::min(first, kContextSegments); i < first; ++i)
      request.before += PlainTextOf(SegmentAt(i).source()) + " ";
    const std::size_t behind = texts.back() + 1;
    for (std::size_t i = behind; i < std::min(slots_.size(), behind + kContextSegments); ++i)
      request.after += PlainTextOf(SegmentAt(i).source()) + " ";
    request.terms = TermsIn(texts);
    return request;
  }

  // What the glossary would have, as far as it is one word and not any ending of a stem.
  std::vector<EngineTerm> TermsIn(std::span<const std::size_t> texts) const {
    std::map<std::string, std::string> terms;
    if (job_.glossary == nullptr) return {};
    for (const std::size_t i : texts) {
      const std::string plain = PlainTextOf(SegmentAt(i).source());
      for (const TermMatch& match : job_.glossary->FindIn(plain)) {
        const auto& allowed = match.term->allowed;
        const auto whole = std::ranges::find_if(
            allowed, [](const std::string& target) { return target.find('*') == target.npos; });
        if (whole != allowed.end() && terms.size() < kTermsAtOnceMax)
          terms.emplace(match.place.Of(plain), *whole);
      }
    }
    std::vector<EngineTerm> found;
    for (const auto& [source, target] : terms) found.push_back({source, target});
    return found;
  }

  // What cannot be put together goes to the next engine. False: no segment is to blame.
  bool TakeBack(const absl::Status& status) {
    bool any = false;
    const auto details = errors::DetailsOf(status);
    for (std::size_t i = 0; details && i < slots_.size(); ++i) {
      const std::string field = SegmentField(SegmentAt(i).place());
      for (const errors::FieldViolation& fault : details->fields) {
        if (fault.field != field || !slots_[i].done) continue;
        Slot& slot = slots_[i];
        slot.refused = std::exchange(slot.done, std::nullopt);
        if (slot.is_offered) slot.next = 0;
        slot.is_offered = false;
        slot.checks_failed = true;
        slot.why = fault.reason;
        any = true;
      }
    }
    return any;
  }

  // --- what is told of it ---

  static What TooLarge(const absl::Status& status) {
    return MachineFailed{.reason = errors::ReasonOf(status),
                         .note = Note(std::string(status.message())),
                         .escalate = false};
  }

  static std::string Note(const std::string& text) {
    return news::CutText(text, kMachineNoteBytesMax, kMachineNoteBytesMax);
  }

  What GivenUp() {
    bool waits = true;
    bool checks_failed = false;
    for (const Slot& slot : slots_) {
      if (slot.done) continue;
      waits = waits && slot.waits;
      checks_failed = checks_failed || slot.checks_failed;
    }
    if (waits && soonest_ <= kEngineWaitMax)
      return MachineWaits{soonest_, Note(Places()), was_asked_, Kept()};
    const std::string_view reason = checks_failed ? errors::kChecksFailed
                                    : has_failed_ ? errors::kEngineFailed
                                    : waits       ? errors::kEngineClosed
                                                  : errors::kNoEngine;
    return MachineFailed{.reason = std::string(reason), .note = Note(Places()), .escalate = true};
  }

  std::vector<DoneSegment> Kept() const {
    std::vector<DoneSegment> kept;
    for (const Slot& slot : slots_) {
      if (slot.done && !slot.done->engine.empty()) kept.push_back(*slot.done);
    }
    return kept;
  }

  std::vector<v1::Segment> Made() const {
    std::vector<v1::Segment> made;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::optional<DoneSegment>& last = slots_[i].done ? slots_[i].done : slots_[i].refused;
      if (!last || last->engine.empty() || news::IsBlank(last->target)) continue;
      v1::Segment& segment = made.emplace_back();
      segment.set_place(last->place);
      segment.set_source(SegmentAt(i).source());
      segment.set_target(last->target);
      segment.set_origin(v1::ORIGIN_ENGINE);
      segment.set_engine(last->engine);
    }
    return made;
  }

  // "body.p1.s2: deepl: NUMBERS_DIFFER; …"
  std::string Places() const {
    std::string places;
    std::size_t count = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].done || ++count > kPlacesToldMax) continue;
      const std::string_view why =
          slots_[i].why.empty() ? "no engine" : std::string_view(slots_[i].why);
      places += fmt::format("{}{}: {}", places.empty() ? "" : "; ", SegmentAt(i).place(), why);
    }
    if (count > kPlacesToldMax) places += fmt::format("; {} more", count - kPlacesToldMax);
    return places;
  }

  const MachineJob& job_;
  const MachineJobPorts& ports_;
  const Pair pair_;
  const std::vector<MachineEngine*> engines_;
  std::vector<Slot> slots_;  // beside the job's segments
  absl::flat_hash_map<std::string_view, std::size_t> by_place_;
  std::map<std::string, v1::Cost> costs_;
  absl::Duration soonest_ = absl::InfiniteDuration();
  bool was_asked_ = false;
  bool has_failed_ = false;  // an engine would not do a text
};

}  // namespace

EnginePlan PlanFor(const Policy* policy, const JobRow& row, const JobText& text) {
  news::Article story;
  story.content.section = text.content.section;
  story.content.language = text.from;
  if (auto source = news::SourceId::Parse(row.source)) story.source = *std::move(source);
  static const PolicyRule kNone;
  const PolicyRule* rule = policy == nullptr ? nullptr : policy->RuleFor(story, text.to);
  if (rule == nullptr) rule = &kNone;
  const bool is_embargoed = text.availability == news::Availability::kEmbargoed;
  return {.engines = rule->engines,
          .outside_allowed = rule->outside == OutsideEngines::kAlways ||
                             (rule->outside == OutsideEngines::kNotUnderEmbargo && !is_embargoed),
          .carries_only = row.carried};
}

MachineResult RunMachineJob(const MachineJob& job, const MachineJobPorts& ports) {
  return Runner(job, ports).Run();
}

}  // namespace telex::translation
