#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ingestion/domain/draft.h"

namespace telex::ingestion::page {

// Single lines that state one fact. `key` is the line in lower case.

struct Views {
  std::int64_t count = 0;
  bool rounded = false;  // "1.2K"
};
// "Views: 323", "1 234 просмотра", "1,234 views", "1.2K views".
std::optional<Views> ReadViews(std::string_view key);

struct Byline {
  std::string name;   // "Aghakazim Guliyev"
  bool bare = false;  // "By Name": no colon told that it is one
};
// "By Aghakazim Guliyev", "Author: …", "Автор: …", "Հեղինակ՝ …".
std::optional<Byline> ReadByline(std::string_view text, std::string_view key);

// "Section: World", "Home / World / Europe" (gives "World").
std::optional<std::string> ReadSectionLabel(std::string_view text, std::string_view key);

// A person's name, by its looks: two to four words that all begin with a capital.
bool LooksLikeName(std::string_view text);

// The first host name in a line ("Caliber.az", "https://example.org/terms"), as printed, without
// scheme and path.
std::optional<std::string> FindHost(std::string_view text);

// "© 2025 The Courier. All rights reserved" → "The Courier". Empty when nothing is left.
std::string RightsHolder(std::string_view text);

}  // namespace telex::ingestion::page
