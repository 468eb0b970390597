#include "reference/pass/plane_values.hpp"

#include "fixtures/error.hpp"
#include "fixtures/random/replayable_draw.hpp"
#include "reference/arithmetic/real.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::reference {
namespace {

constexpr int plain_bits = 512;
const std::vector<double> places{-5e-6, -1e-7, 0, 3e-9, 5e-6};

struct Case {
  NeuronPlane plane;
  std::vector<float> input;
};

/// A neuron whose pre-activation at the centre is close to 0: the bias cancels the rest as far as a double
/// can.
Case near_zero(std::size_t inputs, std::uint64_t seed) {
  SplitMix64 random = replayable_generator({seed});
  Case result;
  std::vector<double> centre;
  double sum = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    result.input.push_back(static_cast<float>(unit_draw(random)));
    centre.push_back(static_cast<float>(unit_draw(random) - 0.5));
    sum += centre.back() * result.input.back();
  }
  centre.push_back(-sum);
  result.plane = random_plane(std::move(centre), random);
  return result;
}

/// Σ (centre + u first + v second) · (input, 1), term by term; at 512 bits it is exact or nearly so.
void plain(mpfr_ptr sum, const Case& of, double u, double v) {
  mpfr_set_zero(sum, 1);
  Real weight(plain_bits);
  Real shift(plain_bits);
  for (std::size_t i = 0; i < of.plane.centre.size(); ++i) {
    mpfr_set_d(weight, of.plane.centre[i], MPFR_RNDN);
    mpfr_set_d(shift, of.plane.first[i], MPFR_RNDN);
    mpfr_mul_d(shift, shift, u, MPFR_RNDN);
    mpfr_add(weight, weight, shift, MPFR_RNDN);
    mpfr_set_d(shift, of.plane.second[i], MPFR_RNDN);
    mpfr_mul_d(shift, shift, v, MPFR_RNDN);
    mpfr_add(weight, weight, shift, MPFR_RNDN);
    if (i < of.input.size()) {
      mpfr_mul_d(weight, weight, of.input[i], MPFR_RNDN);
    }
    mpfr_add(sum, sum, weight, MPFR_RNDN);
  }
}

TEST(PlaneValues, AreWithinTheirBoundOfPlainMpfr) {
  for (const std::size_t inputs : {1U, 9U, 784U}) {
    for (const int bits : {64, 128}) {
      const Case of = near_zero(inputs, inputs);
      const PlaneValues result = plane_values(of.plane, of.input, places, places, bits);
      ASSERT_EQ(result.values.size(), places.size() * places.size());
      ASSERT_EQ(result.certain.size(), result.values.size());
      for (std::size_t point = 0; point < result.values.size(); ++point) {
        SCOPED_TRACE(testing::Message() << inputs << " inputs, " << bits << " bits, point " << point);
        Real truth(plain_bits);
        plain(truth, of, places[point % places.size()], places[point / places.size()]);
        Real error(plain_bits);
        mpfr_sub_d(error, truth, result.values[point], MPFR_RNDN);
        ASSERT_LE(std::abs(mpfr_get_d(error, MPFR_RNDA)),
                  result.bound + 0x1p-53 * std::abs(result.values[point]));
        ASSERT_EQ(result.certain[point], mpfr_cmp_ui(truth, 0) != 0) << "so few bits suffice here";
      }
    }
  }
}

TEST(PlaneValues, HaveABoundThatShrinksWithTheBits) {
  const Case of = near_zero(20, 3);
  const double coarse = plane_values(of.plane, of.input, places, places, 64).bound;
  const double fine = plane_values(of.plane, of.input, places, places, 128).bound;
  EXPECT_GT(fine, 0);
  EXPECT_NEAR(std::log2(coarse / fine), 64, 0.001);
}

TEST(PlaneValues, AreNotCertainWhereTheyAreZero) {
  const NeuronPlane plane{.centre = {0.5, 0.25, -0.5}, .first = {1, 0, 0}, .second = {0, 1, 0}};
  const std::vector<float> input{0.5F, 1};
  const std::vector<double> u{-0.5, 0, 0.5};
  const std::vector<double> v{0, 0.25};
  const PlaneValues result = plane_values(plane, input, u, v, 64);
  EXPECT_EQ(result.values, (std::vector<double>{-0.25, 0, 0.25, 0, 0.25, 0.5}));
  EXPECT_EQ(result.certain, (std::vector<bool>{true, false, true, false, true, true}));
}

TEST(PlaneValues, OfWhatDoesNotFitAreRefused) {
  const Case good = near_zero(4, 5);
  const auto refuses = [](const Case& of, const std::vector<double>& u, int bits) {
    EXPECT_THROW(plane_values(of.plane, of.input, u, places, bits), InputError);
  };
  refuses(good, places, 63);
  refuses(good, places, 4097);
  refuses(good, {std::nan("")}, 128);
  Case bad = good;
  bad.input.pop_back();
  refuses(bad, places, 128);
  bad = good;
  bad.plane.second.pop_back();
  refuses(bad, places, 128);
  bad = good;
  bad.plane.first[0] = std::numeric_limits<double>::infinity();
  refuses(bad, places, 128);
  bad = good;
  bad.input[1] = std::numeric_limits<float>::quiet_NaN();
  refuses(bad, places, 128);
}

}  // namespace
}  // namespace relu0::reference
