# telex_room(<name> SOURCES ... DEPS ...): one room of the house as a static library `telex_<name>`.
# What is not in DEPS is not linked, so a room cannot use what it does not name. A room without
# SOURCES is headers only.
function(telex_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ROOM_SOURCES)
    add_library(telex_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(telex_${name} PUBLIC ${PROJECT_SOURCE_DIR}/services)
    target_link_libraries(telex_${name} PUBLIC ${ROOM_DEPS} PRIVATE ${ROOM_PRIVATE_DEPS} telex_options)
  else()
    add_library(telex_${name} INTERFACE)
    target_include_directories(telex_${name} INTERFACE ${PROJECT_SOURCE_DIR}/services)
    target_link_libraries(telex_${name} INTERFACE ${ROOM_DEPS})
  endif()
endfunction()

# telex_program(<name> SOURCES ... DEPS ...): a program, placed in <build>/bin.
function(telex_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_DEPS} telex_options)
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
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT_SECONDS})
endfunction()
