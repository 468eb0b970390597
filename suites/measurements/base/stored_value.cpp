#include "suites/measurements/base/stored_value.hpp"

#include "reference/arithmetic/format.hpp"
#include "reference/arithmetic/real.hpp"

namespace relu0 {

double stored(double value, Precision precision) {
  reference::Real exact(53);
  mpfr_set_d(exact, value, MPFR_RNDN);
  return reference::round_to(reference::storage_format(precision), exact);
}

}  // namespace relu0
