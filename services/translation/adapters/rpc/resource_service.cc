#include "translation/adapters/rpc/resource_service.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/text/ascii.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/records/policy_codec.h"
#include "translation/domain/pair_name.h"
#include "translation/domain/tagged_text.h"

namespace telex::translation {
namespace {

using rpc::Role;
using Etag = std::optional<std::int64_t>;

absl::StatusOr<Etag> EtagOfRequest(std::string_view etag, std::string_view field) {
  if (etag.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::int64_t version, VersionOfEtag(etag, field));
  return version;
}

absl::Status RequestIdReused() {
  return errors::FieldError("request_id", errors::kRequestIdReused,
                            "was that of another request; make an id for each");
}

absl::Status GlossaryNotFound(std::string_view name, std::int64_t version) {
  const std::string what =
      version == 0 ? std::string(name) : fmt::format("version {} of {}", version, name);
  return errors::Error(absl::StatusCode::kNotFound, errors::kGlossaryNotFound,
                       fmt::format("there is no {}", what), {{"name", std::string(name)}});
}

// What an update would say that only looks. The etag has to be that of the version that stands.
absl::Status CheckEtag(const ResourceName& name, const Etag& etag, std::int64_t standing) {
  if (!etag || *etag == standing) return absl::OkStatus();
  return StaleEtag(NameOf(name), standing, EtagOfVersion(*etag));
}

template <typename Answer, typename Ask>
void AnswerElsewhere(const RunElsewhere& run, rpc::Done<Answer> done, Ask ask) {
  const absl::Status taken = run([done, ask = std::move(ask)] { done(ask()); });
  if (!taken.ok()) done(taken);
}

}  // namespace

ResourceService::ResourceService(const ResourceStore& store, ResourceDesk& desk, Ports ports)
    : store_(store), desk_(desk), ports_(std::move(ports)) {}

// The policy
// -------------------------------------------------------------------------------------------------

absl::StatusOr<v1::Policy> ResourceService::GetPolicy(const v1::GetPolicyRequest& request) const {
  const auto policy =
      request.version() == 0 ? store_.NewestPolicy() : store_.PolicyOf(request.version());
  if (policy != nullptr) return ToProto(*policy);
  return errors::Error(absl::StatusCode::kNotFound, errors::kPolicyNotFound,
                       fmt::format("there is no version {} of the policy", request.version()));
}

void ResourceService::UpdatePolicy(const rpc::Call& call, const v1::UpdatePolicyRequest& request,
                                   rpc::Done<v1::Policy> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  auto rules = PolicyRulesOf(request.policy());
  if (!rules.ok()) return done(rules.status());
  const auto etag = EtagOfRequest(request.policy().etag(), "policy.etag");
  if (!etag.ok()) return done(etag.status());
  const auto standing = store_.NewestPolicy();
  const bool is_of_standing = !*etag || **etag == standing->version;
  if (is_of_standing && standing->version > 0 && standing->rules == *rules)
    return done(ToProto(*standing));
  if (request.validate_only()) {
    if (absl::Status stale = CheckEtag({ResourceName::Kind::kPolicy}, *etag, standing->version);
        !stale.ok())
      return done(stale);
    v1::Policy foreseen = ToProto(Policy{
        .version = standing->version + 1, .actor = call.actor.name, .rules = *std::move(rules)});
    foreseen.clear_update_time();
    return done(std::move(foreseen));
  }
  desk_.Change({.actor = call.actor.name,
                .request_id = text::AsciiLower(request.request_id()),
                .what = PolicyChange{*rules}},
               *etag, call.deadline, [this, rules = *rules, done = std::move(done)](auto outcome) {
                 if (!outcome.ok()) return done(outcome.status());
                 const auto policy = store_.PolicyOf(outcome->version);
                 if (policy == nullptr || policy->rules != rules) return done(RequestIdReused());
                 done(ToProto(*policy));
               });
}

// Glossaries
// -------------------------------------------------------------------------------------------------

absl::StatusOr<v1::Glossary> ResourceService::GetGlossary(
    const v1::GetGlossaryRequest& request) const {
  ASSIGN_OR_RETURN(const Pair pair, PairOfGlossary(request.name(), "name"));
  const auto glossary =
      request.version() == 0 ? store_.GlossaryOf(pair) : store_.GlossaryOf(pair, request.version());
  if (glossary == nullptr) return GlossaryNotFound(GlossaryName(pair), request.version());
  v1::Glossary message = HeadOf(*glossary);
  FillTerms(glossary->glossary, message);
  return message;
}

v1::ListGlossariesResponse ResourceService::ListGlossaries() const {
  v1::ListGlossariesResponse response;
  for (const auto& glossary : store_.Glossaries()) *response.add_glossaries() = HeadOf(*glossary);
  return response;
}

void ResourceService::AddOutdated(const GlossaryVersion& glossary, const Glossary& before,
                                  absl::Time until, v1::UpdateGlossaryResponse& response) const {
  ports_.translations(glossary.pair, [&](const JobId& job, std::string_view headline,
                                         const v1::Translation& translation) {
    if (ports_.now() >= until) {
      response.set_is_partial(true);
      return false;
    }
    int segments = 0;
    for (const v1::Segment& segment : translation.text().segments()) {
      if (DiffersFor(before, glossary.glossary, PlainTextOf(segment.source()))) ++segments;
    }
    if (segments == 0) return true;
    response.set_outdated_count(response.outdated_count() + 1);
    if (response.outdated_size() == kOutdatedMax) return true;
    v1::OutdatedTranslation& outdated = *response.add_outdated();
    outdated.set_job(fmt::format("jobs/{}.{}", job.article.ToString(), job.language.text()));
    outdated.set_headline(std::string(headline));
    outdated.set_segments(segments);
    return true;
  });
}

v1::UpdateGlossaryResponse ResourceService::Updated(const GlossaryVersion& glossary,
                                                    const Glossary& before,
                                                    absl::Time until) const {
  v1::UpdateGlossaryResponse response;
  *response.mutable_glossary() = HeadOf(glossary);
  const std::vector<std::string> changed = ChangedTerms(before, glossary.glossary);
  for (const std::string& term : changed) {
    if (response.changed_terms_size() == kChangedTermsMax) break;
    response.add_changed_terms(term);
  }
  if (!changed.empty()) AddOutdated(glossary, before, until, response);
  return response;
}

absl::StatusOr<v1::UpdateGlossaryResponse> ResourceService::Answer(const Pair& pair,
                                                                   std::int64_t version,
                                                                   const Glossary& sent,
                                                                   absl::Time until) const {
  const auto glossary = store_.GlossaryOf(pair, version);
  if (glossary == nullptr || glossary->glossary.terms() != sent.terms()) return RequestIdReused();
  const auto before = version > 1 ? store_.GlossaryOf(pair, version - 1) : nullptr;
  return Updated(*glossary, before == nullptr ? Glossary() : before->glossary, until);
}

void ResourceService::UpdateGlossary(const rpc::Call& call,
                                     const v1::UpdateGlossaryRequest& request,
                                     rpc::Done<v1::UpdateGlossaryResponse> done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  const auto pair = PairOfGlossary(request.glossary().name(), "glossary.name");
  if (!pair.ok()) return done(pair.status());
  auto sent = TermsOf(request.glossary());
  if (!sent.ok()) return done(sent.status());
  const auto etag = EtagOfRequest(request.glossary().etag(), "glossary.etag");
  if (!etag.ok()) return done(etag.status());
  const absl::Time until = call.deadline - kAnswerTime;
  const auto standing = store_.GlossaryOf(*pair);
  const std::int64_t version = standing == nullptr ? 0 : standing->version;
  const Glossary before = standing == nullptr ? Glossary() : standing->glossary;
  const bool is_of_standing = !*etag || **etag == version;
  if (is_of_standing && version > 0 && before.terms() == sent->terms())
    return done(Updated(*standing, before, until));
  if (request.validate_only()) {
    if (absl::Status stale = CheckEtag({ResourceName::Kind::kGlossary, *pair}, *etag, version);
        !stale.ok())
      return done(stale);
    v1::UpdateGlossaryResponse foreseen =
        Updated({*pair, version + 1, 0, call.actor.name, *std::move(sent)}, before, until);
    foreseen.mutable_glossary()->clear_update_time();
    return done(std::move(foreseen));
  }
  desk_.Change({.actor = call.actor.name,
                .request_id = text::AsciiLower(request.request_id()),
                .what = GlossaryChange{*pair, *sent}},
               *etag, call.deadline,
               [this, pair = *pair, sent = *sent, until, done = std::move(done)](auto outcome) {
                 if (!outcome.ok()) return done(outcome.status());
                 AnswerElsewhere(ports_.run, done,
                                 [this, pair, sent, until, version = outcome->version] {
                                   return Answer(pair, version, sent, until);
                                 });
               });
}

void ResourceService::OfferOn(rpc::UnaryService& service) {
  const std::vector<Role> readers = {Role::kReader, Role::kEditor, Role::kOperator};
  service.Now<v1::GetPolicyRequest, v1::Policy>(
      "GetPolicy", readers, [this](const auto& request) { return GetPolicy(request); });
  service.Later<v1::UpdatePolicyRequest, v1::Policy>(
      "UpdatePolicy", {Role::kOperator, Role::kEditor},
      [this](const rpc::Call& call, const v1::UpdatePolicyRequest& request,
             rpc::Done<v1::Policy> done) { UpdatePolicy(call, request, std::move(done)); });
  service.Later<v1::GetGlossaryRequest, v1::Glossary>(
      "GetGlossary", readers,
      [this](const rpc::Call&, const v1::GetGlossaryRequest& request,
             rpc::Done<v1::Glossary> done) {
        AnswerElsewhere(ports_.run, std::move(done),
                        [this, &request] { return GetGlossary(request); });
      });
  service.Now<v1::ListGlossariesRequest, v1::ListGlossariesResponse>(
      "ListGlossaries", readers, [this](const auto&) { return ListGlossaries(); });
  service.Later<v1::UpdateGlossaryRequest, v1::UpdateGlossaryResponse>(
      "UpdateGlossary", {Role::kEditor},
      [this](const rpc::Call& call, const v1::UpdateGlossaryRequest& request,
             const rpc::Done<v1::UpdateGlossaryResponse>& done) {
        // The request lives until it is answered.
        const absl::Status taken =
            ports_.run([this, call, &request, done] { UpdateGlossary(call, request, done); });
        if (!taken.ok()) done(taken);
      });
}

}  // namespace telex::translation
