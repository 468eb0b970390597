#pragma once

namespace relu0 {

/// Makes LibTorch and BLAS compute with one thread on the calling thread. The program runs draws side by side
/// instead: a draw's bits then cannot depend on how many threads there are.
void compute_with_one_thread();

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
