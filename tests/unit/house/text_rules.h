#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace telex::house {

// Notes to oneself, calques, and paths of one machine; one line a fault: "path:line: what".
std::vector<std::string> CheckWords(std::string_view path, std::string_view text);

// Reads of the wall clock in C++, one line a place.
std::vector<std::string> WallClocksIn(std::string_view path, std::string_view text);

// Words of the newsroom in C++, its comments aside, one line a place: platform serves any service.
std::vector<std::string> NewsroomWordsIn(std::string_view path, std::string_view text);

inline constexpr std::size_t kFileLinesMax = 500;

// How many lines a text has beyond kFileLinesMax; 0 when it is short enough.
std::size_t LinesTooMany(std::string_view text);

inline constexpr std::size_t kFunctionLinesMax = 70;

// The functions of a C++ text as clang-format leaves it that are longer than kFunctionLinesMax,
// with their braces and signature: "path:line: how long". Of namespaces and of classes that stand
// in them.
std::vector<std::string> LongFunctionsIn(std::string_view path, std::string_view text);

}  // namespace telex::house
