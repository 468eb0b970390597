#include "analysis/kernels/convolution.hpp"

#include "suites/tests/analysis/kernels/convolution_case.hpp"

#include <gtest/gtest.h>

namespace relu0::kernels {
namespace {

std::vector<ConvolutionCase> cases() {
  return {
      {{.in_channels = 1, .out_channels = 1, .window = {}}, {1, 1, 1}},
      {{.in_channels = 3, .out_channels = 5, .window = square_window(3, 1, 1)}, {3, 7, 6}},
      {{.in_channels = 2, .out_channels = 9, .window = square_window(5, 2, 2)}, {2, 9, 8}},
      {{.in_channels = 4, .out_channels = 6, .window = square_window(2, 3), .groups = 2}, {2, 8, 9}},
      {{.in_channels = 2,
        .out_channels = 3,
        .window = {.kernel = {3, 2}, .stride = {2, 1}, .padding = {4, 0}, .dilation = {2, 3}}},
       {2, 7, 9}},
      {{.in_channels = 3,
        .out_channels = 3,
        .window = {.kernel = {2, 3}, .stride = {1, 2}, .padding = {0, 1}, .padding_end = {{1, 2}}},
        .groups = 3},
       {2, 5, 6}},
  };
}

template <typename T>
class PortableConvolution : public testing::Test {};
using Formats = testing::Types<float, double>;
TYPED_TEST_SUITE(PortableConvolution, Formats);

/// Holds all passes of a case against its definition, for all that must not change a bit.
template <typename T>
void expect_stated_order(const ConvolutionCase& c, const ConvolutionTensors<T>& t,
                         const SummationOrder& order) {
  const ConvolutionTensors<T> truth = expected(c, t, order);
  for (const Execution& execution : executions()) {
    const ConvolutionTensors<T> result = computed(c, t, order, execution);
    EXPECT_FALSE(first_difference(result.out, truth.out)) << text_of(execution, order);
    EXPECT_FALSE(first_difference(result.x, truth.x)) << text_of(execution, order);
    EXPECT_FALSE(first_difference(result.weight, truth.weight)) << text_of(execution, order);
    EXPECT_FALSE(first_difference(result.bias, truth.bias)) << text_of(execution, order);
  }
}

TYPED_TEST(PortableConvolution, HasTheBitsOfItsDefinition) {
  for (const ConvolutionCase& c : cases()) {
    const auto tensors = tensors_of<TypeParam>(
        c, [](std::size_t count, std::uint64_t seed) { return clean_numbers<TypeParam>(count, seed); });
    for (const SummationOrder& order : {SummationOrder{},
                                        {.fma = false},
                                        {.block = 5},
                                        {.fma = false, .block = 64, .bias = BiasPlace::first}}) {
      expect_stated_order(c, tensors, order);
    }
  }
}

TYPED_TEST(PortableConvolution, HasTheBitsOfItsDefinitionForDirtyNumbers) {
  for (const ConvolutionCase& c : cases()) {
    const auto tensors = tensors_of<TypeParam>(
        c, [](std::size_t count, std::uint64_t seed) { return dirty_numbers<TypeParam>(count, seed, 40); });
    expect_stated_order(c, tensors, {});
    expect_stated_order(c, tensors, {.fma = false, .block = 7, .bias = BiasPlace::first});
  }
}

TYPED_TEST(PortableConvolution, IncludesThePadding) {
  // A bias of −0 first, and a weight of +1 on the padding alone: the terms +0 make it +0.
  const ConvolutionCase c{{.in_channels = 1, .out_channels = 1, .window = square_window(1, 2, 1)}, {1, 1, 1}};
  const std::vector<TypeParam> x{1};
  const std::vector<TypeParam> bias{TypeParam{-0.0}};
  std::vector<TypeParam> weight{1};
  std::vector<TypeParam> out(4, 7);
  forward(c.convolution, c.images, x.data(), weight.data(), bias.data(), out.data(),
          {.bias = BiasPlace::first});
  ASSERT_EQ(output_extents(c.convolution, c.images).height, 2);
  EXPECT_FALSE(std::signbit(out[0]));
  weight[0] = std::numeric_limits<TypeParam>::infinity();
  forward(c.convolution, c.images, x.data(), weight.data(), bias.data(), out.data(), {});
  EXPECT_TRUE(std::isnan(out[0]));
}

TYPED_TEST(PortableConvolution, HasTheBitsOfEachImageWhateverTheOthersAre) {
  const Convolution convolution{.in_channels = 2, .out_channels = 3, .window = square_window(3, 1, 1)};
  for (const SummationOrder& order : {SummationOrder{}, {.winograd = true}}) {
    const ConvolutionCase all{convolution, {256, 4, 5}};
    const auto tensors = tensors_of<TypeParam>(
        all, [](std::size_t count, std::uint64_t seed) { return clean_numbers<TypeParam>(count, seed); });
    const auto of_all = computed(all, tensors, order, {});
    for (const std::int64_t images : {1, 100}) {
      const auto of_fewer = computed(ConvolutionCase{convolution, {images, 4, 5}}, tensors, order, {});
      const auto first = [&](std::vector<TypeParam> tensor, std::int64_t channels) {
        tensor.resize(static_cast<std::size_t>(images * channels * 20));
        return tensor;
      };
      EXPECT_FALSE(first_difference(of_fewer.out, first(of_all.out, 3))) << images;
      EXPECT_FALSE(first_difference(of_fewer.x, first(of_all.x, 2))) << images;
    }
  }
}

}  // namespace
}  // namespace relu0::kernels
