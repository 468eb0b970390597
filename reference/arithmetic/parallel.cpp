#include "reference/arithmetic/parallel.hpp"

#include "fixtures/parallel.hpp"

#include <algorithm>
#include <atomic>

#include <mpfr.h>

namespace relu0::reference {

namespace {

/// MPFR keeps constants for each thread, which it does not free by itself.
struct CachesOfThread {
  CachesOfThread() = default;
  ~CachesOfThread() { mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE); }
  CachesOfThread(const CachesOfThread&) = delete;
  CachesOfThread& operator=(const CachesOfThread&) = delete;
};

/// Clears this thread's inexact flag, and leaves all of its flags as they were found.
class InexactFlag {
 public:
  InexactFlag() : found_(mpfr_flags_save()) { mpfr_clear_inexflag(); }
  ~InexactFlag() { mpfr_flags_restore(found_, MPFR_FLAGS_ALL); }
  InexactFlag(const InexactFlag&) = delete;
  InexactFlag& operator=(const InexactFlag&) = delete;
  [[nodiscard]] bool raised() const { return mpfr_inexflag_p() != 0; }

 private:
  mpfr_flags_t found_;
};

}  // namespace

bool parallel_for(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  const std::int64_t ranges = (count + grain - 1) / grain;
  std::atomic<bool> exact{true};
  for_each_index(ranges, threads, [&](std::int64_t range) {
    const thread_local CachesOfThread caches;
    const InexactFlag inexact;
    body(range * grain, std::min(count, (range + 1) * grain));
    if (inexact.raised()) {
      exact = false;
    }
  });
  return exact;
}

}  // namespace relu0::reference
