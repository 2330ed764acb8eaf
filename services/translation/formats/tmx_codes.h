// The inline codes of TMX as tagged text. Pure.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace telex::translation {

// The content of <seg> of a valid tagged text. Each code has the tag as its text, for tools to
// show.
std::string WriteTmxCodes(std::string_view tagged);

// Numbers codes as they come in the source, and finds them in the target by `x`, else by `i` or
// their place.
class TmxCodes {
 public:
  // Tagged texts. The error says which code is none.
  absl::StatusOr<std::string> ReadSource(const pugi::xml_node& seg) { return Read(seg, true); }
  absl::StatusOr<std::string> ReadTarget(const pugi::xml_node& seg) { return Read(seg, false); }

 private:
  absl::StatusOr<std::string> Read(const pugi::xml_node& seg, bool is_source);

  std::map<std::string, int> tags_;
};

}  // namespace telex::translation
