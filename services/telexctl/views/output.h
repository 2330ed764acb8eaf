// How commands answer: results on stdout, as a table or as one JSON document; what happens on the
// way, on stderr.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telexctl/options.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace telex::cli {

// Rows under a heading. Cells are made printable; all columns are as wide as their widest cell, and
// where the terminal is too narrow the flexible one gives way first.
struct Table {
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;  // each as long as the heading
  std::size_t flexible = 0;                    // index of a column
};

// `width` in code points; 0: unlimited.
std::string Render(const Table& table, std::size_t width);

// Names and values, one a line; those without a value are left out.
using Fields = std::vector<std::pair<std::string, std::string>>;
std::string Render(const Fields& fields);

// The message in protobuf's JSON: names as in the .proto files, enums by name, defaults left out.
std::string ToJson(const google::protobuf::Message& message, bool pretty);
// The same of a list, the answer of a List RPC: its first field, the items, is written where there
// are none, too.
std::string ListToJson(const google::protobuf::Message& list);

class Output {
 public:
  Output(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

  void Configure(OutputFormat format, std::size_t width) {
    format_ = format;
    width_ = width;
  }
  bool json() const { return format_ == OutputFormat::kJson; }

  // Results. Text as it stands; the rest made printable.
  void Text(std::string_view text);
  void Show(const Table& table);
  void Show(const Fields& fields);
  // Text of many lines: they stay, what would steer a terminal does not.
  void Body(std::string_view text);
  void Json(const google::protobuf::Message& message);
  void JsonList(const google::protobuf::Message& list);

  // One line for who watches: what telexctl does on its own account, or waits for.
  void Note(std::string_view line);

  void Flush() { out_.flush(); }

 private:
  std::ostream& out_;
  std::ostream& err_;
  OutputFormat format_ = OutputFormat::kTable;
  std::size_t width_ = 0;
};

// Of the terminal on stdout; 0 when it is none.
std::size_t TerminalWidth();

}  // namespace telex::cli
