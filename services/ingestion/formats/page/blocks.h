#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ingestion/formats/page/line.h"

namespace telex::ingestion::page {

// Step 3: lines that follow each other without furniture between are a block, and one block is the
// body.

struct Block {
  std::size_t first = 0;  // of the page's lines
  std::size_t end = 0;    // behind its last line
  int letters = 0;        // in lines that read like prose
  int prose_lines = 0;
};

// Lines of story text that their words alone made furniture ("The use of cookies is to be banned.")
// become text again where they stand between two paragraphs of one run. Call before FindBlocks().
void RestoreProse(std::vector<Line>& lines);

// Lines of kText, kByline and kSection, cut wherever any other kind stands.
std::vector<Block> FindBlocks(const std::vector<Line>& lines);

// The block with the most prose, joined by the blocks that plainly continue it (behind an
// advertisement, a "read also" line, or a date that heads a part of a chronicle). Nothing when no
// block has any prose.
std::optional<Block> ChooseBody(const std::vector<Line>& lines, const std::vector<Block>& blocks);

}  // namespace telex::ingestion::page
