#pragma once

// Accept (RFC 9110, 12.5.1): which form of a resource a client gets. Pure, any thread.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace telex::http {

// The place in `offered` of the form that the value of Accept takes best. Of each form the most
// specific range that fits speaks (`text/csv;header=present`, `text/csv`, `text/*`, `*/*`): its q,
// 0 rules it out. The greatest q wins; among equals what is named more exactly, then what is
// offered first. nullopt: nothing fits (406).
//
// `offered` are media types with their parameters; a range whose parameters are not among them does
// not fit. No header, an empty one, or one in which no range can be read, takes the first. Elements
// that cannot be read are passed over; `*` is `*/*`.
std::optional<std::size_t> NegotiateMediaType(std::optional<std::string_view> accept,
                                              std::span<const std::string_view> offered);

}  // namespace telex::http
