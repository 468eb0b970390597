#include "analysis/zeros/law/last_addition.hpp"

#include "analysis/kernels/p_bit.hpp"
#include "suites/tests/input_error.hpp"

#include <cmath>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using Addend = LastAddition::Addend;

LastAddition last(const char* kernel, Precision precision, bool has_bias) {
  return last_addition(parse_kernel_choice(kernel), precision,
                       has_bias ? LayerBias::of_convolution : LayerBias::none);
}

TEST(LastAddition, IsThatOfTheBiasWhereItComesLast) {
  for (const char* kernel :
       {"portable", "portable:no-fma", "portable:block=64", "portable:winograd", "bias-last"}) {
    for (const auto& [precision, ulp] : {std::pair{Precision::fp16, 0x1p-15},
                                         {Precision::bf16, 0x1p-12},
                                         {Precision::tf32, 0x1p-28},
                                         {Precision::fp32, 0x1p-28}}) {
      EXPECT_EQ(last(kernel, precision, true).addend, Addend::bias) << kernel;
      EXPECT_EQ(last(kernel, precision, true).spacing(-0.05), ulp) << kernel << " at " << name(precision);
    }
  }
  EXPECT_EQ(last("portable:bits=20", Precision::fp64, true).spacing(0.05), 0x1p-24);
  EXPECT_EQ(last("portable", Precision::fp16, true).spacing(0x1p-20), 0x1p-24) << "subnormal";
}

TEST(LastAddition, IsThatOfTheLastProductWhereNoBiasIsAddedLast) {
  for (const bool has_bias : {false, true}) {
    const char* fused = has_bias ? "portable:bias-first" : "portable";
    const char* rounded = has_bias ? "portable:bias-first+no-fma" : "portable:no-fma";
    EXPECT_EQ(last(rounded, Precision::fp32, has_bias).product_spacing(0.75F, -0.1F), 0x1p-27);
    EXPECT_EQ(last(fused, Precision::fp32, has_bias).product_spacing(0.75, -0.125), 0x1p-27)
        << "a product of few bits";
    EXPECT_EQ(last(fused, Precision::fp32, has_bias).product_spacing(0.7F, 0.1F), 0x1p-149)
        << "a product of 48 bits is on no grid of 24: underflow alone makes 0 of the sum";
  }
  EXPECT_EQ(last("portable", Precision::fp16, false).product_spacing(0.75, 0x1p-3), 0x1p-24)
      << "the sum lies on a finer grid, and is 0 where it rounds to 0 at 16 bits";
  EXPECT_EQ(last("portable", Precision::bf16, false).product_spacing(0.75, 0x1p-3), 0x1p-27);
}

TEST(LastAddition, OfALinearLayersBiasIsInTheFormatOfTheSum) {
  const auto spacing = [](const char* kernel, Precision precision, double bias) {
    return last_addition(parse_kernel_choice(kernel), precision, LayerBias::of_linear).spacing(bias);
  };
  for (const char* kernel : {"portable", "portable:no-fma", "portable:winograd"}) {
    EXPECT_EQ(spacing(kernel, Precision::fp32, 0.05), 0x1p-28) << kernel;
    EXPECT_EQ(spacing(kernel, Precision::bf16, 0.05), 0x1p-28) << kernel;
    EXPECT_EQ(spacing(kernel, Precision::fp16, 0.05), 0x1p-24) << kernel << " is 0 where it rounds to 0";
  }
  EXPECT_EQ(spacing("bias-last", Precision::fp16, 0.05), 0x1p-15);
}

TEST(LastAddition, KeepsToTheGridAtZero) {
  EXPECT_EQ(last("portable", Precision::fp32, true).most_cells(), 0x1p21);
  EXPECT_EQ(last("portable", Precision::fp16, true).most_cells(), 0x1p8);
  EXPECT_EQ(last("portable", Precision::fp16, false).most_cells(), 0x1p11)
      << "sums of 24 bits, stored with 11";
  EXPECT_EQ(last("portable:bits=8", Precision::fp64, true).most_cells(), 0x1p5);
}

TEST(LastAddition, HasNoLawForSumsThatEndOtherwise) {
  for (const char* kernel : {"portable:block=64", "portable:winograd"}) {
    EXPECT_THAT(test::input_error_of([kernel] { last(kernel, Precision::fp32, false); }),
                ::testing::HasSubstr(kernel));
  }
  EXPECT_NO_THROW(last("portable:block=64", Precision::fp32, true));
}

/// The sums next to 0 are one spacing away, and all that rounds to minus the bias makes a 0.
TEST(LastAddition, SpacingIsTheDistanceOfNeighbouringSums) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0.01, 1);
  for (const int bits : {8, 12, 17}) {
    const LastAddition addition = last_addition({.family = KernelFamily::portable, .order = {.bits = bits}},
                                                Precision::fp64, LayerBias::of_linear);
    for (int i = 0; i < 100; ++i) {
      const double bias = kernels::p_bit_rounded(uniform(random), bits);
      const double spacing = addition.spacing(bias);
      const double sum = kernels::p_bit_sum(-bias - spacing, bias, bits);
      EXPECT_EQ(sum, -spacing);
      EXPECT_EQ(kernels::p_bit_sum(kernels::p_bit_rounded(-bias - spacing / 4, bits), bias, bits), 0);
    }
  }
}

}  // namespace
}  // namespace relu0
