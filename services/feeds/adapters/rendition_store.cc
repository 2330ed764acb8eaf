#include "feeds/adapters/rendition_store.h"

#include <fmt/format.h>

#include "platform/checksum/crc32.h"
#include "platform/store/keys.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kMagic = "TR2";

std::string_view EncodingName(Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return "identity";
    case Coding::kGzip:
      return "gzip";
    case Coding::kBrotli:
      return "br";
  }
  return "identity";
}

std::string KeyOf(std::string_view hash, Coding coding) {
  return fmt::format("telex:rendition:{}:{}", hash, EncodingName(coding));
}

}  // namespace

std::string Seal(std::string_view key, std::string_view bytes) {
  return store::KeyBuilder()
      .Raw(kMagic)
      .U64(bytes.size())
      .U32(checksum::Crc32(key, bytes))
      .Raw(bytes)
      .bytes();
}

std::optional<std::string> Unseal(std::string_view key, std::string_view sealed) {
  store::KeyReader reader(sealed);
  const auto magic = reader.Raw(kMagic.size());
  const auto size = reader.U64();
  const auto sum = reader.U32();
  if (!magic || *magic != kMagic || !size || !sum) return std::nullopt;
  const std::string_view bytes = reader.Rest();
  if (bytes.size() != *size || checksum::Crc32(key, bytes) != *sum) return std::nullopt;
  return std::string(bytes);
}

RenditionStore::RenditionStore(redis::Client* client, FeedsMetrics& metrics, Options options)
    : client_(client), metrics_(metrics), options_(options) {}

std::optional<std::string> RenditionStore::Get(std::string_view hash, Coding coding) {
  if (client_ == nullptr) return std::nullopt;
  const std::string key = KeyOf(hash, coding);
  const auto reply = client_->Command({"GET", key}, options_.within);
  if (!reply.ok()) {
    metrics_.redis_faults.Increment();
    return std::nullopt;
  }
  const auto sealed = reply->Text();
  if (!sealed) {
    metrics_.redis_misses.Increment();
    return std::nullopt;
  }
  auto bytes = Unseal(key, *sealed);
  (bytes ? metrics_.redis_hits : metrics_.redis_faults).Increment();
  return bytes;
}

void RenditionStore::Put(std::string_view hash, Coding coding, std::string_view bytes) {
  if (client_ == nullptr) return;
  const std::string key = KeyOf(hash, coding);
  const auto reply = client_->Command({"SET", key, Seal(key, bytes), "PX",
                                       fmt::format("{}", absl::ToInt64Milliseconds(options_.ttl))},
                                      options_.within);
  if (!reply.ok()) metrics_.redis_faults.Increment();
}

}  // namespace telex::feeds
