// What beacons are answered. All answers are for any page: none carries anything of the reader's.
#pragma once

#include <absl/status/status.h>

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "platform/http/message.h"
#include "views/adapters/view_intake.h"

namespace telex::views {

// problem+json, as http::ProblemOf. `more` are further headers.
http::Response RefusalAnswer(const absl::Status& error,
                             std::initializer_list<http::Header> more = {});

// 204, with the filter in Telex-Filter where there is one.
std::shared_ptr<const http::Response> TakenAnswer(Filter filter);

// 200 with a transparent pixel; for a refusal its status, and its reason and field in headers: an
// image is all that who asks for one can show.
std::shared_ptr<const http::Response> GifAnswer(Filter filter);
http::Response GifRefusal(const absl::Status& error);

// 200: of each view, in order, whether it is on record; 503 where one has to be sent again (a
// repeated one is known by its id).
http::Response BatchAnswer(std::span<const TakenView> views);

// To OPTIONS: any page may ask, without credentials.
std::shared_ptr<const http::Response> PreflightAnswer();

// telex.js, without its comments; 304 where the request has it.
http::Response ScriptAnswer(const http::Request& request);

}  // namespace telex::views
