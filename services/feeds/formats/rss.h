#pragma once

#include "feeds/formats/format.h"

namespace telex::feeds {

// RSS 2.0 (rssboard.org) with the content, dc, dcterms, atom and media modules.
const FeedFormat& Rss();

}  // namespace telex::feeds
