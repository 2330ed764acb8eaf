#include "telexctl/views/record_view.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "platform/json/json.h"
#include "telex/ingestion/v1/decision.pb.h"
#include "telex/ingestion/v1/source.pb.h"
#include "telex/ingestion/v1/submission.pb.h"
#include "telex/news/v1/article_record.pb.h"
#include "telex/translation/v1/job_fact.pb.h"
#include "telex/translation/v1/resource.pb.h"
#include "telex/translation/v1/translation.pb.h"
#include "telex/views/v1/view.pb.h"
#include "telex/views/v1/view_counts.pb.h"
#include "telexctl/views/output.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::string_view kViews = "telex.views.v1";

// A dead letter has the key and the value that its topic had.
bool IsOf(const kafka::Record& record, std::string_view topic) {
  return record.topic == topic ||
         (record.topic.starts_with(topic) && record.topic.ends_with(".dlq"));
}

// Null: the topic's values are of no contract.
std::unique_ptr<google::protobuf::Message> MessageOf(const kafka::Record& record) {
  const auto of = [&](std::string_view topic) { return IsOf(record, topic); };
  if (of("telex.submissions.v1")) return std::make_unique<ingestion::v1::Submission>();
  if (of("telex.decisions.v1")) return std::make_unique<ingestion::v1::Decision>();
  if (of("telex.articles.v1")) return std::make_unique<news::v1::ArticleRecord>();
  if (of("telex.resources.v1") && record.key.starts_with("sources/")) {
    return std::make_unique<ingestion::v1::SourceRecord>();
  }
  if (of("telex.translations.v1")) return std::make_unique<translation::v1::Translation>();
  if (of("telex.translation-jobs.v1")) {
    if (record.key.starts_with("pairs/")) return std::make_unique<translation::v1::PairPause>();
    return std::make_unique<translation::v1::JobFact>();
  }
  if (of("telex.translation-resources.v1")) {
    return std::make_unique<translation::v1::ResourceRecord>();
  }
  if (of(kViews)) return std::make_unique<views::v1::View>();
  if (of("telex.view-counts.v1")) {
    if (record.key.starts_with("partitions/")) return std::make_unique<views::v1::Checkpoint>();
    return std::make_unique<views::v1::DayCounts>();
  }
  return nullptr;
}

bool IsText(std::string_view bytes) {
  if (!IsUtf8(bytes)) return false;
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') return false;
  }
  return true;
}

std::string Shown(std::string_view bytes) {
  return IsText(bytes) ? std::string(bytes) : "0x" + Hex(bytes);
}

// A UUID of its 16 bytes; none of any others.
std::optional<std::string> UuidText(std::string_view bytes) {
  constexpr std::size_t kUuidBytes = 16;
  if (bytes.size() != kUuidBytes) return std::nullopt;
  std::string text = Hex(bytes);
  for (const std::size_t place : {20, 16, 12, 8}) text.insert(place, 1, '-');
  return text;
}

// The key of a view is its story's id in bytes: there are very many of them.
std::string KeyText(const kafka::Record& record) {
  if (IsOf(record, kViews)) {
    if (const auto id = UuidText(record.key)) return *id;
  }
  return Shown(record.key);
}

std::string TimeOf(const kafka::Record& record) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(record.timestamp_ms),
                          absl::UTCTimeZone());
}

// The value as the message of its topic; none where it is not readable as such.
std::optional<json::Value> Decoded(const kafka::Record& record) {
  const auto message = MessageOf(record);
  if (message == nullptr || !message->ParseFromString(*record.value)) return std::nullopt;
  auto shown = json::Parse(ToJson(*message, false));
  if (IsOf(record, kViews)) {
    // As its sender made it, and as `views explain` takes it.
    const auto id = UuidText(static_cast<const views::v1::View&>(*message).id());
    if (!id || !shown.has_value()) return std::nullopt;
    (*shown)["id"] = *id;
  }
  return shown;
}

}  // namespace

std::optional<TailFrom> ParseTailFrom(std::string_view text) {
  if (text == "beginning") return TailFrom{TailFrom::Kind::kBeginning, 0};
  if (text == "end") return TailFrom{TailFrom::Kind::kEnd, 0};
  if (!text.starts_with('-')) return std::nullopt;
  text.remove_prefix(1);
  std::int64_t last = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), last);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || last < 1 || last > kTailLastMax) return std::nullopt;
  return TailFrom{TailFrom::Kind::kLast, last};
}

std::string RecordText(const kafka::Record& record) {
  std::string text = fmt::format("{}[{}]@{}  {}\n  key    {}\n", record.topic, record.partition,
                                 record.offset, TimeOf(record), Printable(KeyText(record)));
  for (const kafka::Header& header : record.headers) {
    text += fmt::format("  header {}: {}\n", Printable(header.key), Printable(Shown(header.value)));
  }
  if (!record.value.has_value()) return text + "  value  none: a tombstone\n";
  const auto decoded = Decoded(record);
  const std::string value = decoded ? json::Write(*decoded, 2) : Shown(*record.value);
  text += fmt::format("  value  {} bytes\n", record.value->size());
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    text += fmt::format("    {}\n", Printable(rest.substr(0, end)));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return text;
}

std::string RecordJson(const kafka::Record& record) {
  json::Value shown = {{"topic", record.topic},   {"partition", record.partition},
                       {"offset", record.offset}, {"timestamp", TimeOf(record)},
                       {"key", KeyText(record)},  {"headers", json::Value::array()}};
  for (const kafka::Header& header : record.headers) {
    shown["headers"].push_back({{"key", header.key}, {"value", Shown(header.value)}});
  }
  if (!record.value.has_value()) {
    shown["value"] = nullptr;
  } else if (const auto decoded = Decoded(record)) {
    shown["value"] = *decoded;
  } else if (IsText(*record.value)) {
    shown["value"] = *record.value;
  } else {
    shown["value_hex"] = Hex(*record.value);
  }
  return json::Write(shown) + "\n";
}

}  // namespace telex::cli
