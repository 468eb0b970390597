#pragma once
#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <cstdint>

namespace relu0::reference {

/// Whether ‖a − b‖₂ is at most what is known of the distances of both together.
inline bool overlap_together(const Tensor& a, const Tensor& b) {
  const Radius bound = a.joint_radius() + b.joint_radius();
  if (!bound.is_bounded()) {
    return true;
  }
  Real squares(64);
  Real difference(64);
  for (std::int64_t i = 0; i < a.size(); ++i) {
    mpfr_sub(difference, a[i], b[i], MPFR_RNDZ);
    mpfr_fma(squares, difference, difference, squares, MPFR_RNDZ);
  }
  mpfr_sqrt(squares, squares, MPFR_RNDZ);
  Real most(64);
  bound.get(most);
  return mpfr_lessequal_p(squares, most) != 0;
}

}  // namespace relu0::reference
