#include "news/script_letters.h"

#include <algorithm>
#include <span>
#include <utility>

#include "news/utf8.h"

namespace telex::news {
namespace {

using Pair = std::pair<char32_t, char32_t>;

constexpr Pair kSuperscripts[] = {
    {'0', U'⁰'}, {'1', U'¹'}, {'2', U'²'}, {'3', U'³'}, {'4', U'⁴'}, {'5', U'⁵'}, {'6', U'⁶'},
    {'7', U'⁷'}, {'8', U'⁸'}, {'9', U'⁹'}, {'+', U'⁺'}, {'-', U'⁻'}, {'=', U'⁼'}, {'(', U'⁽'},
    {')', U'⁾'}, {'a', U'ᵃ'}, {'b', U'ᵇ'}, {'c', U'ᶜ'}, {'d', U'ᵈ'}, {'e', U'ᵉ'}, {'f', U'ᶠ'},
    {'g', U'ᵍ'}, {'h', U'ʰ'}, {'i', U'ⁱ'}, {'j', U'ʲ'}, {'k', U'ᵏ'}, {'l', U'ˡ'}, {'m', U'ᵐ'},
    {'n', U'ⁿ'}, {'o', U'ᵒ'}, {'p', U'ᵖ'}, {'r', U'ʳ'}, {'s', U'ˢ'}, {'t', U'ᵗ'}, {'u', U'ᵘ'},
    {'v', U'ᵛ'}, {'w', U'ʷ'}, {'x', U'ˣ'}, {'y', U'ʸ'}, {'z', U'ᶻ'}, {'A', U'ᴬ'}, {'B', U'ᴮ'},
    {'D', U'ᴰ'}, {'E', U'ᴱ'}, {'G', U'ᴳ'}, {'H', U'ᴴ'}, {'I', U'ᴵ'}, {'J', U'ᴶ'}, {'K', U'ᴷ'},
    {'L', U'ᴸ'}, {'M', U'ᴹ'}, {'N', U'ᴺ'}, {'O', U'ᴼ'}, {'P', U'ᴾ'}, {'R', U'ᴿ'}, {'T', U'ᵀ'},
    {'U', U'ᵁ'}, {'V', U'ⱽ'}, {'W', U'ᵂ'}};

constexpr Pair kSubscripts[] = {
    {'0', U'₀'}, {'1', U'₁'}, {'2', U'₂'}, {'3', U'₃'}, {'4', U'₄'}, {'5', U'₅'}, {'6', U'₆'},
    {'7', U'₇'}, {'8', U'₈'}, {'9', U'₉'}, {'+', U'₊'}, {'-', U'₋'}, {'=', U'₌'}, {'(', U'₍'},
    {')', U'₎'}, {'a', U'ₐ'}, {'e', U'ₑ'}, {'h', U'ₕ'}, {'i', U'ᵢ'}, {'j', U'ⱼ'}, {'k', U'ₖ'},
    {'l', U'ₗ'}, {'m', U'ₘ'}, {'n', U'ₙ'}, {'o', U'ₒ'}, {'p', U'ₚ'}, {'r', U'ᵣ'}, {'s', U'ₛ'},
    {'t', U'ₜ'}, {'u', U'ᵤ'}, {'v', U'ᵥ'}, {'x', U'ₓ'}};

std::string Mapped(std::string_view text, std::span<const Pair> letters) {
  std::string out;
  while (!text.empty()) {
    char32_t c = TakeCodePoint(text);
    if (c == U'−' || c == U'–') c = '-';
    const auto found = std::find_if(letters.begin(), letters.end(),
                                    [c](const Pair& pair) { return pair.first == c; });
    if (found == letters.end()) return {};
    AppendUtf8(found->second, out);
  }
  return out;
}

}  // namespace

std::string Superscript(std::string_view text) { return Mapped(text, kSuperscripts); }
std::string Subscript(std::string_view text) { return Mapped(text, kSubscripts); }

}  // namespace telex::news
