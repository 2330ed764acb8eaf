#include "platform/kafka/record.h"

#include "platform/kafka/record_view.h"

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

Fingerprint FingerprintOf(const Record& record) { return FingerprintOf(RecordView(record)); }

}  // namespace telex::kafka
