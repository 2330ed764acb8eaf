#include "platform/http_client/form.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <iterator>

namespace telex::http_client {
namespace {

void AppendEncoded(std::string_view text, std::string& form) {
  constexpr std::string_view kPlain = "*-._";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || kPlain.find(c) != kPlain.npos) {
      form += c;
    } else if (c == ' ') {
      form += '+';
    } else {
      fmt::format_to(std::back_inserter(form), "%{:02X}", byte);
    }
  }
}

}  // namespace

std::string FormOf(const std::vector<std::pair<std::string_view, std::string>>& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += '&';
    AppendEncoded(name, form);
    form += '=';
    AppendEncoded(value, form);
  }
  return form;
}

}  // namespace telex::http_client
