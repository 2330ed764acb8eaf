#include "translation/formats/tmx.h"

#include <fmt/format.h>

#include <utility>

#include "news/blank.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/ascii.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/tmx_codes.h"
#include "translation/formats/xml_document.h"

namespace telex::translation {
namespace {

constexpr std::string_view kRankProp = "x-telex-rank";
constexpr std::string_view kArticleProp = "x-telex-article";
constexpr std::string_view kPersonRank = "person";
constexpr std::string_view kMachineRank = "machine";
constexpr char kTmxTime[] = "%E4Y%m%dT%H%M%SZ";

std::string TimeOf(std::int64_t ms) {
  return absl::FormatTime(kTmxTime, absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

std::string TuvOf(const news::LanguageTag& language, std::string_view tagged) {
  return fmt::format("      <tuv xml:lang=\"{}\"><seg>{}</seg></tuv>\n", EscapeXml(language.text()),
                     WriteTmxCodes(tagged));
}

// Whether a language of a file is the wanted one; "en-US" is "en", and not the reverse.
bool IsOf(std::string_view found, const news::LanguageTag& wanted) {
  const std::string lower = text::AsciiLower(found);
  const std::string base = text::AsciiLower(wanted.text());
  return lower == base || (lower.starts_with(base) && lower[base.size()] == '-');
}

class TmxReader {
 public:
  explicit TmxReader(const LanguagePair& pair) : pair_(pair) {}

  absl::StatusOr<TmxFile> Read(const pugi::xml_node& root) && {
    if (LocalName(root) != "tmx" || !AttributeOf(root, "version").starts_with("1."))
      return errors::FieldError("file", errors::kFieldInvalid, "no TMX 1.1 to 1.4");
    for (const pugi::xml_node& unit : root.child("body").children("tu")) {
      if (++number_ > kTmxUnitsMax) {
        return errors::FieldError("file", errors::kFieldTooLong,
                                  fmt::format("at most {} units are read", kTmxUnitsMax));
      }
      RETURN_IF_ERROR(ReadUnit(unit));
    }
    return std::move(file_);
  }

 private:
  absl::Status Refuse(std::string_view why) const {
    return errors::FieldError(fmt::format("tu[{}]", number_), errors::kFieldInvalid, why);
  }

  absl::Status ReadUnit(const pugi::xml_node& unit) {
    const pugi::xml_node source = SegOf(unit, pair_.source);
    const pugi::xml_node target = SegOf(unit, pair_.target);
    if (!source || !target) {
      ++file_.others;
      return absl::OkStatus();
    }
    TmxCodes codes;
    TmxUnit read;
    absl::StatusOr<std::string> source_text = codes.ReadSource(source);
    if (!source_text.ok()) return Refuse(std::string(source_text.status().message()));
    absl::StatusOr<std::string> target_text = codes.ReadTarget(target);
    if (!target_text.ok()) return Refuse(std::string(target_text.status().message()));
    read.source = *std::move(source_text);
    read.target = *std::move(target_text);
    if (news::IsBlank(PlainTextOf(read.source)) || news::IsBlank(PlainTextOf(read.target))) {
      ++file_.others;
      return absl::OkStatus();
    }
    if (read.source.size() > kMemoryTextBytesMax || read.target.size() > kMemoryTextBytesMax)
      return Refuse(fmt::format("a text has at most {} bytes", kMemoryTextBytesMax));
    RETURN_IF_ERROR(ReadProps(unit, read));
    file_.units.push_back(std::move(read));
    return absl::OkStatus();
  }

  absl::Status ReadProps(const pugi::xml_node& unit, TmxUnit& read) const {
    for (const pugi::xml_node& prop : unit.children("prop")) {
      const std::string_view type = AttributeOf(prop, "type");
      const std::string_view value = prop.text().get();
      if (type == kRankProp) {
        if (value != kPersonRank && value != kMachineRank) return Refuse("no rank");
        read.rank = value == kPersonRank ? MemoryRank::kPerson : MemoryRank::kMachine;
      } else if (type == kArticleProp) {
        read.article = news::ArticleId::Parse(value);
        if (!read.article) return Refuse("no id of an article");
      }
    }
    absl::Time changed;
    const std::string date(AttributeOf(unit, "changedate"));
    if (absl::ParseTime(kTmxTime, date, &changed, nullptr)) read.changed = changed;
    return absl::OkStatus();
  }

  // The first of that language; exactly it before one with a region.
  static pugi::xml_node SegOf(const pugi::xml_node& unit, const news::LanguageTag& language) {
    pugi::xml_node found;
    for (const pugi::xml_node& variant : unit.children("tuv")) {
      std::string_view own = AttributeOf(variant, "xml:lang");
      if (own.empty()) own = AttributeOf(variant, "lang");
      if (text::AsciiLower(own) == text::AsciiLower(language.text())) return variant.child("seg");
      if (!found && IsOf(own, language)) found = variant.child("seg");
    }
    return found;
  }

  const LanguagePair& pair_;
  TmxFile file_;
  std::size_t number_ = 0;
};

}  // namespace

std::string TmxHead(const LanguagePair& pair) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n"
      "<tmx version=\"1.4\">\n"
      "  <header creationtool=\"Telex\" creationtoolversion=\"1\" segtype=\"sentence\" "
      "o-tmf=\"Telex\" adminlang=\"en\" srclang=\"{}\" datatype=\"xml\"/>\n  <body>\n",
      EscapeXml(pair.source.text()));
}

std::string TmxUnitOf(const MemoryEntry& entry) {
  const bool by_person = entry.rank == MemoryRank::kPerson;
  return fmt::format(
      "    <tu changedate=\"{}\">\n      <prop type=\"{}\">{}</prop>\n"
      "      <prop type=\"{}\">{}</prop>\n{}{}    </tu>\n",
      TimeOf(entry.position.time_ms), kRankProp, by_person ? kPersonRank : kMachineRank,
      kArticleProp, entry.article.ToString(), TuvOf(entry.pair.source, entry.source),
      TuvOf(entry.pair.target, entry.target));
}

std::string WriteTmx(const LanguagePair& pair, std::span<const MemoryEntry> entries) {
  std::string xml = TmxHead(pair);
  for (const MemoryEntry& entry : entries) {
    if (entry.pair == pair) xml += TmxUnitOf(entry);
  }
  return xml.append(kTmxTail);
}

absl::StatusOr<TmxFile> ReadTmx(std::string_view bytes, const LanguagePair& pair) {
  const auto document = ReadXml(bytes, {.bytes_max = kTmxBytesMax, .doctype_file = "tmx14.dtd"});
  if (!document.ok()) return document.status();
  return TmxReader(pair).Read((*document)->document_element());
}

}  // namespace telex::translation
