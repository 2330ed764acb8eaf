#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace telex::news {

// The cells of a table that reach from the rows above into the next ones (rowspan), by column.
class SpannedCells {
 public:
  // A cell that covers `columns` from `column` on for the next `rows` rows. Its text stands in the
  // first of them. Columns beyond kColumnsMax are not heeded.
  void Add(std::size_t column, std::size_t columns, int rows, std::string text);
  // The text at `column` of this row, where a cell from above covers it, else null. To be asked
  // once a row; good until the next Add.
  const std::string* Take(std::size_t column);
  // Behind the last column that is covered.
  std::size_t end() const { return cells_.size(); }
  void Clear() { cells_.clear(); }

  static constexpr std::size_t kColumnsMax = 1'000;

 private:
  struct Cell {
    int rows = 0;  // that are still to come
    std::string text;
  };
  std::vector<Cell> cells_;
  std::string taken_;
};

}  // namespace telex::news
