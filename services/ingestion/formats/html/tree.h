#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace telex::ingestion::html {

// What is kept of a document, as a tree: the elements of the policy, "div" (a border between
// blocks), and text.
struct Node {
  std::string_view tag;  // lives as long as the program; empty for text
  std::string text;
  std::string address;  // href of a, src of img: safe
  std::string alt;      // of img
  bool block = false;   // is a block or a border, or has one within
  std::vector<Node> children;
};

// Parses tamed markup (see tame.h) with an HTML5 parser and picks what the policy keeps. Links
// without a safe address are unwrapped, pictures without one are gone.
std::vector<Node> ParseTree(std::string_view tamed);

// Writes the tree as canonical HTML, see html_sanitizer.h.
std::string WriteTree(const std::vector<Node>& nodes);

}  // namespace telex::ingestion::html
