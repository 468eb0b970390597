#include "suites/run/evidence.hpp"

namespace relu0 {

Evidence::Values Evidence::stored(const Measurement& measurement) const {
  Values values;
  const std::int64_t wanted = measurement.draws(settings_);
  for (StoredDraw& draw : store_->stored_draws(measurement.key(settings_))) {
    if (draw.draw < wanted) {
      values.push_back(std::move(draw.values));
    }
  }
  return values;
}

}  // namespace relu0
