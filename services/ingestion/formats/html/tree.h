#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::ingestion::html {

// What is kept of a document, as a tree: the elements of the policy, "div" (a border between
// blocks, and a direction of those in it), and text.
struct Node {
  using Attribute = std::pair<std::string_view, std::string>;

  std::string_view tag;  // lives as long as the program; empty for text
  std::string text;
  // Names, which live as long as the program, and checked values, in the order they are written.
  std::vector<Attribute> attributes;
  bool is_inline = false;  // an element of the inline kind, whatever stands in it
  bool block = false;      // is a block or a border, or has one within
  std::vector<Node> children;
};

// Its own `dir`; empty when it has none.
std::string_view DirectionOf(const Node& node);

// Parses tamed markup (see tame.h) with an HTML5 parser and picks what the policy keeps. Links
// without a safe address are unwrapped, pictures without one are gone.
std::vector<Node> ParseTree(std::string_view tamed);

// Writes the tree as canonical HTML, see html_sanitizer.h.
std::string WriteTree(const std::vector<Node>& nodes);

}  // namespace telex::ingestion::html
