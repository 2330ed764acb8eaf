#include "news/content_hash.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace telex::news {
namespace {

Content Sample() {
  Content content;
  content.headline = "Headline";
  content.byline = "A. Writer";
  content.body_html = "<p>Body</p>";
  content.section = *Section::Parse("world");
  content.language = *LanguageTag::Parse("en");
  content.terms = {"With a link only", "Source", "https://example.com/"};
  return content;
}

TEST(ContentHash, IsBoundForEver) {
  std::string hex;
  for (const unsigned char byte : ContentHash(Sample())) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  // A change here would make every story of every source look changed.
  EXPECT_EQ(hex, "9dda5abdd18107e0fcf959b6a71ece96ecb65f629a3fca97d265eea09adb1e64");
}

TEST(ContentHash, ChangesWithEachField) {
  const std::vector<std::function<void(Content&)>> changes = {
      [](Content& c) { c.headline += "!"; },
      [](Content& c) { c.byline += "!"; },
      [](Content& c) { c.body_html += "!"; },
      [](Content& c) { c.section = *Section::Parse("sport"); },
      [](Content& c) { c.language = *LanguageTag::Parse("ru"); },
      [](Content& c) { c.terms.text += "!"; },
      [](Content& c) { c.terms.attribution += "!"; },
      [](Content& c) { c.terms.link += "!"; },
      [](Content& c) { c.media.push_back({.href = "https://example.com/a.jpg"}); },
      [](Content& c) { c.embargoed = absl::UnixEpoch(); },
      [](Content& c) { c.expires = absl::UnixEpoch(); },
      // The same bytes across a border between two fields.
      [](Content& c) { c.headline += "A", c.byline.erase(0, 1); },
  };
  std::vector<std::string> seen = {ContentHash(Sample())};
  for (const auto& change : changes) {
    Content content = Sample();
    change(content);
    const std::string hash = ContentHash(content);
    for (const std::string& other : seen) EXPECT_NE(hash, other);
    seen.push_back(hash);
  }
}

TEST(DocumentHash, IsSha256InHex) {
  EXPECT_EQ(DocumentHash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace telex::news
