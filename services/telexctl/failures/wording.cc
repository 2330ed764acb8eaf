#include "telexctl/failures/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace telex::cli {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kFlags = std::to_array<Pair>({
    // Of a story.
    {"name", "NAME"},
    {"article.name", "NAME"},
    {"article.source", "--source"},
    {"article.key", "--key"},
    {"article.canonical_url", "--canonical-url"},
    {"article.headline", "--headline"},
    {"article.byline", "--byline"},
    {"article.body_html", "--body-file"},
    {"article.section", "--section"},
    {"article.language", "--language"},
    {"article.embargoed", "--embargoed"},
    {"article.expires", "--expires"},
    {"article.ednote", "--ednote"},
    {"article.urgency", "--urgency"},
    {"article.etag", "--etag"},
    {"etag", "--etag"},
    {"reason", "--reason"},
    {"note", "--note"},
    // Of a list.
    {"source", "--source"},
    {"section", "--section"},
    {"language", "--language"},
    {"pub_status", "--status"},
    {"words", "--words"},
    {"canonical_url", "NAME"},
    // Of an import.
    {"document", "FILE"},
    {"media_type", "--media-type"},
    {"key", "--key"},
    {"document.key", "--key"},
    {"document.headline", "the page's headline"},
    {"document.byline", "the page's byline"},
    {"document.body_html", "the page's body"},
    {"document.section", "the page's section"},
    {"document.language", "the page's language"},
    {"document.canonical_url", "the page's address"},
    {"document.firstcreated", "the page's date"},
    {"document.usage_terms.text", "the page's licence"},
    {"document.usage_terms.link", "the page's link for its licence"},
    // Of a source.
    {"source_id", "SOURCE"},
    {"source.name", "SOURCE"},
    {"source.etag", "--etag"},
    {"source.display_name", "--display-name"},
    {"source.home_page", "--home-page"},
    {"source.usage_terms", "--usage-terms"},
    {"source.attribution", "--attribution"},
    {"source.default_language", "--default-language"},
    {"source.section_aliases", "--section-alias"},
    {"source.language_aliases", "--language-alias"},
    {"source.edited_policy", "--edited-policy"},
    {"source.sections", "--sections"},
    {"source.time_zone", "--time-zone"},
    // Of views.
    {"articles[0]", "ARTICLE"},
    {"article", "ARTICLE"},
    {"event_id", "EVENT"},
    {"from_day", "--from"},
    {"to_day", "--to"},
    {"page_size", "--limit"},
});

// Of `telexctl translations`, where they are others.
constexpr std::string_view kTranslations = "translations ";
constexpr std::array kTranslationFlags = std::to_array<Pair>({
    {"name", "JOB"},
    {"file", "FILE"},
    {"language", "LANG"},
    {"to", "--to"},
    {"from", "--from"},
    {"lease", "--lease"},
    {"count", "--count"},
    {"states", "--state"},
    {"holder", "--holder"},
    {"workflow", "--workflow"},
    {"urgency", "--urgency"},
    {"deadline", "--deadline"},
    {"not_before", "--not-before"},
    {"retry_after", "--retry-after"},
    {"segments_done", "--done"},
    {"revision", "--revision"},
    {"since", "--since"},
    {"until", "--until"},
    {"sources", "--source"},
    {"sections", "--section"},
    {"id", "ID"},
    {"text", "TEXT"},
    {"score_min", "--score"},
    {"glossary.name", "PAIR"},
    {"glossary.etag", "--etag"},
    {"policy.etag", "--etag"},
});

constexpr std::array kCommands = std::to_array<Pair>({
    {"CreateArticle", "articles create"},
    {"UpdateArticle", "articles update"},
    {"GetArticle", "articles get"},
    {"ListArticles", "articles list"},
    {"ListArticleVersions", "articles versions"},
    {"WithholdArticle", "articles withhold"},
    {"KillArticle", "articles kill"},
    {"ReinstateArticle", "articles reinstate"},
    {"PurgeArticle", "articles purge"},
    {"ImportDocument", "import"},
    {"CreateSource", "sources create"},
    {"GetSource", "sources get"},
    {"ListSources", "sources list"},
    {"UpdateSource", "sources update"},
    {"GetViewCounts", "views show"},
    {"GetViewReport", "views report"},
    {"ListTrending", "views top"},
    {"RecountViews", "views recount"},
    {"ExplainView", "views explain"},
    {"RequestTranslation", "translations request"},
    {"CancelJob", "translations cancel"},
    {"ReplayJob", "translations replay"},
    {"ClaimJobs", "translations claim"},
    {"ExtendLease", "translations extend"},
    {"CompleteJob", "translations complete"},
    {"BatchCompleteJobs", "translations complete"},
    {"ReleaseJob", "translations release"},
    {"FailJob", "translations fail"},
    {"ReviewTranslation", "translations review"},
    {"GetJob", "translations show"},
    {"GetJobText", "translations export"},
    {"ListJobs", "translations queue"},
    {"CheckSegments", "translations check"},
    {"GetQueueStats", "translations stats"},
    {"WatchQueue", "translations stats"},
    {"PausePair", "translations pause"},
    {"ResumePair", "translations resume"},
    {"GetTranslation", "translations get"},
    {"ListTranslations", "translations list"},
    {"StartBackfill", "translations backfill start"},
    {"StopBackfill", "translations backfill stop"},
    {"ListBackfills", "translations backfill list"},
    {"GetPolicy", "translations policy get"},
    {"UpdatePolicy", "translations policy set"},
    {"GetGlossary", "translations glossary get"},
    {"ListGlossaries", "translations glossary list"},
    {"UpdateGlossary", "translations glossary set"},
    {"SearchMemory", "translations memory search"},
    {"ExportMemory", "translations memory export"},
    {"ImportMemory", "translations memory import"},
});

template <std::size_t kSize>
std::string_view Find(const std::array<Pair, kSize>& table, std::string_view key) {
  const auto* const found =
      std::find_if(table.begin(), table.end(), [&](const Pair& row) { return row.first == key; });
  return found == table.end() ? std::string_view() : found->second;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string FlagOf(std::string_view field, std::string_view command) {
  const std::string_view own =
      command.starts_with(kTranslations) ? Find(kTranslationFlags, field) : std::string_view();
  return std::string(own.empty() ? Find(kFlags, field) : own);
}

std::string WithNameFor(std::string_view field, std::string_view name, std::string_view message) {
  const std::string said = fmt::format("{}: ", field);
  // At the beginning, or behind the context that was put before it.
  std::size_t at = message.starts_with(said) ? 0 : message.find(": " + said);
  if (at == message.npos) return std::string(message);
  if (at > 0) at += 2;
  return fmt::format("{}{}{}", message.substr(0, at), name, message.substr(at + field.size()));
}

std::string CommandOf(std::string_view rpc) { return std::string(Find(kCommands, rpc)); }

std::string WithCommandsForRpcs(std::string_view text) {
  std::string said;
  while (!text.empty()) {
    const auto* const begin = std::find_if(text.begin(), text.end(), IsLetter);
    const auto* const end = std::find_if_not(begin, text.end(), IsLetter);
    said.append(text.begin(), begin);
    const std::string_view word(begin, static_cast<std::size_t>(end - begin));
    const std::string_view command = Find(kCommands, word);
    said += command.empty() ? std::string(word) : fmt::format("telexctl {}", command);
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  }
  return said;
}

}  // namespace telex::cli
