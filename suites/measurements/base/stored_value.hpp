#pragma once
#include "fixtures/network/precision.hpp"

namespace relu0 {

/// A finite number as a precision stores it: rounded to nearest, ties to even; ±infinity beyond its range.
double stored(double value, Precision precision);

}  // namespace relu0
