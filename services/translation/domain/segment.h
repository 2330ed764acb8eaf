// A segment: what is translated as one, a sentence as a rule.
#pragma once

#include <string>
#include <vector>

namespace telex::translation {

// What a tag of a segment stands for: a tag of HTML, or for what is protected the whole of it.
struct TagMeaning {
  std::string open;   // <a href="https://…" rel="noopener">, <br>, <code>ls</code>, https://…
  std::string close;  // </a>; empty where the tag is standalone

  bool operator==(const TagMeaning&) const = default;
};

struct Segment {
  // Where it stands in its version of the article; no two have the same. Letters, digits and full
  // stops alone (an NMTOKEN of XML): "headline", "body.p2.s3", "body.ul1.li2.s1",
  // "body.figure1.img1.alt", "media2.alt".
  std::string place;
  std::string text;              // tagged, see tagged_text.h
  std::vector<TagMeaning> tags;  // of tag 1, 2 …

  bool operator==(const Segment&) const = default;
};

}  // namespace telex::translation
