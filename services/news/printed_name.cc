#include "news/printed_name.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace telex::news {
namespace {

// Names of sections have some dozens of bytes; what is longer is cut before it is transliterated.
constexpr std::int32_t kRomanisedUnitsMax = 200;

// In place.
void ReplaceAll(icu::UnicodeString& text, std::u16string_view from, std::u16string_view to) {
  const auto alias = [](std::u16string_view units) {
    return icu::UnicodeString(false, units.data(), static_cast<std::int32_t>(units.size()));
  };
  text.findAndReplace(alias(from), alias(to));
}

// The general tables write ш and շ as s: those of the two alphabets that most come in go first.
// Latin-ASCII knows no schwa, which every other Azerbaijani word has.
std::unique_ptr<icu::Transliterator> MakeRomaniser() {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(
      "Russian-Latin/BGN; Armenian-Latin/BGN; Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD,
      error));
  return U_SUCCESS(error) ? std::move(made) : nullptr;
}

// Signs that a romanisation puts within words: apostrophes and the marks of soft and hard.
bool IsWithinWords(char16_t c) {
  return c == u'\'' || c == u'"' || c == u'`' || c == 0x2019 || (c >= 0x02B0 && c <= 0x02FF);
}

// As many whole words as fit.
std::string Shortened(std::string slug) {
  if (slug.size() <= kSectionBytesMax) return slug;
  const bool whole = slug[kSectionBytesMax] == '-';
  slug.resize(kSectionBytesMax);
  const std::size_t last = slug.rfind('-');
  if (!whole && last != std::string::npos) slug.resize(last);
  return slug;
}

// Runs of white space become one blank, but at the ends. In place.
void JoinBlanks(icu::UnicodeString& text) {
  std::int32_t end = 0;
  for (std::int32_t i = 0; i < text.length(); ++i) {
    const char16_t c = text[i];
    if (!u_isUWhiteSpace(c)) {
      text.setCharAt(end++, c);
    } else if (end > 0 && text[end - 1] != u' ') {
      text.setCharAt(end++, u' ');
    }
  }
  if (end > 0 && text[end - 1] == u' ') --end;
  text.truncate(end);
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// What most words are, and what ICU does with them.
std::string FoldedAscii(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      folded += static_cast<char>(c - 'A' + 'a');
    } else if (c != ' ' && (c < '\t' || c > '\r')) {
      folded += c;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

}  // namespace

std::string FoldedName(std::string_view utf8) {
  if (IsAscii(utf8)) return FoldedAscii(utf8);
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  ReplaceAll(text, u"\u0130", u"i");
  ReplaceAll(text, u"\u0131", u"i");
  ReplaceAll(text, u"\u0587", u"\u0565\u057E");
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_SUCCESS(error)) {
    icu::UnicodeString folded = folding->normalize(text, error);
    if (U_SUCCESS(error)) text = std::move(folded);
  }
  ReplaceAll(text, u"\u0565\u0582", u"\u0565\u057E");
  JoinBlanks(text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

std::optional<Section> RomanisedSection(std::string_view utf8) {
  static const std::unique_ptr<icu::Transliterator> romaniser = MakeRomaniser();
  if (romaniser == nullptr) return std::nullopt;
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  text.truncate(kRomanisedUnitsMax);
  romaniser->transliterate(text);
  ReplaceAll(text, u"\u0259", u"e");
  std::string slug;
  for (std::int32_t i = 0; i < text.length(); ++i) {
    const char16_t c = text[i];
    if ((c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9')) {
      slug += static_cast<char>(c);
    } else if (c >= 0x80 && u_isalnum(text.char32At(i))) {
      return std::nullopt;  // a letter without a likeness: without it the name would be another
    } else if (!IsWithinWords(c) && !slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  slug = Shortened(std::move(slug));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return Section::Parse(slug);
}

}  // namespace telex::news
