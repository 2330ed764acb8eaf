#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "feeds/formats/text.h"
#include "news/blank.h"

namespace telex::feeds {

// Writes JSON into a string: commas are its business, nesting is the caller's. The members come out
// in the order of the calls, so that the same article always gives the same bytes.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& Open(char bracket) {
    Comma();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& Close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  JsonWriter& Name(std::string_view name) {
    Comma();
    AppendJson(name, out_);
    out_ += ':';
    first_ = true;  // the value follows without a comma
    return *this;
  }
  JsonWriter& Text(std::string_view text) {
    Comma();
    AppendJson(text, out_);
    return *this;
  }
  JsonWriter& Number(std::int64_t number) {
    Comma();
    out_ += std::to_string(number);
    return *this;
  }
  JsonWriter& Bool(bool value) {
    Comma();
    out_ += value ? "true" : "false";
    return *this;
  }
  JsonWriter& Text(std::string_view name, std::string_view text) { return Name(name).Text(text); }
  JsonWriter& Number(std::string_view name, std::int64_t number) {
    return Name(name).Number(number);
  }
  // Left out when there is nothing to say.
  JsonWriter& TextIfAny(std::string_view name, std::string_view text) {
    return news::IsBlank(text) ? *this : Text(name, text);
  }

 private:
  void Comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace telex::feeds
