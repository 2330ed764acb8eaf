// Addresses of the web and e-mail within a text. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "news/words.h"

namespace telex::translation::checks {

// http://…, https://…, www.… and a@b.c, without the punctuation behind them; from left to right.
std::vector<news::WordSpan> AddressesIn(std::string_view text);

}  // namespace telex::translation::checks
