// Passing an error on, in one line. Both end the function that they stand in with the error.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <utility>

// An absl::Status that is not OK is returned.
#define RETURN_IF_ERROR(expression)                                                        \
  do {                                                                                     \
    if (absl::Status telex_status = (expression); !telex_status.ok()) return telex_status; \
  } while (false)

// What an absl::StatusOr holds goes to `left` (a declaration or an lvalue); its error is returned.
// Not the body of an `if` without braces.
#define ASSIGN_OR_RETURN(left, expression) \
  TELEX_ASSIGN_OR_RETURN(TELEX_JOIN(telex_status_or_, __LINE__), left, expression)

#define TELEX_JOIN_AGAIN(a, b) a##b
#define TELEX_JOIN(a, b) TELEX_JOIN_AGAIN(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): a name, and what may be a declaration
#define TELEX_ASSIGN_OR_RETURN(holder, left, expression) \
  auto holder = (expression);                            \
  if (!holder.ok()) return holder.status();              \
  left = *std::move(holder)
// NOLINTEND(bugprone-macro-parentheses)
