#include "translation/formats/segmenter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>

#include "news/blank.h"
#include "news/markup_reader.h"
#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/inline_run.h"
#include "translation/formats/protected_text.h"
#include "translation/formats/sentences.h"

namespace telex::translation {
namespace {

using ItemKind = InlineItem::Kind;

template <std::size_t n>
bool IsOneOf(std::string_view name, const std::string_view (&names)[n]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool IsBlock(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "p",  "h2", "h3",         "h4",     "ul",         "ol",    "li",      "dl",    "dt",
      "dd", "h1", "blockquote", "figure", "figcaption", "table", "caption", "thead", "tbody",
      "tr", "th", "td",         "tfoot",  "pre",        "div",   "h5",      "h6"};
  return IsOneOf(name, kNames);
}
bool IsVoid(std::string_view name) {
  static constexpr std::string_view kNames[] = {"br", "img", "wbr", "hr"};
  return IsOneOf(name, kNames);
}
bool IsCode(std::string_view name) {
  static constexpr std::string_view kNames[] = {"code", "kbd", "samp", "var"};
  return IsOneOf(name, kNames);
}
bool IsUntranslated(const news::Tag& tag) { return tag.Has(" translate=\"no\""); }
bool IsReading(std::string_view name) { return name == "rp" || name == "rt"; }

absl::Status Refused(std::string_view reason, std::string_view why) {
  return errors::FieldError("body_html", reason, why);
}

std::string Unescaped(std::string_view html) {
  std::string text;
  while (!html.empty()) news::AppendUtf8(news::TakeCharacter(html), text);
  return text;
}

std::string Escaped(std::string_view text) {
  std::string html = EscapeText(text);
  for (std::size_t at = 0; (at = html.find('>', at)) != html.npos; at += 4)
    html.replace(at, 1, "&gt;");
  return html;
}

class Segmenter {
 public:
  explicit Segmenter(const SentenceBreaker& breaker) : breaker_(breaker) {
    blocks_.push_back({.path = "body"});
  }

  absl::StatusOr<Segmentation> Run(const news::Content& content) {
    if (!news::IsBlank(content.headline))
      made_.headline = AddText("headline", EscapeText(content.headline));
    if (const absl::Status read = Read(content.body_html); !read.ok()) return read;
    for (std::size_t i = 0; i < content.media.size(); ++i) {
      const news::Media& media = content.media[i];
      if (!media.syndicated || news::IsBlank(media.alt_text)) continue;
      made_.media.emplace_back(static_cast<int>(i), AddText(fmt::format("media{}.alt", i + 1),
                                                            EscapeText(media.alt_text)));
    }
    if (made_.segments.size() > kSegmentsMax) {
      return Refused(errors::kFieldTooLong, fmt::format("{} segments, {} are allowed",
                                                        made_.segments.size(), kSegmentsMax));
    }
    return std::move(made_);
  }

 private:
  // An open block, and how many there are in it of what is numbered.
  struct Block {
    int element = -1;
    std::string path;
    bool preformatted = false;
    std::map<std::string, int, std::less<>> counts;

    std::string Place(std::string_view what) {
      int& count = counts.try_emplace(std::string(what)).first->second;
      return fmt::format("{}.{}{}", path, what, ++count);
    }
  };

  // --- the body, piece by piece ---

  absl::Status Read(std::string_view html) {
    const std::string_view whole = html;
    while (!html.empty()) {
      const std::size_t at = whole.size() - html.size();
      std::string_view why;
      if (html.front() == '<') {
        const std::size_t end = html.find('>');
        if (end == html.npos)
          return Refused(errors::kFieldInvalid, fmt::format("byte {}: no >", at));
        const news::Tag tag(html.substr(0, end + 1));
        html.remove_prefix(end + 1);
        why = TakeTag(tag, html);
      } else {
        const std::size_t end = std::min(html.find('<'), html.size());
        TakeText(Unescaped(html.substr(0, end)));
        html.remove_prefix(end);
      }
      if (!why.empty()) return Refused(errors::kFieldInvalid, fmt::format("byte {}: {}", at, why));
      // Before the work is done: a body is cut into as many as that only on purpose.
      if (made_.segments.size() > kSegmentsMax) return absl::OkStatus();
    }
    if (blocks_.size() > 1 || !inline_.empty())
      return Refused(errors::kFieldInvalid, "an element is not closed");
    EndRun();
    return absl::OkStatus();
  }

  // What is wrong with it; `rest` is behind it, and may be read from.
  std::string_view TakeTag(const news::Tag& tag, std::string_view& rest) {
    if (tag.name.empty() || tag.name.front() == '!') return "no element";
    if (tag.closing) return CloseElement(tag.name);
    const bool untranslated = IsUntranslated(tag) && !IsVoid(tag.name);
    if (untranslated && IsBlock(tag.name)) return TakeProtectedBlock(tag, rest);
    if (untranslated || IsCode(tag.name) || IsReading(tag.name)) return TakeProtected(tag, rest);
    if (blocks_.size() + inline_.size() > kBodyDepthMax) return "elements nested too deep";
    const bool is_block = IsBlock(tag.name);
    const int element = AddElement(tag, is_block);
    if (IsVoid(tag.name)) {
      items_.push_back({ItemKind::kVoid, element});
    } else if (!is_block) {
      items_.push_back({ItemKind::kOpen, element});
      inline_.push_back(element);
    } else {
      if (!inline_.empty()) return "a block within a line";
      EndRun();
      made_.body.parts.push_back({BodyPart::Kind::kOpen, element});
      blocks_.push_back({.element = element,
                         .path = blocks_.back().Place(tag.name),
                         .preformatted = tag.name == "pre" || blocks_.back().preformatted});
    }
    return {};
  }

  std::string_view CloseElement(std::string_view name) {
    if (!inline_.empty()) {
      if (ElementOf(inline_.back()).name != name) return "closes what is not open";
      items_.push_back({ItemKind::kClose, inline_.back()});
      inline_.pop_back();
      return {};
    }
    if (blocks_.size() == 1 || ElementOf(blocks_.back().element).name != name)
      return "closes what is not open";
    EndRun();
    made_.body.parts.push_back({BodyPart::Kind::kClose, blocks_.back().element});
    blocks_.pop_back();
    return {};
  }

  // Readings of ruby and their brackets are one.
  std::string_view TakeProtected(const news::Tag& tag, std::string_view& rest) {
    std::string html;
    if (const std::string_view why = TakeWhole(tag, rest, html); !why.empty()) return why;
    const bool reading = IsReading(tag.name);
    if (reading && !items_.empty() && items_.back().reading) {
      items_.back().text += html;
    } else {
      items_.push_back({.kind = ItemKind::kProtected, .text = html, .reading = reading});
    }
    return {};
  }

  // It has its number, so that those behind it have theirs.
  std::string_view TakeProtectedBlock(const news::Tag& tag, std::string_view& rest) {
    if (!inline_.empty()) return "a block within a line";
    EndRun();
    blocks_.back().Place(tag.name);
    BodyPart& part = made_.body.parts.emplace_back(BodyPart{.kind = BodyPart::Kind::kBlock});
    return TakeWhole(tag, rest, part.text);
  }

  // The element as it is, with all that is in it.
  static std::string_view TakeWhole(const news::Tag& tag, std::string_view& rest,
                                    std::string& html) {
    const char* const begin = tag.text.data();
    for (int open = 1; open > 0;) {
      const std::size_t at = rest.find('<');
      const std::size_t end = at == rest.npos ? at : rest.find('>', at);
      if (end == rest.npos) return "is not closed";
      const news::Tag inner(rest.substr(at, end + 1 - at));
      if (inner.name == tag.name) open += inner.closing ? -1 : 1;
      rest.remove_prefix(end + 1);
    }
    html.assign(begin, rest.data());
    return {};
  }

  void TakeText(const std::string& text) {
    for (const TextPart& part : ProtectAddresses(text)) {
      if (part.is_protected) {
        items_.push_back({.kind = ItemKind::kProtected, .text = Escaped(part.text)});
      } else {
        items_.push_back({.text = std::string(part.text)});
        if (HasWords(part.text)) MarkWords();
      }
    }
  }

  // Those around an element that has words have them, too.
  void MarkWords() {
    const auto mark = [this](int element) {
      if (element < 0 || ElementOf(element).has_words) return false;
      return ElementOf(element).has_words = true;
    };
    for (auto element = inline_.rbegin(); element != inline_.rend(); ++element) {
      if (!mark(*element)) return;
    }
    for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
      if (!mark(block->element)) return;
    }
  }

  BodyElement& ElementOf(int index) { return made_.body.elements[static_cast<std::size_t>(index)]; }

  int AddElement(const news::Tag& tag, bool is_block) {
    made_.body.elements.push_back(
        {.name = std::string(tag.name), .open = std::string(tag.text), .is_block = is_block});
    return static_cast<int>(made_.body.elements.size()) - 1;
  }

  // --- a run of inline content ---

  void EndRun() {
    if (items_.empty()) return;
    bool first = true;
    std::vector<int> open;
    for (InlineItems& sentence :
         CutIntoSentences(items_, made_.body.elements, breaker_, blocks_.back().preformatted)) {
      AddSentence(sentence, open, first);
    }
    items_.clear();
  }

  // `open`: the elements that are, before it and after. What goes over its ends is closed and
  // opened again there; the writer joins it.
  void AddSentence(InlineItems& sentence, std::vector<int>& open, bool& first) {
    const Core core = TrimSentence(sentence);
    const std::span<const InlineItem> items(sentence);
    for (const int element : open) AddPart(BodyPart::Kind::kOpen, element);
    AddParts(items.first(core.begin), open);
    if (!core.empty()) {
      const std::span<const InlineItem> inner = items.subspan(core.begin, core.end - core.begin);
      // The segment closes what it has of `open`, and opens it first itself.
      const std::size_t around = Unclosed(inner, open.size());
      for (std::size_t i = open.size(); i > around; --i)
        AddPart(BodyPart::Kind::kClose, open[i - 1]);
      if (!first) AddPart(BodyPart::Kind::kSentence, -1);
      first = false;
      AddSegment(inner, open, around);
      for (std::size_t i = around; i < open.size(); ++i) AddPart(BodyPart::Kind::kOpen, open[i]);
    }
    AddParts(items.subspan(core.end), open);
    for (auto element = open.rbegin(); element != open.rend(); ++element)
      AddPart(BodyPart::Kind::kClose, *element);
    AddWordsOfAttributes(items);
  }

  // How many of `open` elements are left so by `items`.
  static std::size_t Unclosed(std::span<const InlineItem> items, std::size_t open) {
    std::size_t depth = open;
    std::size_t least = open;
    for (const InlineItem& item : items) {
      if (item.kind == ItemKind::kOpen) ++depth;
      if (item.kind == ItemKind::kClose) least = std::min(least, --depth);
    }
    return least;
  }

  void AddPart(BodyPart::Kind kind, int index) { made_.body.parts.push_back({kind, index}); }

  void AddParts(std::span<const InlineItem> items, std::vector<int>& open) {
    for (const InlineItem& item : items) {
      switch (item.kind) {
        case ItemKind::kText:
          made_.body.parts.push_back({.kind = BodyPart::Kind::kText, .text = item.text});
          break;
        case ItemKind::kProtected:
          made_.body.parts.push_back({.kind = BodyPart::Kind::kHtml, .text = item.text});
          break;
        case ItemKind::kVoid:
          AddPart(BodyPart::Kind::kVoid, item.element);
          break;
        case ItemKind::kOpen:
          AddPart(BodyPart::Kind::kOpen, item.element);
          open.push_back(item.element);
          break;
        case ItemKind::kClose:
          AddPart(BodyPart::Kind::kClose, item.element);
          open.pop_back();
          break;
      }
    }
  }

  // --- segments ---

  int AddText(std::string place, std::string tagged) {
    made_.segments.push_back({.place = std::move(place), .text = std::move(tagged)});
    made_.body.tags.emplace_back();
    return static_cast<int>(made_.segments.size()) - 1;
  }

  // Numbers what stands in a segment.
  struct Tags {
    std::vector<Piece> pieces;
    std::vector<TagMeaning> meanings;
    std::vector<BodyTag> tags;
    std::vector<int> open;  // numbers

    int Add(BodyTag tag, std::string html, std::string close = {}) {
      tags.push_back(tag);
      meanings.push_back({std::move(html), std::move(close)});
      return static_cast<int>(tags.size());
    }
    void Open(int index, const BodyElement& element) {
      open.push_back(Add({.element = index}, element.open, "</" + element.name + ">"));
      pieces.push_back({.kind = Piece::Kind::kOpen, .tag = open.back()});
    }
    void Close() {
      pieces.push_back({.kind = Piece::Kind::kClose, .tag = open.back()});
      open.pop_back();
    }
    void Standalone(int tag) { pieces.push_back({.kind = Piece::Kind::kStandalone, .tag = tag}); }
  };

  // `open`: elements around it, of which those from `around` on are in it.
  void AddSegment(std::span<const InlineItem> items, std::vector<int>& open, std::size_t around) {
    Tags tags;
    for (std::size_t i = around; i < open.size(); ++i) tags.Open(open[i], ElementOf(open[i]));
    for (const InlineItem& item : items) {
      switch (item.kind) {
        case ItemKind::kText:
          tags.pieces.push_back({.text = item.text});
          break;
        case ItemKind::kOpen:
          tags.Open(item.element, ElementOf(item.element));
          open.push_back(item.element);
          break;
        case ItemKind::kClose:
          tags.Close();
          open.pop_back();
          break;
        case ItemKind::kVoid:
          tags.Standalone(tags.Add({.element = item.element}, ElementOf(item.element).open));
          break;
        case ItemKind::kProtected: {
          const int parent = tags.open.empty() ? 0 : tags.open.back();
          tags.Standalone(tags.Add({.within = item.reading ? parent : -1}, item.text));
          break;
        }
      }
    }
    while (!tags.open.empty()) tags.Close();
    const int segment = AddText(blocks_.back().Place("s"), RenderTagged(tags.pieces));
    made_.segments.back().tags = std::move(tags.meanings);
    made_.body.tags.back() = std::move(tags.tags);
    AddPart(BodyPart::Kind::kSegment, segment);
  }

  void AddWordsOfAttributes(std::span<const InlineItem> items) {
    for (const InlineItem& item : items) {
      if (item.kind != ItemKind::kVoid && item.kind != ItemKind::kOpen) continue;
      const std::string name = ElementOf(item.element).name;
      if (name != "img" && name != "abbr") continue;
      const std::string place = blocks_.back().Place(name);
      const std::string attribute = name == "img" ? "alt" : "title";
      const std::string open = ElementOf(item.element).open;
      const std::string text = Unescaped(news::Tag(open).Value(fmt::format(" {}=", attribute)));
      if (news::IsBlank(text)) continue;
      const int segment = AddText(fmt::format("{}.{}", place, attribute), EscapeText(text));
      ElementOf(item.element).words.push_back({attribute, segment});
    }
  }

  const SentenceBreaker& breaker_;
  Segmentation made_;
  std::vector<Block> blocks_;
  std::vector<int> inline_;  // open elements of the run
  InlineItems items_;        // of the run
};

std::string LanguageOf(const news::LanguageTag& tag) {
  return tag.text().substr(0, tag.text().find('-'));
}

// Of this thread, until it asks for another: making one costs as much as cutting up a short story.
const SentenceBreaker& BreakerFor(const std::string& language) {
  constexpr std::size_t kKeptMax = 32;
  thread_local std::map<std::string, SentenceBreaker> kept;
  if (kept.size() == kKeptMax && !kept.contains(language)) kept.clear();
  return kept.try_emplace(language, language).first->second;
}

}  // namespace

absl::StatusOr<Segmentation> SegmentContent(const news::Content& content) {
  return Segmenter(BreakerFor(LanguageOf(content.language))).Run(content);
}

}  // namespace telex::translation
