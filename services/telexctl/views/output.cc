#include "telexctl/views/output.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::size_t kGap = 2;           // between columns
constexpr std::size_t kFlexibleMin = 12;  // a column that gives way keeps this much

std::vector<std::size_t> Widths(const Table& table,
                                const std::vector<std::vector<std::string>>& lines,
                                std::size_t width) {
  std::vector<std::size_t> widths(table.heading.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], WidthOf(line[i]));
    }
  }
  std::size_t total = kGap * (widths.size() - 1);
  for (const std::size_t one : widths) total += one;
  if (width != 0 && total > width && table.flexible < widths.size()) {
    std::size_t& flexible = widths[table.flexible];
    const std::size_t excess = total - width;
    const std::size_t least = std::min(kFlexibleMin, flexible);
    flexible = std::max(least, flexible > excess ? flexible - excess : 0);
  }
  return widths;
}

}  // namespace

std::string Render(const Table& table, std::size_t width) {
  if (table.heading.empty()) return {};
  std::vector<std::vector<std::string>> lines = {table.heading};
  lines.insert(lines.end(), table.rows.begin(), table.rows.end());
  for (auto& line : lines) {
    line.resize(table.heading.size());
    for (std::string& cell : line) cell = Printable(cell);
  }
  const std::vector<std::size_t> widths = Widths(table, lines, width);
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string cell = Cut(line[i], widths[i]);
      row += cell;
      row.append(widths[i] - WidthOf(cell) + kGap, ' ');
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += width == 0 ? row : Cut(row, width);
    text += '\n';
  }
  return text;
}

std::string Render(const Fields& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) {
    if (!value.empty()) width = std::max(width, WidthOf(name));
  }
  std::string text;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    text += name;
    text.append(width - WidthOf(name) + kGap, ' ');
    text += Printable(value);
    text += '\n';
  }
  return text;
}

std::string ToJson(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return fmt::format("{{\"error\":\"{}\"}}", "not representable in JSON");
  if (!json.ends_with('\n')) json += '\n';
  return json;
}

std::string ListToJson(const google::protobuf::Message& list) {
  const auto* items = list.GetDescriptor()->field(0);
  if (list.GetReflection()->FieldSize(list, items) > 0) return ToJson(list, true);
  return fmt::format("{{\n \"{}\": []\n}}\n", items->name());
}

void Output::Text(std::string_view text) { out_ << text; }
void Output::Show(const Table& table) { out_ << Render(table, width_); }
void Output::Show(const Fields& fields) { out_ << Render(fields); }
void Output::Body(std::string_view text) { out_ << '\n' << Printable(text, "\n\t") << '\n'; }
void Output::Json(const google::protobuf::Message& message) { out_ << ToJson(message, true); }
void Output::JsonList(const google::protobuf::Message& list) { out_ << ListToJson(list); }
void Output::Note(std::string_view line) {
  out_.flush();  // in the order in which it happens, where both go to one terminal
  err_ << Printable(line) << std::endl;
}

std::size_t TerminalWidth() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace telex::cli
