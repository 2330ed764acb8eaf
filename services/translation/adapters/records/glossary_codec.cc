#include "translation/adapters/records/glossary_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/records/policy_codec.h"
#include "translation/domain/pair_name.h"

namespace telex::translation {
namespace {

constexpr std::string_view kGlossaries = "glossaries/";
constexpr std::string_view kTermsField = "glossary.terms";

// Breaks of lines and the like, which no text of a segment has.
bool HasControls(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

Term TermOf(const v1::GlossaryTerm& message, int place) {
  return {.source = message.source(),
          .allowed = {message.allowed().begin(), message.allowed().end()},
          .forbidden = {message.forbidden().begin(), message.forbidden().end()},
          .case_sensitive = message.case_sensitive(),
          .line = message.line() > 0 ? message.line() : place};
}

absl::Status WithControlFault(absl::Status faults, const Term& term) {
  const bool has_controls = HasControls(term.source) ||
                            std::ranges::any_of(term.allowed, HasControls) ||
                            std::ranges::any_of(term.forbidden, HasControls);
  if (!has_controls) return faults;
  return errors::WithField(std::move(faults), kTermsField, errors::kFieldInvalid,
                           fmt::format("line {}: a control character", term.line));
}

}  // namespace

std::string GlossaryName(const Pair& pair) {
  return fmt::format("{}{}", kGlossaries, PairName(pair));
}

absl::StatusOr<Pair> PairOfGlossary(std::string_view name, std::string_view field) {
  if (name.starts_with(kGlossaries)) {
    if (auto pair = ParsePairName(name.substr(kGlossaries.size())); pair && pair->from != pair->to)
      return *std::move(pair);
  }
  return errors::FieldError(field, errors::kFieldInvalid,
                            "glossaries/{from}.{to}, such as glossaries/en.es");
}

absl::StatusOr<Glossary> TermsOf(const v1::Glossary& glossary) {
  if (glossary.ByteSizeLong() > kGlossaryBytesMax) {
    return errors::FieldError(kTermsField, errors::kFieldTooLong,
                              fmt::format("at most {} bytes are taken", kGlossaryBytesMax));
  }
  std::vector<Term> terms;
  absl::Status faults;
  for (const v1::GlossaryTerm& message : glossary.terms()) {
    terms.push_back(TermOf(message, static_cast<int>(terms.size()) + 1));
    faults = WithControlFault(std::move(faults), terms.back());
  }
  RETURN_IF_ERROR(faults);
  absl::StatusOr<Glossary> made = Glossary::Make(std::move(terms));
  if (made.ok()) return made;
  const auto details = errors::DetailsOf(made.status());
  if (!details) return made;
  for (const errors::FieldViolation& fault : details->fields)
    faults = errors::WithField(std::move(faults), kTermsField, fault.reason, fault.description);
  for (const auto& [key, value] : details->metadata)
    faults = errors::WithMetadata(std::move(faults), key, value);
  return faults;
}

v1::GlossaryTerm ToProto(const Term& term) {
  v1::GlossaryTerm to;
  to.set_source(term.source);
  *to.mutable_allowed() = {term.allowed.begin(), term.allowed.end()};
  *to.mutable_forbidden() = {term.forbidden.begin(), term.forbidden.end()};
  to.set_case_sensitive(term.case_sensitive);
  return to;
}

void FillTerms(const Glossary& glossary, v1::Glossary& message) {
  for (const Term& term : glossary.terms()) *message.add_terms() = ToProto(term);
}

v1::Glossary HeadOf(const GlossaryVersion& glossary) {
  v1::Glossary message;
  message.set_name(GlossaryName(glossary.pair));
  message.set_version(glossary.version);
  message.set_etag(EtagOfVersion(glossary.version));
  message.set_actor(glossary.actor);
  if (glossary.version > 0)
    *message.mutable_update_time() = news::ToProto(absl::FromUnixMillis(glossary.since_ms));
  return message;
}

}  // namespace telex::translation
