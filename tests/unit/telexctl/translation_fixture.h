// The program against a translation service on loopback, which answers what a test has laid out and
// keeps what it was asked.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "telex/translation/v1/translation_service.grpc.pb.h"
#include "telexctl/translation_api.h"
#include "tests/unit/telexctl/program_fixture.h"

namespace telex::cli {

inline const std::string kJob = std::string("jobs/") + kStory + ".ru";
inline const std::string kShortJob = std::string(kStory) + ".ru";

class Translating final : public jobs::TranslationService::Service {
 public:
  jobs::Job job;
  jobs::JobText text;
  std::vector<jobs::Job> listed;
  jobs::QueueStats stats;
  jobs::Translation translation;
  std::vector<jobs::Finding> findings;
  jobs::CompleteJobResponse completed;
  absl::Status refusal;  // of completions
  absl::Status claim_refusal;
  int watches_cut = 0;  // watches that end after their first answer
  std::string tmx;

  std::map<std::string, std::string> asked;  // the last request of each method, as text
  jobs::ClaimJobsRequest claim;
  std::vector<jobs::CompleteJobRequest> completions;
  jobs::ReviewTranslationRequest review;
  std::vector<jobs::ListJobsRequest> lists;
  std::string imported;

  using Context = grpc::ServerContext;
  template <typename Request, typename Answer>
  grpc::Status Keep(const char* method, const Request& request, const Answer& known,
                    Answer* answer) {
    asked[method] = request.ShortDebugString();
    *answer = known;
    return grpc::Status::OK;
  }

  grpc::Status RequestTranslation(Context*, const jobs::RequestTranslationRequest* request,
                                  jobs::Job* answer) override {
    return Keep("RequestTranslation", *request, job, answer);
  }
  grpc::Status CancelJob(Context*, const jobs::CancelJobRequest* request,
                         jobs::Job* answer) override {
    return Keep("CancelJob", *request, job, answer);
  }
  grpc::Status ReplayJob(Context*, const jobs::ReplayJobRequest* request,
                         jobs::Job* answer) override {
    return Keep("ReplayJob", *request, job, answer);
  }
  grpc::Status ClaimJobs(Context*, const jobs::ClaimJobsRequest* request,
                         jobs::ClaimJobsResponse* answer) override {
    claim = *request;
    if (!claim_refusal.ok()) return rpc::ToGrpc(claim_refusal);
    for (const jobs::Job& one : listed) {
      jobs::Job& claimed = *answer->add_jobs();
      claimed = one;
      claimed.set_state(jobs::JOB_STATE_CLAIMED);
      claimed.set_holder("anna");
      claimed.set_token(77);
      if (!request->without_text()) *claimed.mutable_text() = text;
    }
    return grpc::Status::OK;
  }
  grpc::Status ExtendLease(Context*, const jobs::ExtendLeaseRequest* request,
                           jobs::Job* answer) override {
    return Keep("ExtendLease", *request, job, answer);
  }
  grpc::Status CompleteJob(Context*, const jobs::CompleteJobRequest* request,
                           jobs::CompleteJobResponse* answer) override {
    completions.push_back(*request);
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = completed;
    return grpc::Status::OK;
  }
  grpc::Status ReleaseJob(Context*, const jobs::ReleaseJobRequest* request,
                          jobs::Job* answer) override {
    return Keep("ReleaseJob", *request, job, answer);
  }
  grpc::Status FailJob(Context*, const jobs::FailJobRequest* request, jobs::Job* answer) override {
    return Keep("FailJob", *request, job, answer);
  }
  grpc::Status ReviewTranslation(Context*, const jobs::ReviewTranslationRequest* request,
                                 jobs::Job* answer) override {
    review = *request;
    *answer = job;
    return grpc::Status::OK;
  }
  grpc::Status GetJob(Context*, const jobs::GetJobRequest* request, jobs::Job* answer) override {
    return Keep("GetJob", *request, job, answer);
  }
  grpc::Status GetJobText(Context*, const jobs::GetJobTextRequest* request,
                          jobs::JobText* answer) override {
    return Keep("GetJobText", *request, text, answer);
  }
  // A job a page.
  grpc::Status ListJobs(Context*, const jobs::ListJobsRequest* request,
                        jobs::ListJobsResponse* answer) override {
    lists.push_back(*request);
    const std::size_t at = request->page_token().size();
    if (at < listed.size()) *answer->add_jobs() = listed[at];
    if (at + 1 < listed.size()) answer->set_next_page_token(request->page_token() + "n");
    return grpc::Status::OK;
  }
  grpc::Status CheckSegments(Context*, const jobs::CheckSegmentsRequest* request,
                             jobs::CheckSegmentsResponse* answer) override {
    asked["CheckSegments"] = request->ShortDebugString();
    for (const jobs::Finding& finding : findings) *answer->add_findings() = finding;
    return grpc::Status::OK;
  }
  grpc::Status GetQueueStats(Context*, const jobs::GetQueueStatsRequest* request,
                             jobs::QueueStats* answer) override {
    return Keep("GetQueueStats", *request, stats, answer);
  }
  grpc::Status WatchQueue(Context*, const jobs::GetQueueStatsRequest*,
                          grpc::ServerWriter<jobs::QueueStats>* writer) override {
    writer->Write(stats);
    if (watches_cut-- > 0)
      return rpc::ToGrpc(errors::Error(absl::StatusCode::kUnavailable, errors::kStopping, "stops"));
    return grpc::Status::OK;
  }
  grpc::Status PausePair(Context*, const jobs::PausePairRequest* request,
                         jobs::PairStats* answer) override {
    asked["PausePair"] = request->ShortDebugString();
    answer->set_from(request->from());
    answer->set_to(request->to());
    answer->set_paused(true);
    return grpc::Status::OK;
  }
  grpc::Status ResumePair(Context*, const jobs::ResumePairRequest* request,
                          jobs::PairStats* answer) override {
    asked["ResumePair"] = request->ShortDebugString();
    answer->set_from(request->from());
    answer->set_to(request->to());
    return grpc::Status::OK;
  }
  grpc::Status GetTranslation(Context*, const jobs::GetTranslationRequest* request,
                              jobs::Translation* answer) override {
    return Keep("GetTranslation", *request, translation, answer);
  }
  grpc::Status ListTranslations(Context*, const jobs::ListTranslationsRequest* request,
                                jobs::ListTranslationsResponse* answer) override {
    asked["ListTranslations"] = request->ShortDebugString();
    *answer->add_translations() = translation;
    return grpc::Status::OK;
  }
  grpc::Status StartBackfill(Context*, const jobs::StartBackfillRequest* request,
                             jobs::Backfill* answer) override {
    asked["StartBackfill"] = request->ShortDebugString();
    answer->set_from(request->from());
    answer->set_to(request->to());
    answer->set_stories(12);
    answer->set_characters(34'000);
    if (!request->validate_only()) answer->set_id(7);
    return grpc::Status::OK;
  }
  grpc::Status SearchMemory(Context*, const jobs::SearchMemoryRequest* request,
                            jobs::SearchMemoryResponse* answer) override {
    asked["SearchMemory"] = request->ShortDebugString();
    answer->add_suggestions()->set_score(92);
    return grpc::Status::OK;
  }
  grpc::Status ExportMemory(Context*, const jobs::ExportMemoryRequest*,
                            grpc::ServerWriter<jobs::FilePart>* writer) override {
    for (const char c : tmx) {
      jobs::FilePart part;
      part.set_data(std::string(1, c));
      writer->Write(part);
    }
    return grpc::Status::OK;
  }
  grpc::Status ImportMemory(Context*, grpc::ServerReader<jobs::ImportMemoryRequest>* reader,
                            jobs::ImportMemoryResponse* answer) override {
    jobs::ImportMemoryRequest request;
    while (reader->Read(&request)) {
      if (!request.from().empty()) asked["ImportMemory"] = request.from() + ">" + request.to();
      imported += request.data();
    }
    answer->set_units(3);
    return grpc::Status::OK;
  }
};

class TranslationTest : public ProgramTest {
 protected:
  TranslationTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&desk_);
    desk_server_ = builder.BuildAndStart();
    environment_["TELEX_TRANSLATION_ADDRESS"] = "127.0.0.1:" + std::to_string(port);
    desk_.job = Job();
    desk_.text = Text();
  }
  ~TranslationTest() override { desk_server_->Shutdown(); }

  int Ask(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "translations");
    return Telexctl(std::move(arguments));
  }

  static jobs::Job Job() {
    jobs::Job job;
    job.set_name(kJob);
    job.set_article(std::string("articles/") + kStory);
    job.set_language("ru");
    job.set_from("en");
    job.set_version(3);
    job.set_state(jobs::JOB_STATE_OPEN);
    job.set_worker(jobs::WORKER_PERSON);
    job.set_workflow(jobs::WORKFLOW_PERSON);
    job.set_urgency(4);
    job.set_headline("Prices rise");
    return job;
  }
  static jobs::JobText Text() {
    jobs::JobText text;
    text.set_job(kJob);
    text.set_version(3);
    text.set_from("en");
    text.set_language("ru");
    const auto add = [&](const char* place, const char* source, const char* target,
                         jobs::JobSegment::State state) {
      jobs::JobSegment& segment = *text.add_segments();
      segment.set_place(place);
      segment.set_source(source);
      segment.set_target(target);
      segment.set_state(state);
    };
    add("headline", "Prices rise", "Цены растут", jobs::JobSegment::STATE_UNCHANGED);
    add("body.p1.s1", "It was <1>12</1> per cent.", "", jobs::JobSegment::STATE_NEW);
    return text;
  }

  std::string PathOf(const std::string& name) const { return folder_.path() + "/" + name; }
  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  // Claims the job into a file, and translates its second segment.
  std::string TranslatedFile(const std::string& target) {
    const std::string path = PathOf("story.txt");
    desk_.listed = {Job()};
    EXPECT_EQ(Ask({"claim", kStory, "ru", "--out", path.c_str()}), 0) << err_.str();
    std::ofstream(path, std::ios::app) << target << "\n";
    desk_.job.set_state(jobs::JOB_STATE_CLAIMED);
    desk_.job.set_token(77);
    return path;
  }
  static jobs::Finding NumbersDiffer() {
    jobs::Finding finding;
    finding.set_reason("NUMBERS_DIFFER");
    finding.set_place("body.p1.s1");
    finding.set_in_source(true);
    finding.set_begin(10);
    finding.set_end(12);
    finding.set_message("12 is not in the translation");
    return finding;
  }

  Translating desk_;
  std::unique_ptr<grpc::Server> desk_server_;
};

}  // namespace telex::cli
