#pragma once

#include <string>

namespace telex::news {

// What a partner must show and may do. Part of every article and of every rendition of it: the
// publishers' licence allows use with a hyperlink to the source only.
struct UsageTerms {
  std::string text;         // "Any use of materials is allowed only if there is a hyperlink to …"
  std::string attribution;  // the line to print beside the story: "Caliber.Az"
  std::string link;  // what that line links to: the story's own address, else the source's home
                     // page (http/https)

  bool operator==(const UsageTerms&) const = default;
};

}  // namespace telex::news
