#include "translation/adapters/rpc/memory_service.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "news/article_name.h"
#include "news/blank.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/desk/job_answers.h"
#include "translation/domain/tagged_text.h"
#include "translation/formats/tmx.h"

namespace telex::translation {
namespace {

using rpc::Role;

// An export that is under way: its entries once they are copied, then its bytes in parts.
class Export {
 public:
  explicit Export(Pair pair) : pair_(std::move(pair)) {}

  void Fill(std::vector<MemoryEntry> entries) {
    entries_ = std::move(entries);
    bytes_ = TmxHead({pair_.from, pair_.to});
    is_ready_ = true;
  }

  // Nothing: not ready, or at its end.
  std::optional<v1::FilePart> Next() {
    if (!is_ready_) return std::nullopt;
    while (bytes_.size() < MemoryService::kPartBytesMax && next_ <= entries_.size()) {
      if (next_ == entries_.size()) {
        bytes_ += kTmxTail;
      } else {
        bytes_ += TmxUnitOf(std::exchange(entries_[next_], {}));
      }
      ++next_;
    }
    if (bytes_.empty()) return std::nullopt;
    v1::FilePart part;
    part.set_data(bytes_.substr(0, MemoryService::kPartBytesMax));
    bytes_.erase(0, part.data().size());
    return part;
  }
  bool IsOver() const { return is_ready_ && next_ > entries_.size() && bytes_.empty(); }

 private:
  const Pair pair_;
  std::vector<MemoryEntry> entries_;
  std::size_t next_ = 0;  // one beyond them: the tail
  std::string bytes_;
  std::atomic<bool> is_ready_{false};
};

absl::Status CheckSearch(const v1::SearchMemoryRequest& request) {
  absl::Status faults;
  if (news::IsBlank(PlainTextOf(request.text()))) {
    faults =
        errors::WithField(std::move(faults), "text", errors::kFieldRequired, "what is to be found");
  } else if (request.text().size() > kMemoryTextBytesMax) {
    faults = errors::WithField(std::move(faults), "text", errors::kFieldTooLong,
                               fmt::format("at most {} bytes", kMemoryTextBytesMax));
  } else if (const auto pieces = ParseTagged(request.text()); !pieces.ok()) {
    faults = errors::WithField(std::move(faults), "text", errors::kFieldInvalid,
                               std::string(pieces.status().message()));
  }
  if (request.score_min() < 0 || request.score_min() > 100) {
    faults = errors::WithField(std::move(faults), "score_min", errors::kFieldInvalid,
                               "1 to 100, or 0: 70");
  }
  if (request.count() < 0 || request.count() > MemoryService::kCountMax) {
    faults = errors::WithField(std::move(faults), "count", errors::kFieldInvalid,
                               fmt::format("1 to {}, or 0: 5", MemoryService::kCountMax));
  }
  return faults;
}

}  // namespace

v1::Suggestion SuggestionOf(const MemoryMatch& match) {
  v1::Suggestion suggestion;
  suggestion.set_source(match.entry.source);
  suggestion.set_target(match.entry.target);
  suggestion.set_score(match.score);
  suggestion.set_person(match.entry.rank == MemoryRank::kPerson);
  if (match.entry.article != news::ArticleId{})
    suggestion.set_article(news::NameOf(match.entry.article));
  return suggestion;
}

absl::StatusOr<v1::SearchMemoryResponse> MemoryService::SearchMemory(
    const v1::SearchMemoryRequest& request) const {
  ASSIGN_OR_RETURN(const Pair pair, ParsePair(request.from(), request.to()));
  RETURN_IF_ERROR(CheckSearch(request));
  const int score_min = request.score_min() == 0 ? kScoreDefault : request.score_min();
  const int count = request.count() == 0 ? kCountDefault : request.count();
  const auto tags = request.without_tags() ? TranslationMemory::Tags::kIgnored
                                           : TranslationMemory::Tags::kCompared;
  v1::SearchMemoryResponse response;
  for (const MemoryMatch& match :
       memory_.Similar(pair, request.text(), score_min, static_cast<std::size_t>(count), tags))
    *response.add_suggestions() = SuggestionOf(match);
  return response;
}

absl::StatusOr<rpc::Next<v1::FilePart>> MemoryService::ExportMemory(
    const v1::ExportMemoryRequest& request, std::shared_ptr<rpc::ServerStream> stream) const {
  ASSIGN_OR_RETURN(const Pair pair, ParsePair(request.from(), request.to()));
  const auto under_way = std::make_shared<Export>(pair);
  RETURN_IF_ERROR(ports_.run([this, pair, under_way, stream] {
    under_way->Fill(memory_.Export(pair));
    stream->Wake();
  }));
  return [under_way, stream]() -> std::optional<v1::FilePart> {
    auto part = under_way->Next();
    if (!part && under_way->IsOver()) stream->End(absl::OkStatus());
    return part;
  };
}

std::shared_ptr<MemoryImport> MemoryService::ImportMemory(
    const rpc::Call& call, std::shared_ptr<rpc::ClientStream> stream) const {
  return std::make_shared<MemoryImport>(desk_, ports_, call.actor.name, std::move(stream));
}

void MemoryService::OfferOn(rpc::UnaryService& service) {
  const std::vector<Role> readers = {Role::kReader, Role::kEditor, Role::kOperator};
  service.Later<v1::SearchMemoryRequest, v1::SearchMemoryResponse>(
      "SearchMemory", readers,
      [this](const rpc::Call&, const v1::SearchMemoryRequest& request,
             const rpc::Done<v1::SearchMemoryResponse>& done) {
        const absl::Status taken =
            ports_.run([this, &request, done] { done(SearchMemory(request)); });
        if (!taken.ok()) done(taken);
      });
  service.Stream<v1::ExportMemoryRequest, v1::FilePart>(
      "ExportMemory", readers, kExportsMax,
      [this](const auto& request, std::shared_ptr<rpc::ServerStream> stream) {
        return ExportMemory(request, std::move(stream));
      });
  service.Upload<v1::ImportMemoryRequest, v1::ImportMemoryResponse>(
      "ImportMemory", {Role::kEditor}, kImportsMax,
      [this](const rpc::Call& call, std::shared_ptr<rpc::ClientStream> stream)
          -> absl::StatusOr<std::shared_ptr<
              rpc::StreamTaker<v1::ImportMemoryRequest, v1::ImportMemoryResponse>>> {
        return ImportMemory(call, std::move(stream));
      });
}

}  // namespace telex::translation
