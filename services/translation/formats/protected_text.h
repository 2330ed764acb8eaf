#pragma once

#include <string_view>
#include <vector>

namespace telex::translation {

// Parts of a plain text, in its order: addresses of the web (with http://, https:// or www.) and of
// e-mail are protected, for they mean the same in each language. Together the parts are the text;
// none is empty. Linear, pure.
struct TextPart {
  std::string_view text;
  bool is_protected = false;
};
std::vector<TextPart> ProtectAddresses(std::string_view text);

}  // namespace telex::translation
