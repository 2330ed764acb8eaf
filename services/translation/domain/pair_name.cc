#include "translation/domain/pair_name.h"

#include <fmt/format.h>

#include <utility>

namespace telex::translation {

std::string PairName(const Pair& pair) {
  return fmt::format("{}.{}", pair.from.text(), pair.to.text());
}

std::optional<Pair> ParsePairName(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return std::nullopt;
  auto from = news::LanguageTag::Parse(name.substr(0, dot));
  auto to = news::LanguageTag::Parse(name.substr(dot + 1));
  if (!from || !to) return std::nullopt;
  return Pair{*std::move(from), *std::move(to)};
}

}  // namespace telex::translation
