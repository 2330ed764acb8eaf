#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "news/blank.h"
#include "news/directions.h"
#include "news/utf8.h"
#include "platform/errors/errors.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/body_writer.h"
#include "translation/formats/segmenter.h"

namespace telex::translation {
namespace {

constexpr std::string_view kLeftToRight = "ltr";
constexpr std::string_view kRightToLeft = "rtl";
constexpr std::string_view kUntranslated = " translate=\"no\"";

// Whether sentences have a blank between them.
bool HasBlanks(const news::LanguageTag& language) {
  static constexpr std::string_view kWithout[] = {"ja", "zh", "yue", "wuu", "lzh"};
  const std::string_view tag = language.text();
  return std::find(std::begin(kWithout), std::end(kWithout), tag.substr(0, tag.find('-'))) ==
         std::end(kWithout);
}

// Of what is plain text in one line.
std::string OneLine(std::string_view text) {
  std::string line;
  bool blank = false;
  while (!text.empty()) {
    const char32_t c = news::TakeCodePoint(text);
    if (c == ' ' || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) {
      blank = !line.empty();
      continue;
    }
    if (blank) line += ' ';
    blank = false;
    news::AppendUtf8(c, line);
  }
  return news::Balanced(line);
}

class Assembler {
 public:
  Assembler(const Segmentation& segmentation, std::span<const std::string> texts, bool turns,
            bool to_right_to_left, int blanks)
      : segmentation_(segmentation),
        texts_(texts),
        turns_(turns),
        to_right_to_left_(to_right_to_left),
        blanks_(blanks) {}

  absl::StatusOr<std::string> Body() {
    for (const BodyPart& part : segmentation_.body.parts) {
      if (absl::Status status = Write(part); !status.ok()) return status;
    }
    return writer_.Take();
  }

  // Of a segment that is plain text.
  absl::StatusOr<std::string> Plain(int segment, std::size_t bytes_max) const {
    const std::string_view tagged = TextOf(segment);
    const auto pieces = ParseTagged(tagged);
    if (!pieces.ok()) return Refused(segment, std::string(pieces.status().message()));
    if (std::any_of(pieces->begin(), pieces->end(), IsTag)) return Refused(segment, "has no tags");
    const bool changed = tagged != SegmentAt(segment).text;
    std::string text = PlainTextOf(tagged);
    if (changed) text = OneLine(text);
    if (news::IsBlank(text)) return Refused(segment, "no text");
    if (changed && text.size() > bytes_max) {
      return errors::FieldError(SegmentAt(segment).place, errors::kFieldTooLong,
                                fmt::format("{} bytes, {} are allowed", text.size(), bytes_max));
    }
    return text;
  }

 private:
  static bool IsTag(const Piece& piece) { return piece.kind != Piece::Kind::kText; }
  const Segment& SegmentAt(int index) const {
    return segmentation_.segments[static_cast<std::size_t>(index)];
  }
  const BodyElement& ElementAt(int index) const {
    return segmentation_.body.elements[static_cast<std::size_t>(index)];
  }
  std::string_view TextOf(int segment) const { return texts_[static_cast<std::size_t>(segment)]; }

  absl::Status Refused(int segment, std::string_view why) const {
    return errors::FieldError(SegmentAt(segment).place, errors::kFieldInvalid, why);
  }

  absl::Status Write(const BodyPart& part) {
    switch (part.kind) {
      case BodyPart::Kind::kOpen:
        return Open(part.index);
      case BodyPart::Kind::kClose:
        ElementAt(part.index).is_block ? writer_.CloseBlock() : writer_.Close();
        return absl::OkStatus();
      case BodyPart::Kind::kVoid:
        return WriteVoid(part.index);
      case BodyPart::Kind::kText:
        writer_.Text(part.text);
        return absl::OkStatus();
      case BodyPart::Kind::kHtml:
        writer_.Html(Protected(part.text));
        return absl::OkStatus();
      case BodyPart::Kind::kBlock:
        writer_.Block(WithDirection(part.text));
        return absl::OkStatus();
      case BodyPart::Kind::kSegment:
        return WriteSegment(part.index);
      case BodyPart::Kind::kSentence:
        if (blanks_ > 0 && !writer_.HasBlank()) writer_.Blank();
        if (blanks_ < 0) writer_.DropBlank();
        return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status Open(int index) {
    absl::StatusOr<std::string> html = StartTag(index);
    if (!html.ok()) return html.status();
    const BodyElement& element = ElementAt(index);
    BodyWriter::Tag tag{index, element.name, *std::move(html)};
    element.is_block ? writer_.OpenBlock(std::move(tag)) : writer_.Open(std::move(tag));
    return absl::OkStatus();
  }

  absl::Status WriteVoid(int index) {
    if (ElementAt(index).name == "br") {
      writer_.Break();
      return absl::OkStatus();
    }
    const absl::StatusOr<std::string> html = StartTag(index);
    if (html.ok()) writer_.Html(*html);
    return html.status();
  }

  absl::StatusOr<std::string> StartTag(int index) const {
    const BodyElement& element = ElementAt(index);
    std::string html = element.open;
    for (const BodyElement::Words& words : element.words) {
      if (TextOf(words.segment) == SegmentAt(words.segment).text) continue;
      const absl::StatusOr<std::string> text = Plain(words.segment, news::kMediaFieldBytesMax);
      if (!text.ok()) return text.status();
      Replace(fmt::format(" {}=\"", words.attribute), AttributeHtml(*text), html);
    }
    // An override is about letters, whatever language they are in.
    if (turns_ && element.has_words && element.name != "bdo") {
      const std::string from = fmt::format(" dir=\"{}\"", Direction(!to_right_to_left_));
      if (const std::size_t at = html.find(from); at != html.npos)
        html.replace(at, from.size(), fmt::format(" dir=\"{}\"", Direction(to_right_to_left_)));
    }
    return html;
  }

  static std::string_view Direction(bool right_to_left) {
    return right_to_left ? kRightToLeft : kLeftToRight;
  }

  // The value behind `attribute`.
  static void Replace(std::string_view attribute, std::string_view value, std::string& html) {
    const std::size_t at = html.find(attribute);
    if (at == html.npos) return;
    const std::size_t begin = at + attribute.size();
    html.replace(begin, html.find('"', begin) - begin, value);
  }

  // What is not translated, an element or a block, keeps its direction. In canonical HTML a span
  // with one is bdi.
  std::string WithDirection(std::string html) const {
    const std::size_t translate = html.find(kUntranslated);
    if (!turns_ || html.substr(0, translate).find(" dir=") != html.npos) return html;
    html.insert(translate, fmt::format(" dir=\"{}\"", Direction(!to_right_to_left_)));
    constexpr std::string_view kSpan = "span";
    if (html.substr(1, kSpan.size() + 1) != "span ") return html;
    html.replace(1, kSpan.size(), "bdi");
    return html.replace(html.rfind(kSpan), kSpan.size(), "bdi");
  }

  // Code reads from left to right wherever it stands.
  std::string Protected(const std::string& html) const {
    if (html.starts_with('<') && html.substr(0, html.find('>')).ends_with(kUntranslated))
      return WithDirection(html);
    const std::size_t name_end = html.find_first_of(" >");
    const bool code = html.starts_with('<') && !html.starts_with("<r") && name_end != html.npos;
    if (!turns_ || !to_right_to_left_ || !code || html[name_end] != '>') return html;
    return fmt::format("{} dir=\"ltr\"{}", html.substr(0, name_end), html.substr(name_end));
  }

  absl::Status WriteSegment(int segment) {
    const auto pieces = ParseTagged(TextOf(segment));
    if (!pieces.ok()) return Refused(segment, std::string(pieces.status().message()));
    if (const std::string why = TagsFault(segment, *pieces); !why.empty())
      return Refused(segment, why);
    const std::vector<BodyTag>& tags = TagsOf(segment);
    for (const Piece& piece : *pieces) {
      if (piece.kind == Piece::Kind::kText) {
        writer_.Text(piece.text);
        continue;
      }
      const auto number = static_cast<std::size_t>(piece.tag) - 1;
      const int element = tags[number].element;
      absl::Status status;
      if (piece.kind == Piece::Kind::kOpen) {
        status = Open(element);
      } else if (piece.kind == Piece::Kind::kClose) {
        writer_.Close();
      } else if (element >= 0) {
        status = WriteVoid(element);
      } else {
        const std::string& html = SegmentAt(segment).tags[number].open;
        tags[number].within >= 0 ? writer_.Reading(html) : writer_.Html(Protected(html));
      }
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const std::vector<BodyTag>& TagsOf(int segment) const {
    return segmentation_.body.tags[static_cast<std::size_t>(segment)];
  }

  // What is wrong with the tags of a translation; empty if nothing is.
  std::string TagsFault(int segment, const std::vector<Piece>& pieces) const {
    const std::vector<BodyTag>& tags = TagsOf(segment);
    std::vector<bool> seen(tags.size());
    std::vector<int> open;
    int inner = 0;  // of `open`, those that have something in them, from the outside
    for (const Piece& piece : pieces) {
      if (piece.kind == Piece::Kind::kClose) {
        const bool changed = TextOf(segment) != SegmentAt(segment).text;
        if (changed && inner < static_cast<int>(open.size()))
          return fmt::format("there is nothing in tag {}", piece.tag);
        open.pop_back();
        inner = std::min(inner, static_cast<int>(open.size()));
      } else if (!IsTag(piece)) {
        if (!news::IsBlank(piece.text)) inner = static_cast<int>(open.size());
      } else {
        if (std::string why = TagFault(segment, open, piece); !why.empty()) return why;
        seen[static_cast<std::size_t>(piece.tag) - 1] = true;
        if (piece.kind == Piece::Kind::kOpen) open.push_back(piece.tag);
        if (piece.kind == Piece::Kind::kStandalone) inner = static_cast<int>(open.size());
      }
    }
    const auto missing = std::find(seen.begin(), seen.end(), false);
    if (missing != seen.end()) return fmt::format("tag {} is missing", missing - seen.begin() + 1);
    const bool has_text = std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
      return piece.kind == Piece::Kind::kStandalone || !news::IsBlank(piece.text);
    });
    return has_text ? "" : "no text";
  }

  // `open`: the tags around it.
  std::string TagFault(int segment, const std::vector<int>& open, const Piece& piece) const {
    const std::vector<BodyTag>& tags = TagsOf(segment);
    const auto number = static_cast<std::size_t>(piece.tag) - 1;
    if (number >= tags.size()) return fmt::format("there is no tag {}", piece.tag);
    const bool standalone = SegmentAt(segment).tags[number].close.empty();
    if (standalone != (piece.kind == Piece::Kind::kStandalone))
      return fmt::format("tag {} is <{}{}>", piece.tag, piece.tag, standalone ? "/" : "");
    return PlaceFault(segment, open, piece.tag);
  }

  std::string PlaceFault(int segment, const std::vector<int>& open, int number) const {
    const std::vector<BodyTag>& tags = TagsOf(segment);
    const auto at = [&tags](int tag) -> const BodyTag& {
      return tags[static_cast<std::size_t>(tag) - 1];
    };
    const int parent = open.empty() ? 0 : open.back();
    if (at(number).within >= 0 && at(number).within != parent) {
      return at(number).within == 0
                 ? fmt::format("tag {} stands in another tag", number)
                 : fmt::format("tag {} stands outside of tag {}", number, at(number).within);
    }
    const auto is_link = [&](int tag) {
      if (at(tag).element >= 0) return ElementAt(at(tag).element).name == "a";
      const std::string& html = SegmentAt(segment).tags[static_cast<std::size_t>(tag) - 1].open;
      return html.find("<a ") != html.npos;
    };
    if (is_link(number) && std::any_of(open.begin(), open.end(), is_link))
      return fmt::format("tag {} is a link within a link", number);
    return {};
  }

  const Segmentation& segmentation_;
  std::span<const std::string> texts_;
  bool turns_;             // source and target differ in direction
  bool to_right_to_left_;  // the target's
  int blanks_;             // to come between sentences, > 0, or to go, < 0
  BodyWriter writer_;
};

}  // namespace

absl::StatusOr<news::Content> Assemble(const news::Content& source,
                                       const Segmentation& segmentation,
                                       std::span<const std::string> texts,
                                       const news::LanguageTag& target) {
  if (texts.size() != segmentation.segments.size()) {
    return errors::FieldError(
        "segments", errors::kFieldInvalid,
        fmt::format("{} texts for {} segments", texts.size(), segmentation.segments.size()));
  }
  const bool right_to_left = news::IsRightToLeft(target);
  Assembler assembler(segmentation, texts, right_to_left != news::IsRightToLeft(source.language),
                      right_to_left, HasBlanks(target) - HasBlanks(source.language));
  news::Content content = source;
  content.language = target;
  if (segmentation.headline >= 0) {
    auto headline = assembler.Plain(segmentation.headline, news::kHeadlineBytesMax);
    if (!headline.ok()) return headline.status();
    content.headline = *std::move(headline);
  }
  for (const auto& [index, segment] : segmentation.media) {
    auto text = assembler.Plain(segment, news::kMediaFieldBytesMax);
    if (!text.ok()) return text.status();
    content.media[static_cast<std::size_t>(index)].alt_text = *std::move(text);
  }
  auto body = assembler.Body();
  if (!body.ok()) return body.status();
  if (body->size() > news::kBodyBytesMax) {
    return errors::FieldError(
        "body_html", errors::kFieldTooLong,
        fmt::format("{} bytes, {} are allowed", body->size(), news::kBodyBytesMax));
  }
  content.body_html = *std::move(body);
  return content;
}

}  // namespace telex::translation
