#pragma once
#include <string>

namespace relu0 {

/// The BLAS that LibTorch's matrix products run on, as found in the running process.
struct BlasInfo {
  std::string library;  ///< "OpenBLAS 0.3.21 DYNAMIC_ARCH ... SkylakeX", or what LibTorch was built with
  int threads = 0;      ///< 0 where the library does not say
  bool tuned = false;   ///< false for the slow reference BLAS
};

/// Tries a matrix product to see that LibTorch uses the BLAS that the process has, and leaves LibTorch and
/// BLAS with one thread (threads.hpp).
BlasInfo blas_info();

/// Sets the number of threads of OpenBLAS for the whole process; other libraries follow LibTorch's own
/// setting.
void set_blas_threads(int threads);

}  // namespace relu0
