#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "tests/unit/views/arrivals.h"
#include "tests/unit/views/counts_log.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"

namespace telex::views {

// As it lies in telex.views.v1.
inline kafka::Record ViewRecord(const Arrival& arrival, std::int64_t offset) {
  return {.topic = kViewsTopic,
          .partition = 0,
          .offset = offset,
          .timestamp_ms = arrival.append_ms,
          .key = std::string(arrival.view.article.bytes()),
          .value = EncodeView(arrival.view)};
}

// A record that an owner has appended is in the log.
inline void AppendRecord(CountsLog& log, const kafka::Record& record) {
  ASSERT_EQ(record.topic, kViewCountsTopic);
  const auto key = ParseCountsKey(record.key);
  ASSERT_TRUE(key.ok()) << key.status();
  if (const auto* day = std::get_if<DayKey>(&*key)) {
    const auto totals = DecodeDayTotals(record.value.value_or(""));
    ASSERT_TRUE(totals.ok()) << totals.status();
    log.Append(std::pair{*day, *totals});
  } else {
    const auto checkpoint = DecodeCheckpoint(record.value.value_or(""));
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    log.Append(*checkpoint);
  }
}

}  // namespace telex::views
