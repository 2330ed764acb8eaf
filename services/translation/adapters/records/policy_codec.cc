#include "translation/adapters/records/policy_codec.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"

namespace telex::translation {
namespace {

bool IsEngineName(std::string_view name) {
  return !name.empty() && name.size() <= kEngineNameBytesMax &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

// Reads one policy, and gathers all that is wrong with it.
class PolicyReader {
 public:
  absl::StatusOr<std::vector<PolicyRule>> Read(const v1::Policy& policy) && {
    if (policy.ByteSizeLong() > kPolicyBytesMax) {
      return errors::FieldError("policy", errors::kFieldTooLong,
                                fmt::format("at most {} bytes are taken", kPolicyBytesMax));
    }
    if (policy.rules_size() > static_cast<int>(kPolicyRulesMax)) {
      return errors::FieldError("policy.rules", errors::kFieldTooLong,
                                fmt::format("at most {} rules are taken", kPolicyRulesMax));
    }
    std::vector<PolicyRule> rules;
    for (int n = 0; n < policy.rules_size(); ++n) {
      where_ = fmt::format("policy.rules[{}]", n);
      rules.push_back(ReadRule(policy.rules(n)));
    }
    if (!faults_.ok()) return faults_;
    return rules;
  }

 private:
  void Fault(std::string_view field, std::string_view reason, std::string_view what) {
    faults_ =
        errors::WithField(std::move(faults_), fmt::format("{}.{}", where_, field), reason, what);
  }

  template <typename Value, typename Parse>
  std::vector<Value> ReadNames(std::string_view field,
                               const google::protobuf::RepeatedPtrField<std::string>& names,
                               std::string_view reason, std::string_view expected, Parse parse) {
    std::vector<Value> values;
    if (names.size() > static_cast<int>(kPolicyNamesMax)) {
      Fault(field, errors::kFieldTooLong, fmt::format("at most {} are taken", kPolicyNamesMax));
      return values;
    }
    for (int n = 0; n < names.size(); ++n) {
      std::optional<Value> value = parse(names[n]);
      if (value && std::ranges::find(values, *value) != values.end()) {
        Fault(fmt::format("{}[{}]", field, n), errors::kFieldInvalid, "stands there twice");
      } else if (value) {
        values.push_back(*std::move(value));
      } else {
        Fault(fmt::format("{}[{}]", field, n), reason, expected);
      }
    }
    return values;
  }

  std::vector<news::LanguageTag> ReadLanguages(
      std::string_view field, const google::protobuf::RepeatedPtrField<std::string>& names) {
    return ReadNames<news::LanguageTag>(field, names, errors::kUnknownLanguage,
                                        "a language tag (BCP 47), such as es",
                                        &news::LanguageTag::Parse);
  }

  void ReadWorkflow(const v1::PolicyRule& message, PolicyRule& rule) {
    const bool is_set = message.workflow() != v1::WORKFLOW_UNSPECIFIED;
    if (message.none() && is_set) {
      Fault("workflow", errors::kFieldInvalid, "a rule has either `none` or a workflow");
    } else if (!message.none() && !is_set) {
      Fault("workflow", errors::kFieldRequired, "say how, or `none`");
    } else if (is_set && !v1::Workflow_IsValid(message.workflow())) {
      Fault("workflow", errors::kFieldInvalid, "is not known here");
    } else if (is_set) {
      rule.workflow = static_cast<Workflow>(message.workflow());
    }
  }

  void ReadDeadline(const v1::PolicyRule& message, PolicyRule& rule) {
    if (!message.has_deadline()) return;
    const auto& sent = message.deadline();
    const absl::Duration deadline = absl::Trunc(
        absl::Seconds(sent.seconds()) + absl::Nanoseconds(sent.nanos()), absl::Milliseconds(1));
    if (deadline <= absl::ZeroDuration() || deadline > kPolicyDeadlineMax) {
      Fault("deadline", errors::kFieldInvalid,
            fmt::format("from 1 ms to {} days", kPolicyDeadlineMax / absl::Hours(24)));
    } else {
      rule.deadline = deadline;
    }
  }

  PolicyRule ReadRule(const v1::PolicyRule& message) {
    PolicyRule rule;
    rule.sources = ReadNames<news::SourceId>("sources", message.sources(), errors::kFieldInvalid,
                                             "sources/{source}", &news::SourceId::FromName);
    rule.sections =
        ReadNames<news::Section>("sections", message.sections(), errors::kUnknownSection,
                                 "a slug, such as world", &news::Section::Parse);
    rule.from = ReadLanguages("from", message.from());
    rule.to = ReadLanguages("to", message.to());
    if (message.to().empty()) Fault("to", errors::kFieldRequired, "name at least one language");
    rule.engines = ReadNames<std::string>(
        "engines", message.engines(), errors::kFieldInvalid,
        "the name of an engine: lower-case letters, digits, hyphens, dots, underscores",
        [](const std::string& name) {
          return IsEngineName(name) ? std::optional(name) : std::nullopt;
        });
    ReadWorkflow(message, rule);
    if (!v1::OutsideEngines_IsValid(message.outside_engines())) {
      Fault("outside_engines", errors::kFieldInvalid, "is not known here");
    } else if (message.outside_engines() != v1::OUTSIDE_ENGINES_UNSPECIFIED) {
      rule.outside = static_cast<OutsideEngines>(message.outside_engines());
    }
    if (message.urgency() < 0 || message.urgency() > 9) {
      Fault("urgency", errors::kFieldInvalid, "1, the most urgent, to 9; or 0: the story's");
    }
    rule.urgency = message.urgency();
    ReadDeadline(message, rule);
    return rule;
  }

  std::string where_;
  absl::Status faults_;
};

}  // namespace

absl::StatusOr<std::vector<PolicyRule>> PolicyRulesOf(const v1::Policy& policy) {
  return PolicyReader().Read(policy);
}

void FillRules(const std::vector<PolicyRule>& rules, v1::Policy& policy) {
  for (const PolicyRule& rule : rules) {
    v1::PolicyRule& message = *policy.add_rules();
    for (const news::SourceId& source : rule.sources) message.add_sources(source.Name());
    for (const news::Section& section : rule.sections) message.add_sections(section.slug());
    for (const news::LanguageTag& language : rule.from) message.add_from(language.text());
    for (const news::LanguageTag& language : rule.to) message.add_to(language.text());
    message.set_none(!rule.workflow);
    if (rule.workflow) message.set_workflow(static_cast<v1::Workflow>(*rule.workflow));
    for (const std::string& engine : rule.engines) message.add_engines(engine);
    message.set_outside_engines(static_cast<v1::OutsideEngines>(rule.outside));
    message.set_urgency(rule.urgency);
    if (!rule.deadline) continue;
    const std::int64_t ms = absl::ToInt64Milliseconds(*rule.deadline);
    message.mutable_deadline()->set_seconds(ms / 1'000);
    message.mutable_deadline()->set_nanos(static_cast<std::int32_t>(ms % 1'000 * 1'000'000));
  }
}

v1::Policy ToProto(const Policy& policy) {
  v1::Policy message;
  message.set_version(policy.version);
  message.set_etag(EtagOfVersion(policy.version));
  FillRules(policy.rules, message);
  message.set_actor(policy.actor);
  if (policy.version > 0)
    *message.mutable_update_time() = news::ToProto(absl::FromUnixMillis(policy.since_ms));
  return message;
}

std::string EtagOfVersion(std::int64_t version) { return fmt::format("\"{}\"", version); }

absl::StatusOr<std::int64_t> VersionOfEtag(std::string_view etag, std::string_view field) {
  std::int64_t version = 0;
  if (etag.size() > 2 && absl::SimpleAtoi(std::string(etag.substr(1, etag.size() - 2)), &version) &&
      version >= 0 && EtagOfVersion(version) == etag)
    return version;
  return errors::FieldError(field, errors::kFieldInvalid,
                            "an etag as it was answered, its quotes included, such as \"3\"");
}

}  // namespace telex::translation
