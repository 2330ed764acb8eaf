#pragma once

#include "ingestion/formats/input_format.h"

namespace telex::ingestion {

// text/plain: a newsroom's web page as a person copies it out of a browser, furniture and all. The
// headline, section, date, byline and body are told apart from menus, share lines, licence and
// teasers (see formats/page/README.md). One document is one story. Time is linear in the size of
// the document; any thread may call.
const InputFormat& PageTextFormat();

}  // namespace telex::ingestion
