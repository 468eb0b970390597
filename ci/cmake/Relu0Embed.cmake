# relu0_embed(<variable> <file>…): sets the variable to C++ initialisers {"<file's name without extension>", <its text>},
# one for each file in the order given, for a template of a source file. An edit of a file configures anew.
function(relu0_embed variable)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)
    cmake_path(GET file STEM LAST_ONLY name)
    string(APPEND entries "    {\"${name}\", R\"text(${text})text\"},\n")
  endforeach()
  set(${variable} "${entries}" PARENT_SCOPE)
endfunction()
