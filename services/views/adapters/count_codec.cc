#include "views/adapters/count_codec.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "platform/errors/status_macros.h"
#include "platform/kafka/cloud_event.h"
#include "telex/views/v1/view_counts.pb.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

constexpr std::string_view kDaysPart = "/days/";
constexpr std::string_view kPartitionsPart = "partitions/";

using NamedCountList = google::protobuf::RepeatedPtrField<v1::NamedCount>;
using NumberList = google::protobuf::RepeatedField<std::int64_t>;

absl::Status Malformed(std::string_view field, std::string_view expected) {
  return absl::InvalidArgumentError(fmt::format("{}: expects {}", field, expected));
}

absl::Status Newer(std::string_view field) {
  return absl::UnimplementedError(fmt::format("{}: a newer release has written it", field));
}

void Encode(const NamedCounts& counts, NamedCountList& list) {
  for (const NamedCounts::Entry& entry : counts.entries()) {
    v1::NamedCount& named = *list.Add();
    named.set_name(entry.name);
    named.set_count(entry.count);
  }
}

absl::Status Decode(std::string_view field, const NamedCountList& list, std::size_t names_max,
                    NamedCounts& counts) {
  if (list.empty() || list[0].name() != NamedCounts::kOther) {
    return Malformed(field, "\"other\" first");
  }
  if (static_cast<std::size_t>(list.size()) > names_max + 1) return Newer(field);
  std::vector<NamedCounts::Entry> entries;
  for (const v1::NamedCount& named : list) entries.push_back({named.name(), named.count()});
  counts.Restore(std::move(entries));
  return absl::OkStatus();
}

// Without the zeros at the end.
template <typename Numbers>
void Encode(const Numbers& numbers, NumberList& list) {
  const auto last = std::find_if(numbers.rbegin(), numbers.rend(), [](auto n) { return n != 0; });
  list.Add(numbers.begin(), last.base());
}

absl::Status CheckRuleAndZone(int rule, std::string_view zone) {
  if (rule < 1) return Malformed("rule", "a number");
  return zone.empty() ? Malformed("zone", "a name") : absl::OkStatus();
}

std::vector<kafka::Header> HeadersOf(const kafka::Record& record, std::int64_t position,
                                     std::string type, std::string subject, absl::Time time) {
  return kafka::HeadersOf({.source = kEventSource,
                           .id = fmt::format("{}@{}", record.key, position),
                           .type = std::move(type),
                           .subject = std::move(subject),
                           .time = time,
                           .traceparent = ""});
}

}  // namespace

std::string EncodeDayTotals(const DayTotals& totals) {
  static thread_local v1::DayCounts message;  // for its memory: a dozen allocations
  message.Clear();
  message.set_position(totals.position);
  message.set_views(totals.views);
  Encode(totals.by_language, *message.mutable_languages());
  Encode(totals.by_partner, *message.mutable_partners());
  Encode(totals.by_hour, *message.mutable_hours());
  Encode(totals.filtered, *message.mutable_filtered());
  message.set_visitors(totals.visitors.Serialise());
  message.set_rule(totals.rule);
  message.set_zone(totals.zone);
  return message.SerializeAsString();
}

absl::StatusOr<DayTotals> DecodeDayTotals(std::string_view bytes) {
  v1::DayCounts message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("value: is no telex.views.v1.DayCounts");
  }
  if (message.position() < 0) return Malformed("position", "an offset");
  RETURN_IF_ERROR(CheckRuleAndZone(message.rule(), message.zone()));
  DayTotals totals;
  totals.position = message.position();
  totals.views = message.views();
  RETURN_IF_ERROR(
      Decode("languages", message.languages(), DayTotals::kLanguagesMax, totals.by_language));
  RETURN_IF_ERROR(
      Decode("partners", message.partners(), DayTotals::kPartnersMax, totals.by_partner));
  if (message.hours_size() > kHoursMax) return Malformed("hours", "25 of them at most");
  std::copy(message.hours().begin(), message.hours().end(), totals.by_hour.begin());
  if (static_cast<std::size_t>(message.filtered_size()) > kFilters) return Newer("filtered");
  std::copy(message.filtered().begin(), message.filtered().end(), totals.filtered.begin());
  auto visitors = UniqueVisitors::Parse(message.visitors());
  if (absl::IsUnimplemented(visitors.status())) return Newer("visitors");
  if (!visitors.ok()) return Malformed("visitors", "registers of HyperLogLog");
  totals.visitors = *std::move(visitors);
  totals.rule = message.rule();
  totals.zone = message.zone();
  return totals;
}

std::string EncodeCheckpoint(const Checkpoint& checkpoint) {
  v1::Checkpoint message;
  message.set_position(checkpoint.position);
  message.set_rewind_offset(checkpoint.rewind_offset);
  message.set_rewind_second(checkpoint.rewind_second);
  message.set_closed_ms(checkpoint.closed_ms);
  message.set_watermark_ms(checkpoint.watermark_ms);
  message.set_rule(checkpoint.rule);
  message.set_zone(checkpoint.zone);
  if (checkpoint.last_record) {
    message.mutable_last_record()->set_timestamp_ms(checkpoint.last_record->timestamp_ms);
    message.mutable_last_record()->set_hash(checkpoint.last_record->hash);
  }
  return message.SerializeAsString();
}

absl::StatusOr<Checkpoint> DecodeCheckpoint(std::string_view bytes) {
  v1::Checkpoint message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("value: is no telex.views.v1.Checkpoint");
  }
  if (message.position() < 0) return Malformed("position", "an offset");
  if (message.rewind_offset() < 0 || message.rewind_offset() > message.position() + 1) {
    return Malformed("rewind_offset", "an offset, no more than one behind the position");
  }
  RETURN_IF_ERROR(CheckRuleAndZone(message.rule(), message.zone()));
  Checkpoint checkpoint{.position = message.position(),
                        .rewind_offset = message.rewind_offset(),
                        .rewind_second = message.rewind_second(),
                        .closed_ms = message.closed_ms(),
                        .watermark_ms = message.watermark_ms(),
                        .rule = message.rule(),
                        .zone = message.zone()};
  if (message.has_last_record()) {
    checkpoint.last_record = {.timestamp_ms = message.last_record().timestamp_ms(),
                              .hash = message.last_record().hash()};
  }
  return checkpoint;
}

std::string DayCountsKey(const DayKey& key) {
  return fmt::format("{}{}{}", news::NameOf(key.article), kDaysPart, DayText(key.day));
}

std::string CheckpointKey(std::int32_t partition) {
  return fmt::format("{}{}", kPartitionsPart, partition);
}

absl::StatusOr<CountsKey> ParseCountsKey(std::string_view key) {
  // What is not spelled as it is written here is no key of ours.
  std::int32_t partition = 0;
  if (key.starts_with(kPartitionsPart) &&
      absl::SimpleAtoi(std::string(key.substr(kPartitionsPart.size())), &partition) &&
      CheckpointKey(partition) == key) {
    return partition;
  }
  const std::size_t days = key.find(kDaysPart);
  const auto name = news::ArticleName::Parse(key.substr(0, days));
  const auto day =
      days == std::string_view::npos ? std::nullopt : ParseDay(key.substr(days + kDaysPart.size()));
  if (name && day) {
    const DayKey parsed{name->id, *day};
    if (DayCountsKey(parsed) == key) return parsed;
  }
  return Malformed("key", "articles/{article}/days/{yyyy-mm-dd} or partitions/{partition}");
}

kafka::Record RecordOf(std::int32_t partition, const DayKey& key, const DayTotals& totals,
                       absl::Time as_of) {
  kafka::Record record = TombstoneOf(partition, key);
  record.value = EncodeDayTotals(totals);
  record.headers = HeadersOf(record, totals.position, "telex.views.v1.DayCounts",
                             news::NameOf(key.article), as_of);
  return record;
}

kafka::Record RecordOf(std::int32_t partition, const Checkpoint& checkpoint) {
  kafka::Record record{
      .topic = kViewCountsTopic, .partition = partition, .key = CheckpointKey(partition)};
  record.value = EncodeCheckpoint(checkpoint);
  record.headers = HeadersOf(record, checkpoint.position, "telex.views.v1.Checkpoint", record.key,
                             absl::FromUnixMillis(checkpoint.watermark_ms));
  return record;
}

kafka::Record TombstoneOf(std::int32_t partition, const DayKey& key) {
  return {.topic = kViewCountsTopic, .partition = partition, .key = DayCountsKey(key)};
}

}  // namespace telex::views
