#include "ingestion/formats/html/policy.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace telex::ingestion::html {
namespace {

constexpr Attribute kHref[] = {{"href", Value::kAddress}};
constexpr Attribute kPicture[] = {{"src", Value::kAddress}, {"alt", Value::kText}};
constexpr Attribute kTitle[] = {{"title", Value::kText}};
constexpr Attribute kDir[] = {{"dir", Value::kDirection}};
constexpr Attribute kOverride[] = {{"dir", Value::kOverride}};
constexpr Attribute kDateTime[] = {{"datetime", Value::kDateTime}};
constexpr Attribute kEdit[] = {{"cite", Value::kAddress}, {"datetime", Value::kDateTime}};
constexpr Attribute kQuote[] = {{"cite", Value::kAddress}, {"dir", Value::kDirection}};
constexpr Attribute kList[] = {{"start", Value::kNumber}};
constexpr Attribute kItem[] = {{"value", Value::kNumber}, {"dir", Value::kDirection}};
constexpr Attribute kCell[] = {
    {"colspan", Value::kSpan}, {"rowspan", Value::kSpan}, {"dir", Value::kDirection}};
constexpr Attribute kHead[] = {{"scope", Value::kScope},
                               {"colspan", Value::kSpan},
                               {"rowspan", Value::kSpan},
                               {"dir", Value::kDirection}};

constexpr Element kElements[] = {
    {"p", Treatment::kBlock, "p", kDir},
    {"h1", Treatment::kBlock, "h2", kDir},
    {"h2", Treatment::kBlock, "h2", kDir},
    {"h3", Treatment::kBlock, "h3", kDir},
    {"h4", Treatment::kBlock, "h4", kDir},
    {"h5", Treatment::kBlock, "h4", kDir},
    {"h6", Treatment::kBlock, "h4", kDir},
    {"ul", Treatment::kBlock, "ul"},
    {"menu", Treatment::kBlock, "ul"},
    {"ol", Treatment::kBlock, "ol", kList},
    {"li", Treatment::kBlock, "li", kItem},
    {"dl", Treatment::kBlock, "dl"},
    {"dt", Treatment::kBlock, "dt", kDir},
    {"dd", Treatment::kBlock, "dd", kDir},
    {"blockquote", Treatment::kBlock, "blockquote", kQuote},
    {"figure", Treatment::kBlock, "figure"},
    {"figcaption", Treatment::kBlock, "figcaption", kDir},
    {"table", Treatment::kBlock, "table"},
    {"caption", Treatment::kBlock, "caption", kDir},
    {"thead", Treatment::kBlock, "thead"},
    {"tbody", Treatment::kBlock, "tbody"},
    {"tfoot", Treatment::kBlock, "tfoot"},
    {"tr", Treatment::kBlock, "tr"},
    {"th", Treatment::kBlock, "th", kHead},
    {"td", Treatment::kBlock, "td", kCell},
    {"pre", Treatment::kBlock, "pre", kDir},

    {"a", Treatment::kInline, "a", kHref, /*needs_attribute=*/true},
    {"em", Treatment::kInline, "em"},
    {"strong", Treatment::kInline, "strong"},
    {"b", Treatment::kInline, "b"},
    {"i", Treatment::kInline, "i"},
    {"sup", Treatment::kInline, "sup"},
    {"sub", Treatment::kInline, "sub"},
    {"del", Treatment::kInline, "del", kEdit},
    {"ins", Treatment::kInline, "ins", kEdit},
    {"s", Treatment::kInline, "s"},
    {"strike", Treatment::kInline, "s"},
    {"mark", Treatment::kInline, "mark"},
    {"abbr", Treatment::kInline, "abbr", kTitle},
    {"acronym", Treatment::kInline, "abbr", kTitle},
    {"q", Treatment::kInline, "q", kQuote},
    {"bdi", Treatment::kInline, "bdi", kDir},
    {"bdo", Treatment::kInline, "bdo", kOverride, /*needs_attribute=*/true},
    {"time", Treatment::kInline, "time", kDateTime},
    {"code", Treatment::kInline, "code"},
    {"kbd", Treatment::kInline, "kbd"},
    {"samp", Treatment::kInline, "samp"},
    {"var", Treatment::kInline, "var"},
    {"ruby", Treatment::kInline, "ruby"},
    {"rb", Treatment::kInline, "rb"},
    {"rt", Treatment::kInline, "rt"},
    {"rp", Treatment::kInline, "rp"},
    {"br", Treatment::kVoid, "br"},
    {"img", Treatment::kVoid, "img", kPicture, /*needs_attribute=*/true},
    {"image", Treatment::kVanish},

    {"div", Treatment::kDivide},
    {"section", Treatment::kDivide},
    {"article", Treatment::kDivide},
    {"main", Treatment::kDivide},
    {"header", Treatment::kDivide},
    {"footer", Treatment::kDivide},
    {"aside", Treatment::kDivide},
    {"nav", Treatment::kDivide},
    {"address", Treatment::kDivide},
    {"details", Treatment::kDivide},
    {"summary", Treatment::kDivide},
    {"center", Treatment::kDivide},
    {"hgroup", Treatment::kDivide},
    {"fieldset", Treatment::kDivide},
    {"body", Treatment::kDivide},

    {"html", Treatment::kUnwrap},
    {"head", Treatment::kUnwrap},
    {"span", Treatment::kUnwrap},
    {"font", Treatment::kUnwrap},
    {"small", Treatment::kUnwrap},
    {"big", Treatment::kUnwrap},
    {"u", Treatment::kUnwrap},
    {"tt", Treatment::kUnwrap},
    {"cite", Treatment::kUnwrap},
    {"dfn", Treatment::kUnwrap},
    {"data", Treatment::kUnwrap},
    {"meter", Treatment::kUnwrap},
    {"progress", Treatment::kUnwrap},
    {"output", Treatment::kUnwrap},
    {"label", Treatment::kUnwrap},
    {"legend", Treatment::kUnwrap},
    {"nobr", Treatment::kUnwrap},
    {"picture", Treatment::kUnwrap},
    {"slot", Treatment::kUnwrap},
    {"rtc", Treatment::kUnwrap},
    {"colgroup", Treatment::kUnwrap},
    {"o:p", Treatment::kUnwrap},

    {"hr", Treatment::kVanish},
    {"wbr", Treatment::kVanish},
    {"meta", Treatment::kVanish},
    {"link", Treatment::kVanish},
    {"base", Treatment::kVanish},
    {"basefont", Treatment::kVanish},
    {"bgsound", Treatment::kVanish},
    {.name = "embed", .treatment = Treatment::kVanish, .reported = true},
    {.name = "input", .treatment = Treatment::kVanish, .reported = true},
    {"keygen", Treatment::kVanish},
    {.name = "frame", .treatment = Treatment::kVanish, .reported = true},
    {"param", Treatment::kVanish},
    {"source", Treatment::kVanish},
    {"track", Treatment::kVanish},
    {"area", Treatment::kVanish},
    {"col", Treatment::kVanish},

    {.name = "object", .treatment = Treatment::kDrop, .reported = true},
    {.name = "applet", .treatment = Treatment::kDrop, .reported = true},
    {.name = "form", .treatment = Treatment::kDrop, .reported = true},
    {.name = "select", .treatment = Treatment::kDrop, .reported = true},
    {.name = "datalist", .treatment = Treatment::kDrop, .reported = true},
    {.name = "button", .treatment = Treatment::kDrop, .reported = true},
    {.name = "svg", .treatment = Treatment::kDrop, .reported = true},
    {.name = "math", .treatment = Treatment::kDrop, .reported = true},
    {"template", Treatment::kDrop},
    {.name = "audio", .treatment = Treatment::kDrop, .reported = true},
    {.name = "video", .treatment = Treatment::kDrop, .reported = true},
    {.name = "canvas", .treatment = Treatment::kDrop, .reported = true},
    {.name = "map", .treatment = Treatment::kDrop, .reported = true},
    {.name = "frameset", .treatment = Treatment::kDrop, .reported = true},
    {.name = "portal", .treatment = Treatment::kDrop, .reported = true},
    {.name = "dialog", .treatment = Treatment::kDrop, .reported = true},
    {.name = "marquee", .treatment = Treatment::kDrop, .reported = true},

    {"script", Treatment::kDropRaw},
    {"style", Treatment::kDropRaw},
    {.name = "iframe", .treatment = Treatment::kDropRaw, .reported = true},
    {"noscript", Treatment::kDropRaw},
    {"noembed", Treatment::kDropRaw},
    {"noframes", Treatment::kDropRaw},
    {.name = "textarea", .treatment = Treatment::kDropRaw, .reported = true},
    {"title", Treatment::kDropRaw},
    {.name = "xmp", .treatment = Treatment::kDropRaw, .reported = true},
    {.name = "plaintext", .treatment = Treatment::kDropRaw, .reported = true},
};

}  // namespace

Element ElementOf(std::string_view name) {
  static const auto& table = *[] {
    auto* elements = new absl::flat_hash_map<std::string, Element>();
    for (const Element& element : kElements) elements->emplace(std::string(element.name), element);
    return elements;
  }();
  const auto found = table.find(std::string(name));
  return found == table.end() ? Element{.treatment = Treatment::kUnwrap, .reported = true}
                              : found->second;
}

bool HoldsForBlocks(std::string_view kept_as) {
  static constexpr std::string_view kNames[] = {"del", "ins", "s", "mark",
                                                "sup", "sub", "q", "bdo"};
  return std::find(std::begin(kNames), std::end(kNames), kept_as) != std::end(kNames);
}

}  // namespace telex::ingestion::html
