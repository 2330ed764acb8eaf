#include "feeds/domain/rendition_identity.h"

#include <array>

namespace telex::feeds {
namespace {

void AppendNumber(std::string& bytes, std::int64_t number) {
  std::array<char, 8> digits{};
  auto rest = static_cast<std::uint64_t>(number);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, rest >>= 8) {
    *digit = static_cast<char>(rest & 0xff);
  }
  bytes.append(digits.data(), digits.size());
}

void AppendText(std::string& bytes, std::string_view text) {
  AppendNumber(bytes, static_cast<std::int64_t>(text.size()));
  bytes += text;
}

void AppendRecipe(std::string& bytes, const RenditionRecipe& recipe) {
  AppendText(bytes, recipe.format);
  AppendNumber(bytes, recipe.renderer_revision);
  AppendText(bytes, recipe.channel);
  AppendNumber(bytes, recipe.epoch);
}

// In order and each with its place, so that no two windows have the same.
void AppendTranslations(std::string& bytes, const std::vector<WindowItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string more = IdentityOfTranslation(items[i]);
    if (more.empty()) continue;
    AppendText(bytes, "translated");
    AppendNumber(bytes, static_cast<std::int64_t>(i));
    AppendText(bytes, more);
  }
}

}  // namespace

std::string IdentityOfTranslation(const WindowItem& item) {
  std::string bytes;
  if (item.translation) {
    const TranslationOf& translation = *item.translation;
    bytes += translation.article.bytes();
    AppendText(bytes, translation.language);
    AppendNumber(bytes, translation.article_version);
    AppendNumber(bytes, translation.version);
    AppendNumber(bytes, translation.revision);
    AppendNumber(bytes, translation.updated_ms);
    AppendNumber(bytes, item.published_ms);
    AppendNumber(bytes, static_cast<std::int64_t>(item.state));
  }
  for (const std::string& language : item.languages) AppendText(bytes, language);
  return bytes;
}

std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window) {
  std::string bytes = "feed";
  bytes.reserve(256 + recipe.channel.size() + window.items.size() * 24);
  AppendRecipe(bytes, recipe);
  AppendText(bytes, window.key.section);
  AppendText(bytes, window.key.language);
  AppendNumber(bytes, window.updated_ms);
  for (const WindowItem& item : window.items) {
    bytes += item.id.bytes();
    AppendNumber(bytes, item.version);
  }
  AppendTranslations(bytes, window.items);
  return bytes;
}

std::string IdentityOf(const RenditionRecipe& recipe, const FeedWindow& window,
                       const std::vector<std::int64_t>& views) {
  std::string bytes = IdentityOf(recipe, window);
  bytes += "views";
  for (std::size_t i = 0; i < views.size(); ++i) {
    AppendNumber(bytes, window.items[i].HasViews() ? views[i] : 0);
  }
  return bytes;
}

std::string IdentityOf(const RenditionRecipe& recipe, const WindowItem& item) {
  std::string bytes = "item";
  AppendRecipe(bytes, recipe);
  bytes += item.id.bytes();
  AppendNumber(bytes, item.version);
  bytes += IdentityOfTranslation(item);
  return bytes;
}

}  // namespace telex::feeds
