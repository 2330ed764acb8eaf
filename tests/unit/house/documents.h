#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace telex::house {

using Words = std::set<std::string>;

// The string literals of a C++ text that begin with `prefix` and are made of `alphabet` alone,
// without their quotes.
Words LiteralsOf(std::string_view text, std::string_view prefix, std::string_view alphabet);

// What a reference page documents: the first cell of each row of its tables, where that is one word
// in backticks which begins with `prefix`.
Words DocumentedIn(std::string_view markdown, std::string_view prefix);

// One line for each word of one set that is not in the other.
std::vector<std::string> Differences(const Words& in_code, const Words& in_document,
                                     std::string_view document);

// The names of the topics that deploy/kafka/topics.yaml declares.
Words TopicsOf(std::string_view yaml);

// The targets of the links of a page that are relative, without their anchors; code blocks and
// spans are left out.
std::vector<std::string> RelativeLinksOf(std::string_view markdown);

// `link` as it stands in `page` ("docs/README.md"), from the root of the checkout.
std::string ResolveLink(std::string_view page, std::string_view link);

// Pages of docs/ that a source or a message names: "docs/runbooks/kafka-away.md".
Words PagesNamedIn(std::string_view text);

}  // namespace telex::house
