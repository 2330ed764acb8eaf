#include "ingestion/domain/normalise.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::ingestion {
namespace {

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

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

// Where google.protobuf.Timestamp and RFC 3339 begin.
const absl::Time kEarliest = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());

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
    SetShelf();
    SetTimes();
    SetTerms();
    SetMedia();
    if (!faults_.status().ok()) return faults_.status();
    return std::move(set_);
  }

 private:
  void Words() {
    news::Content& content = set_.content;
    if (draft_.headline.empty())
      faults_.Add("headline", errors::kFieldRequired, "a story needs a headline");
    if (draft_.headline.find('\n') != std::string::npos) {
      faults_.Add("headline", errors::kFieldInvalid, "a headline is one line");
    }
    if (draft_.body_html.empty())
      faults_.Add("body_html", errors::kFieldRequired, "a story needs a body");
    faults_.Bound("headline", draft_.headline.size(), news::kHeadlineBytesMax);
    faults_.Bound("byline", draft_.byline.size(), news::kBylineBytesMax);
    faults_.Bound("body_html", draft_.body_html.size(), news::kBodyBytesMax);
    faults_.Bound("ednote", draft_.ednote.size(), news::kNoteBytesMax);
    content.headline = draft_.headline;
    content.byline = draft_.byline;
    content.body_html = draft_.body_html;
    set_.ednote = draft_.ednote;
    set_.printed_views = std::max<std::int64_t>(0, draft_.printed_views);
    if (draft_.urgency < 0 || draft_.urgency > 9) {
      faults_.Add("urgency", errors::kFieldInvalid, "1 (most urgent) to 9, or 0 for the default");
    } else if (draft_.urgency > 0) {
      set_.urgency = draft_.urgency;
    }
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
      const std::string proposal = ProposeKey(draft_, input_.now);
      faults_.Add(
          "key", errors::kNeedsKey,
          fmt::format("the story names neither a key nor an address of its own; '{}' would do",
                      proposal));
      faults_.AddMetadata("proposed_key", proposal);
    }
    faults_.Bound("key", set_.key.size(), news::kKeyBytesMax);
    if (std::any_of(set_.key.begin(), set_.key.end(),
                    [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      faults_.Add("key", errors::kFieldInvalid, "a key has no control characters");
    }
  }

  void SetShelf() {
    const auto alias = source_.section_aliases.find(AsciiLower(draft_.section));
    std::optional<news::Section> section;
    if (alias != source_.section_aliases.end()) {
      section = alias->second;
    } else if (draft_.section.empty()) {
      section = news::Section::Parse("news");
      set_.warnings.push_back("no section was given: taken as 'news'");
    } else {
      section = news::Section::Parse(draft_.section);
      if (!section) section = news::Section::FromPrinted(draft_.section);
    }
    const bool allowed = section && (source_.sections.empty() ||
                                     std::find(source_.sections.begin(), source_.sections.end(),
                                               *section) != source_.sections.end());
    if (!allowed) {
      faults_.Add("section", errors::kUnknownSection,
                  fmt::format("'{}' is neither a section nor a section alias of {}", draft_.section,
                              source_.id.Name()));
    } else {
      set_.content.section = *section;
    }

    const auto code = source_.language_aliases.find(AsciiLower(draft_.language));
    std::optional<news::LanguageTag> language;
    if (code != source_.language_aliases.end()) {
      language = code->second;
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

  // `what` is its name for people, `field` that of the article.
  std::optional<absl::Time> Read(const std::optional<PrintedTime>& printed, std::string_view what,
                                 std::string_view field, absl::Duration ahead_max) {
    if (!printed) return std::nullopt;
    if (!printed->utc_offset) {
      set_.warnings.push_back(
          fmt::format("the {} date has no time zone: {} assumed", what, input_.zone.name()));
    }
    const absl::Time time = InstantOf(*printed, input_.zone);
    if (time > input_.now + ahead_max) {
      faults_.Add(
          field, errors::kDateInFarFuture,
          fmt::format("{} lies more than {} ahead", absl::FormatTime(time, absl::UTCTimeZone()),
                      absl::FormatDuration(ahead_max)));
    } else if (time < kEarliest) {
      faults_.Add(field, errors::kFieldInvalid,
                  "lies before the year 1, where dates begin for those who read them");
    }
    return absl::FromUnixMillis(absl::ToUnixMillis(time));
  }

  void SetTimes() {
    set_.firstcreated = Read(draft_.published, "published", "firstcreated", kStoryDateAheadMax);
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
    if (terms.text.empty()) terms.text = source_.usage_terms;
    if (terms.attribution.empty())
      terms.attribution = source_.attribution.empty() ? source_.display_name : source_.attribution;
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

  const NormaliseInput& input_;
  const Draft& draft_;
  const Source& source_;
  Faults faults_;
  SetContent set_;
};

}  // namespace

absl::StatusOr<SetContent> Normalise(const NormaliseInput& input) {
  return Normaliser(input).Run();
}

std::string ProposeKey(const Draft& draft, absl::Time now) {
  const absl::CivilDay day = draft.published ? absl::CivilDay(draft.published->civil)
                                             : absl::ToCivilDay(now, absl::UTCTimeZone());
  std::string key = fmt::format("{:04}-{:02}-{:02} {}", static_cast<std::int64_t>(day.year()),
                                day.month(), day.day(), draft.headline);
  if (key.size() > kProposedKeyBytesMax) {
    key.resize(kProposedKeyBytesMax);
    while (!key.empty() && (static_cast<unsigned char>(key.back()) & 0xc0) == 0x80)
      key.pop_back();  // whole characters only
    if (!key.empty() && static_cast<unsigned char>(key.back()) >= 0xc0) key.pop_back();
  }
  return key;
}

bool IsWebAddress(std::string_view text) {
  const std::string lower = AsciiLower(text.substr(0, 8));
  std::string_view rest;
  if (lower.starts_with("https://")) {
    rest = text.substr(8);
  } else if (lower.starts_with("http://")) {
    rest = text.substr(7);
  } else {
    return false;
  }
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty() || host.find('@') != std::string_view::npos) return false;
  return std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= 0x20 || c == 0x7f || c == '"' || c == '<' || c == '>';
  });
}

absl::Status CheckSource(const Source& source) {
  Faults faults("source.");
  if (source.display_name.empty())
    faults.Add("display_name", errors::kFieldRequired, "the name that partners print");
  if (!IsWebAddress(source.home_page))
    faults.Add("home_page", errors::kFieldInvalid, "an http or https address is needed");
  if (source.usage_terms.empty())
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
