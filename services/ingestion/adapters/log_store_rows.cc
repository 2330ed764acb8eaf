#include "ingestion/adapters/log_store_rows.h"

#include <algorithm>

#include "news/content_hash.h"
#include "platform/store/keys.h"

namespace telex::ingestion::rows {
namespace {

using news::ArticleId;
using news::Version;
using store::KeyBuilder;
using store::KeyReader;

// Addresses are longer than a key may be. Two that share these digits are told apart by the
// article.
constexpr std::size_t kAddressHashDigits = 32;

std::uint64_t Millis(absl::Time time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, absl::ToUnixMillis(time)));
}

}  // namespace

std::string ArticleKey(const ArticleId& id, Version version) {
  return KeyBuilder().Raw(id.bytes()).U64(static_cast<std::uint64_t>(version.number)).bytes();
}

std::optional<std::pair<ArticleId, Version>> ReadArticleKey(std::string_view key) {
  constexpr std::size_t kIdBytes = 16;
  const auto id = ArticleId::FromBytes(key.substr(0, kIdBytes));
  const auto version = store::DecodeU64(key.substr(std::min(key.size(), kIdBytes)));
  if (!id || !version) return std::nullopt;
  return std::pair{*id, Version{static_cast<std::int64_t>(*version)}};
}

std::string DecisionKey(std::int32_t partition, std::int64_t offset) {
  return KeyBuilder()
      .U32(static_cast<std::uint32_t>(partition))
      .U64(static_cast<std::uint64_t>(offset))
      .bytes();
}

std::string RequestKey(const std::string& subject, const std::string& request_id) {
  return KeyBuilder().Text(subject).Text(request_id).bytes();
}

std::string RecentKey(absl::Time versioncreated, const ArticleId& id) {
  return KeyBuilder().U64Descending(Millis(versioncreated)).Raw(id.bytes()).bytes();
}

std::string PendingKey(std::int32_t partition, absl::Time instant, const ArticleId& id) {
  return KeyBuilder()
      .U32(static_cast<std::uint32_t>(partition))
      .U64(Millis(instant))
      .Raw(id.bytes())
      .bytes();
}

std::string Encode(const HeadRow& row) {
  KeyBuilder builder;
  builder.U64(static_cast<std::uint64_t>(row.version.number)).U64(Millis(row.versioncreated));
  const bool pending = row.pending != absl::InfiniteFuture();
  builder.U8(pending).U64(pending ? Millis(row.pending) : 0);
  return builder.bytes();
}

absl::StatusOr<HeadRow> DecodeHeadRow(std::string_view bytes) {
  KeyReader reader(bytes);
  const auto version = reader.U64();
  const auto versioncreated = reader.U64();
  const auto pending = reader.U8();
  const auto millis = reader.U64();
  if (!version || !versioncreated || !pending || !millis) {
    return absl::DataLossError("a head's row is cut short");
  }
  HeadRow row;
  row.version.number = static_cast<std::int64_t>(*version);
  row.versioncreated = absl::FromUnixMillis(static_cast<std::int64_t>(*versioncreated));
  if (*pending != 0) row.pending = absl::FromUnixMillis(static_cast<std::int64_t>(*millis));
  return row;
}

std::string RecentValue(const news::Article& article) {
  return KeyBuilder()
      .Text(article.source.text())
      .Text(article.content.section.slug())
      .Text(article.content.language.text())
      .U8(static_cast<std::uint8_t>(article.status))
      .bytes();
}

absl::StatusOr<RecentRow> DecodeRecentRow(std::string_view bytes) {
  KeyReader reader(bytes);
  auto source = reader.Text();
  auto section = reader.Text();
  auto language = reader.Text();
  const auto status = reader.U8();
  if (!source || !section || !language || !status) {
    return absl::DataLossError("a listing's row is cut short");
  }
  return RecentRow{*std::move(source), *std::move(section), *std::move(language), *status};
}

std::string AddressPrefix(std::string_view comparable_address) {
  return news::DocumentHash(comparable_address).substr(0, kAddressHashDigits);
}

std::string AddressKey(std::string_view comparable_address, const ArticleId& id) {
  return KeyBuilder().Raw(AddressPrefix(comparable_address)).Raw(id.bytes()).bytes();
}

std::string RecentKeyFrom(absl::Time versioncreated) {
  return KeyBuilder().U64Descending(Millis(versioncreated)).bytes();
}

std::string PendingKeyAfter(std::int32_t partition, absl::Time instant) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).U64(Millis(instant) + 1).bytes();
}

std::string PartitionKey(std::int32_t partition) {
  return KeyBuilder().U32(static_cast<std::uint32_t>(partition)).bytes();
}

}  // namespace telex::ingestion::rows
