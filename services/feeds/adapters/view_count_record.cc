#include "feeds/adapters/view_count_record.h"

#include <algorithm>

#include "news/article_name.h"
#include "telex/views/v1/view_counts.pb.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kDaysPart = "/days/";
constexpr std::string_view kPartitionsPart = "partitions/";
constexpr std::string_view kDayForm = "0000-00-00";

bool IsDay(std::string_view text) {
  return std::equal(
      text.begin(), text.end(), kDayForm.begin(), kDayForm.end(),
      [](char c, char form) { return form == '0' ? c >= '0' && c <= '9' : c == form; });
}

}  // namespace

absl::StatusOr<std::optional<ViewCountRecord>> ReadViewCount(
    std::string_view key, const std::optional<std::string>& value) {
  if (key.starts_with(kPartitionsPart)) return std::nullopt;
  const std::size_t days = key.find(kDaysPart);
  const auto name = news::ArticleName::Parse(key.substr(0, days));
  if (!name || name->version || days == key.npos || !IsDay(key.substr(days + kDaysPart.size()))) {
    return absl::InvalidArgumentError("key: expects articles/{article}/days/{yyyy-mm-dd}");
  }
  ViewCountRecord record{.article = name->id,
                         .day = std::string(key.substr(days + kDaysPart.size()))};
  if (!value) return record;
  views::v1::DayCounts counts;
  if (!counts.ParseFromString(*value)) {
    return absl::InvalidArgumentError("value: is no telex.views.v1.DayCounts");
  }
  if (counts.position() < 0 || counts.views() < 0) {
    return absl::InvalidArgumentError("position, views: expect numbers from 0 on");
  }
  record.totals = {.position = counts.position(), .views = counts.views()};
  return record;
}

}  // namespace telex::feeds
