#include "reference/arithmetic/blas.hpp"

#include <dlfcn.h>

// Fortran's interface, which every BLAS has; cblas_dgemm is a library of its own with some of them.
extern "C" void dgemm_(const char* transpose_a, const char* transpose_b, const int* m, const int* n,
                       const int* k, const double* alpha, const double* a, const int* lda, const double* b,
                       const int* ldb, const double* beta, double* c, const int* ldc);

namespace relu0::reference {

void multiply_transposed(std::int64_t rows, std::int64_t columns, std::int64_t inner, const double* a,
                         const double* b, double* c) {
  // Row-major C = A Bᵀ is column-major Cᵀ = B Aᵀ, where B's memory reads as Bᵀ and A's as Aᵀ.
  const int m = static_cast<int>(columns);
  const int n = static_cast<int>(rows);
  const int k = static_cast<int>(inner);
  const double one = 1;
  const double zero = 0;
  dgemm_("T", "N", &m, &n, &k, &one, b, &k, a, &k, &zero, c, &m);
}

int set_blas_threads(int threads) {
  // Looked up in the running process, where LibTorch may have brought its own BLAS.
  static const auto get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
  static const auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (get == nullptr || set == nullptr) {
    return 0;
  }
  const int before = get();
  if (threads > 0 && threads != before) {
    set(threads);
  }
  return before;
}

}  // namespace relu0::reference
