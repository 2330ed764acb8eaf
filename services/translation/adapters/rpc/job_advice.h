#pragma once

#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/store/translation_store.h"
#include "translation/adapters/text/job_text.h"

namespace telex::translation {

// A job's text as people are shown it: with what was said of the job last, the terms of the
// glossary, and for what is to be translated what engines have made of it and what the memory has.
// Thread-safe; reads the local store.
v1::JobText AdvisedText(const TranslationStore& store, const JobText& text);

}  // namespace telex::translation
