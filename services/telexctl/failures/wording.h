// The API's words in telexctl's own: what a service says of fields and RPCs, said of flags and
// commands. Pure.
#pragma once

#include <string>
#include <string_view>

namespace telex::cli {

// "article.headline" -> "--headline"; what stands in a page: "the page's headline". Empty where
// telexctl has nothing of that kind. `command`: the one that was asked, whose own flags go first.
std::string FlagOf(std::string_view field, std::string_view command = "");

// `message` with `name` in the place of `field` where it stands before a colon, as errors have it.
std::string WithNameFor(std::string_view field, std::string_view name, std::string_view message);

// "CreateSource" -> "sources create"; empty for what no command calls.
std::string CommandOf(std::string_view rpc);

// "ListSources shows them" -> "telexctl sources list shows them".
std::string WithCommandsForRpcs(std::string_view text);

}  // namespace telex::cli
