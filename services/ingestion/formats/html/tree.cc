#include "ingestion/formats/html/tree.h"

#include <gumbo.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ingestion/formats/html/policy.h"

namespace telex::ingestion::html {
namespace {

void Pick(const GumboNode& from, std::vector<Node>& out);

bool IsInherited(std::string_view attribute) {
  return attribute == kDirection || attribute == kTranslate;
}

void PickChildren(const GumboElement& element, std::vector<Node>& out) {
  for (unsigned i = 0; i < element.children.length; ++i) {
    Pick(*static_cast<const GumboNode*>(element.children.data[i]), out);
  }
}

void PickAttributes(const GumboElement& from, const Element& element, Node& node) {
  for (const Attribute& attribute : element.attributes) {
    const GumboAttribute* found =
        gumbo_get_attribute(&from.attributes, std::string(attribute.name).c_str());
    if (found == nullptr) continue;
    if (auto value = CheckedValue(attribute.value, found->value))
      node.attributes.emplace_back(attribute.name, *std::move(value));
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
      if (node.tag.empty()) return PickChildren(from, out);
      node.is_inline = true;
      break;
    case Treatment::kDivide:
    case Treatment::kBlock:
      node.block = true;
      break;
    case Treatment::kVoid:
    case Treatment::kInline:
      if (node.tag == "rp") return;  // the writer sets brackets of its own
      node.is_inline = true;
      break;
  }
  PickAttributes(from, element, node);
  const bool lacks =
      element.needs_attribute &&
      (node.attributes.empty() || node.attributes.front().first != element.attributes.front().name);
  if (lacks && element.treatment == Treatment::kVoid) return;
  if (lacks) {
    const Inherited said = InheritedFrom(node);
    if (said.empty()) return PickChildren(from, out);
    node.tag = said.direction.empty() ? "span" : "bdi";
    std::erase_if(node.attributes, [](const auto& other) { return !IsInherited(other.first); });
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

bool IsBlankText(const Node& node) {
  return node.tag.empty() && node.text.find_first_not_of(" \t\r\n\f") == std::string::npos;
}

// Moves elements whose meaning holds for blocks into the blocks they are about, for inline
// elements stand nowhere else in canonical HTML: an edit of two paragraphs is one in each.
class BlockWrapper {
 public:
  void Run(std::vector<Node>& nodes) {
    std::vector<Node> out;
    std::vector<Node> run;
    for (Node& node : nodes) {
      if (!node.block) {
        run.push_back(std::move(node));
        continue;
      }
      EndRun(run, out);
      std::vector<Node::Attribute> inherited = TakeInherited(node);
      const bool holds = node.is_inline && HoldsForBlocks(node.tag);
      holds ? RunWithin(node) : Run(node.children);
      const bool divides = !inherited.empty();
      if (divides) {
        node.tag = "div";
        node.is_inline = false;
        node.attributes = std::move(inherited);
      }
      if (holds && !divides) {
        std::move(node.children.begin(), node.children.end(), std::back_inserter(out));
      } else {
        out.push_back(std::move(node));
      }
    }
    EndRun(run, out);
    nodes = std::move(out);
  }

 private:
  // What holds for the blocks in an inline element, and is theirs; the direction of an override
  // stays its own.
  static std::vector<Node::Attribute> TakeInherited(Node& node) {
    std::vector<Node::Attribute> taken;
    if (!node.is_inline) return taken;
    for (Node::Attribute& attribute : node.attributes) {
      const bool own = attribute.first == kDirection && node.tag == "bdo";
      if (IsInherited(attribute.first) && !own) taken.push_back(std::move(attribute));
    }
    std::erase_if(node.attributes, [&](const auto& attribute) {
      return IsInherited(attribute.first) && !(attribute.first == kDirection && node.tag == "bdo");
    });
    return taken;
  }

  void RunWithin(Node& node) {
    const bool fresh = std::none_of(around_.begin(), around_.end(),
                                    [&](const Node& other) { return other.tag == node.tag; });
    if (fresh) {
      Node wrapper;
      wrapper.tag = node.tag;
      wrapper.is_inline = true;
      // Without its address, which is too long to be written into each block.
      for (auto& attribute : node.attributes) {
        if (attribute.first != "cite") wrapper.attributes.push_back(std::move(attribute));
      }
      around_.push_back(std::move(wrapper));
    }
    Run(node.children);
    if (fresh) around_.pop_back();
  }

  void EndRun(std::vector<Node>& run, std::vector<Node>& out) const {
    const bool blank = std::all_of(run.begin(), run.end(), IsBlankText);
    for (auto wrapper = around_.rbegin(); !blank && wrapper != around_.rend(); ++wrapper) {
      Node wrapped = *wrapper;
      wrapped.children = std::move(run);
      run.clear();
      run.push_back(std::move(wrapped));
    }
    std::move(run.begin(), run.end(), std::back_inserter(out));
    run.clear();
  }

  std::vector<Node> around_;  // no two of one name, so that nothing is copied more than a few times
};

}  // namespace

Inherited InheritedFrom(const Node& node) {
  Inherited inherited;
  for (const auto& [name, value] : node.attributes) {
    if (name == kDirection) inherited.direction = value;
    if (name == kTranslate) inherited.translate = value;
  }
  return inherited;
}

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
  BlockWrapper().Run(nodes);
  return nodes;
}

}  // namespace telex::ingestion::html
