#include "translation/domain/checks/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "news/letters.h"
#include "news/utf8.h"
#include "translation/domain/checks/word_list.h"

namespace telex::translation::checks {
namespace {

constexpr std::size_t kForeignWordsMin = 2;

// Letters of the Latin script that look like some of another.
struct LookAlikes {
  std::string_view script;
  std::string_view latin;
};
constexpr LookAlikes kLookAlikes[] = {
    {"Cyrl", "aceopxyABCEHIKMOPTX"}, {"Armn", "ouhnqgpLOSUj"}, {"Grek", "oABEZHIKMNOPTYX"}};

struct WordScripts {
  std::string_view first;  // empty: no letters of a script of their own
  bool is_mixed = false;
  std::string latin;  // its Latin letters
};

WordScripts ScriptsIn(std::string_view word) {
  WordScripts scripts;
  while (!word.empty()) {
    const char32_t c = news::TakeCodePoint(word);
    const std::string_view script = news::ScriptOf(c);
    if (script.empty()) continue;
    if (script == "Latn" && c < 0x80) scripts.latin += static_cast<char>(c);
    if (scripts.first.empty()) scripts.first = script;
    scripts.is_mixed = scripts.is_mixed || script != scripts.first;
  }
  return scripts;
}

// Of this thread, until it asks for another: a text has many segments in one language.
const std::vector<std::string_view>& OwnScripts(const news::LanguageTag& language) {
  thread_local std::string kept_for;
  thread_local std::vector<std::string_view> kept;
  if (kept_for != language.text()) {
    kept = news::ScriptsOf(language);
    kept_for = language.text();
  }
  return kept;
}

bool IsOneOf(std::string_view script, const std::vector<std::string_view>& scripts) {
  return std::find(scripts.begin(), scripts.end(), script) != scripts.end();
}

bool LooksLikeOwn(const WordScripts& word, const std::vector<std::string_view>& own) {
  if (!word.is_mixed || word.latin.empty()) return false;
  return std::any_of(std::begin(kLookAlikes), std::end(kLookAlikes), [&](const LookAlikes& known) {
    return IsOneOf(known.script, own) &&
           word.latin.find_first_not_of(known.latin) == std::string::npos;
  });
}

bool HasWord(const Side& side, const std::string& folded) {
  const auto& words = side.words().folded;
  return std::find(words.begin(), words.end(), folded) != words.end();
}

// Names may be kept as they are; a script that neither language has is never right.
void ReportForeign(const SegmentView& view, const std::vector<std::string_view>& own,
                   Findings& findings) {
  const Side& target = view.target;
  std::size_t known = 0;
  std::vector<news::WordSpan> foreign;
  for (std::size_t i = 0; i < target.words().words.size(); ++i) {
    const news::WordSpan& span = target.words().words[i];
    const WordScripts word = ScriptsIn(span.Of(target.text()));
    if (word.first.empty() || target.IsInAddress(span.begin)) continue;
    if (LooksLikeOwn(word, own)) {
      findings.push_back(target.FindingAt(
          Check::kScript, span,
          fmt::format("'{}' mixes letters of two scripts", span.Of(target.text()))));
    }
    if (IsOneOf(word.first, own)) {
      ++known;
      continue;
    }
    const bool is_kept = HasWord(view.source, target.words().folded[i]);
    const bool is_name = news::IsCapital([&] {
      std::string_view rest = span.Of(target.text());
      return news::TakeCodePoint(rest);
    }());
    if (is_kept && is_name) continue;
    if (word.first != "Latn" && !is_kept) {
      findings.push_back(
          target.FindingAt(Check::kScript, span,
                           fmt::format("'{}' is written in no script of {}", span.Of(target.text()),
                                       target.language().text())));
      return;
    }
    foreign.push_back(span);
  }
  if (foreign.size() < kForeignWordsMin || foreign.size() <= known) return;
  findings.push_back(target.FindingAt(
      Check::kScript, {foreign.front().begin, foreign.back().end},
      fmt::format("most of it is written in no script of {}", target.language().text())));
}

// The most frequent words that other languages of the same script have not.
struct SmallWords {
  std::string_view language;
  WordList words;
};
const SmallWords* SmallWordsOf(std::string_view language) {
  static const SmallWords kKnown[] = {
      {"en", WordList("the of and that is was for with as his from by are were been have has had "
                      "this which their they would will not but who said after about")},
      {"es", WordList("el la los las del que y en un una por con para se su sus al como más pero "
                      "fue ha han es son está este esta lo le")},
      {"fr", WordList("le la les des du et que qui dans une est pour par sur avec au aux ce cette "
                      "ont été pas plus il elle")},
      {"de", WordList("der die das und den dem des ist im mit auf für ein eine einen von zu nicht "
                      "sich auch wurde hat haben werden")},
      {"it", WordList("il lo gli della dei delle che di per con una è sono nel nella al alla anche "
                      "ha hanno stato")},
      {"pt", WordList("o os as do da dos das que em um uma para com não é são ao por foi mais se")},
      {"ru",
       WordList("и в не на что с по как это из за был была были для от его она они при так же "
                "бы уже который которые")},
      {"uk", WordList("і в не на що з та як це із за був була були для від його вона вони при так "
                      "же би вже який які")},
      {"be", WordList("і ў не на што з та як гэта за быў была былі для ад яго яна яны пры так жа")},
      {"bg", WordList("и в не на че с по като това от за беше са за да той тя те при така вече "
                      "който които")}};
  const auto* const found = std::ranges::find(kKnown, language, &SmallWords::language);
  return found == std::end(kKnown) ? nullptr : found;
}

// How many words of the text are of `own` and not of `other`.
std::size_t CountOf(const WordText& words, const WordList& own, const WordList& other) {
  return static_cast<std::size_t>(std::ranges::count_if(words.folded, [&](const std::string& word) {
    return own.Contains(word) && !other.Contains(word);
  }));
}

}  // namespace

void CheckScript(const SegmentView& view, Findings& findings) {
  const std::vector<std::string_view>& own = OwnScripts(view.target.language());
  if (!own.empty()) ReportForeign(view, own, findings);
}

void CheckLanguage(const SegmentView& view, Findings& findings) {
  static constexpr std::size_t kSmallWordsMin = 3;
  const SmallWords* const source = SmallWordsOf(view.source.base());
  const SmallWords* const target = SmallWordsOf(view.target.base());
  if (source == nullptr || target == nullptr || source == target) return;
  const std::size_t strange = CountOf(view.target.words(), source->words, target->words);
  if (strange < kSmallWordsMin) return;
  if (strange <= 2 * CountOf(view.target.words(), target->words, source->words)) return;
  findings.push_back(view.target.FindingAt(
      Check::kLanguage, {0, view.target.text().size()},
      fmt::format("reads like {}, not {}", view.source.base(), view.target.base())));
}

}  // namespace telex::translation::checks
