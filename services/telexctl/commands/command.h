// The commands, a file each: every one declares its flags and leaves a function behind; parsing
// chooses one, and the program runs it.
#pragma once

#include "telexctl/command_line.h"

namespace telex::cli {

void AddImport(Command& program);
void AddArticles(Command& program);
void AddSources(Command& program);
void AddFeeds(Command& program);
void AddViews(Command& program);
void AddTranslations(Command& program);
void AddTopics(Command& program);
void AddStatus(Command& program);

}  // namespace telex::cli
