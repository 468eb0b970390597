// The exact product against its peers from Debian: Eigen over Boost's MPFR numbers, Arb's approximate matrix
// product, and Arb's product of balls. Operands and result are MPFR numbers (Arb: its own), slicing and
// recovery included.
#include "fixtures/random/split_mix64.hpp"
#include "reference/arithmetic/blas.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/product.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <ATen/Parallel.h>
#include <Eigen/Core>
#include <arb_mat.h>
#include <benchmark/benchmark.h>
#include <boost/multiprecision/eigen.hpp>
#include <boost/multiprecision/mpfr.hpp>

namespace relu0::reference {
namespace {

constexpr int threads = 2;

struct Sizes {
  explicit Sizes(const benchmark::State& state)
      : rows{state.range(0)},
        inner{state.range(1)},
        columns{state.range(2)},
        bits{static_cast<int>(state.range(3))} {}
  [[nodiscard]] double multiply_adds() const { return static_cast<double>(rows * inner * columns); }
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
  int bits;
};

/// Uniform in (−1, 1), all bits of the significand in use. `rounded`: each has the radius of a rounding.
Tensor random_tensor(int bits, Shape shape, std::uint64_t seed, bool rounded) {
  Tensor result(bits, std::move(shape));
  SplitMix64 random(seed);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    Tensor::Slot slot = result.slot(i);
    mpfr_set_d(slot, std::ldexp(static_cast<double>(random.next() >> 11), -52) - 1, MPFR_RNDN);
    const int ternary = mpfr_div_ui(slot, slot, 3, MPFR_RNDN);
    if (rounded) {
      result.set_radius(i, Radius::of_rounding(slot, ternary));
    }
  }
  return result;
}

std::vector<std::int64_t> steps(std::int64_t count, std::int64_t step) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<std::int64_t>(i) * step;
  }
  return result;
}

void multiply_tensors(benchmark::State& state, bool rounded) {
  const Sizes sizes(state);
  const Tensor x = random_tensor(sizes.bits, {sizes.rows, sizes.inner}, 1, rounded);
  const Tensor y = random_tensor(sizes.bits, {sizes.columns, sizes.inner}, 2, rounded);
  Tensor result(sizes.bits, {sizes.rows, sizes.columns});
  const auto x_rows = steps(sizes.rows, sizes.inner);
  const auto y_rows = steps(sizes.columns, sizes.inner);
  const auto inner = steps(sizes.inner, 1);
  const auto left = steps(sizes.rows, sizes.columns);
  const auto right = steps(sizes.columns, 1);
  // Products of a pass share their memory likewise.
  const ProductOptions options{.threads = threads, .workspace = make_product_workspace()};
  for ([[maybe_unused]] const auto iteration : state) {
    multiply({x, x_rows, inner}, {y, y_rows, inner}, {result, left, right}, nullptr, options);
  }
  const int dgemms = product_dgemms(sizes.inner, sizes.bits);
  state.counters["dgemms"] = dgemms;
  state.counters["dgemm_flop/s"] =
      benchmark::Counter(2 * sizes.multiply_adds() * dgemms, benchmark::Counter::kIsIterationInvariantRate);
}

/// Operands without radii.
void exact_slices(benchmark::State& state) { multiply_tensors(state, false); }

/// Both operands have radii: two dgemms more.
void balls(benchmark::State& state) { multiply_tensors(state, true); }

/// The limit of exact_slices: its dgemms and nothing else, on operands that are residues already.
void bare_dgemms(benchmark::State& state) {
  const Sizes sizes(state);
  const OneBlasThread one_blas_thread;
  const auto integers = [](std::int64_t count) {
    SplitMix64 random(1);
    std::vector<double> result(static_cast<std::size_t>(count));
    std::generate(result.begin(), result.end(), [&] { return static_cast<double>(random.next() >> 43); });
    return result;
  };
  const std::vector<double> x = integers(sizes.rows * sizes.inner);
  const std::vector<double> y = integers(sizes.columns * sizes.inner);
  std::vector<double> result(static_cast<std::size_t>(sizes.rows * sizes.columns));
  const int dgemms = product_dgemms(sizes.inner, sizes.bits);
  for ([[maybe_unused]] const auto iteration : state) {
    parallel_for(threads, sizes.rows, (sizes.rows + threads - 1) / threads,
                 [&](std::int64_t first, std::int64_t last) {
                   for (int i = 0; i < dgemms; ++i) {
                     multiply_transposed(last - first, sizes.columns, sizes.inner,
                                         x.data() + first * sizes.inner, y.data(),
                                         result.data() + first * sizes.columns);
                   }
                 });
    benchmark::DoNotOptimize(result.data());
  }
}

void eigen_mpfr(benchmark::State& state) {
  namespace mp = boost::multiprecision;
  using Number = mp::number<mp::mpfr_float_backend<0>, mp::et_off>;
  using Matrix = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Sizes sizes(state);
  Number::default_precision(static_cast<unsigned>(std::floor((sizes.bits - 1) * 0.30103)));
  SplitMix64 random(1);
  const auto draw = [&](Matrix& matrix) {
    for (Eigen::Index i = 0; i < matrix.size(); ++i) {
      matrix.data()[i] = Number(std::ldexp(static_cast<double>(random.next() >> 11), -52) - 1) / 3;
    }
  };
  Matrix x(sizes.rows, sizes.inner);
  Matrix y(sizes.inner, sizes.columns);
  draw(x);
  draw(y);
  Matrix result(sizes.rows, sizes.columns);
  for ([[maybe_unused]] const auto iteration : state) {
    result.noalias() = x * y;
    benchmark::DoNotOptimize(result.data());
  }
  state.counters["bits"] = static_cast<double>(mpfr_get_prec(result(0, 0).backend().data()));
}

using ArbProduct = void (*)(arb_mat_t result, const arb_mat_t x, const arb_mat_t y, slong bits);

void multiply_with_arb(benchmark::State& state, ArbProduct multiply, bool rounded) {
  const Sizes sizes(state);
  flint_set_num_threads(threads);
  SplitMix64 random(1);
  const auto draw = [&](arb_mat_t matrix) {
    for (slong i = 0; i < arb_mat_nrows(matrix); ++i) {
      for (slong j = 0; j < arb_mat_ncols(matrix); ++j) {
        arb_ptr entry = arb_mat_entry(matrix, i, j);
        arb_set_d(entry, std::ldexp(static_cast<double>(random.next() >> 11), -52) - 1);
        arb_div_ui(entry, entry, 3, sizes.bits);
        if (!rounded) {
          arb_get_mid_arb(entry, entry);
        }
      }
    }
  };
  arb_mat_t x;
  arb_mat_t y;
  arb_mat_t result;
  arb_mat_init(x, sizes.rows, sizes.inner);
  arb_mat_init(y, sizes.inner, sizes.columns);
  arb_mat_init(result, sizes.rows, sizes.columns);
  draw(x);
  draw(y);
  for ([[maybe_unused]] const auto iteration : state) {
    multiply(result, x, y, sizes.bits);
  }
  arb_mat_clear(x);
  arb_mat_clear(y);
  arb_mat_clear(result);
}

void arb_approximate(benchmark::State& state) { multiply_with_arb(state, arb_mat_approx_mul, false); }
void arb_balls(benchmark::State& state) { multiply_with_arb(state, arb_mat_mul, true); }

void paper_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rows", "inner", "columns", "bits"})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime()
      ->MeasureProcessCPUTime();
  benchmark->Args({256, 784, 128, 128})->Args({512, 4608, 16, 128})->Args({64, 576, 1024, 128});
}

void bits_curve(benchmark::internal::Benchmark* benchmark) {
  for (const int bits : {64, 192, 256, 384, 512, 768, 1024}) {
    benchmark->Args({256, 784, 128, bits});
  }
}

BENCHMARK(exact_slices)->Apply(paper_shapes)->Apply(bits_curve);
BENCHMARK(balls)->Apply(paper_shapes);
BENCHMARK(bare_dgemms)->Apply(paper_shapes)->Apply(bits_curve);
BENCHMARK(arb_approximate)->Apply(paper_shapes);
BENCHMARK(arb_balls)->Apply(paper_shapes);
BENCHMARK(eigen_mpfr)->Apply(paper_shapes)->Iterations(1);

}  // namespace
}  // namespace relu0::reference
