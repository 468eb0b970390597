#pragma once

namespace relu0 {

/// Makes LibTorch and BLAS compute with one thread on the calling thread. The program runs draws side by side
/// instead: a draw's bits then cannot depend on how many threads there are.
void compute_with_one_thread();

}  // namespace relu0
