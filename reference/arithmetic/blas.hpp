#pragma once
#include <cstdint>

namespace relu0::reference {

/// C = A Bᵀ, row-major: A rows × inner, B columns × inner, C rows × columns. dgemm of the BLAS that is
/// linked.
void multiply_transposed(std::int64_t rows, std::int64_t columns, std::int64_t inner, const double* a,
                         const double* b, double* c);

/// Sets the number of threads of OpenBLAS for the whole process and returns what it was; 0, and nothing
/// happens, for another BLAS.
int set_blas_threads(int threads);

/// While one lives, each call of multiply_transposed runs in its caller's thread: two threads with products
/// of their own beat OpenBLAS's two threads on one product, skinny ones above all.
class OneBlasThread {
 public:
  OneBlasThread() : before_{set_blas_threads(1)} {}
  ~OneBlasThread() { set_blas_threads(before_); }
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_;
};

}  // namespace relu0::reference
