// The job that the fuzzers of its files read against.
#pragma once

#include "translation/formats/job_file.h"

namespace telex::fuzz {

inline const translation::JobFile& Job() {
  static const translation::JobFile job{
      .job = "jobs/a.ru",
      .version = "articles/a@1",
      .source_language = *news::LanguageTag::Parse("en"),
      .target_language = *news::LanguageTag::Parse("ru"),
      .segments = {{.place = "headline", .source = "Prices rise", .target = "Цены растут"},
                   {.place = "body.p1.s1", .source = "It <1>rose <2>a</2></1><3/>."}}};
  return job;
}

}  // namespace telex::fuzz
