#include "analysis/machine/kernels.hpp"

#include "analysis/machine/process_symbol.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/random/split_mix64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/mm.h>
#include <ATen/record_function.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

at::Tensor random_tensor(at::IntArrayRef shape, at::ScalarType type) {
  at::Tensor tensor = at::empty(shape, at::kDouble);
  SplitMix64 random(static_cast<std::uint64_t>(tensor.numel()));
  double* values = tensor.data_ptr<double>();
  std::generate(values, values + tensor.numel(), [&random] {
    // Uniform on [-1, 1), with more bits than a float holds.
    return static_cast<double>(static_cast<std::int64_t>(random.next())) * 0x1p-63;
  });
  return tensor.to(type);
}

template <typename Number>
using Gemm = void(const char*, const char*, const int*, const int*, const int*, const Number*, const Number*,
                  const int*, const Number*, const int*, const Number*, Number*, const int*);

/// Whether at::mm's bits are those of the routine, sgemm_ or dgemm_. Sums of 512 terms: two libraries that
/// agree on all 256 of them by chance do not exist in practice.
template <typename Number>
bool product_has_the_bits_of(const char* routine, at::ScalarType type) {
  auto* gemm = process_symbol<Gemm<Number>>(routine);
  if (gemm == nullptr) {
    return false;
  }
  constexpr int rows = 16;
  constexpr int inner = 512;
  constexpr int columns = 16;
  const at::Tensor a = random_tensor({rows, inner}, type);
  const at::Tensor b = random_tensor({inner, columns}, type);
  const at::Tensor ours = at::mm(a, b);
  // BLAS counts by columns, so it is given the transposed product.
  const at::Tensor theirs = at::empty({rows, columns}, type);
  const Number one = 1;
  const Number zero = 0;
  gemm("n", "n", &columns, &rows, &inner, &one, b.data_ptr<Number>(), &columns, a.data_ptr<Number>(), &inner,
       &zero, theirs.data_ptr<Number>(), &columns);
  return at::equal(ours, theirs);
}

/// The operators that LibTorch enters on this thread while an object lives.
class OperatorLog {
 public:
  OperatorLog() : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(note))) { names().clear(); }
  ~OperatorLog() { at::removeCallback(handle_); }
  OperatorLog(const OperatorLog&) = delete;
  OperatorLog& operator=(const OperatorLog&) = delete;

  static std::vector<std::string>& names() {
    static thread_local std::vector<std::string> entered;
    return entered;
  }

 private:
  static std::unique_ptr<at::ObserverContext> note(const at::RecordFunction& function) {
    names().emplace_back(function.name());
    return nullptr;
  }

  at::CallbackHandle handle_;
};

/// The library behind LibTorch's operators that compute convolutions; an operator that is not listed is
/// named.
std::string library_behind(const std::string& name) {
  struct Library {
    std::string_view part_of_name;
    const char* library;
  };
  constexpr std::array<Library, 7> libraries{{{"mkldnn", "oneDNN"},
                                              {"xnnpack", "XNNPACK"},
                                              {"nnpack", "NNPACK"},
                                              {"cudnn", "cuDNN"},
                                              {"slow_conv_dilated", "LibTorch's own, with matrix products"},
                                              {"slow_conv", "LibTorch's im2col, then a matrix product"},
                                              {"thnn_conv", "LibTorch's im2col, then a matrix product"}}};
  for (const Library& library : libraries) {
    if (name.find(library.part_of_name) != std::string::npos) {
      return library.library;
    }
  }
  return name;
}

/// The innermost operator that convolves: the outer ones only choose it.
std::string library_of_convolution(at::ScalarType type, std::int64_t images, std::int64_t filter) {
  constexpr std::int64_t channels = 16;
  constexpr std::int64_t side = 8;
  constexpr std::array<std::int64_t, 2> ones{1, 1};
  constexpr std::array<std::int64_t, 2> zeros{0, 0};
  const at::Tensor x = random_tensor({images, channels, side, side}, type);
  const at::Tensor weight = random_tensor({channels, channels, filter, filter}, type);
  const OperatorLog log;
  (void)at::convolution(x, weight, {}, ones, zeros, ones, /*transposed=*/false, zeros, /*groups=*/1);
  std::string innermost = "unknown";
  for (const std::string& name : OperatorLog::names()) {
    if (name.find("conv") != std::string::npos) {
      innermost = name;
    }
  }
  return library_behind(innermost);
}

std::string library_of_product(const char* routine, bool has_its_bits) {
  return has_its_bits ? fmt::format("BLAS (the bits of its {})", routine)
                      : fmt::format("not the process's BLAS (other bits than its {})", routine);
}

}  // namespace

bool products_run_on_process_blas() {
  const at::NoGradGuard no_gradients;
  compute_with_one_thread();
  return product_has_the_bits_of<float>("sgemm_", at::kFloat) &&
         product_has_the_bits_of<double>("dgemm_", at::kDouble);
}

std::vector<KernelInUse> kernels_in_use() {
  const at::NoGradGuard no_gradients;
  compute_with_one_thread();
  // LibTorch computes convolutions with 1×1 filters on fewer than 16 images apart.
  constexpr std::int64_t many = 16;
  constexpr std::int64_t few = 2;
  constexpr std::int64_t wide = 3;
  constexpr std::int64_t narrow = 1;
  std::vector<KernelInUse> kernels{
      {"matrix product fp32",
       library_of_product("sgemm", product_has_the_bits_of<float>("sgemm_", at::kFloat))},
      {"matrix product fp64",
       library_of_product("dgemm", product_has_the_bits_of<double>("dgemm_", at::kDouble))}};
  for (const auto& [precision, type] : {std::pair("fp32", at::kFloat), std::pair("fp64", at::kDouble)}) {
    kernels.push_back({fmt::format("convolution {}", precision), library_of_convolution(type, many, wide)});
    kernels.push_back({fmt::format("convolution {}, 1×1 filters, few images", precision),
                       library_of_convolution(type, few, narrow)});
  }
  return kernels;
}

}  // namespace relu0
