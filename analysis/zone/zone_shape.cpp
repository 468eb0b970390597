#include "analysis/zone/zone_shape.hpp"

#include "analysis/zone/slice_values.hpp"
#include "fixtures/error.hpp"
#include "fixtures/random/replayable_draw.hpp"
#include "reference/pass/plane_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The largest magnitude that an inner product of so many terms, computed in binary32, can have in the reals
/// when the result is 0.
double rounding_bound(std::span<const double> parameters, std::span<const float> input) {
  double sum = std::abs(parameters.back());
  for (std::size_t i = 0; i < input.size(); ++i) {
    sum += std::abs(parameters[i] * static_cast<double>(input[i]));
  }
  const double roundings = static_cast<double>(parameters.size()) * 0x1p-24;
  return roundings / (1 - roundings) * sum;
}

bool bitwise_equal(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

/// The plane's parameters at a point, as binary32 has them.
NeuronPlane rounded_point(const NeuronPlane& plane, double u, double v) {
  NeuronPlane point = plane;
  for (std::size_t i = 0; i < plane.centre.size(); ++i) {
    point.centre[i] = static_cast<float>(plane.at(u, v, i));
  }
  return point;
}

SliceZeros explain(const ZoneSlice& slice, const NeuronPlane& plane, std::span<const float> input,
                   const std::vector<bool>& certain, int bits) {
  SliceZeros zeros;
  constexpr std::array<double, 1> origin{0};
  for (std::size_t point = 0; point < slice.fp32.size(); ++point) {
    if (slice.fp32[point] != 0) {
      continue;
    }
    ++zeros.points;
    zeros.rounding += certain[point] ? 1 : 0;
    const auto index = static_cast<std::int64_t>(point);
    const NeuronPlane same =
        rounded_point(plane, slice.place(index % slice.side), slice.place(index / slice.side));
    const reference::PlaneValues truth = reference::plane_values(same, input, origin, origin, bits);
    zeros.rounding_at_same_parameters += truth.certain.front() ? 1 : 0;
    const double magnitude = std::abs(truth.values.front());
    zeros.largest = std::max(zeros.largest, magnitude);
    zeros.largest_share_of_bound =
        std::max(zeros.largest_share_of_bound, magnitude / rounding_bound(same.centre, input));
  }
  return zeros;
}

/// Whether θ itself gives exactly 0, at each of the places.
bool is_zero_at_centre(const NeuronPlane& plane, const SliceEvaluation& evaluation,
                       std::span<const std::int64_t> places) {
  const std::vector<double> once_per_place(places.size(), 0.0);
  const std::vector<double> values =
      slice_values(plane, once_per_place, std::span(once_per_place).first(1), evaluation, places);
  return std::all_of(values.begin(), values.end(), [](double value) { return value == 0; });
}

/// Points all over the slice, at which places in the layer are told apart.
std::vector<SlicePoint> probes_of(const ZoneSlice& slice) {
  // Primes: no row or column is met twice before all are.
  constexpr std::int64_t row_step = 67;
  constexpr std::int64_t column_step = 101;
  std::vector<SlicePoint> probes;
  for (std::int64_t i = 0; i < slice_probes; ++i) {
    probes.push_back({slice.place(column_step * i % slice.side), slice.place(row_step * i % slice.side)});
  }
  return probes;
}

}  // namespace

double ZoneSlice::place(std::int64_t index) const {
  return half_width * (2 * static_cast<double>(index) / static_cast<double>(side - 1) - 1);
}

ZoneSlice slice_around_zero(const FirstZero& zero, std::int64_t neurons, std::uint64_t seed,
                            const ZoneShapeOptions& options) {
  if (options.side < 2 || !(options.half_width > 0) || !std::isfinite(options.half_width)) {
    throw InputError(fmt::format("a slice of {} points along ±{}: needs two at least, and a positive width",
                                 options.side, options.half_width));
  }
  constexpr std::uint64_t for_plane = 3;  // other draws of a training have 0, 1 and 2 there
  SplitMix64 random = replayable_generator({for_plane, seed});
  const NeuronPlane plane = random_plane(zero.parameters, random);

  ZoneSlice slice;
  slice.sample = zero.sample;
  slice.neuron = zero.neuron;
  slice.side = options.side;
  slice.half_width = options.half_width;
  std::vector<double> places;
  for (std::int64_t i = 0; i < slice.side; ++i) {
    places.push_back(slice.place(i));
  }
  SliceEvaluation evaluation{.batch = zero.batch,
                             .sample = zero.sample,
                             .neuron = zero.neuron,
                             .neurons = neurons,
                             .precision = Precision::fp32,
                             .device = options.device,
                             .kernel = options.kernel};
  const std::vector<SlicePoint> probes = probes_of(slice);
  slice.repeatable = true;
  const auto evaluate = [&](std::span<const std::int64_t> alike) {
    std::vector<double> values = slice_values(plane, places, places, evaluation, alike);
    slice.repeatable =
        slice.repeatable && bitwise_equal(values, slice_values(plane, places, places, evaluation, alike));
    return values;
  };
  const std::vector<std::int64_t> alike = alike_places(plane, probes, evaluation);
  slice.alike_places = std::ssize(alike);
  slice.fp32 = evaluate(alike);
  slice.centre_is_zero = is_zero_at_centre(plane, evaluation, alike);
  evaluation.precision = Precision::fp64;
  slice.fp64 = evaluate(alike_places(plane, probes, evaluation));

  const auto inputs = static_cast<std::size_t>(element_count(zero.batch.image_shape));
  const std::span input =
      std::span(zero.batch.inputs).subspan(static_cast<std::size_t>(zero.sample) * inputs, inputs);
  reference::PlaneValues truth =
      reference::plane_values(plane, input, places, places, options.reference_bits);
  slice.reference_bound = truth.bound;
  slice.reference_undecided = std::count(truth.certain.begin(), truth.certain.end(), false);
  slice.zeros = explain(slice, plane, input, truth.certain, options.reference_bits);
  slice.reference = std::move(truth.values);
  return slice;
}

ZoneShapeOutcome zone_shape(const Network& network, const Weights& weights, const BatchSource& batches,
                            std::uint64_t seed, const ZoneShapeOptions& options) {
  const FirstZeroSearch search = train_to_first_zero(network, weights, batches, seed,
                                                     {.precision = Precision::fp32,
                                                      .device = options.device,
                                                      .kernel = options.kernel,
                                                      .kinks = options.kinks,
                                                      .sgd = {},
                                                      .rate = options.rate,
                                                      .iterations = options.iterations});
  ZoneShapeOutcome outcome{.iterations = search.iterations, .slice = {}};
  if (search.zero) {
    const std::size_t relu = network.nodes_with(Kink::relu).front();
    outcome.slice =
        slice_around_zero(*search.zero, element_count(network.output_shapes()[relu]), seed, options);
    outcome.slice->iteration = search.iterations - 1;
  }
  return outcome;
}

}  // namespace relu0
