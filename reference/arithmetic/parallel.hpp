#pragma once
#include <cstdint>
#include <functional>

namespace relu0::reference {

/// Runs body(first, last) over contiguous ranges of at most `grain` that cover [0, count), on up to `threads`
/// threads, including the caller's. Every range is taken exactly once; any thread may take it, so bodies must
/// not depend on one another. Returns whether every MPFR operation that the bodies made was exact: MPFR's
/// inexact flag is cleared before, and left as it was found.
///
/// Throws InputError for fewer than one thread. When bodies throw, all threads are waited for, and the
/// exception of the range that stands first is thrown.
bool parallel_for(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body);

}  // namespace relu0::reference
