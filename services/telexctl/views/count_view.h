// Views as a person reads them.
#pragma once

#include <string>

#include "telexctl/views/output.h"
#include "telexctl/views_api.h"

namespace telex::cli {

// "323, 12 of them today; 300 more were printed on its page".
std::string ViewsText(const counts::ViewCounts& counts);
Fields DescribeCounts(const counts::ViewCounts& counts);

Table DaysTable(const counts::GetViewReportResponse& report);
// A row for each hour that has views: the n-th of its day.
Table HoursTable(const counts::GetViewReportResponse& report);

// "323 views of 2 days counted again: no difference; 5 days are closed".
std::string RecountText(const counts::RecountViewsResponse& recount);
Table DifferencesTable(const counts::RecountViewsResponse& recount);

// What became of one record of a view, and why.
Fields DescribeExplained(const counts::ExplainedView& view);

Table TrendingTable(const counts::ListTrendingResponse& trending);

}  // namespace telex::cli
