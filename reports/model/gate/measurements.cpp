#include "reports/model/gate/measurements.hpp"

#include <algorithm>

namespace relu0::gate {

const PrecisionResults* Measurements::at(Precision precision) const {
  const auto found =
      std::find_if(precisions.begin(), precisions.end(),
                   [precision](const PrecisionResults& results) { return results.precision == precision; });
  return found == precisions.end() ? nullptr : &*found;
}

}  // namespace relu0::gate
