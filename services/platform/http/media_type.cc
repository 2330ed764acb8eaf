#include "platform/http/media_type.h"

#include <algorithm>

#include "platform/http/quality.h"
#include "platform/http/syntax.h"

namespace telex::http {
namespace {

// Takes what stands before the next `separator` off the front of `rest`; one within a quoted string
// (5.6.4) parts nothing.
std::string_view TakeUntil(char separator, std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  end = std::min(end, rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return Trim(taken);
}

struct Parameter {
  std::string_view name, value;
};

// Takes one off the front of "a=1; b=2". An empty name: there is none at that place, or it is
// malformed.
Parameter TakeParameter(std::string_view& rest) {
  std::string_view value = TakeUntil(';', rest);
  const std::string_view name = value.substr(0, value.find('='));
  if (name.size() == value.size() || !IsToken(name)) return {};
  value.remove_prefix(name.size() + 1);
  // No parameter of what is offered has anything that would have to be escaped.
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return {name, value};
}

struct MediaType {
  std::string_view type, subtype;
  std::string_view parameters;
};

std::optional<MediaType> ReadMediaType(std::string_view text) {
  const std::string_view name = TakeUntil(';', text);
  if (name == "*") return MediaType{"*", "*", text};
  const std::string_view type = name.substr(0, name.find('/'));
  if (!IsToken(type) || type.size() == name.size()) return std::nullopt;
  const std::string_view subtype = name.substr(type.size() + 1);
  if (!IsToken(subtype) || (type == "*" && subtype != "*")) return std::nullopt;
  return MediaType{type, subtype, text};
}

bool HasParameter(const MediaType& offered, const Parameter& wanted) {
  for (std::string_view rest = offered.parameters; !rest.empty();) {
    const Parameter parameter = TakeParameter(rest);
    if (EqualsIgnoringCase(parameter.name, wanted.name)) {
      return EqualsIgnoringCase(parameter.value, wanted.value);
    }
  }
  return false;
}

constexpr int kMalformed = -2;
constexpr int kDoesNotFit = -1;

struct Fit {
  int specificity = kDoesNotFit;  // 0: `*/*`; 1: `text/*`; 2: `text/csv`; more: parameters
  int quality = 0;                // thousandths
};

Fit FitOf(std::string_view range_text, const MediaType& offered) {
  const auto range = ReadMediaType(range_text);
  if (!range) return {.specificity = kMalformed};
  Fit fit = {.specificity = 2, .quality = 1000};
  bool fits = true;
  if (range->subtype == "*") {
    fit.specificity = range->type == "*" ? 0 : 1;
  } else {
    fits = EqualsIgnoringCase(range->subtype, offered.subtype);
  }
  fits = fits && (range->type == "*" || EqualsIgnoringCase(range->type, offered.type));
  for (std::string_view rest = Trim(range->parameters); !rest.empty();) {
    if (rest.front() == ';') {  // an empty one (5.6.6)
      rest = Trim(rest.substr(1));
      continue;
    }
    const Parameter parameter = TakeParameter(rest);
    rest = Trim(rest);
    if (parameter.name.empty()) return {.specificity = kMalformed};
    if (EqualsIgnoringCase(parameter.name, "q")) {
      fit.quality = ParseQuality(parameter.value);
      if (fit.quality < 0) return {.specificity = kMalformed};
    } else {
      ++fit.specificity;
      fits = fits && HasParameter(offered, parameter);
    }
  }
  return fits ? fit : Fit{};
}

}  // namespace

std::optional<std::size_t> NegotiateMediaType(std::optional<std::string_view> accept,
                                              std::span<const std::string_view> offered) {
  std::optional<std::size_t> best;
  Fit best_fit;
  bool any_range = false;
  for (std::size_t place = 0; place < offered.size(); ++place) {
    const MediaType form = ReadMediaType(offered[place]).value_or(MediaType{});
    Fit closest;
    for (std::string_view rest = accept.value_or(""); !rest.empty();) {
      const std::string_view range = TakeUntil(',', rest);
      const Fit fit = FitOf(range, form);
      any_range = any_range || fit.specificity != kMalformed;
      // The same range twice: the better of the two.
      if (fit.specificity > closest.specificity ||
          (fit.specificity == closest.specificity && fit.quality > closest.quality)) {
        closest = fit;
      }
    }
    if (closest.quality > best_fit.quality || (best && closest.quality == best_fit.quality &&
                                               closest.specificity > best_fit.specificity)) {
      best = place;
      best_fit = closest;
    }
  }
  if (!any_range && !offered.empty()) return 0;
  return best;
}

}  // namespace telex::http
