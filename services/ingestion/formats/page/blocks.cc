#include "ingestion/formats/page/blocks.h"

#include <algorithm>

namespace telex::ingestion::page {
namespace {

// A mid-story interruption is short: an advertisement, a link or two.
constexpr std::size_t kInterruptionLinesMax = 2;
// A page's date stands above the body; a second date within it heads a part only of a story that
// has begun.
constexpr int kChronicleLettersMin = 150;
constexpr std::size_t kHeadLinesMax = 6;  // above a body, among which its own date stands

bool IsContent(LineKind kind) {
  return kind == LineKind::kText || kind == LineKind::kByline || kind == LineKind::kSection;
}

bool IsMisjudged(LineKind kind) {
  return kind == LineKind::kLicence || kind == LineKind::kCookies || kind == LineKind::kRights ||
         kind == LineKind::kFurniture || kind == LineKind::kTicker;
}

bool IsParagraph(const Line& line) { return line.kind == LineKind::kText && line.prose == 2; }

// Whether the story's own date stands above the block: only then is a date behind it one of a
// chronicle. Otherwise the block may be headline and deck, and the date behind them the story's.
bool IsDated(const std::vector<Line>& lines, const Block& block) {
  for (std::size_t i = block.first; i-- > 0 && block.first - i <= kHeadLinesMax;) {
    if (lines[i].kind == LineKind::kDate) return true;
  }
  return false;
}

// Whether `next` goes on with the story that `body` tells, across what stands between them.
bool Continues(const std::vector<Line>& lines, const Block& body, const Block& next) {
  if (next.first - body.end > kInterruptionLinesMax || next.prose_lines == 0) return false;
  // Prose has to follow soon: a teaser begins with a headline.
  const bool prose_first = lines[next.first].prose > 0;
  if (!prose_first) return false;
  bool dates = false;
  for (std::size_t i = body.end; i < next.first; ++i) {
    const LineKind kind = lines[i].kind;
    if (kind == LineKind::kDate || kind == LineKind::kTime) {
      dates = true;
    } else if (kind != LineKind::kFurniture) {
      return false;
    }
  }
  // Two share buttons at the end and one line of self-praise below are no story; a paragraph is.
  if (dates) return body.letters >= kChronicleLettersMin && IsDated(lines, body);
  return lines[next.first].prose == 2 || next.prose_lines >= 2;
}

}  // namespace

void RestoreProse(std::vector<Line>& lines) {
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (IsMisjudged(lines[i].kind) && lines[i].prose == 2 && IsParagraph(lines[i - 1]) &&
        IsParagraph(lines[i + 1])) {
      lines[i].kind = LineKind::kText;
    }
  }
}

std::vector<Block> FindBlocks(const std::vector<Line>& lines) {
  std::vector<Block> blocks;
  bool open = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!IsContent(lines[i].kind)) {
      open = false;
      continue;
    }
    if (!open) blocks.push_back({i, i, 0, 0});
    open = true;
    Block& block = blocks.back();
    block.end = i + 1;
    if (lines[i].prose > 0) {
      ++block.prose_lines;
      block.letters += lines[i].shape.letters;
    }
  }
  return blocks;
}

std::optional<Block> ChooseBody(const std::vector<Line>& lines, const std::vector<Block>& blocks) {
  const auto most =
      std::max_element(blocks.begin(), blocks.end(),
                       [](const Block& a, const Block& b) { return a.letters < b.letters; });
  if (most == blocks.end() || most->letters == 0) return std::nullopt;
  const auto join = [](Block& body, const Block& other) {
    body.first = std::min(body.first, other.first);
    body.end = std::max(body.end, other.end);
    body.letters += other.letters;
    body.prose_lines += other.prose_lines;
  };
  Block body = *most;
  // Backwards: the part of the story before the interruption may be the shorter one.
  for (auto before = most; before != blocks.begin();) {
    --before;
    if ((before->prose_lines < 2 && before->letters < kChronicleLettersMin) ||
        !Continues(lines, *before, body))
      break;
    join(body, *before);
  }
  for (auto next = most + 1; next != blocks.end() && Continues(lines, body, *next); ++next)
    join(body, *next);
  return body;
}

}  // namespace telex::ingestion::page
