#include "ingestion/formats/html/tree.h"

#include <gumbo.h>

#include <memory>
#include <utility>

#include "ingestion/formats/html/policy.h"

namespace telex::ingestion::html {
namespace {

std::string_view AttributeOf(const GumboElement& element, const char* name) {
  const GumboAttribute* attribute = gumbo_get_attribute(&element.attributes, name);
  return attribute == nullptr ? std::string_view() : std::string_view(attribute->value);
}

void Pick(const GumboNode& from, std::vector<Node>& out);

void PickChildren(const GumboElement& element, std::vector<Node>& out) {
  for (unsigned i = 0; i < element.children.length; ++i) {
    Pick(*static_cast<const GumboNode*>(element.children.data[i]), out);
  }
}

void PickElement(const GumboElement& from, std::vector<Node>& out) {
  const Element element = ElementOf(gumbo_normalized_tagname(from.tag));
  Node node;
  node.tag = element.kept_as;
  switch (element.treatment) {
    case Treatment::kDrop:
    case Treatment::kDropRaw:
    case Treatment::kVanish:
      return;
    case Treatment::kUnwrap:
      return PickChildren(from, out);
    case Treatment::kDivide:
      node.tag = "div";
      node.block = true;
      break;
    case Treatment::kBlock:
      node.block = true;
      break;
    case Treatment::kVoid:
      if (node.tag == "img") {
        const auto address = SafeAddress(AttributeOf(from, "src"));
        if (!address.has_value()) return;
        node.address = *address;
        const std::string_view alt = AttributeOf(from, "alt");
        if (alt.size() <= kAttributeBytesMax) node.alt = std::string(alt);
      }
      out.push_back(std::move(node));
      return;
    case Treatment::kInline:
      if (node.tag == "a") {
        const auto address = SafeAddress(AttributeOf(from, "href"));
        if (!address.has_value()) return PickChildren(from, out);
        node.address = *address;
      }
      break;
  }
  PickChildren(from, node.children);
  for (const Node& child : node.children) node.block = node.block || child.block;
  out.push_back(std::move(node));
}

// Recursion is as deep as the tree, which taming bounds.
void Pick(const GumboNode& from, std::vector<Node>& out) {
  switch (from.type) {
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
    case GUMBO_NODE_CDATA: {
      Node node;
      node.text = from.v.text.text;
      out.push_back(std::move(node));
      return;
    }
    case GUMBO_NODE_ELEMENT:
      return PickElement(from.v.element, out);
    default:  // comments and templates
      return;
  }
}

}  // namespace

std::vector<Node> ParseTree(std::string_view tamed) {
  // The doctype keeps the parser out of quirks mode, where a table may stand within a paragraph.
  std::string document = "<!DOCTYPE html><body>";
  document += tamed;
  const auto destroy = [](GumboOutput* output) {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  };
  const std::unique_ptr<GumboOutput, decltype(destroy)> output(
      gumbo_parse_with_options(&kGumboDefaultOptions, document.data(), document.size()), destroy);
  std::vector<Node> nodes;
  const GumboElement& root = output->root->v.element;
  for (unsigned i = 0; i < root.children.length; ++i) {
    const auto& child = *static_cast<const GumboNode*>(root.children.data[i]);
    if (child.type == GUMBO_NODE_ELEMENT && child.v.element.tag == GUMBO_TAG_BODY)
      PickChildren(child.v.element, nodes);
  }
  return nodes;
}

}  // namespace telex::ingestion::html
