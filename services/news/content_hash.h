#pragma once

#include <string>

#include "news/article.h"

namespace telex::news {

// SHA-256 over the content in a fixed, length-prefixed encoding: 32 bytes. The same content has the
// same hash on every machine and in every release; adding a field to the encoding makes a new
// deciding rule.
std::string ContentHash(const Content& content);

// SHA-256 of bytes as 64 lower-case hexadecimal digits: the name of an original document.
std::string DocumentHash(std::string_view bytes);

}  // namespace telex::news
