# Run by `cmake --install` for each library: installs relu0_headers (paths relative to relu0_source_dir) below
# relu0_include_dir. In the tree headers include one another from its root ("fixtures/error.hpp"); installed they do so
# from the users' include path (<relu0/fixtures/error.hpp>), which then holds nothing but relu0/. The header that has a
# folder's name is that folder's face: reference/reference.hpp becomes relu0/reference.hpp. So does relu0_face, where it
# is set: analysis/autograd/torch.hpp becomes relu0/torch.hpp.
foreach(header IN LISTS relu0_headers)
  file(READ "${relu0_source_dir}/${header}" text)
  string(REGEX REPLACE "#include \"((fixtures|reference|analysis|reports)/[^\"]+)\"" "#include <relu0/\\1>" text "${text}")
  set(installed "relu0/${header}")
  if(header MATCHES "^([a-z]+)/([a-z]+)[.]hpp$" AND CMAKE_MATCH_1 STREQUAL CMAKE_MATCH_2)
    set(installed "relu0/${CMAKE_MATCH_1}.hpp")
  elseif(header STREQUAL relu0_face)
    cmake_path(GET header FILENAME face)
    set(installed "relu0/${face}")
  endif()
  set(staged "${relu0_staging_dir}/${installed}")
  set(before "")
  if(EXISTS "${staged}")
    file(READ "${staged}" before)
  endif()
  # The time of a header that did not change stays, so that what includes it is not compiled again.
  if(NOT before STREQUAL text)
    file(WRITE "${staged}" "${text}")
  endif()
  cmake_path(GET installed PARENT_PATH folder)
  file(INSTALL DESTINATION "${relu0_include_dir}/${folder}" TYPE FILE FILES "${staged}")
endforeach()
