// The groups that `telexctl translations` is made of.
#pragma once

#include "telexctl/command_line.h"

namespace telex::cli {

void AddTranslationSteering(Command& translations);   // request, cancel, replay, pause, resume
void AddTranslationClaims(Command& translations);     // claim, export, release, extend, fail
void AddTranslationFiles(Command& translations);      // check, complete, review, edit
void AddTranslationReading(Command& translations);    // get, list
void AddTranslationResources(Command& translations);  // policy, glossary, memory, backfill

}  // namespace telex::cli
