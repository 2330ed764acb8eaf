#pragma once

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <string_view>

namespace telex::translation::checks {

// Folded words, to be looked up. Thread-safe.
class WordList {
 public:
  // Words between blanks; outlives the list.
  explicit WordList(std::string_view words) {
    while (!words.empty()) {
      const std::string_view word = words.substr(0, words.find(' '));
      if (!word.empty()) words_.insert(word);
      words.remove_prefix(std::min(word.size() + 1, words.size()));
    }
  }
  bool Contains(std::string_view folded) const { return words_.contains(folded); }
  bool empty() const { return words_.empty(); }

 private:
  absl::flat_hash_set<std::string_view> words_;
};

}  // namespace telex::translation::checks
