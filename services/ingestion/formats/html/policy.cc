#include "ingestion/formats/html/policy.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace telex::ingestion::html {
namespace {

// Translations have it as it is.
constexpr Attribute kKeepsWords = {kTranslate, Value::kUntranslated};
constexpr Attribute kHref[] = {{"href", Value::kAddress}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kPicture[] = {{"src", Value::kAddress}, {"alt", Value::kText}};
constexpr Attribute kTitle[] = {{"title", Value::kText}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kDir[] = {{"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kOverride[] = {{"dir", Value::kOverride}, kKeepsWords};
constexpr Attribute kDateTime[] = {
    {"datetime", Value::kDateTime}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kEdit[] = {{"cite", Value::kAddress},
                               {"datetime", Value::kDateTime},
                               {"dir", Value::kDirection},
                               kKeepsWords};
constexpr Attribute kQuote[] = {{"cite", Value::kAddress}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kOrdered[] = {{"reversed", Value::kFlag},
                                  {"start", Value::kNumber},
                                  {"type", Value::kListType},
                                  {"dir", Value::kDirection},
                                  kKeepsWords};
constexpr Attribute kItem[] = {{"value", Value::kNumber}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kCell[] = {
    {"colspan", Value::kSpan}, {"rowspan", Value::kSpan}, {"dir", Value::kDirection}, kKeepsWords};
constexpr Attribute kHead[] = {{"scope", Value::kScope},
                               {"colspan", Value::kSpan},
                               {"rowspan", Value::kSpan},
                               {"dir", Value::kDirection},
                               kKeepsWords};

constexpr Element kElements[] = {
    {"p", Treatment::kBlock, "p", kDir},
    {"h1", Treatment::kBlock, "h2", kDir},
    {"h2", Treatment::kBlock, "h2", kDir},
    {"h3", Treatment::kBlock, "h3", kDir},
    {"h4", Treatment::kBlock, "h4", kDir},
    {"h5", Treatment::kBlock, "h4", kDir},
    {"h6", Treatment::kBlock, "h4", kDir},
    {"ul", Treatment::kBlock, "ul", kDir},
    {"menu", Treatment::kBlock, "ul", kDir},
    {"ol", Treatment::kBlock, "ol", kOrdered},
    {"li", Treatment::kBlock, "li", kItem},
    {"dl", Treatment::kBlock, "dl", kDir},
    {"dt", Treatment::kBlock, "dt", kDir},
    {"dd", Treatment::kBlock, "dd", kDir},
    {"blockquote", Treatment::kBlock, "blockquote", kQuote},
    {"figure", Treatment::kBlock, "figure", kDir},
    {"figcaption", Treatment::kBlock, "figcaption", kDir},
    {"table", Treatment::kBlock, "table", kDir},
    {"caption", Treatment::kBlock, "caption", kDir},
    {"thead", Treatment::kBlock, "thead", kDir},
    {"tbody", Treatment::kBlock, "tbody", kDir},
    {"tfoot", Treatment::kBlock, "tfoot", kDir},
    {"tr", Treatment::kBlock, "tr", kDir},
    {"th", Treatment::kBlock, "th", kHead},
    {"td", Treatment::kBlock, "td", kCell},
    {"pre", Treatment::kBlock, "pre", kDir},

    {"a", Treatment::kInline, "a", kHref, /*needs_attribute=*/true},
    {"em", Treatment::kInline, "em", kDir},
    {"strong", Treatment::kInline, "strong", kDir},
    {"b", Treatment::kInline, "b", kDir},
    {"i", Treatment::kInline, "i", kDir},
    {"sup", Treatment::kInline, "sup", kDir},
    {"sub", Treatment::kInline, "sub", kDir},
    {"del", Treatment::kInline, "del", kEdit},
    {"ins", Treatment::kInline, "ins", kEdit},
    {"s", Treatment::kInline, "s", kDir},
    {"strike", Treatment::kInline, "s", kDir},
    {"mark", Treatment::kInline, "mark", kDir},
    {"abbr", Treatment::kInline, "abbr", kTitle},
    {"acronym", Treatment::kInline, "abbr", kTitle},
    {"q", Treatment::kInline, "q", kQuote},
    {"bdi", Treatment::kInline, "bdi", kDir},
    {"bdo", Treatment::kInline, "bdo", kOverride, /*needs_attribute=*/true},
    {"time", Treatment::kInline, "time", kDateTime},
    {"code", Treatment::kInline, "code", kDir},
    {"kbd", Treatment::kInline, "kbd", kDir},
    {"samp", Treatment::kInline, "samp", kDir},
    {"var", Treatment::kInline, "var", kDir},
    {"ruby", Treatment::kInline, "ruby", kDir},
    {"rb", Treatment::kInline, "rb"},
    {"rt", Treatment::kInline, "rt"},
    {"rp", Treatment::kInline, "rp"},
    {"br", Treatment::kVoid, "br"},
    {"img", Treatment::kVoid, "img", kPicture, /*needs_attribute=*/true},
    {"image", Treatment::kVanish},

    {"div", Treatment::kDivide, "div", kDir},
    {"section", Treatment::kDivide, "div", kDir},
    {"article", Treatment::kDivide, "div", kDir},
    {"main", Treatment::kDivide, "div", kDir},
    {"header", Treatment::kDivide, "div", kDir},
    {"footer", Treatment::kDivide, "div", kDir},
    {"aside", Treatment::kDivide, "div", kDir},
    {"nav", Treatment::kDivide, "div", kDir},
    {"address", Treatment::kDivide, "div", kDir},
    {"details", Treatment::kDivide, "div", kDir},
    {"summary", Treatment::kDivide, "div", kDir},
    {"center", Treatment::kDivide, "div", kDir},
    {"hgroup", Treatment::kDivide, "div", kDir},
    {"fieldset", Treatment::kDivide, "div", kDir},
    {"body", Treatment::kDivide, "div", kDir},

    {"html", Treatment::kUnwrap},
    {"head", Treatment::kUnwrap},
    {"span", Treatment::kUnwrap, "bdi", kDir, /*needs_attribute=*/true},
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
