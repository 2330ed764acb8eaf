#include "translation/formats/inline_run.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <utility>

#include "news/utf8.h"

namespace telex::translation {
namespace {

using ItemKind = InlineItem::Kind;

// What stands in the text for the sentence breaker: a letter without case, and no punctuation, in
// whose place anything may stand; a closing bracket; a picture.
constexpr char16_t kLetter = 0x05D0;
constexpr std::u16string_view kProtectedWord = u"\u05D0\u05D0";
constexpr char16_t kNote = ')';
constexpr char16_t kPicture = 0xFFFC;
constexpr std::size_t kNoteBytesMax = 3;
constexpr std::size_t kListNumberMax = 3;

bool IsSpaceCharacter(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

// Names of elements in which no sentence ends.
bool IsOneWord(std::string_view name) {
  return name == "abbr" || name == "time" || name == "ruby" || name == "sup" || name == "sub";
}

// "• milk", "– milk", "2) milk": an item of a list without markup.
bool BeginsItem(std::string_view text) {
  static constexpr std::u32string_view kBullets = U"•·▪◦●–—-*";
  std::string_view rest = text;
  std::size_t digits = 0;
  char32_t c = rest.empty() ? U' ' : news::TakeCodePoint(rest);
  for (; c >= '0' && c <= '9' && !rest.empty(); ++digits) c = news::TakeCodePoint(rest);
  const bool numbered = digits > 0 && digits <= kListNumberMax && (c == ')' || c == '.');
  const bool bulleted = digits == 0 && kBullets.find(c) != kBullets.npos;
  return (numbered || bulleted) && !rest.empty() && IsSpaceCharacter(news::TakeCodePoint(rest));
}

// The text as the sentence breaker is to see it, and how long each item is in it.
class Shadow {
 public:
  Shadow(const InlineItems& items, std::span<const BodyElement> elements, bool preformatted)
      : items_(items), elements_(elements), preformatted_(preformatted) {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::size_t before = text_.size();
      Add(i);
      lengths_.push_back(text_.size() - before);
    }
  }

  const std::u16string& text() const { return text_; }
  std::size_t LengthOf(std::size_t item) const { return lengths_[item]; }

 private:
  void Add(std::size_t i) {
    const InlineItem& item = items_[i];
    switch (item.kind) {
      case ItemKind::kText:
        return AddText(item.text);
      case ItemKind::kProtected:
        text_ += item.reading ? std::u16string_view() : kProtectedWord;
        return;
      case ItemKind::kOpen:
        words_ += IsOneWord(elements_[item.element].name);
        notes_ += elements_[item.element].name == "sup";
        return;
      case ItemKind::kClose:
        words_ -= IsOneWord(elements_[item.element].name);
        notes_ -= elements_[item.element].name == "sup";
        return;
      case ItemKind::kVoid:
        text_ += !IsBreak(i) ? kPicture : EndsParagraph(i) ? kParagraphEnd : u' ';
        return;
    }
  }

  void AddText(std::string_view text) {
    const bool note = notes_ > 0 && text.size() <= kNoteBytesMax;
    while (!text.empty()) {
      auto c = static_cast<UChar32>(news::TakeCodePoint(text));
      const bool paragraph = c == kParagraphEnd || (c == '\n' && !preformatted_);
      if (note) {
        c = kNote;
      } else if (words_ > 0 && u_hasBinaryProperty(c, UCHAR_S_TERM)) {
        c = U16_LENGTH(c) == 1 ? kLetter : c;
      } else if (paragraph) {
        c = ' ';
      }
      char16_t units[U16_MAX_LENGTH];
      std::size_t length = 0;
      U16_APPEND_UNSAFE(units, length, c);
      text_.append(units, length);
    }
  }

  bool IsBreak(std::size_t i) const {
    return i < items_.size() && items_[i].kind == ItemKind::kVoid &&
           elements_[items_[i].element].name == "br";
  }

  // Of a line break: the second of two does, and one before an item.
  bool EndsParagraph(std::size_t i) const {
    if (words_ > 0) return false;
    if (i > 0 && IsBreak(i - 1)) return true;
    std::size_t next = i + 1;
    while (next < items_.size() && items_[next].kind == ItemKind::kOpen) ++next;
    return next < items_.size() && items_[next].kind == ItemKind::kText &&
           BeginsItem(items_[next].text);
  }

  const InlineItems& items_;
  std::span<const BodyElement> elements_;
  bool preformatted_;
  std::u16string text_;
  std::vector<std::size_t> lengths_;
  int words_ = 0;  // open elements in which no sentence ends
  int notes_ = 0;  // open sup
};

// Distributes items over sentences.
class Cutter {
 public:
  explicit Cutter(std::vector<std::size_t> ends) : ends_(std::move(ends)) {}

  void Add(const InlineItem& item, std::size_t length) {
    if (item.kind != ItemKind::kClose) {
      const bool full = item.kind != ItemKind::kText && tags_ == kSegmentTagsMax;
      if (at_ >= ends_[next_] && next_ + 1 < ends_.size()) {
        ++next_;
        Begin();
      } else if (full) {
        Begin();
      }
      if (item.kind != ItemKind::kText) ++tags_;
    }
    if (item.kind == ItemKind::kText) {
      AddText(item.text);
    } else {
      sentences_.back().push_back(item);
      at_ += length;
      if (item.kind == ItemKind::kOpen) ++depth_;
      if (item.kind == ItemKind::kClose) --depth_;
    }
  }

  std::vector<InlineItems> Take() { return std::move(sentences_); }

 private:
  void AddText(std::string_view text) {
    const auto add = [this](std::string_view part) {
      if (!part.empty()) sentences_.back().push_back({.text = std::string(part)});
    };
    std::string_view rest = text;  // behind what is read
    while (!rest.empty()) {
      const std::size_t bytes = bytes_ + (text.size() - rest.size());
      const bool ends = at_ >= ends_[next_];
      if (ends || long_word_end_ || bytes >= kSegmentBytesMax) {
        add(text.substr(0, text.size() - rest.size()));
        text = rest;
        next_ += ends ? 1 : 0;
        Begin();
      }
      const auto c = news::TakeCodePoint(rest);
      at_ += U16_LENGTH(static_cast<UChar32>(c));
      const std::size_t after = bytes_ + (text.size() - rest.size());
      long_word_end_ = IsSpaceCharacter(c) && after >= kSegmentBytesMax - kSegmentBytesMax / 8;
    }
    bytes_ += text.size();
    add(text);
  }

  void Begin() {
    sentences_.emplace_back();
    bytes_ = 0;
    tags_ = depth_;
    long_word_end_ = false;
  }

  std::vector<std::size_t> ends_;
  std::size_t next_ = 0;
  std::size_t at_ = 0;
  std::vector<InlineItems> sentences_ = std::vector<InlineItems>(1);
  // Of the last one.
  std::size_t bytes_ = 0;
  std::size_t tags_ = 0;
  std::size_t depth_ = 0;       // open elements
  bool long_word_end_ = false;  // a good place to cut one that is too long
};

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (!IsSpaceCharacter(news::TakeCodePoint(text))) return false;
  }
  return true;
}

std::size_t LeadingBlankBytes(std::string_view text) {
  std::string_view rest = text;
  for (std::string_view after = rest; !after.empty(); rest = after) {
    if (!IsSpaceCharacter(news::TakeCodePoint(after))) break;
  }
  return text.size() - rest.size();
}

std::size_t TrailingBlankBytes(std::string_view text) {
  std::size_t end = 0;
  for (std::string_view rest = text; !rest.empty();) {
    if (!IsSpaceCharacter(news::TakeCodePoint(rest))) end = text.size() - rest.size();
  }
  return text.size() - end;
}

class Trimmer {
 public:
  explicit Trimmer(InlineItems& items) : items_(items) {}

  Core Run() {
    const bool translated = std::any_of(items_.begin(), items_.end(), [](const InlineItem& item) {
      return item.kind == ItemKind::kText && HasWords(item.text);
    });
    if (!translated) return {};
    Match();
    end_ = items_.size();
    while (TrimFront() || TrimBack()) {
    }
    SplitBlanks();
    return {begin_, end_};
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // Pairs of tags.
  void Match() {
    partner_.assign(items_.size(), kNone);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].kind == ItemKind::kOpen) open.push_back(i);
      if (items_[i].kind != ItemKind::kClose || open.empty()) continue;
      partner_[i] = open.back();
      partner_[open.back()] = i;
      open.pop_back();
    }
    // How many items up to there are to be seen in the core, whatever else there is.
    seen_.assign(1, 0);
    for (const InlineItem& item : items_) {
      const bool seen = item.kind == ItemKind::kProtected ||
                        (item.kind == ItemKind::kText && !IsBlank(item.text));
      seen_.push_back(seen_.back() + (seen ? 1 : 0));
    }
  }

  bool HasSeen(std::size_t begin, std::size_t end) const { return seen_[end] > seen_[begin]; }

  bool TrimFront() {
    if (begin_ == end_ || HasSeen(begin_, begin_ + 1)) return false;
    if (items_[begin_].kind == ItemKind::kOpen && partner_[begin_] != kNone) {
      const std::size_t close = partner_[begin_];
      if (!HasSeen(begin_, close)) {
        begin_ = close + 1;
        return true;
      }
      if (close + 1 != end_) return false;
      end_ = close;  // it is around all of it
    }
    ++begin_;
    return true;
  }

  bool TrimBack() {
    if (begin_ == end_ || HasSeen(end_ - 1, end_)) return false;
    if (items_[end_ - 1].kind == ItemKind::kClose && partner_[end_ - 1] != kNone) {
      const std::size_t open = partner_[end_ - 1];
      if (HasSeen(open, end_)) return false;
      end_ = open;
      return true;
    }
    --end_;
    return true;
  }

  void SplitBlanks() {
    if (const std::size_t blank = BlankAt(end_ - 1, TrailingBlankBytes); blank > 0) {
      std::string& text = items_[end_ - 1].text;
      InlineItem space{.text = text.substr(text.size() - blank)};
      text.resize(text.size() - blank);
      items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(end_), std::move(space));
    }
    if (const std::size_t blank = BlankAt(begin_, LeadingBlankBytes); blank > 0) {
      std::string& text = items_[begin_].text;
      InlineItem space{.text = text.substr(0, blank)};
      text.erase(0, blank);
      items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(begin_), std::move(space));
      ++begin_;
      ++end_;
    }
  }

  std::size_t BlankAt(std::size_t i, std::size_t (*blank_bytes)(std::string_view)) const {
    return items_[i].kind == ItemKind::kText ? blank_bytes(items_[i].text) : 0;
  }

  InlineItems& items_;
  std::vector<std::size_t> partner_;
  std::vector<std::size_t> seen_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace

bool HasWords(std::string_view text) {
  while (!text.empty()) {
    if (u_isalnum(static_cast<UChar32>(news::TakeCodePoint(text)))) return true;
  }
  return false;
}

std::vector<InlineItems> CutIntoSentences(const InlineItems& items,
                                          std::span<const BodyElement> elements,
                                          const SentenceBreaker& breaker, bool preformatted) {
  const Shadow shadow(items, elements, preformatted);
  Cutter cutter(breaker.Ends(shadow.text()));
  for (std::size_t i = 0; i < items.size(); ++i) cutter.Add(items[i], shadow.LengthOf(i));
  return cutter.Take();
}

Core TrimSentence(InlineItems& sentence) { return Trimmer(sentence).Run(); }

}  // namespace telex::translation
