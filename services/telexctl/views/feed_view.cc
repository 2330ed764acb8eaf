#include "telexctl/views/feed_view.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "platform/json/json.h"
#include "platform/text/ascii.h"

namespace telex::cli {
namespace {

using json::Value;

std::string TextAt(const Value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// As the item's extension has it; a JSON Feed of somebody else has none.
std::string StatusOf(const Value& item) {
  const auto extension = item.find("_telex");
  const std::string status =
      extension != item.end() && extension->is_object() ? TextAt(*extension, "pubstatus") : "";
  if (status.empty()) return "";
  return status == "usable" ? "live" : "withdrawn (" + status + ")";
}

absl::StatusOr<Value> Items(std::string_view text, const char* name) {
  auto parsed = json::Parse(text);
  if (!parsed || !parsed->is_object() || !parsed->contains(name) || !(*parsed)[name].is_array()) {
    return absl::InternalError("the answer is not in the form that was asked for");
  }
  Value items = Value::array();
  for (Value& item : (*parsed)[name]) {
    if (item.is_object()) items.push_back(std::move(item));
  }
  return items;
}

// The addresses of a feed by format.
Value FormatsOf(const Value& feed) {
  const auto formats = feed.find("formats");
  return formats != feed.end() && formats->is_object() ? *formats : Value::object();
}

}  // namespace

absl::StatusOr<Table> FeedTable(std::string_view json_feed) {
  const auto items = Items(json_feed, "items");
  if (!items.ok()) return items.status();
  Table table{.heading = {"PUBLISHED", "UPDATED", "STATUS", "HEADLINE", "LINK"}, .flexible = 3};
  for (const Value& item : *items) {
    table.rows.push_back({TextAt(item, "date_published"), TextAt(item, "date_modified"),
                          StatusOf(item), TextAt(item, "title"), TextAt(item, "url")});
  }
  return table;
}

absl::StatusOr<Table> FeedListTable(std::string_view json_list) {
  const auto feeds = Items(json_list, "feeds");
  if (!feeds.ok()) return feeds.status();
  std::set<std::string> formats;
  for (const Value& feed : *feeds) {
    const Value addresses = FormatsOf(feed);
    for (const auto& [format, address] : addresses.items()) formats.insert(format);
  }
  Table table{.heading = {"FEED", "ITEMS"}, .flexible = 1 + formats.size()};
  for (const std::string& format : formats) {
    table.heading.push_back(text::AsciiUpper(format));
  }
  for (const Value& feed : *feeds) {
    const auto count = feed.find("articles");
    std::vector<std::string> row = {TextAt(feed, "section") + "." + TextAt(feed, "language"),
                                    count != feed.end() ? json::Write(*count) : ""};
    for (const std::string& format : formats) {
      row.push_back(TextAt(FormatsOf(feed), format.c_str()));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace telex::cli
