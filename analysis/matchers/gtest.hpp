#pragma once
/// GoogleTest matchers for gradients, for users of <relu0/gtest.hpp>. All of it is compiled by who includes
/// it, with their LibTorch and GoogleTest.
///
///   DoesNotDependOnReluAtZero()     the gradient is the same whatever stands for ReLU'(0)
///   WithinOneSidedDerivatives(f)    it lies between the derivatives on both sides of the kinks
///   WithinUlpsOfReference(r, ulps)  it is that close to the gradient in arbitrary precision
///   gradients_of(module, loss)      what they are asked about
#include "analysis/matchers/one_sided_derivatives.hpp"
#include "analysis/matchers/relu_at_zero.hpp"
#include "analysis/matchers/ulps_of_reference.hpp"

#include <gmock/gmock.h>
