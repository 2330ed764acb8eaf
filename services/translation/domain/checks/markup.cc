#include "translation/domain/checks/markup.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace telex::translation::checks {
namespace {

struct Tags {
  std::map<int, bool> spans;             // by number: whether it is around text
  std::set<std::pair<int, int>> inside;  // (outer, inner), both around text
};

Tags TagsOf(const std::vector<Piece>& pieces) {
  Tags tags;
  std::vector<int> open;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kOpen) {
      for (const int outer : open) tags.inside.emplace(outer, piece.tag);
      open.push_back(piece.tag);
    } else if (piece.kind == Piece::Kind::kClose) {
      open.pop_back();
    }
    if (piece.kind == Piece::Kind::kOpen || piece.kind == Piece::Kind::kStandalone)
      tags.spans[piece.tag] = piece.kind == Piece::Kind::kOpen;
  }
  return tags;
}

std::string Written(int tag, bool is_span) {
  return is_span ? fmt::format("<{0}>…</{0}>", tag) : fmt::format("<{}/>", tag);
}

Finding At(std::string_view tagged, int tag, std::string message) {
  std::size_t begin = tagged.size();
  std::size_t end = begin;
  for (const std::string& spelling : {fmt::format("<{}>", tag), fmt::format("<{}/>", tag)}) {
    const std::size_t found = tagged.find(spelling);
    if (found == tagged.npos) continue;
    begin = found;
    end = found + spelling.size();
  }
  return {Check::kMarkup, false, begin, end, std::move(message)};
}

}  // namespace

void CheckTags(const std::vector<Piece>& source, std::string_view tagged_target,
               const std::vector<Piece>& target, std::vector<Finding>& findings) {
  const Tags wanted = TagsOf(source);
  const Tags found = TagsOf(target);
  for (const auto& [tag, is_span] : wanted.spans) {
    const auto there = found.spans.find(tag);
    if (there == found.spans.end()) {
      findings.push_back(
          At(tagged_target, tag, fmt::format("{} is missing", Written(tag, is_span))));
    } else if (there->second != is_span) {
      findings.push_back(
          At(tagged_target, tag,
             fmt::format("{} has to be {}", Written(tag, !is_span), Written(tag, is_span))));
    }
  }
  for (const auto& [tag, is_span] : found.spans) {
    if (!wanted.spans.contains(tag))
      findings.push_back(
          At(tagged_target, tag, fmt::format("the source has no {}", Written(tag, is_span))));
  }
  for (const auto& [outer, inner] : found.inside) {
    if (wanted.inside.contains({outer, inner}) || wanted.inside.contains({inner, outer})) continue;
    if (!wanted.spans.contains(outer) || !wanted.spans.contains(inner)) continue;
    findings.push_back(
        At(tagged_target, inner,
           fmt::format("<{}> stands within <{}>, and beside it in the source", inner, outer)));
  }
}

}  // namespace telex::translation::checks
