#pragma once
#include <cstdint>
#include <functional>

namespace relu0::reference {

/// Runs body(first, last) over contiguous ranges of at most `grain` that cover [0, count), on `threads`
/// threads. Every range is taken exactly once; which thread takes it is open, so bodies must not depend on
/// one another. Of the exceptions thrown, that of the first range is thrown here after all threads have
/// ended; throws InputError for fewer than one thread. Returns whether every MPFR operation that the bodies
/// made was exact (MPFR's inexact flag, cleared before and left as found).
bool parallel_for(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body);

}  // namespace relu0::reference
