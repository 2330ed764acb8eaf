#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::ingestion::html {

// What is kept of a document, as a tree: the elements of the policy, "div" (a border between
// blocks, and what holds for those in it), and text.
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

// What holds for all that is in an element, and goes to the blocks in it where it is unwrapped: its
// attributes `dir` and `translate`, as they stand; empty where it has none.
struct Inherited {
  std::string_view direction;
  std::string_view translate;

  bool empty() const { return direction.empty() && translate.empty(); }
  // `own` comes first.
  Inherited Within(const Inherited& own) const {
    return {own.direction.empty() ? direction : own.direction,
            own.translate.empty() ? translate : own.translate};
  }
};
Inherited InheritedFrom(const Node& node);

// Parses tamed markup (see tame.h) with an HTML5 parser and picks what the policy keeps. Links
// without a safe address are unwrapped, pictures without one are gone.
std::vector<Node> ParseTree(std::string_view tamed);

// Writes the tree as canonical HTML, see html_sanitizer.h.
std::string WriteTree(const std::vector<Node>& nodes);

}  // namespace telex::ingestion::html
