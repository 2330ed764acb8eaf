#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "views/domain/view.h"

namespace telex::views {

// About how many different visitors there were: HyperLogLog (Flajolet et al., 2007) of 4,096
// registers, with the estimator of Ertl (2017), which needs no tables and is right from 0 on. The
// standard error is 1.04 / sqrt(4096) = 1.6 %. The same visitors give the same bytes, in any order
// and however often. Pure; not thread-safe.
//
// Few visitors are kept as a list of the registers that are not zero, at 4 bytes each; from
// kSparseMax on all registers are there, at a byte each.
class UniqueVisitors {
 public:
  static constexpr int kIndexBits = 12;
  static constexpr std::size_t kRegisters = 1 << kIndexBits;
  static constexpr std::size_t kSparseMax = 512;

  // `visitor` is a hash: its bits are even.
  void Add(Visitor visitor);
  double Estimate() const;
  void Merge(const UniqueVisitors& other);

  std::string Serialise() const;  // at most kRegisters + 1 bytes
  static absl::StatusOr<UniqueVisitors> Parse(std::string_view bytes);

  std::size_t HeapBytes() const {
    return sparse_.capacity() * sizeof(Register) + dense_.capacity();
  }

  bool operator==(const UniqueVisitors&) const = default;

 private:
  void Raise(std::uint16_t index, std::uint8_t rank);
  void MakeDense();

  struct Register {
    std::uint16_t index;
    std::uint8_t rank;
    bool operator==(const Register&) const = default;
  };
  std::vector<Register> sparse_;     // by index
  std::vector<std::uint8_t> dense_;  // empty while sparse
};

}  // namespace telex::views
