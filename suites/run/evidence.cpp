#include "suites/run/evidence.hpp"

#include <fmt/format.h>

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

void Evidence::refuse(const Measurement& measurement, const StoreError& error) const {
  throw StoreError(fmt::format("{}: {}: {}", store_->file().string(), measurement.describe(), error.what()),
                   error.remedy());
}

}  // namespace relu0
