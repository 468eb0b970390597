#include "analysis/machine/floating_point_state.hpp"

#include <bit>
#include <cfenv>
#include <cstdint>
#include <limits>
#include <thread>

#include <gtest/gtest.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace relu0 {
namespace {

/// Runs on a thread of its own, so that what it changes is gone afterwards.
template <typename Function>
void on_a_thread(Function function) {
  std::thread(function).join();
}

TEST(FloatingPointState, IsIeeeWhereNobodyChangedIt) {
  on_a_thread([] {
    EXPECT_EQ(
        floating_point_state(),
        (FloatingPointState{.rounding = "to nearest", .flush_to_zero = false, .denormals_are_zero = false}));
  });
}

TEST(FloatingPointState, TellsTheRoundingMode) {
  on_a_thread([] {
    for (const auto& [mode, name] :
         {std::pair(FE_TONEAREST, "to nearest"), std::pair(FE_UPWARD, "upward"),
          std::pair(FE_DOWNWARD, "downward"), std::pair(FE_TOWARDZERO, "toward zero")}) {
      ASSERT_EQ(std::fesetround(mode), 0);
      EXPECT_EQ(floating_point_state().rounding, name);
    }
  });
}

#if defined(__x86_64__)

constexpr unsigned flush_to_zero = 1U << 15U;
constexpr unsigned denormals_are_zero = 1U << 6U;

// What the processor does is the oracle: with flush-to-zero half the smallest normal number is 0, and with
// denormals-are-zero a subnormal number times a large one is.
TEST(FloatingPointState, TellsWhetherSubnormalNumbersCount) {
  for (const unsigned bits : {0U, flush_to_zero, denormals_are_zero, flush_to_zero | denormals_are_zero}) {
    on_a_thread([bits] {
      _mm_setcsr(_mm_getcsr() | bits);
      const FloatingPointState state = floating_point_state();
      volatile float normal = std::numeric_limits<float>::min();
      volatile float subnormal = std::numeric_limits<float>::denorm_min();
      volatile float half = 0.5F;
      volatile float large = 0x1p100F;
      // By its bits: where operands count as 0, a subnormal number equals 0.
      const float product = normal * half;
      EXPECT_EQ(state.flush_to_zero, std::bit_cast<std::uint32_t>(product) == 0) << bits;
      EXPECT_EQ(state.denormals_are_zero, subnormal * large == 0) << bits;
      EXPECT_EQ(state.flush_to_zero, (bits & flush_to_zero) != 0);
      EXPECT_EQ(state.denormals_are_zero, (bits & denormals_are_zero) != 0);
      EXPECT_EQ(state.rounding, "to nearest");
    });
  }
}

TEST(FloatingPointState, IsInheritedByNewThreads) {
  on_a_thread([] {
    _mm_setcsr(_mm_getcsr() | flush_to_zero);
    on_a_thread([] { EXPECT_TRUE(floating_point_state().flush_to_zero); });
  });
}

#endif

TEST(FloatingPointState, IsDescribedInWords) {
  EXPECT_EQ(describe({.rounding = "upward", .flush_to_zero = true, .denormals_are_zero = false}),
            "rounds upward, flush-to-zero on, denormals-are-zero off");
}

}  // namespace
}  // namespace relu0
