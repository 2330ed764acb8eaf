#include "translation/adapters/desk/resource_desk.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <utility>

#include "platform/errors/errors.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/adapters/records/policy_codec.h"

namespace telex::translation {

absl::Status StaleEtag(std::string_view name, std::int64_t standing, std::string_view etag) {
  return errors::Error(
      absl::StatusCode::kAborted, errors::kStaleEtag,
      fmt::format("'{}' has changed since {}; read it again, look, and repeat", name,
                  etag.empty() ? "it was read" : fmt::format("the version with etag {}", etag)),
      {{"name", std::string(name)}, {"version", fmt::to_string(standing)}});
}

ResourceDesk::ResourceDesk(ResourceStore& store, std::function<std::int32_t()> partitions,
                           Append append, std::function<std::string()> new_append)
    : store_(store),
      partitions_(std::move(partitions)),
      new_append_(std::move(new_append)),
      requests_(
          {.append = std::move(append),
           .find = [&store](const kafka::Position& place) { return store.FindOutcome(place); },
           // It is told once it can be read.
           .is_readable = [](const ResourceOutcome&) { return true; }}) {
  store_.OnOutcomes([this](ResourceStore::Outcomes outcomes) { requests_.AnswersRead(outcomes); });
}

ResourceDesk::~ResourceDesk() { store_.OnOutcomes({}); }

void ResourceDesk::Take(const ResourceRecord& record, absl::Time deadline, Told told) {
  const std::int32_t partitions = partitions_();
  if (partitions == 0) return told(NotCaughtUp());
  kafka::Record written = RecordOf(record, new_append_(), partitions);
  if (absl::Status unreadable = CheckResourceRecord(written); !unreadable.ok())
    return told(unreadable);
  requests_.Request(std::move(written), runtime::Deadline::After(deadline - absl::Now()),
                    std::move(told));
}

struct ResourceDesk::Attempt {
  ResourceRecord record;
  ResourceName name;
  std::optional<std::int64_t> etag;
  absl::Time deadline;
  Told told;
  int tries = 0;

  absl::Status Stale(std::int64_t standing) const {
    return StaleEtag(NameOf(name), standing, etag ? EtagOfVersion(*etag) : "");
  }
};

void ResourceDesk::Change(ResourceRecord record, std::optional<std::int64_t> etag,
                          absl::Time deadline, Told told) {
  auto attempt = std::make_shared<Attempt>();
  attempt->name = NameOf(record);
  attempt->record = std::move(record);
  attempt->etag = etag;
  attempt->deadline = deadline;
  attempt->told = std::move(told);
  const std::int64_t standing = store_.StandingVersion(attempt->name);
  // Where this replica may be behind, or where this may be the repeat of a request that made the
  // newer version, the log says so; here only what is plain.
  if (etag && *etag < standing && attempt->record.request_id.empty())
    return attempt->told(attempt->Stale(standing));
  Try(std::move(attempt));
}

void ResourceDesk::Try(std::shared_ptr<Attempt> attempt) {
  attempt->record.replaces = attempt->etag ? *attempt->etag : store_.StandingVersion(attempt->name);
  Take(attempt->record, attempt->deadline,
       [this, attempt](absl::StatusOr<ResourceOutcome> outcome) {
         if (!outcome.ok() || outcome->granted) return attempt->told(std::move(outcome));
         if (attempt->etag || ++attempt->tries == kTriesMax)
           return attempt->told(attempt->Stale(outcome->version));
         Try(attempt);
       });
}

}  // namespace telex::translation
