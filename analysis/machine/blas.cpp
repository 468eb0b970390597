#include "analysis/machine/blas.hpp"

#include "analysis/machine/kernels.hpp"
#include "analysis/machine/process_symbol.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// The number of threads of the OpenBLAS that is loaded; 0 where none is.
int openblas_threads() {
  auto* threads = process_symbol<int()>("openblas_get_num_threads");
  return threads == nullptr ? 0 : threads();
}

}  // namespace

BlasInfo blas_info() {
  // Before the products below are tried, which set it to one.
  const int threads = openblas_threads();
  // A BLAS may be loaded and yet unused: LibTorch can have its own inside.
  if (!products_run_on_process_blas()) {
    if (at::hasMKL()) {
      return {.library = at::get_mkl_version(), .threads = at::get_num_threads(), .tuned = true};
    }
    return {.library = "inside LibTorch, unknown", .threads = 0, .tuned = true};
  }
  // Where another library than OpenBLAS provides sgemm_, OpenBLAS may be loaded for LAPACK alone.
  const std::string provider = library_of_symbol("sgemm_");
  // An official LibTorch has its own inside, under the names that every BLAS has.
  if (at::hasMKL() && provider.find("/libtorch") != std::string::npos) {
    return {.library = at::get_mkl_version(), .threads = at::get_num_threads(), .tuned = true};
  }
  const bool slow = provider.find("/blas/libblas") != std::string::npos;
  if (auto* config = process_symbol<char*()>("openblas_get_config"); config != nullptr && !slow) {
    BlasInfo info{.library = config(), .threads = threads, .tuned = true};
    if (auto* core = process_symbol<char*()>("openblas_get_corename"); core != nullptr) {
      info.library += fmt::format(", kernels for {}", core());
    }
    return info;
  }
  return {.library = provider.empty() ? "unknown" : provider, .threads = 0, .tuned = !slow};
}

void set_blas_threads(int threads) {
  if (auto* set = process_symbol<void(int)>("openblas_set_num_threads"); set != nullptr) {
    set(threads);
  }
}

}  // namespace relu0
