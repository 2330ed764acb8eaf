#include "ingestion/domain/normalise.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "ingestion/domain/web_address.h"
#include "news/blank.h"
#include "news/content_hash.h"
#include "news/plain_text.h"
#include "news/printed_name.h"
#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "platform/text/ascii.h"

namespace telex::ingestion {
namespace {

// Leaves whole characters only.
void CutCharacters(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
}

// What ends a line, but for \n: U+0085, U+2028, U+2029 and their ASCII kin.
bool BreaksLine(char32_t c) {
  return c == '\v' || c == '\f' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// With blanks for what breaks it; as it is where nothing does.
std::string OnOneLine(std::string_view text) {
  std::string line;
  bool broken = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    if (BreaksLine(news::TakeCodePoint(rest))) {
      line += ' ';
      broken = true;
    } else {
      line += before.substr(0, before.size() - rest.size());
    }
  }
  return broken ? std::string(text::TrimAscii(line)) : line;
}

// No text and no picture. Most bodies show so at once.
bool ShowsNothing(std::string_view body_html) {
  constexpr std::size_t kBeginningBytes = 200;
  return news::IsBlank(news::PlainTextOf(body_html, news::Lines::kKept, kBeginningBytes)) &&
         body_html.find("<img ") == std::string_view::npos &&
         news::IsBlank(news::PlainTextOf(body_html));
}

// Of the aliases that a refusal names: what is left of an error's description.
constexpr std::size_t kAliasListBytesMax = 120;
// A date that is further ahead is no matter of clocks that differ.
constexpr absl::Duration kClockSkewMax = absl::Minutes(1);
// Of a body's hash in a proposed key: enough to tell the stories of one headline apart.
constexpr std::size_t kKeyHashDigits = 8;

// Gathers the faults of one draft.
class Faults {
 public:
  explicit Faults(std::string_view path) : path_(path) {}

  void Add(std::string_view field, std::string_view reason, std::string_view description) {
    status_ = errors::WithField(std::move(status_), fmt::format("{}{}", path_, field), reason,
                                description);
  }
  void AddMetadata(std::string_view key, std::string_view value) {
    status_ = errors::WithMetadata(std::move(status_), key, value);
  }
  void Bound(std::string_view field, std::size_t bytes, std::size_t bytes_max) {
    if (bytes > bytes_max) {
      Add(field, errors::kFieldTooLong,
          fmt::format("has {} bytes; at most {} are taken", bytes, bytes_max));
    }
  }
  const absl::Status& status() const { return status_; }

 private:
  std::string_view path_;
  absl::Status status_;
};

// What a printed name or code stands for by a source's aliases; null where it has none for it.
template <typename Value>
const Value* AliasOf(const std::map<std::string, Value>& aliases, std::string_view printed) {
  const std::string folded = news::FoldedName(printed);
  for (const auto& [alias, value] : aliases) {
    if (news::FoldedName(alias) == folded) return &value;
  }
  return nullptr;
}

// Such as "world news=world, sport=sport", as many as are read at a glance.
std::string AliasList(const std::map<std::string, news::Section>& aliases) {
  std::string list;
  for (const auto& [printed, section] : aliases) {
    std::string next = fmt::format("{}{}={}", list.empty() ? "" : ", ", printed, section.slug());
    if (list.size() + next.size() > kAliasListBytesMax) return list + ", ...";
    list += next;
  }
  return list;
}

// Where google.protobuf.Timestamp and RFC 3339 begin.
const absl::Time kEarliest = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());

// For people: "24 hours", "5 years".
std::string InWords(absl::Duration ahead) {
  const std::int64_t hours = absl::ToInt64Hours(ahead);
  constexpr std::int64_t kHoursAYear = std::int64_t{24} * 365;
  if (hours % kHoursAYear == 0) return fmt::format("{} years", hours / kHoursAYear);
  return fmt::format("{} hours", hours);
}

absl::Time InstantOf(const PrintedTime& printed, const absl::TimeZone& zone) {
  if (printed.utc_offset)
    return absl::FromCivil(printed.civil, absl::UTCTimeZone()) - *printed.utc_offset;
  return absl::FromCivil(printed.civil, zone);
}

class Normaliser {
 public:
  explicit Normaliser(const NormaliseInput& input)
      : input_(input), draft_(input.draft), source_(input.source), faults_(input.field_path) {}

  absl::StatusOr<SetContent> Run() {
    set_.source = source_.id;
    set_.source_name = source_.display_name;
    set_.warnings = draft_.warnings;
    Words();
    SetKey();
    SetSection();
    SetLanguage();
    SetTimes();
    SetTerms();
    SetMedia();
    if (!faults_.status().ok()) return faults_.status();
    BoundWarnings();
    return std::move(set_);
  }

 private:
  void Words() {
    news::Content& content = set_.content;
    if (news::IsBlank(draft_.headline))
      faults_.Add("headline", errors::kFieldRequired, "a story needs a headline");
    if (draft_.headline.find('\n') != std::string::npos) {
      faults_.Add("headline", errors::kFieldInvalid, "a headline is one line");
    }
    if (ShowsNothing(draft_.body_html))
      faults_.Add("body_html", errors::kFieldRequired, "a story needs a body");
    faults_.Bound("headline", draft_.headline.size(), news::kHeadlineBytesMax);
    faults_.Bound("byline", draft_.byline.size(), news::kBylineBytesMax);
    BoundBody();
    faults_.Bound("ednote", draft_.ednote.size(), news::kNoteBytesMax);
    content.headline = OnOneLine(draft_.headline);
    content.byline = news::IsBlank(draft_.byline) ? std::string() : OnOneLine(draft_.byline);
    content.body_html = draft_.body_html;
    set_.ednote = draft_.ednote;
    set_.printed_views = std::max<std::int64_t>(0, draft_.printed_views);
    if (draft_.urgency < 0 || draft_.urgency > 9) {
      faults_.Add("urgency", errors::kFieldInvalid, "1 (most urgent) to 9, or 0 for the default");
    } else if (draft_.urgency > 0) {
      set_.urgency = draft_.urgency;
    }
  }

  // The caller counts what was submitted; kept is what became of it.
  void BoundBody() {
    const std::size_t kept = draft_.body_html.size();
    const std::size_t submitted = draft_.body_bytes_submitted;
    if (submitted == 0 || submitted == kept)
      return faults_.Bound("body_html", kept, news::kBodyBytesMax);
    if (kept <= news::kBodyBytesMax) return;
    faults_.Add(
        "body_html", errors::kFieldTooLong,
        fmt::format("has {} bytes as the HTML that would be kept, made of the {} bytes that "
                    "were submitted; at most {} are taken",
                    kept, submitted, news::kBodyBytesMax));
  }

  void SetKey() {
    set_.canonical_url = draft_.canonical_url;
    if (!draft_.canonical_url.empty() && !IsWebAddress(draft_.canonical_url)) {
      faults_.Add("canonical_url", errors::kFieldInvalid, "an http or https address");
    }
    faults_.Bound("canonical_url", draft_.canonical_url.size(), news::kKeyBytesMax);
    set_.key = !input_.key.empty()    ? std::string(input_.key)
               : !draft_.guid.empty() ? draft_.guid
                                      : draft_.canonical_url;
    if (set_.key.empty()) {
      const std::string proposal = ProposeKey(draft_);
      faults_.Add("key", errors::kNeedsKey,
                  fmt::format("the story names neither a key nor an address of its own{}",
                              proposal.empty() ? "" : fmt::format("; '{}' would do", proposal)));
      if (!proposal.empty()) faults_.AddMetadata("proposed_key", proposal);
    }
    faults_.Bound("key", set_.key.size(), news::kKeyBytesMax);
    if (std::any_of(set_.key.begin(), set_.key.end(),
                    [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      faults_.Add("key", errors::kFieldInvalid, "a key has no control characters");
    }
  }

  bool MayUse(const news::Section& section) const {
    return source_.sections.empty() || std::find(source_.sections.begin(), source_.sections.end(),
                                                 section) != source_.sections.end();
  }

  void SetSection() {
    const news::Section* alias = AliasOf(source_.section_aliases, draft_.section);
    std::optional<news::Section> section;
    if (alias != nullptr) {
      section = *alias;
    } else if (draft_.section.empty()) {
      section = news::Section::Parse("news");
      set_.warnings.push_back("no section was given: taken as 'news'");
    } else {
      section = news::Section::Parse(draft_.section);
      if (!section && input_.section_is_printed)
        section = news::Section::FromPrinted(draft_.section);
    }
    if (section && MayUse(*section)) {
      set_.content.section = *section;
    } else {
      RefuseSection(section);
    }
  }

  // What there is to choose from; for a name without an alias, with the alias that would do.
  void RefuseSection(const std::optional<news::Section>& section) {
    const std::string source = source_.id.Name();
    if (section) {
      std::string sections;
      for (const news::Section& one : source_.sections)
        sections += fmt::format("{}{}", sections.empty() ? "" : ", ", one.slug());
      faults_.Add("section", errors::kUnknownSection,
                  fmt::format("'{}' is not among the sections that {} may use: {}", section->slug(),
                              source, sections));
      return;
    }
    const std::string aliases = AliasList(source_.section_aliases);
    faults_.Add("section", errors::kUnknownSection,
                fmt::format("'{}' is neither a section, such as 'world', nor a section alias of {} "
                            "({})",
                            draft_.section, source,
                            aliases.empty() ? std::string("it has none") : aliases));
    const auto slug = news::RomanisedSection(draft_.section);
    if (!slug || !MayUse(*slug)) return;
    const std::string alias = fmt::format("{}={}", draft_.section, slug->slug());
    if (alias.size() > errors::kMetadataValueBytesMax) return;
    faults_.AddMetadata("source", source);
    faults_.AddMetadata("section_alias", alias);
  }

  void SetLanguage() {
    const news::LanguageTag* alias = AliasOf(source_.language_aliases, draft_.language);
    std::optional<news::LanguageTag> language;
    if (alias != nullptr) {
      language = *alias;
    } else {
      language = draft_.language.empty() ? source_.default_language
                                         : news::LanguageTag::Parse(draft_.language);
    }
    if (!language || language->empty()) {
      faults_.Add("language", errors::kUnknownLanguage,
                  fmt::format("'{}' is neither a BCP 47 language nor a language alias of {}",
                              draft_.language, source_.id.Name()));
    } else {
      set_.content.language = *language;
    }
  }

  // Where clocks went forward there is no such time; where they went back there are two.
  void WarnOfClockChange(absl::CivilSecond civil, std::string_view what) {
    const absl::TimeZone::TimeInfo info = input_.zone.At(civil);
    if (info.kind == absl::TimeZone::TimeInfo::UNIQUE) return;
    const bool skipped = info.kind == absl::TimeZone::TimeInfo::SKIPPED;
    set_.warnings.push_back(
        fmt::format("the {} date {} {} in {}, where clocks went {}: {} is taken", what,
                    absl::FormatCivilTime(civil), skipped ? "does not exist" : "came twice",
                    input_.zone.name(), skipped ? "forward" : "back",
                    absl::FormatTime(skipped ? info.trans : info.pre, absl::UTCTimeZone())));
  }

  // `what` is its name for people, `field` that of the article.
  std::optional<absl::Time> Read(const std::optional<PrintedTime>& printed, std::string_view what,
                                 std::string_view field, absl::Duration ahead_max) {
    if (!printed) return std::nullopt;
    if (!printed->utc_offset) {
      set_.warnings.push_back(
          fmt::format("the {} date has no time zone: {} assumed", what, input_.zone.name()));
      WarnOfClockChange(printed->civil, what);
    }
    const absl::Time time = InstantOf(*printed, input_.zone);
    if (time > input_.now + ahead_max) {
      faults_.Add(field, errors::kDateInFarFuture,
                  fmt::format("{} lies more than {} ahead",
                              absl::FormatTime(time, absl::UTCTimeZone()), InWords(ahead_max)));
    } else if (time < kEarliest) {
      faults_.Add(field, errors::kFieldInvalid,
                  "lies before the year 1, where dates begin for those who read them");
    }
    return absl::FromUnixMillis(absl::ToUnixMillis(time));
  }

  void SetTimes() {
    set_.firstcreated = Read(draft_.published, "published", "firstcreated", kStoryDateAheadMax);
    if (set_.firstcreated && *set_.firstcreated > input_.now + kClockSkewMax) {
      set_.warnings.push_back(fmt::format(
          "the published date {} lies {} ahead: the story counts as published when it came in{}",
          absl::FormatTime(*set_.firstcreated, absl::UTCTimeZone()),
          absl::FormatDuration(absl::Trunc(*set_.firstcreated - input_.now, absl::Minutes(1))),
          draft_.published->utc_offset ? "" : "; is the source's time zone right?"));
    }
    set_.content.embargoed = Read(draft_.embargoed, "embargoed", "embargoed", kEmbargoAheadMax);
    set_.content.expires = Read(draft_.expires, "expires", "expires", kExpiryAheadMax);
    if (set_.content.embargoed && set_.content.expires &&
        *set_.content.expires <= *set_.content.embargoed) {
      faults_.Add("expires", errors::kFieldInvalid, "must be later than the end of the embargo");
    }
  }

  void SetTerms() {
    news::UsageTerms& terms = set_.content.terms;
    if (draft_.terms) terms = *draft_.terms;
    if (news::IsBlank(terms.text)) terms.text = source_.usage_terms;
    if (news::IsBlank(terms.attribution))
      terms.attribution =
          news::IsBlank(source_.attribution) ? source_.display_name : source_.attribution;
    if (terms.link.empty())
      terms.link = draft_.canonical_url.empty() ? source_.home_page : draft_.canonical_url;
    faults_.Bound("usage_terms.text", terms.text.size(), news::kTermsBytesMax);
    faults_.Bound("usage_terms.attribution", terms.attribution.size(), news::kBylineBytesMax);
    faults_.Bound("usage_terms.link", terms.link.size(), news::kKeyBytesMax);
    if (!IsWebAddress(terms.link)) {
      faults_.Add("usage_terms.link", errors::kFieldInvalid,
                  "an http or https address to link to is needed");
    }
  }

  void SetMedia() {
    if (draft_.media.size() > news::kMediaMax) {
      faults_.Add(
          "media", errors::kFieldTooLong,
          fmt::format("has {} items; at most {} are taken", draft_.media.size(), news::kMediaMax));
      return;
    }
    for (std::size_t i = 0; i < draft_.media.size(); ++i) {
      const news::Media& media = draft_.media[i];
      if (!IsWebAddress(media.href)) {
        faults_.Add(fmt::format("media[{}].href", i), errors::kFieldInvalid,
                    "an http or https address");
      }
      for (const std::string* field :
           {&media.href, &media.media_type, &media.alt_text, &media.credit}) {
        faults_.Bound(fmt::format("media[{}]", i), field->size(), news::kMediaFieldBytesMax);
      }
    }
    set_.content.media = draft_.media;
  }

  void BoundWarnings() {
    if (set_.warnings.size() > kWarningsMax) set_.warnings.resize(kWarningsMax);
    for (std::string& warning : set_.warnings) CutCharacters(warning, kWarningBytesMax);
  }

  const NormaliseInput& input_;
  const Draft& draft_;
  const Source& source_;
  Faults faults_;
  SetContent set_;
};

// No name may stand for two things, however it is printed.
template <typename Value>
void CheckAliasesApart(std::string_view field, const std::map<std::string, Value>& aliases,
                       Faults& faults) {
  std::map<std::string, const std::pair<const std::string, Value>*> known;
  for (const auto& alias : aliases) {
    const auto [other, fresh] = known.emplace(news::FoldedName(alias.first), &alias);
    if (fresh || other->second->second == alias.second) continue;
    faults.Add(field, errors::kFieldInvalid,
               fmt::format("'{}' and '{}' are one name and stand for two things",
                           other->second->first, alias.first));
  }
}

}  // namespace

absl::StatusOr<SetContent> Normalise(const NormaliseInput& input) {
  return Normaliser(input).Run();
}

absl::Status CheckExpiry(const std::optional<absl::Time>& expires,
                         const std::optional<absl::Time>& standing, absl::Time now,
                         std::string_view field_path) {
  if (!expires || *expires > now || expires == standing) return absl::OkStatus();
  Faults faults(field_path);
  faults.Add("expires", errors::kFieldInvalid,
             fmt::format("{} has passed, and nobody would ever see the story; WithholdArticle and "
                         "KillArticle take back one that is out",
                         absl::FormatTime(*expires, absl::UTCTimeZone())));
  faults.AddMetadata("expired",
                     absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *expires, absl::UTCTimeZone()));
  return faults.status();
}

std::string ProposeKey(const Draft& draft) {
  std::string words = draft.headline;
  for (char& c : words) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (words.find_first_not_of(' ') == std::string::npos) return "";
  std::string before;
  std::string behind;
  if (draft.published) {
    const absl::CivilDay day(draft.published->civil);
    before = fmt::format("{:04}-{:02}-{:02} ", static_cast<std::int64_t>(day.year()), day.month(),
                         day.day());
  } else {
    behind = fmt::format(" {}", news::DocumentHash(draft.body_html).substr(0, kKeyHashDigits));
  }
  const std::size_t room = kProposedKeyBytesMax - before.size() - behind.size();
  CutCharacters(words, room);
  return before + words + behind;
}

absl::Status CheckSource(const Source& source) {
  Faults faults("source.");
  if (news::IsBlank(source.display_name))
    faults.Add("display_name", errors::kFieldRequired, "the name that partners print");
  if (!IsWebAddress(source.home_page))
    faults.Add("home_page", errors::kFieldInvalid, "an http or https address is needed");
  if (news::IsBlank(source.usage_terms))
    faults.Add("usage_terms", errors::kFieldRequired, "the words of the licence");
  if (source.default_language.empty())
    faults.Add("default_language", errors::kUnknownLanguage, "a BCP 47 language is needed");
  faults.Bound("display_name", source.display_name.size(), news::kBylineBytesMax);
  faults.Bound("home_page", source.home_page.size(), news::kKeyBytesMax);
  faults.Bound("usage_terms", source.usage_terms.size(), news::kTermsBytesMax);
  faults.Bound("attribution", source.attribution.size(), news::kBylineBytesMax);
  if (source.section_aliases.size() > kAliasesMax || source.language_aliases.size() > kAliasesMax ||
      source.sections.size() > kAliasesMax) {
    faults.Add("section_aliases", errors::kFieldTooLong,
               fmt::format("at most {} of each kind are taken", kAliasesMax));
  }
  CheckAliasesApart("section_aliases", source.section_aliases, faults);
  CheckAliasesApart("language_aliases", source.language_aliases, faults);
  for (const auto& [printed, section] : source.section_aliases) {
    faults.Bound("section_aliases", printed.size(), news::kBylineBytesMax);
    if (!source.sections.empty() && std::find(source.sections.begin(), source.sections.end(),
                                              section) == source.sections.end()) {
      faults.Add("section_aliases", errors::kUnknownSection,
                 fmt::format("'{}' stands for '{}', which is not among the source's sections",
                             printed, section.slug()));
    }
  }
  for (const auto& [code, language] : source.language_aliases)
    faults.Bound("language_aliases", code.size(), news::kBylineBytesMax);
  return faults.status();
}

}  // namespace telex::ingestion
