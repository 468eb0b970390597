#pragma once
#include <string>

namespace relu0::reference {

/// The MPFR that this program runs with, which need not be the one it was compiled against.
struct MpfrLibrary {
  std::string version;  ///< "4.2.0"
  /// MPFR keeps its exponent range, flags and cache of constants for each thread apart
  /// (mpfr_buildopt_tls_p()).
  bool thread_safe = false;
};

MpfrLibrary mpfr_library();

/// The reference computes on several threads. Throws std::runtime_error where MPFR was built without
/// thread-local storage: its threads would then write into one another's state, and a wrong bound would look
/// like any other. Computing on one thread instead would only hide it from whoever calls the library from
/// threads of their own.
void require_thread_safe_mpfr();

}  // namespace relu0::reference
