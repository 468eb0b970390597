#include "analysis/machine/threads.hpp"

#include "analysis/machine/blas.hpp"

#include <atomic>

#include <ATen/Parallel.h>

namespace relu0 {

namespace {

std::atomic<int> threads_of_draw = 1;

}  // namespace

int computing_threads() { return at::get_num_threads(); }

void compute_with(int threads) {
  at::set_num_threads(threads);
  set_blas_threads(threads);
}

void compute_with_one_thread() { compute_with(threads_of_draw); }

void compute_draws_with(int threads) { threads_of_draw = threads; }

ComputingThreads::ComputingThreads(int threads) : before_(at::get_num_threads()) { compute_with(threads); }

ComputingThreads::~ComputingThreads() { compute_with(before_); }

}  // namespace relu0
