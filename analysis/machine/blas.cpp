#include "analysis/machine/blas.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// OpenBLAS is looked up in the running process rather than linked: LibTorch decides which BLAS there is.
template <typename Function>
Function* find(const char* symbol) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol));
}

std::string file_of(const char* symbol) {
  Dl_info info{};
  void* address = dlsym(RTLD_DEFAULT, symbol);
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  return info.dli_fname;
}

}  // namespace

BlasInfo blas_info() {
  // LibTorch calls sgemm_; where another library than OpenBLAS provides it, OpenBLAS may be loaded and yet
  // unused.
  const std::string provider = file_of("sgemm_");
  const bool reference = provider.find("/blas/libblas") != std::string::npos;
  if (auto* config = find<char*()>("openblas_get_config"); config != nullptr && !reference) {
    BlasInfo info{.library = config(), .threads = 0, .tuned = true};
    if (auto* core = find<char*()>("openblas_get_corename"); core != nullptr) {
      info.library += fmt::format(", kernels for {}", core());
    }
    if (auto* threads = find<int()>("openblas_get_num_threads"); threads != nullptr) {
      info.threads = threads();
    }
    return info;
  }
  if (at::hasMKL()) {
    return {.library = at::get_mkl_version(), .threads = at::get_num_threads(), .tuned = true};
  }
  return {.library = provider.empty() ? "unknown" : provider,
          .threads = 0,
          .tuned = !reference && !provider.empty()};
}

void set_blas_threads(int threads) {
  if (auto* set = find<void(int)>("openblas_set_num_threads"); set != nullptr) {
    set(threads);
  }
}

}  // namespace relu0
