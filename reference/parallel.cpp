#include "reference/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <mpfr.h>

namespace relu0::reference {

bool parallel_for(int threads, std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& body) {
  const std::int64_t ranges = (count + grain - 1) / grain;
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> exact{true};
  std::exception_ptr failure;
  std::mutex failure_mutex;

  // MPFR's flags belong to each thread.
  const auto work = [&] {
    const auto flags = mpfr_flags_save();
    mpfr_clear_inexflag();
    try {
      for (std::int64_t range = next++; range < ranges; range = next++) {
        body(range * grain, std::min(count, (range + 1) * grain));
      }
    } catch (...) {
      const std::lock_guard lock{failure_mutex};
      if (!failure) {
        failure = std::current_exception();
      }
      next = ranges;
    }
    if (mpfr_inexflag_p() != 0) {
      exact = false;
    }
    mpfr_flags_restore(flags, MPFR_FLAGS_ALL);
  };

  {
    std::vector<std::jthread> helpers;
    const auto wanted = std::min<std::int64_t>(threads, ranges);
    for (std::int64_t i = 1; i < wanted; ++i) {
      helpers.emplace_back([&work] {
        work();
        mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
      });
    }
    work();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  return exact;
}

}  // namespace relu0::reference
