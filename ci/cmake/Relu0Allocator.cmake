# relu0_use_fast_allocator(<executable>): gives an executable the allocator tcmalloc (Debian: libtcmalloc-minimal4), where
# it is installed. LibTorch frees a tensor after each operation; the C library's allocator returns those of more than
# 32 MiB to the system each time, and the kernel clears their pages again for the next. tcmalloc keeps them. Results
# are the same bits. Libraries stay as they are: which allocator a program uses is for the program to say.
option(RELU0_TCMALLOC "Link the executable with tcmalloc, where it is installed" ON)
# The package of the library alone has no link of the name that a linker looks for.
find_library(RELU0_TCMALLOC_LIBRARY NAMES tcmalloc_minimal libtcmalloc_minimal.so.4)
mark_as_advanced(RELU0_TCMALLOC_LIBRARY)

if(NOT RELU0_TCMALLOC)
  set(relu0_allocator "the C library's, because RELU0_TCMALLOC is off")
elseif(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
  # The address sanitizer has an allocator of its own, which finds what it looks for.
  set(relu0_allocator "the sanitizer's")
elseif(NOT RELU0_TCMALLOC_LIBRARY)
  set(relu0_allocator "the C library's, which is slower: tcmalloc isn't installed (Debian: libtcmalloc-minimal4)")
else()
  set(relu0_allocator "tcmalloc: ${RELU0_TCMALLOC_LIBRARY}")
  set(relu0_allocator_is_tcmalloc YES)
endif()
message(STATUS "Allocator of the executable: ${relu0_allocator}")

function(relu0_use_fast_allocator executable)
  if(relu0_allocator_is_tcmalloc)
    # Nothing calls it by name, which linkers with --as-needed take for unused.
    target_link_libraries(${executable} PRIVATE -Wl,--push-state,--no-as-needed "${RELU0_TCMALLOC_LIBRARY}"
                                                -Wl,--pop-state)
  endif()
endfunction()
