#pragma once
/// The reference for users of <relu0/reference.hpp>: gradients of one's own networks in arbitrary precision.
///
///     const relu0::Network network = relu0::NetworkBuilder({3}).linear(4).relu().linear(2).cross_entropy();
///     const relu0::Weights weights = relu0::WeightsBuilder(network).set("linear1.weight", …) … .build();
///     const auto gradient = relu0::reference::gradient(network, weights, inputs, labels, {.bits = 200});
///     gradient.parameter("linear1.weight")   // an Eigen matrix of MPFR numbers of 200 bits
///     gradient.error_bound("linear1.weight") // what each of them is off by at most: proven
///     gradient.parameter_balls("linear1.weight") // each with a midpoint and a radius of its own
#include "fixtures/error.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"
#include "reference/gradient/reference_gradient.hpp"
