#pragma once
#include "analysis/kernels/instruction_set.hpp"
#include "analysis/kernels/kernel_choice.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

/// What the portable kernels are held against: their definition, one number at a time.
namespace relu0 {

template <typename T>
struct Term {
  T x;
  T y;
};

/// One element of a product in the stated order, without bits.
template <typename T>
T ordered_sum(const std::vector<Term<T>>& terms, std::optional<T> bias, const SummationOrder& order) {
  const T start = bias && order.bias == BiasPlace::first ? *bias : T{0};
  const auto chain = [&](T sum, std::size_t first, std::size_t end) {
    for (std::size_t k = first; k < end; ++k) {
      if (order.fma) {
        sum = std::fma(terms[k].x, terms[k].y, sum);
      } else {
        const T product = terms[k].x * terms[k].y;
        sum = sum + product;
      }
    }
    return sum;
  };
  T sum = start;
  if (order.block == 0) {
    sum = chain(start, 0, terms.size());
  } else {
    const auto block = static_cast<std::size_t>(order.block);
    for (std::size_t first = 0; first < terms.size(); first += block) {
      sum = sum + chain(T{0}, first, std::min(first + block, terms.size()));
    }
  }
  if (bias && order.bias == BiasPlace::last) {
    sum = sum + *bias;
  }
  return sum == sum ? sum : std::numeric_limits<T>::quiet_NaN();
}

/// Numbers whose sums round in most steps.
template <typename T>
std::vector<T> clean_numbers(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<T> numbers(count);
  for (T& number : numbers) {
    number = static_cast<T>(std::ldexp(static_cast<double>(random() >> 11), -53) * 2 - 1);
  }
  return numbers;
}

/// The same with some of −0, +0, subnormal, huge and tiny numbers, infinities and NaN of either sign among
/// them. `rare`: one of so many is special.
template <typename T>
std::vector<T> dirty_numbers(std::size_t count, std::uint64_t seed, std::uint64_t rare) {
  using Limits = std::numeric_limits<T>;
  const std::vector<T> special{T{-0.0},
                               T{0},
                               Limits::denorm_min(),
                               -3 * Limits::denorm_min(),
                               Limits::min() / 2,
                               Limits::max(),
                               -Limits::max(),
                               Limits::infinity(),
                               -Limits::infinity(),
                               Limits::quiet_NaN(),
                               -Limits::quiet_NaN()};
  std::vector<T> numbers = clean_numbers<T>(count, seed);
  std::mt19937_64 random(seed + 1);
  for (T& number : numbers) {
    if (random() % rare == 0) {
      number = special[random() % special.size()];
    }
  }
  return numbers;
}

/// The first place where two sequences differ in some bit; absent where none does.
template <typename T>
std::optional<std::size_t> first_difference(const std::vector<T>& a, const std::vector<T>& b) {
  using Pattern = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i >= a.size() || i >= b.size() || std::bit_cast<Pattern>(a[i]) != std::bit_cast<Pattern>(b[i])) {
      return i;
    }
  }
  return std::nullopt;
}

/// Every way to run a kernel that must not change a bit.
inline std::vector<kernels::Execution> executions() {
  std::vector<kernels::Execution> result;
  for (const kernels::InstructionSet set : kernels::available_instruction_sets()) {
    for (const int threads : {1, 2}) {
      result.push_back({.instruction_set = set, .threads = threads});
    }
  }
  return result;
}

/// For messages.
inline std::string text_of(const kernels::Execution& execution, const SummationOrder& order) {
  return name({.family = KernelFamily::portable, .order = order}) + ", " +
         std::string(kernels::name(execution.instruction_set)) + ", " + std::to_string(execution.threads) +
         " threads";
}

/// Orders of every kind, without Winograd and bits.
inline std::vector<SummationOrder> summation_orders() {
  std::vector<SummationOrder> orders;
  for (const bool fma : {true, false}) {
    for (const std::int64_t block : {0, 1, 7, 64, 600}) {
      for (const BiasPlace bias : {BiasPlace::first, BiasPlace::last}) {
        orders.push_back({.fma = fma, .block = block, .bias = bias});
      }
    }
  }
  return orders;
}

}  // namespace relu0
