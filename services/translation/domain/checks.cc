#include "translation/domain/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "news/blank.h"
#include "translation/domain/checks/addresses.h"
#include "translation/domain/checks/brackets.h"
#include "translation/domain/checks/dates.h"
#include "translation/domain/checks/end_punctuation.h"
#include "translation/domain/checks/markup.h"
#include "translation/domain/checks/numbers.h"
#include "translation/domain/checks/script.h"
#include "translation/domain/checks/segment_view.h"
#include "translation/domain/checks/spaces.h"
#include "translation/domain/checks/wording.h"

namespace telex::translation {
namespace {

using checks::Findings;
using checks::SegmentView;
using checks::Side;

// What of `own` the other side lacks.
void ReportAddresses(const Side& own, const Side& other, Findings& findings) {
  std::vector<std::string_view> left;
  for (const news::WordSpan& span : other.addresses()) left.push_back(span.Of(other.text()));
  for (const news::WordSpan& span : own.addresses()) {
    const auto found = std::find(left.begin(), left.end(), span.Of(own.text()));
    if (found != left.end()) {
      left.erase(found);
      continue;
    }
    findings.push_back(own.LackingOf(Check::kAddresses, span));
  }
}

void CheckTerms(const SegmentView& view, const Glossary& glossary, Findings& findings) {
  for (const TermFault& fault : glossary.Check(view.source.text(), view.target.text())) {
    if (!fault.forbidden.empty()) {
      findings.push_back(view.target.FindingAt(
          Check::kTermForbidden, fault.place,
          fmt::format("'{}' is not to be translated so", fault.term->source)));
      continue;
    }
    std::string allowed;
    for (const std::string& target : fault.term->allowed)
      allowed += (allowed.empty() ? "" : ", ") + target;
    findings.push_back(view.source.FindingAt(
        Check::kTermMissing, fault.place,
        fmt::format("'{}' is to be translated as: {}", fault.term->source, allowed)));
  }
}

void CheckTexts(const SegmentView& view, const Glossary* glossary, Findings& findings) {
  checks::CheckNumbers(view, findings);
  checks::CheckDates(view, findings);
  ReportAddresses(view.source, view.target, findings);
  ReportAddresses(view.target, view.source, findings);
  if (glossary != nullptr) CheckTerms(view, *glossary, findings);
  checks::CheckEndPunctuation(view, findings);
  checks::CheckBrackets(view, findings);
  checks::CheckLength(view, findings);
  checks::CheckSameAsSource(view, findings);
  checks::CheckRepeatedWords(view, findings);
  checks::CheckSpaces(view, findings);
  checks::CheckScript(view, findings);
  checks::CheckLanguage(view, findings);
}

}  // namespace

std::string_view ReasonOf(Check check) {
  switch (check) {
    case Check::kMissing:
      return "TRANSLATION_MISSING";
    case Check::kMarkup:
      return "MARKUP_BROKEN";
    case Check::kNumbers:
      return "NUMBERS_DIFFER";
    case Check::kDates:
      return "DATES_DIFFER";
    case Check::kAddresses:
      return "ADDRESSES_DIFFER";
    case Check::kTermMissing:
      return "TERM_MISSING";
    case Check::kTermForbidden:
      return "TERM_FORBIDDEN";
    case Check::kEndPunctuation:
      return "END_PUNCTUATION";
    case Check::kBrackets:
      return "BRACKETS_UNBALANCED";
    case Check::kLength:
      return "LENGTH_UNLIKELY";
    case Check::kSameAsSource:
      return "SAME_AS_SOURCE";
    case Check::kRepeatedWord:
      return "WORD_REPEATED";
    case Check::kSpaces:
      return "BLANKS";
    case Check::kScript:
      return "WRONG_SCRIPT";
    case Check::kLanguage:
      return "WRONG_LANGUAGE";
  }
  return "";
}

Severity SeverityOf(Check check) {
  return check == Check::kMissing || check == Check::kMarkup ? Severity::kHard : Severity::kSoft;
}

std::vector<Finding> CheckSegment(const SegmentPair& pair, const Glossary* glossary) {
  Findings findings;
  const absl::StatusOr<std::vector<Piece>> source = ParseTagged(pair.source);
  const absl::StatusOr<std::vector<Piece>> target = ParseTagged(pair.target);
  if (!source.ok() || !target.ok()) {
    const auto& faulty = source.ok() ? target : source;
    return {{Check::kMarkup, !source.ok(), 0, (source.ok() ? pair.target : pair.source).size(),
             std::string(faulty.status().message())}};
  }
  checks::CheckTags(*source, pair.target, *target, findings);
  const bool says_nothing = news::IsBlank(PlainTextOf(pair.target));
  if (says_nothing && !news::IsBlank(PlainTextOf(pair.source)))
    findings.push_back({Check::kMissing, false, 0, pair.target.size(), "nothing is written"});
  if (!says_nothing) {
    const SegmentView view{{pair.source_language, true, *source},
                           {pair.target_language, false, *target}};
    CheckTexts(view, glossary, findings);
  }
  if (findings.size() > kFindingsMax) findings.resize(kFindingsMax);
  return findings;
}

}  // namespace telex::translation
