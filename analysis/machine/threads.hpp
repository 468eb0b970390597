#pragma once

namespace relu0 {

/// Makes LibTorch and BLAS compute with one thread on the calling thread. The program runs draws side by side
/// instead: a draw's bits then cannot depend on how many threads there are. After compute_draws_with() it is
/// as many as that says.
void compute_with_one_thread();

/// For a process that measures what the number of threads does: from now on compute_with_one_thread() makes
/// them so many, at least 1. To be called before the first draw.
void compute_draws_with(int threads);

/// How many threads LibTorch computes with for the calling thread.
int computing_threads();

/// Makes LibTorch and BLAS compute with so many, at least 1, for the calling thread: for helpers of a thread
/// that computing_threads() was asked on, whose bits may depend on that number.
void compute_with(int threads);

/// While it lives, LibTorch and BLAS compute with so many threads for the calling thread; LibTorch has as
/// many as before afterwards, and BLAS as many as LibTorch.
class ComputingThreads {
 public:
  explicit ComputingThreads(int threads);
  ~ComputingThreads();
  ComputingThreads(const ComputingThreads&) = delete;
  ComputingThreads& operator=(const ComputingThreads&) = delete;
  ComputingThreads(ComputingThreads&&) = delete;
  ComputingThreads& operator=(ComputingThreads&&) = delete;

 private:
  int before_;
};

}  // namespace relu0
