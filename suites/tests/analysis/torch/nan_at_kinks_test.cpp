// What operations with kinks make of NaN. The loss is NaN then, and so is each gradient that is passed on:
// what the tests look at is which elements get one and which get 0.
#include "analysis/torch/backprop.hpp"
#include "suites/tests/analysis/small_networks.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::single_operation;
using ::testing::ElementsAre;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// Whether each element of a gradient is NaN. Others have to be 0.
std::vector<bool> passed_on(const std::vector<double>& gradient) {
  std::vector<bool> result;
  for (const double value : gradient) {
    EXPECT_TRUE(std::isnan(value) || value == 0) << value;
    result.push_back(std::isnan(value));
  }
  return result;
}

TEST(MaxPoolOfNan, TakesNanForTheMaximum) {
  const Network network = single_operation({1, 2, 2}, MaxPool{square_window(2, 2)});
  const Batch batch{{1, 2, 2}, {nan_value, 1, nan_value, 2}, {0}};
  const auto gradient = [&](TieChoice choice) {
    return passed_on(backprop(network, {}, batch, Precision::fp64, {.max_pool = choice}).gradient.input);
  };
  EXPECT_THAT(gradient(TieChoice::last), ElementsAre(false, false, true, false));
  EXPECT_THAT(gradient(TieChoice::mean), ElementsAre(true, false, true, false));
}

TEST(MaxPoolOfInfinity, NeverTakesThePadding) {
  const Network network = single_operation({1, 1, 1}, MaxPool{square_window(3, 1, 1)});
  const Batch batch{{1, 1, 1}, {-std::numeric_limits<float>::infinity()}, {0}};
  const KinkCensus census = backprop(network, {}, batch, Precision::fp64, {}).census;
  EXPECT_EQ(census.total(Kink::max_pool_tie), 0) << "one element cannot tie";
  for (const TieChoice choice : {TieChoice::last, TieChoice::mean}) {
    EXPECT_THAT(passed_on(backprop(network, {}, batch, Precision::fp64, {.max_pool = choice}).gradient.input),
                ElementsAre(true));
  }
}

TEST(ClampOfNan, PassesTheGradientOnAsTheFunctionOfItsSpelling) {
  const Batch batch{{2}, {nan_value, 7}, {0}};
  const KinkChoices pytorchs;
  const KinkChoices chosen{.clamp_lower = DerivativeChoice{0.5}, .clamp_upper = DerivativeChoice{0.5}};
  for (const KinkChoices& kinks : {pytorchs, chosen}) {
    for (const bool is_hardtanh : {true, false}) {
      const Network network = single_operation({2}, is_hardtanh ? relu6() : Clamp{.lower = 0, .upper = 6});
      EXPECT_THAT(passed_on(backprop(network, {}, batch, Precision::fp64, kinks).gradient.input),
                  ElementsAre(is_hardtanh, false));
      EXPECT_THAT(passed_on(autograd_backprop(network, {}, batch, Precision::fp64, kinks).input),
                  ElementsAre(is_hardtanh, false));
    }
  }
}

}  // namespace
}  // namespace relu0
