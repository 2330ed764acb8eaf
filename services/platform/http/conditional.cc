#include "platform/http/conditional.h"

#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "platform/http/quality.h"
#include "platform/http/syntax.h"

namespace telex::http {
namespace {

bool IsTagByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes one entity tag off the front of `rest`.
std::optional<EntityTag> TakeTag(std::string_view& rest) {
  EntityTag tag;
  std::string_view text = rest;
  if (text.substr(0, 2) == "W/") {
    tag.weak = true;
    text.remove_prefix(2);
  }
  if (text.empty() || text.front() != '"') return std::nullopt;
  std::size_t end = 1;
  while (end < text.size() && IsTagByte(text[end])) ++end;
  if (end == text.size() || text[end] != '"') return std::nullopt;
  tag.opaque = text.substr(1, end - 1);
  rest = text.substr(end + 1);
  return tag;
}

bool Matches(std::string_view list, std::string_view current, bool strongly) {
  // What a client that polls nearly always sends: our tag, to the byte.
  if (list == current && !current.empty() && current.front() == '"') return true;
  EntityTagList tags(list);
  if (tags.any()) return true;
  const auto mine = ParseEntityTag(current);
  if (!mine) return false;
  while (const auto tag = tags.Next()) {
    if (strongly ? StronglyEqual(*tag, *mine) : WeaklyEqual(*tag, *mine)) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// As absl::Weekday counts: Monday is 0.
constexpr std::array<std::string_view, 7> kWeekdays = {"Mon", "Tue", "Wed", "Thu",
                                                       "Fri", "Sat", "Sun"};

struct CodingElement {
  std::string_view name;
  int quality = 1000;  // -1: not readable
};

CodingElement ParseCodingElement(std::string_view text) {
  CodingElement element;
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  element.name = Trim(text.substr(0, semicolon));
  if (semicolon == text.size()) return element;
  const std::string_view weight = Trim(text.substr(semicolon + 1));
  const bool is_weight = weight.size() > 2 && LowerCase(weight[0]) == 'q' && weight[1] == '=';
  element.quality = is_weight ? ParseQuality(weight.substr(2)) : -1;
  return element;
}

// What browsers, feed readers and libraries send, nearly without exception: gzip wanted, no
// weights. True: known, and `brotli` says whether that is wanted, too.
bool IsCommon(std::string_view header, bool& brotli) {
  brotli = false;
  switch (header.size()) {
    case 4:
      return header == "gzip";
    case 13:
      return header == "gzip, deflate" || header == "deflate, gzip";
    case 17:
      brotli = true;
      return header == "gzip, deflate, br";
    case 23:
      brotli = true;
      return header == "gzip, deflate, br, zstd";
    default:
      return false;
  }
}

}  // namespace

bool StronglyEqual(EntityTag a, EntityTag b) { return !a.weak && !b.weak && a.opaque == b.opaque; }

bool WeaklyEqual(EntityTag a, EntityTag b) { return a.opaque == b.opaque; }

std::optional<EntityTag> ParseEntityTag(std::string_view text) {
  const auto tag = TakeTag(text);
  return text.empty() ? tag : std::nullopt;
}

EntityTagList::EntityTagList(std::string_view value) : rest_(Trim(value)) {
  if (rest_ == "*") {
    any_ = true;
    rest_ = {};
  }
}

std::optional<EntityTag> EntityTagList::Next() {
  // A list may have empty elements (RFC 9110, 5.6.1.2).
  while (!rest_.empty() &&
         (rest_.front() == ',' || rest_.front() == ' ' || rest_.front() == '\t')) {
    rest_.remove_prefix(1);
  }
  if (rest_.empty()) return std::nullopt;
  const auto tag = TakeTag(rest_);
  rest_ = Trim(rest_);
  if (!tag || (!rest_.empty() && rest_.front() != ',')) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  return tag;
}

Verdict Evaluate(const Conditions& conditions, std::string_view etag, bool get_or_head) {
  if (conditions.if_match && !Matches(*conditions.if_match, etag, /*strongly=*/true)) {
    return Verdict::kPreconditionFailed;
  }
  if (conditions.if_none_match && Matches(*conditions.if_none_match, etag, /*strongly=*/false)) {
    return get_or_head ? Verdict::kNotModified : Verdict::kPreconditionFailed;
  }
  return Verdict::kProceed;
}

std::string FormatHttpDate(absl::Time time) {
  static const absl::Time kFirst = absl::FromCivil(absl::CivilSecond(0), absl::UTCTimeZone());
  static const absl::Time kLast =
      absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  const absl::CivilSecond civil =
      absl::ToCivilSecond(std::clamp(time, kFirst, kLast), absl::UTCTimeZone());
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kWeekdays[static_cast<std::size_t>(absl::GetWeekday(civil))], civil.day(),
                     kMonths[static_cast<std::size_t>(civil.month() - 1)], civil.year(),
                     civil.hour(), civil.minute(), civil.second());
}

std::optional<absl::Time> ParseHttpDate(std::string_view text) {
  constexpr std::size_t kBytesMax = 64;  // no form has half of it
  if (text.size() > kBytesMax) return std::nullopt;
  const std::string copy(text);
  for (const char* form :
       {"%a, %d %b %E4Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %E4Y"}) {
    absl::Time time;
    if (!absl::ParseTime(form, copy, absl::UTCTimeZone(), &time, nullptr)) continue;
    // It reads "infinite-future", too, whatever the form.
    if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return std::nullopt;
    return time;
  }
  return std::nullopt;
}

bool Accepts(std::optional<std::string_view> accept_encoding, Coding coding) {
  if (!accept_encoding) return true;
  const CodingsOffered only{.gzip = coding == Coding::kGzip, .brotli = coding == Coding::kBrotli};
  return NegotiateCoding(accept_encoding, only) == coding;
}

std::optional<Coding> NegotiateCoding(std::optional<std::string_view> accept_encoding,
                                      CodingsOffered offered) {
  if (!accept_encoding) return Coding::kIdentity;
  if (bool brotli; IsCommon(*accept_encoding, brotli) && offered.gzip) {
    return brotli && offered.brotli ? Coding::kBrotli : Coding::kGzip;
  }

  constexpr int kNotNamed = -1;
  int gzip = kNotNamed, brotli = kNotNamed, identity = kNotNamed, others = kNotNamed;
  for (std::string_view rest = *accept_encoding; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const CodingElement element = ParseCodingElement(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (element.quality < 0) continue;
    if (EqualsIgnoringCase(element.name, "gzip") || EqualsIgnoringCase(element.name, "x-gzip")) {
      gzip = std::max(gzip, element.quality);
    } else if (EqualsIgnoringCase(element.name, "br")) {
      brotli = std::max(brotli, element.quality);
    } else if (EqualsIgnoringCase(element.name, "identity")) {
      identity = element.quality;
    } else if (element.name == "*") {
      others = element.quality;
    }
  }
  // `*` speaks for what is not named; identity, when only that or nothing speaks for it, is the
  // last resort.
  if (gzip == kNotNamed) gzip = std::max(others, 0);
  if (brotli == kNotNamed) brotli = std::max(others, 0);
  const bool identity_ruled_out = identity == 0 || (identity == kNotNamed && others == 0);

  Coding best = Coding::kIdentity;
  int best_quality = std::max(identity, 0);
  if (offered.gzip && gzip > 0 && gzip >= best_quality) {
    best = Coding::kGzip;
    best_quality = gzip;
  }
  if (offered.brotli && brotli > 0 && brotli >= best_quality) best = Coding::kBrotli;
  if (best == Coding::kIdentity && identity_ruled_out) return std::nullopt;
  return best;
}

}  // namespace telex::http
