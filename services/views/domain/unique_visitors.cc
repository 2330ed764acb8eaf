#include "views/domain/unique_visitors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace telex::views {
namespace {

// Leading zeros among the bits that do not name the register, and one.
constexpr int kRankMax = 64 - UniqueVisitors::kIndexBits + 1;
constexpr char kSparseForm = 1;
constexpr char kDenseForm = 2;
constexpr std::size_t kSparseEntryBytes = 3;

// Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", section 4.
double Sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; before != z;) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

double Tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; before != z;) {
    before = z;
    x = std::sqrt(x);
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

void UniqueVisitors::Add(Visitor visitor) {
  const auto index = static_cast<std::uint16_t>(visitor >> (64 - kIndexBits));
  const std::uint64_t rest = visitor << kIndexBits;
  const int rank = std::min(std::countl_zero(rest) + 1, kRankMax);
  Raise(index, static_cast<std::uint8_t>(rank));
}

void UniqueVisitors::Raise(std::uint16_t index, std::uint8_t rank) {
  if (!dense_.empty()) {
    dense_[index] = std::max(dense_[index], rank);
    return;
  }
  const auto at =
      std::lower_bound(sparse_.begin(), sparse_.end(), index,
                       [](const Register& one, std::uint16_t i) { return one.index < i; });
  if (at != sparse_.end() && at->index == index) {
    at->rank = std::max(at->rank, rank);
    return;
  }
  sparse_.insert(at, Register{index, rank});
  if (sparse_.size() == kSparseMax) MakeDense();
}

void UniqueVisitors::MakeDense() {
  dense_.assign(kRegisters, 0);
  for (const Register& one : sparse_) dense_[one.index] = one.rank;
  sparse_ = {};
}

double UniqueVisitors::Estimate() const {
  std::array<int, kRankMax + 1> with_rank{};
  for (const std::uint8_t rank : dense_) ++with_rank[rank];
  for (const Register& one : sparse_) ++with_rank[one.rank];
  if (dense_.empty()) with_rank[0] = static_cast<int>(kRegisters - sparse_.size());

  constexpr double kAll = kRegisters;
  double z = kAll * Tau(1 - with_rank[kRankMax] / kAll);
  for (int rank = kRankMax - 1; rank >= 1; --rank) z = 0.5 * (z + with_rank[rank]);
  z += kAll * Sigma(with_rank[0] / kAll);
  return kAll * kAll / (2 * std::log(2.0) * z);
}

void UniqueVisitors::Merge(const UniqueVisitors& other) {
  for (const Register& one : other.sparse_) Raise(one.index, one.rank);
  for (std::size_t i = 0; i < other.dense_.size(); ++i) {
    if (other.dense_[i] != 0) Raise(static_cast<std::uint16_t>(i), other.dense_[i]);
  }
}

std::string UniqueVisitors::Serialise() const {
  std::string bytes;
  if (!dense_.empty()) {
    bytes.push_back(kDenseForm);
    bytes.append(reinterpret_cast<const char*>(dense_.data()), dense_.size());
    return bytes;
  }
  bytes.push_back(kSparseForm);
  for (const Register& one : sparse_) {
    bytes.push_back(static_cast<char>(one.index >> 8));
    bytes.push_back(static_cast<char>(one.index & 0xff));
    bytes.push_back(static_cast<char>(one.rank));
  }
  return bytes;
}

absl::StatusOr<UniqueVisitors> UniqueVisitors::Parse(std::string_view bytes) {
  UniqueVisitors visitors;
  if (bytes.empty()) return visitors;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (bytes[0] == kDenseForm) {
    if (bytes.size() != kRegisters + 1) return absl::DataLossError("registers are missing");
    visitors.dense_.assign(kRegisters, 0);
    for (std::size_t i = 0; i < kRegisters; ++i) {
      if (byte(i + 1) > kRankMax) return absl::DataLossError("a register is too large");
      visitors.dense_[i] = byte(i + 1);
    }
    return visitors;
  }
  if (bytes[0] != kSparseForm) return absl::UnimplementedError("a form of a newer release");
  if ((bytes.size() - 1) % kSparseEntryBytes != 0) return absl::DataLossError("a register is cut");
  int before = -1;
  for (std::size_t i = 1; i < bytes.size(); i += kSparseEntryBytes) {
    const int index = byte(i) << 8 | byte(i + 1);
    const std::uint8_t rank = byte(i + 2);
    if (index <= before || index >= static_cast<int>(kRegisters) || rank == 0 || rank > kRankMax) {
      return absl::DataLossError("registers are not in order, or none of theirs");
    }
    before = index;
    visitors.Raise(static_cast<std::uint16_t>(index), rank);
  }
  return visitors;
}

}  // namespace telex::views
