# What nearly every file includes is compiled once: without this a file costs about two seconds more.
# A file still includes what it uses: `make lint` reads them without.
function(telex_precompile name)
  cmake_parse_arguments(CARRIER "" "" "HEADERS;DEPS" ${ARGN})
  file(CONFIGURE OUTPUT ${name}.cc CONTENT "// Carries the precompiled headers.\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE ${CARRIER_DEPS} telex_options)
  target_precompile_headers(${name} PRIVATE ${CARRIER_HEADERS})
endfunction()

# ccache tells a file that uses a precompiled header by that header, given -fpch-preprocess; the header
# itself is made without, or an older one beside it would count for what it is made of.
function(telex_use_precompiled name carrier)
  target_precompile_headers(${name} REUSE_FROM ${carrier})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess)
  endif()
endfunction()

set(TELEX_COMMON_HEADERS
    <absl/status/status.h> <absl/status/statusor.h> <absl/time/clock.h> <absl/time/time.h>
    <fmt/format.h> <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <deque>
    <functional> <map> <memory> <mutex> <optional> <set> <span> <stop_token> <string> <string_view>
    <thread> <unordered_map> <utility> <variant> <vector>)
telex_precompile(telex_precompiled HEADERS ${TELEX_COMMON_HEADERS})
# For rooms in which many files write JSON.
telex_precompile(telex_precompiled_json HEADERS ${TELEX_COMMON_HEADERS} <nlohmann/json.hpp>)
if(TELEX_BUILD_TESTS)
  telex_precompile(telex_precompiled_tests DEPS GTest::gmock
    HEADERS ${TELEX_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
endif()

# telex_room(<name> SOURCES ... DEPS ... [PRECOMPILED telex_precompiled_json]): one room of the house as a static library `telex_<name>`.
# What is not in DEPS is not linked, so a room cannot use what it does not name. A room without
# SOURCES is headers only.
function(telex_room name)
  cmake_parse_arguments(ROOM "" "PRECOMPILED" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ROOM_SOURCES)
    add_library(telex_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(telex_${name} PUBLIC ${PROJECT_SOURCE_DIR}/services)
    target_link_libraries(telex_${name} PUBLIC ${ROOM_DEPS} PRIVATE ${ROOM_PRIVATE_DEPS} telex_options)
    if(NOT ROOM_PRECOMPILED)
      set(ROOM_PRECOMPILED telex_precompiled)
    endif()
    telex_use_precompiled(telex_${name} ${ROOM_PRECOMPILED})
  else()
    add_library(telex_${name} INTERFACE)
    target_include_directories(telex_${name} INTERFACE ${PROJECT_SOURCE_DIR}/services)
    target_link_libraries(telex_${name} INTERFACE ${ROOM_DEPS})
  endif()
endfunction()

# telex_program(<name> SOURCES ... DEPS ...): a program, placed in <build>/bin; TELEX_VERSION is the
# project's.
function(telex_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_DEPS} telex_options)
  target_compile_definitions(${name} PRIVATE TELEX_VERSION="${PROJECT_VERSION}")
  telex_use_precompiled(${name} telex_precompiled)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# telex_test(<name> LABEL unit|simulation|component SOURCES ... DEPS ...): a GoogleTest program; ctest
# runs it as one test named <name>. Its working directory is the checkout.
function(telex_test name)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT_SECONDS" "SOURCES;DEPS" ${ARGN})
  if(NOT TEST_TIMEOUT_SECONDS)
    set(TEST_TIMEOUT_SECONDS 120)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${TEST_DEPS} GTest::gmock GTest::gtest_main telex_options)
  telex_use_precompiled(${name} telex_precompiled_tests)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT_SECONDS})
endfunction()
