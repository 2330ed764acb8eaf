#include "telexctl/requests/policy_file.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/requests/input.h"

namespace telex::cli {
namespace {

using translation::v1::OutsideEngines;
using translation::v1::Policy;
using translation::v1::PolicyRule;
using translation::v1::Workflow;
using Names = google::protobuf::RepeatedPtrField<std::string>;

struct WorkflowWord {
  std::string_view word;
  Workflow value;
};
constexpr std::array<WorkflowWord, 4> kWorkflows = {{
    {"machine", translation::v1::WORKFLOW_MACHINE},
    {"person", translation::v1::WORKFLOW_PERSON},
    {"draft-then-review", translation::v1::WORKFLOW_DRAFT_THEN_REVIEW},
    {"machine-then-review", translation::v1::WORKFLOW_MACHINE_THEN_REVIEW},
}};
constexpr std::string_view kNone = "none";

struct OutsideWord {
  std::string_view word;
  OutsideEngines value;
};
constexpr std::array<OutsideWord, 3> kOutside = {{
    {"not-under-embargo", translation::v1::OUTSIDE_ENGINES_NOT_UNDER_EMBARGO},
    {"always", translation::v1::OUTSIDE_ENGINES_ALWAYS},
    {"never", translation::v1::OUTSIDE_ENGINES_NEVER},
}};

int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

class PolicyFileReader {
 public:
  absl::StatusOr<PolicyFile> Read(const YAML::Node& root) && {
    if (!root.IsMap()) return errors::FieldError("file", errors::kFieldInvalid, "has no `rules`");
    for (const auto& entry : root) {
      if (entry.first.Scalar() != "rules")
        Fault("file", entry.first,
              fmt::format("`{}` is unknown; `rules` is expected", entry.first.Scalar()));
    }
    const YAML::Node rules = root["rules"];
    if (!rules || !(rules.IsSequence() || rules.IsNull())) {
      Fault("policy.rules", root, "`rules` is a list");
    } else {
      for (const YAML::Node& rule : rules) ReadRule(rule);
    }
    if (!faults_.ok()) return faults_;
    return std::move(file_);
  }

 private:
  void Fault(std::string_view field, const YAML::Node& node, std::string_view what) {
    faults_ = errors::WithField(std::move(faults_), field, errors::kFieldInvalid,
                                fmt::format("line {}: {}", LineOf(node), what));
  }

  void ReadRule(const YAML::Node& node) {
    where_ = fmt::format("policy.rules[{}]", file_.policy.rules_size());
    PolicyRule& rule = *file_.policy.add_rules();
    file_.lines.push_back(LineOf(node));
    if (!node.IsMap()) return Fault(where_, node, "a rule has keys, such as `to` and `workflow`");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string& key = entry.first.Scalar();
      if (!seen.insert(key).second) Fault(FieldOf(key), entry.first, "stands twice");
      ReadEntry(key, entry.first, entry.second, rule);
    }
  }

  std::string FieldOf(std::string_view key) const { return fmt::format("{}.{}", where_, key); }

  void ReadEntry(const std::string& key, const YAML::Node& name, const YAML::Node& value,
                 PolicyRule& rule) {
    if (key == "sources") return ReadNames(key, value, *rule.mutable_sources(), &SourceName);
    if (key == "sections") return ReadNames(key, value, *rule.mutable_sections());
    if (key == "from") return ReadNames(key, value, *rule.mutable_from());
    if (key == "to") return ReadNames(key, value, *rule.mutable_to());
    if (key == "engines") return ReadNames(key, value, *rule.mutable_engines());
    if (key == "workflow") return ReadWorkflow(value, rule);
    if (key == "outside_engines") return ReadOutside(value, rule);
    if (key == "urgency") return ReadUrgency(value, rule);
    if (key == "deadline") return ReadDeadline(value, rule);
    Fault(FieldOf(key), name,
          "is unknown; a rule has sources, sections, from, to, workflow, engines, outside_engines, "
          "urgency, deadline");
  }

  // One, or a list of them.
  void ReadNames(const std::string& key, const YAML::Node& value, Names& names,
                 std::string (*change)(std::string_view) = nullptr) {
    const auto add = [&](const YAML::Node& node) {
      if (!node.IsScalar() || node.Scalar().empty())
        return Fault(FieldOf(key), node, "one name, or a list of names");
      names.Add(change != nullptr ? change(node.Scalar()) : std::string(node.Scalar()));
    };
    if (!value.IsSequence()) return add(value);
    for (const YAML::Node& one : value) add(one);
  }

  template <typename Words>
  std::optional<typename Words::value_type> WordIn(const Words& words, const YAML::Node& value) {
    if (!value.IsScalar()) return std::nullopt;
    const auto found =
        std::ranges::find_if(words, [&](const auto& word) { return word.word == value.Scalar(); });
    return found == words.end() ? std::nullopt : std::optional(*found);
  }

  void ReadWorkflow(const YAML::Node& value, PolicyRule& rule) {
    if (value.IsScalar() && value.Scalar() == kNone) return rule.set_none(true);
    if (const auto word = WordIn(kWorkflows, value)) return rule.set_workflow(word->value);
    Fault(FieldOf("workflow"), value,
          "machine, person, draft-then-review, machine-then-review or none");
  }

  void ReadOutside(const YAML::Node& value, PolicyRule& rule) {
    if (const auto word = WordIn(kOutside, value)) return rule.set_outside_engines(word->value);
    Fault(FieldOf("outside_engines"), value, "not-under-embargo, always or never");
  }

  void ReadUrgency(const YAML::Node& value, PolicyRule& rule) {
    int urgency = 0;
    if (value.IsScalar() && absl::SimpleAtoi(value.Scalar(), &urgency) && urgency >= 1 &&
        urgency <= 9)
      return rule.set_urgency(urgency);
    Fault(FieldOf("urgency"), value, "1, the most urgent, to 9");
  }

  void ReadDeadline(const YAML::Node& value, PolicyRule& rule) {
    absl::Duration deadline;
    if (!value.IsScalar() || !absl::ParseDuration(value.Scalar(), &deadline) ||
        deadline < absl::Milliseconds(1) || deadline > absl::Hours(24 * 366))
      return Fault(FieldOf("deadline"), value, "a duration, such as 30m or 36h");
    const std::int64_t ms = absl::ToInt64Milliseconds(deadline);
    rule.mutable_deadline()->set_seconds(ms / 1'000);
    rule.mutable_deadline()->set_nanos(static_cast<std::int32_t>(ms % 1'000 * 1'000'000));
  }

  PolicyFile file_;
  std::string where_;
  absl::Status faults_;
};

// As it can stand in a list without being taken for something else: `no` is Norwegian here.
std::string Plain(const std::string& text) {
  static const std::set<std::string, std::less<>> kTaken = {"no", "on",   "off",   "yes", "y",
                                                            "n",  "true", "false", "null"};
  double number = 0;
  const bool is_taken = kTaken.contains(text) || absl::SimpleAtod(text, &number);
  return is_taken ? fmt::format("\"{}\"", text) : text;
}

std::string NamesLine(std::string_view key, const Names& names) {
  if (names.empty()) return {};
  std::vector<std::string> plain;
  for (const std::string& name : names)
    plain.push_back(Plain(key == "sources" ? name.substr(name.find('/') + 1) : name));
  if (plain.size() == 1) return fmt::format("    {}: {}\n", key, plain.front());
  return fmt::format("    {}: [{}]\n", key, fmt::join(plain, ", "));
}

std::string RuleLines(const PolicyRule& rule) {
  std::string text = NamesLine("sources", rule.sources()) + NamesLine("sections", rule.sections()) +
                     NamesLine("from", rule.from()) + NamesLine("to", rule.to());
  std::string_view workflow = kNone;
  for (const WorkflowWord& word : kWorkflows) {
    if (word.value == rule.workflow()) workflow = word.word;
  }
  text += fmt::format("    workflow: {}\n", workflow) + NamesLine("engines", rule.engines());
  for (const OutsideWord& word : kOutside) {
    if (word.value == rule.outside_engines() && &word != &kOutside.front())
      text += fmt::format("    outside_engines: {}\n", word.word);
  }
  if (rule.urgency() != 0) text += fmt::format("    urgency: {}\n", rule.urgency());
  if (rule.has_deadline()) {
    const absl::Duration deadline =
        absl::Seconds(rule.deadline().seconds()) + absl::Nanoseconds(rule.deadline().nanos());
    text += fmt::format("    deadline: {}\n", absl::FormatDuration(deadline));
  }
  text[2] = '-';
  return text;
}

}  // namespace

absl::StatusOr<PolicyFile> ReadPolicyFile(std::string_view yaml) {
  if (yaml.size() > kPolicyFileBytesMax) {
    return errors::FieldError("file", errors::kFieldTooLong,
                              fmt::format("at most {} bytes are read", kPolicyFileBytesMax));
  }
  try {
    return PolicyFileReader().Read(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& fault) {
    return errors::FieldError("file", errors::kFieldInvalid,
                              fmt::format("line {}: {}", fault.mark.line + 1, fault.msg));
  }
}

absl::Status AboutPolicy(const absl::Status& refused, const PolicyFile& file) {
  const auto details = errors::DetailsOf(refused);
  if (!details || details->fields.empty()) return refused;
  absl::Status told;
  for (const errors::FieldViolation& fault : details->fields) {
    constexpr std::string_view kRules = "policy.rules[";
    std::string description = fault.description;
    std::size_t rule = 0;
    if (fault.field.starts_with(kRules) &&
        absl::SimpleAtoi(fault.field.substr(kRules.size(), fault.field.find(']') - kRules.size()),
                         &rule) &&
        rule < file.lines.size())
      description = fmt::format("in the rule of line {}: {}", file.lines[rule], description);
    told = errors::WithField(std::move(told), fault.field, fault.reason, description);
  }
  for (const auto& [key, value] : details->metadata)
    told = errors::WithMetadata(std::move(told), key, value);
  return told;
}

std::string WritePolicyFile(const Policy& policy) {
  std::string text =
      "# Of a story and a language the first rule that fits holds.\n"
      "# docs/guides/translation-policy.md says what a rule may have.\nrules:\n";
  for (const PolicyRule& rule : policy.rules()) text += RuleLines(rule);
  return text;
}

}  // namespace telex::cli
