// A body without its segments: what Assemble() puts them back into. Plain values.
#pragma once

#include <string>
#include <vector>

namespace telex::translation {

struct BodyElement {
  // The text of an attribute that readers see: alt, title.
  struct Words {
    std::string attribute;
    int segment = 0;
  };

  std::string name;  // "a"
  std::string open;  // <a href="…" rel="noopener">
  bool is_block = false;
  bool has_words = false;  // between its tags, that are translated
  std::vector<Words> words;
};

struct BodyPart {
  enum class Kind {
    kOpen,      // element `index`
    kClose,     // the same
    kVoid,      // element `index`: br, img
    kText,      // `text`, not translated: white space between sentences, a dash alone
    kHtml,      // `text`, protected
    kBlock,     // `text`, a whole block, protected
    kSegment,   // segment `index`
    kSentence,  // between two segments of one block
  };
  Kind kind = Kind::kText;
  int index = -1;
  std::string text = {};
};

// What a tag of a segment is in the body.
struct BodyTag {
  int element = -1;  // -1: protected
  int within = -1;   // the tag that it has to stand in directly, 0: in none; -1: anywhere
};

struct SegmentedBody {
  std::vector<BodyElement> elements;
  std::vector<BodyPart> parts;
  std::vector<std::vector<BodyTag>> tags;  // of each segment
};

}  // namespace telex::translation
