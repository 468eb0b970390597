#include "analysis/machine/floating_point_state.hpp"

#include <bit>
#include <cfenv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace relu0 {

namespace {

#if defined(__x86_64__)

/// The x87 unit has a rounding mode of its own; floats and doubles are computed by the SSE and AVX units,
/// which obey MXCSR (Intel's manual, volume 1, 10.2.3).
FloatingPointState read_state() {
  constexpr unsigned denormals_are_zero = 1U << 6U;
  constexpr unsigned rounding_shift = 13;
  constexpr unsigned flush_to_zero = 1U << 15U;
  const unsigned control = _mm_getcsr();
  FloatingPointState state{.rounding = {},
                           .flush_to_zero = (control & flush_to_zero) != 0,
                           .denormals_are_zero = (control & denormals_are_zero) != 0};
  switch ((control >> rounding_shift) & 3U) {
    case 0:
      state.rounding = "to nearest";
      break;
    case 1:
      state.rounding = "downward";
      break;
    case 2:
      state.rounding = "upward";
      break;
    default:
      state.rounding = "toward zero";
  }
  return state;
}

#else

std::string rounding() {
  switch (std::fegetround()) {
    case FE_TONEAREST:
      return "to nearest";
    case FE_DOWNWARD:
      return "downward";
    case FE_UPWARD:
      return "upward";
    case FE_TOWARDZERO:
      return "toward zero";
    default:
      return "unknown";
  }
}

#if defined(__aarch64__)

FloatingPointState read_state() {
  constexpr std::uint64_t flush_to_zero = std::uint64_t{1} << 24U;  // FPCR.FZ: operands and results
  std::uint64_t control = 0;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  const bool flushes = (control & flush_to_zero) != 0;
  return {.rounding = rounding(), .flush_to_zero = flushes, .denormals_are_zero = flushes};
}

#else

FloatingPointState read_state() {
  // volatile: the compiler must not compute these itself.
  volatile float normal = std::numeric_limits<float>::min();
  volatile float subnormal = std::numeric_limits<float>::denorm_min();
  volatile float half = 0.5F;
  volatile float large = 0x1p100F;
  // By its bits: where operands count as 0, a subnormal number equals 0.
  const float product = normal * half;
  return {.rounding = rounding(),
          .flush_to_zero = std::bit_cast<std::uint32_t>(product) == 0,
          .denormals_are_zero = subnormal * large == 0};
}

#endif
#endif

}  // namespace

FloatingPointState floating_point_state() { return read_state(); }

std::string describe(const FloatingPointState& state) {
  const auto on_or_off = [](bool on) { return on ? "on" : "off"; };
  return fmt::format("rounds {}, flush-to-zero {}, denormals-are-zero {}", state.rounding,
                     on_or_off(state.flush_to_zero), on_or_off(state.denormals_are_zero));
}

}  // namespace relu0
