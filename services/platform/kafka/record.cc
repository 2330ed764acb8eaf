#include "platform/kafka/record.h"

namespace telex::kafka {

std::optional<std::string_view> FindHeader(const Record& record, std::string_view key) {
  for (auto header = record.headers.rbegin(); header != record.headers.rend(); ++header) {
    if (header->key == key) return header->value;
  }
  return std::nullopt;
}

size_t WeightOf(const Record& record) {
  size_t bytes = record.key.size() + (record.value ? record.value->size() : 0);
  for (const Header& header : record.headers) bytes += header.key.size() + header.value.size();
  return bytes;
}

Fingerprint FingerprintOf(const Record& record) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](std::string_view bytes) {
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    }
  };
  add(record.key);
  add(record.value ? "=" : "");  // a tombstone is no empty value
  if (record.value) add(*record.value);
  return {record.offset, record.timestamp_ms, hash};
}

}  // namespace telex::kafka
