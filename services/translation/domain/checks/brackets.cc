#include "translation/domain/checks/brackets.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "news/letters.h"
#include "news/utf8.h"

namespace telex::translation::checks {
namespace {

// How often each kind is opened more often than closed.
struct Balance {
  int round = 0;
  int square = 0;
  int curly = 0;
  int quotes = 0;
  int guillemets_open = 0;
  int guillemets_closed = 0;
  int low = 0;  // „ that are open
  bool straight_is_open = false;

  bool AreQuotesOpen() const {
    const int guillemets = guillemets_open - guillemets_closed;
    // «A «B» stands for «A «B»», by the typesetters' rule.
    const bool merged = guillemets_open >= 2 && guillemets_closed >= 1 && guillemets > 0;
    return straight_is_open || quotes + low != 0 || (guillemets != 0 && !merged);
  }
};

bool IsWithinWord(char32_t before, std::string_view after) {
  return news::IsLetter(before) && !after.empty() && news::IsLetter(news::TakeCodePoint(after));
}

void TakeBracket(char32_t c, bool within_word, Balance& balance) {
  switch (c) {
    case '(':
    case U'（':
      ++balance.round;
      break;
    case ')':
    case U'）':
      --balance.round;
      break;
    case '[':
      ++balance.square;
      break;
    case ']':
      --balance.square;
      break;
    case '{':
      ++balance.curly;
      break;
    case '}':
      --balance.curly;
      break;
    case U'«':
      ++balance.guillemets_open;
      break;
    case U'»':
      ++balance.guillemets_closed;
      break;
    case U'„':
      ++balance.low;
      break;
    case U'“':
      balance.low > 0 ? --balance.low : ++balance.quotes;
      break;
    case U'”':
      balance.low > 0 ? --balance.low : --balance.quotes;
      break;
    case '"':
      if (!within_word) balance.straight_is_open = !balance.straight_is_open;
      break;
    default:
      break;
  }
}

Balance BalanceOf(const Side& side) {
  Balance balance;
  char32_t before = 0;
  for (std::string_view rest = side.text(); !rest.empty();) {
    const std::size_t at = side.text().size() - rest.size();
    const char32_t c = news::TakeCodePoint(rest);
    if (!side.IsInAddress(at)) TakeBracket(c, IsWithinWord(before, rest), balance);
    before = c;
  }
  return balance;
}

bool UsesOneQuoteForBoth(std::string_view language) {
  static const std::set<std::string_view> kBoth = {"sv", "fi", "he"};
  return kBoth.contains(language);
}

}  // namespace

void CheckBrackets(const SegmentView& view, Findings& findings) {
  const Balance source = BalanceOf(view.source);
  const Balance target = BalanceOf(view.target);
  const auto report = [&](std::string_view what) {
    findings.push_back(view.target.FindingAt(Check::kBrackets, {0, view.target.text().size()},
                                             fmt::format("{} are not closed as opened", what)));
  };
  if (target.round != 0 && target.round != source.round) report("brackets ()");
  if (target.square != 0 && target.square != source.square) report("brackets []");
  if (target.curly != 0 && target.curly != source.curly) report("brackets {}");
  if (UsesOneQuoteForBoth(view.target.base()) || UsesOneQuoteForBoth(view.source.base())) return;
  if (target.AreQuotesOpen() && !source.AreQuotesOpen()) report("quotes");
}

}  // namespace telex::translation::checks
