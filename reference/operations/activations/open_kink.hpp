#pragma once
#include "fixtures/network/kinks.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>
#include <initializer_list>

namespace relu0::reference {

/// Sets element `i` of a gradient to a ball that holds the incoming gradient times each of the factors,
/// whatever number of the incoming ball it is, and what the choices make of it: the hull of all sides of a
/// kink of which it is not known on which an input lies.
///
/// With factors from a to b and an incoming g ± r, the midpoint is g (a + b) / 2 and the radius |g| (b − a) /
/// 2 + r max(|a|, |b|) and the rounding. For a choice that assigns a value v the radius is at least the
/// distance of v from the midpoint.
void set_hull(Tensor& gradient, std::int64_t i, const BallView& incoming,
              std::initializer_list<double> factors, std::initializer_list<DerivativeChoice> choices = {});

}  // namespace relu0::reference
