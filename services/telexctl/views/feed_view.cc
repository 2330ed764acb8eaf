#include "telexctl/views/feed_view.h"

#include <nlohmann/json.hpp>

namespace telex::cli {
namespace {

using Json = nlohmann::json;

std::string TextAt(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// As the item's extension has it; a JSON Feed of somebody else has none.
std::string StatusOf(const Json& item) {
  const auto extension = item.find("_telex");
  const std::string status =
      extension != item.end() && extension->is_object() ? TextAt(*extension, "pubstatus") : "";
  if (status.empty()) return "";
  return status == "usable" ? "live" : "withdrawn (" + status + ")";
}

absl::StatusOr<Json> Items(std::string_view text, const char* name) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains(name) || !json[name].is_array()) {
    return absl::InternalError("the answer is not in the form that was asked for");
  }
  Json items = Json::array();
  for (Json& item : json[name]) {
    if (item.is_object()) items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

absl::StatusOr<Table> FeedTable(std::string_view json_feed) {
  const auto items = Items(json_feed, "items");
  if (!items.ok()) return items.status();
  Table table{.heading = {"PUBLISHED", "UPDATED", "STATUS", "HEADLINE", "LINK"}, .flexible = 3};
  for (const Json& item : *items) {
    table.rows.push_back({TextAt(item, "date_published"), TextAt(item, "date_modified"),
                          StatusOf(item), TextAt(item, "title"), TextAt(item, "url")});
  }
  return table;
}

absl::StatusOr<Table> FeedListTable(std::string_view json) {
  const auto feeds = Items(json, "feeds");
  if (!feeds.ok()) return feeds.status();
  Table table{.heading = {"FEED", "ITEMS", "RSS", "JSON FEED"}, .flexible = 3};
  for (const Json& feed : *feeds) {
    const auto formats = feed.find("formats");
    const auto url = [&](const char* name) {
      return formats != feed.end() && formats->is_object() ? TextAt(*formats, name) : std::string();
    };
    const auto count = feed.find("articles");
    table.rows.push_back({TextAt(feed, "section") + "." + TextAt(feed, "language"),
                          count != feed.end() ? count->dump() : "", url("rss"), url("json")});
  }
  return table;
}

}  // namespace telex::cli
