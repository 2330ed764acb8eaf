#pragma once

#include "feeds/domain/feed_key.h"

namespace telex::feeds {

inline const FeedKey kAllEn{"", "en"};
inline const FeedKey kWorldEn{"world", "en"};

}  // namespace telex::feeds
