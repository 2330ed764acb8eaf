# telex_embed(<variable> <symbol> <file>): adds to <variable> a generated source that defines
#   extern const std::string_view telex::views::<symbol>
# as the bytes of <file>, which must not hold ")telex\"". Made again when the file changes.
function(telex_embed variable symbol file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cc)
  file(READ ${file} text)
  file(WRITE ${source}.new
    "#include <string_view>\nnamespace telex::views {\nextern const std::string_view ${symbol};\n"
    "const std::string_view ${symbol} = R\"telex(" "${text}" ")telex\";\n}\n")
  configure_file(${source}.new ${source} COPYONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  set(${variable} ${${variable}} ${source} PARENT_SCOPE)
endfunction()
