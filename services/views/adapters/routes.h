// What telex-views serves over HTTP.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace telex::views {

inline constexpr std::string_view kViewsPath = "/v1/views";
inline constexpr std::string_view kGifPrefix = "/v1/views/";  // {article}.gif
inline constexpr std::string_view kScriptPath = "/v1/telex.js";
inline constexpr std::string_view kCountsPrefix = "/v1/counts/";  // {article}
inline constexpr std::string_view kTrendingPath = "/v1/trending";
inline constexpr std::string_view kReportsPath = "/v1/reports/views";

enum class Route : std::size_t { kGif, kViews, kScript, kCounts, kTrending, kReports, kOther };
// Their names in metrics, in this order.
inline constexpr std::array<std::string_view, 7> kRoutes = {
    "gif", "views", "script", "counts", "trending", "reports", "other"};

inline Route RouteOf(std::string_view path) {
  if (path == kViewsPath) return Route::kViews;
  if (path.starts_with(kGifPrefix)) return Route::kGif;
  if (path == kScriptPath) return Route::kScript;
  if (path.starts_with(kCountsPrefix)) return Route::kCounts;
  if (path == kTrendingPath) return Route::kTrending;
  return path == kReportsPath ? Route::kReports : Route::kOther;
}

}  // namespace telex::views
