#include "ingestion/formats/html/tag.h"

#include <absl/strings/ascii.h>

#include <algorithm>

#include "ingestion/formats/html/attributes.h"

namespace telex::ingestion::html {
namespace {

// No element of the policy has a longer name.
constexpr std::size_t kNameBytesMax = 16;
// Nor an attribute.
constexpr std::size_t kAttributeNameBytesMax = 9;

// kAttributeNames.size() for a name that is none of them.
std::size_t PlaceOf(std::string_view name) {
  return static_cast<std::size_t>(std::find(kAttributeNames.begin(), kAttributeNames.end(), name) -
                                  kAttributeNames.begin());
}

class TagReader {
 public:
  TagReader(std::string_view in, std::size_t at) : in_(in), at_(at) {}
  std::size_t at() const { return at_; }

  std::optional<Tag> Read() {
    Tag tag;
    ++at_;
    if (Peek() == '/') {
      tag.closing = true;
      ++at_;
    }
    const std::size_t name = at_;
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '/' && in_[at_] != '>')
      ++at_;
    tag.raw_name = in_.substr(name, at_ - name);
    if (at_ - name <= kNameBytesMax) {
      for (std::size_t i = name; i < at_; ++i) tag.name += absl::ascii_tolower(in_[i]);
    }
    while (at_ < in_.size() && in_[at_] != '>') {
      tag.self_closing = in_[at_] == '/';
      if (IsMarkupSpace(in_[at_]) || in_[at_] == '/') {
        ++at_;
      } else {
        ReadAttribute(tag);
      }
    }
    if (at_ == in_.size()) return std::nullopt;
    ++at_;
    return tag;
  }

 private:
  char Peek() const { return at_ < in_.size() ? in_[at_] : '\0'; }

  void ReadAttribute(Tag& tag) {
    const std::size_t start = at_;
    ++at_;  // even '=' may begin a name
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '/' && in_[at_] != '>' &&
           in_[at_] != '=')
      ++at_;
    const std::string_view name = in_.substr(start, at_ - start);
    std::size_t equals = at_;
    while (equals < in_.size() && IsMarkupSpace(in_[equals])) ++equals;
    std::string_view value;
    if (equals < in_.size() && in_[equals] == '=') {
      at_ = equals + 1;
      value = ReadValue();
    } else {
      at_ = equals;
    }
    if (name.size() > kAttributeNameBytesMax) return;
    std::string lower;
    for (const char c : name) lower += absl::ascii_tolower(c);
    const std::size_t place = PlaceOf(lower);
    if (place < tag.values.size() && !tag.values[place]) tag.values[place] = value;
  }

  std::string_view ReadValue() {
    while (at_ < in_.size() && IsMarkupSpace(in_[at_])) ++at_;
    if (at_ == in_.size()) return {};
    const char quote = in_[at_];
    if (quote == '"' || quote == '\'') {
      const std::size_t start = ++at_;
      const std::size_t end = std::min(in_.find(quote, start), in_.size());
      at_ = std::min(end + 1, in_.size());
      return in_.substr(start, end - start);
    }
    const std::size_t start = at_;
    while (at_ < in_.size() && !IsMarkupSpace(in_[at_]) && in_[at_] != '>') ++at_;
    return in_.substr(start, at_ - start);
  }

  std::string_view in_;
  std::size_t at_;
};

}  // namespace

const std::optional<std::string_view>& Tag::ValueOf(std::string_view attribute) const {
  return values[PlaceOf(attribute)];
}

bool Tag::IsUntranslated() const {
  if (const auto translate = ValueOf(kTranslate))
    return CheckedValue(Value::kUntranslated, *translate).has_value();
  std::string_view rest = ValueOf("class").value_or("");
  while (!rest.empty()) {
    const auto end = static_cast<std::size_t>(
        std::find_if(rest.begin(), rest.end(), IsMarkupSpace) - rest.begin());
    if (rest.substr(0, end) == "notranslate") return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::optional<Tag> ReadTag(std::string_view in, std::size_t& at) {
  TagReader reader(in, at);
  auto tag = reader.Read();
  at = reader.at();
  return tag;
}

}  // namespace telex::ingestion::html
