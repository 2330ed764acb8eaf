#include "news/spanned_cells.h"

#include <algorithm>
#include <utility>

namespace telex::news {

void SpannedCells::Add(std::size_t column, std::size_t columns, int rows, std::string text) {
  const std::size_t end = std::min(column + columns, kColumnsMax);
  if (column >= end || rows <= 0) return;
  if (cells_.size() < end) cells_.resize(end);
  for (std::size_t i = column; i < end; ++i) cells_[i] = {rows, std::exchange(text, std::string())};
}

const std::string* SpannedCells::Take(std::size_t column) {
  if (column >= cells_.size() || cells_[column].rows == 0) return nullptr;
  Cell& cell = cells_[column];
  if (--cell.rows > 0) {
    taken_ = cell.text;
    return &taken_;
  }
  taken_ = std::exchange(cell.text, std::string());
  while (!cells_.empty() && cells_.back().rows == 0) cells_.pop_back();
  return &taken_;
}

}  // namespace telex::news
