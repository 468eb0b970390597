#include "reference/arithmetic/mpfr_library.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <mpfr.h>

namespace relu0::reference {

MpfrLibrary mpfr_library() {
  return {.version = mpfr_get_version(), .thread_safe = mpfr_buildopt_tls_p() != 0};
}

void require_thread_safe_mpfr() {
  if (const MpfrLibrary library = mpfr_library(); !library.thread_safe) {
    throw std::runtime_error(fmt::format(
        "MPFR {} was built without thread-local storage, so that threads would disturb one another's "
        "numbers; use an MPFR configured with --enable-thread-safe, as Debian's is",
        library.version));
  }
}

}  // namespace relu0::reference
