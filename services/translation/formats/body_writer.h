// Writes a body in the canonical form of ingestion's allow-list: text with collapsed white space,
// blanks and line breaks outside of the markup that ends or begins there, no empty inline elements.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::translation {

class BodyWriter {
 public:
  // An element; `id` tells it from others. What is closed and opened again with nothing but white
  // space between is one.
  struct Tag {
    int id = -1;
    std::string_view name;
    std::string open;
  };

  void OpenBlock(Tag tag);
  void CloseBlock();
  void Block(std::string_view html);  // a whole one
  void Open(Tag tag);
  void Close();  // the inline element that was opened last
  void Break();  // br
  void Html(std::string_view html);
  // Of ruby, directly in it. Blanks between it and markup behind it are none.
  void Reading(std::string_view html);
  void Text(std::string_view text);
  // Between two sentences: what white space there is. Does nothing to line breaks.
  bool HasBlank() const { return blank_ != 0 || breaks_ > 0 || !raw_.empty(); }
  void Blank() { Space(U' '); }
  void DropBlank() { blank_ = 0; }

  std::string Take() { return std::move(html_); }

 private:
  struct Element {
    Tag tag;
    bool is_block = false;
    bool written = false;
  };

  void Space(char32_t c);
  // Before something that is seen.
  void Begin();
  void EndPending();
  void DropWhiteSpace();
  void DropBlanksBehindReading();
  void Pop();

  std::string html_;
  std::vector<Element> open_;
  std::size_t written_ = 0;  // of open_
  std::size_t ending_ = 0;   // of the last of open_: are closed, unless they are opened again
  bool at_start_ = true;     // of a block
  bool behind_reading_ = false;
  int preformatted_ = 0;  // open pre
  char32_t blank_ = 0;    // what is still to be written
  int breaks_ = 0;
  std::string raw_;  // white space within pre
};

// `text` as the value of an attribute, without quotes.
std::string AttributeHtml(std::string_view text);

}  // namespace telex::translation
