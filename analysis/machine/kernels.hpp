#pragma once
#include <string>
#include <vector>

namespace relu0 {

/// Which library computes a kind of operation in LibTorch on this machine's CPU.
struct KernelInUse {
  std::string operation;  ///< "convolution fp32"
  std::string library;    ///< "oneDNN"
};

/// True when LibTorch's matrix products have the bits of the process's sgemm_ and dgemm_ on operands whose
/// sums round in every element: by that it is known, not guessed, that those compute them.
bool products_run_on_process_blas();

/// For each kind of operation that relu0 uses, found by computing small ones: convolutions by the operator
/// that LibTorch hands them to, products by their bits. fp16, bf16 and tf32 are emulated in binary32, so what
/// is said about fp32 holds for them too. Computes on the calling thread, which it leaves with LibTorch's and
/// BLAS's number of threads set to one, as a measurement does: LibTorch chooses by that number too.
std::vector<KernelInUse> kernels_in_use();

}  // namespace relu0
