#include "telexctl/requests/source_requests.h"

#include <iterator>
#include <utility>

#include "news/printed_name.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"

namespace telex::cli {
namespace {

std::string IdOf(std::string_view name) { return SourceName(name).substr(SourceName("").size()); }

template <typename Map>
absl::Status AddAliases(const std::vector<std::string>& aliases, std::string_view flag, Map& map) {
  for (const std::string& alias : aliases) {
    auto pair = Pair(alias, flag);
    if (!pair.ok()) return pair.status();
    // However it was printed before: one name has one alias.
    const std::string folded = news::FoldedName(pair->first);
    for (auto known = map.begin(); known != map.end();)
      known = news::FoldedName(known->first) == folded ? map.erase(known) : std::next(known);
    if (!pair->second.empty()) map[pair->first] = pair->second;
  }
  return absl::OkStatus();
}

// Sets what was given; the paths of what was.
absl::StatusOr<std::vector<std::string>> Fill(const SourceFlags& flags, pb::Source& source) {
  std::vector<std::string> paths;
  const auto take = [&](const std::optional<std::string>& value, const char* path, auto set) {
    if (!value.has_value()) return;
    set(*value);
    paths.emplace_back(path);
  };
  using Text = const std::string&;
  take(flags.display_name, "display_name", [&](Text v) { source.set_display_name(v); });
  take(flags.home_page, "home_page", [&](Text v) { source.set_home_page(v); });
  take(flags.usage_terms, "usage_terms", [&](Text v) { source.set_usage_terms(v); });
  take(flags.attribution, "attribution", [&](Text v) { source.set_attribution(v); });
  take(flags.default_language, "default_language", [&](Text v) { source.set_default_language(v); });
  take(flags.time_zone, "time_zone", [&](Text v) { source.set_time_zone(v); });
  take(flags.edited_policy, "edited_policy", [&](Text v) {
    source.set_edited_policy(v == "apply" ? pb::EDITED_POLICY_APPLY : pb::EDITED_POLICY_HOLD);
  });
  take(flags.sections, "sections", [&](std::string_view v) {
    source.clear_sections();
    while (!v.empty()) {
      const std::size_t comma = v.find(',');
      if (comma != 0) source.add_sections(std::string(v.substr(0, comma)));
      v.remove_prefix(comma == v.npos ? v.size() : comma + 1);
    }
  });
  absl::Status status =
      AddAliases(flags.section_aliases, "--section-alias", *source.mutable_section_aliases());
  status.Update(
      AddAliases(flags.language_aliases, "--language-alias", *source.mutable_language_aliases()));
  if (!status.ok()) return status;
  if (!flags.section_aliases.empty()) paths.emplace_back("section_aliases");
  if (!flags.language_aliases.empty()) paths.emplace_back("language_aliases");
  return paths;
}

}  // namespace

absl::StatusOr<pb::CreateSourceRequest> CreateSourceRequestOf(const SourceFlags& flags,
                                                              std::string request_id) {
  pb::CreateSourceRequest request;
  request.set_source_id(IdOf(flags.source));
  auto paths = Fill(flags, *request.mutable_source());
  if (!paths.ok()) return paths.status();
  request.set_validate_only(flags.validate_only);
  request.set_request_id(std::move(request_id));
  return request;
}

bool NeedsCurrent(const SourceFlags& flags) {
  return !flags.section_aliases.empty() || !flags.language_aliases.empty();
}

absl::StatusOr<pb::UpdateSourceRequest> UpdateSourceRequestOf(const SourceFlags& flags,
                                                              const pb::Source& current,
                                                              std::string request_id) {
  pb::UpdateSourceRequest request;
  pb::Source& source = *request.mutable_source();
  *source.mutable_section_aliases() = current.section_aliases();
  *source.mutable_language_aliases() = current.language_aliases();
  source.set_name(SourceName(flags.source));
  source.set_etag(current.etag());
  if (flags.etag.has_value()) {
    auto etag = Etag(*flags.etag);
    if (!etag.ok()) return etag.status();
    source.set_etag(*std::move(etag));
  }
  auto paths = Fill(flags, source);
  if (!paths.ok()) return paths.status();
  if (paths->empty()) return Usage("nothing to change: name a field, such as --usage-terms");
  for (std::string& path : *paths) request.mutable_update_mask()->add_paths(std::move(path));
  request.set_validate_only(flags.validate_only);
  request.set_request_id(std::move(request_id));
  return request;
}

pb::CreateSourceRequest CreateSourceRequestOf(const pb::SourceProposal& proposal,
                                              std::string request_id) {
  pb::CreateSourceRequest request;
  request.set_source_id(IdOf(proposal.name()));
  pb::Source& source = *request.mutable_source();
  source.set_display_name(proposal.display_name());
  source.set_home_page(proposal.home_page());
  source.set_usage_terms(proposal.usage_terms());
  source.set_default_language(proposal.language());
  *source.mutable_section_aliases() = proposal.section_aliases();
  request.set_request_id(std::move(request_id));
  return request;
}

}  // namespace telex::cli
