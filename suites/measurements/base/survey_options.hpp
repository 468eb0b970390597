#pragma once
#include "suites/measurements/base/measurement.hpp"

#include <algorithm>
#include <cstdint>

namespace relu0 {

/// The options of a survey of a data set's first images, of which it looks at `images` at most: how the
/// networks are computed, and in which mini-batches. What the survey has beyond that keeps its default.
/// Throws what RunSettings::images_of() throws.
template <typename Options>
Options survey_options(const Measurement& survey, std::int64_t images, const RunSettings& settings) {
  Options options;
  options.precision = survey.setting.precision;
  options.device = settings.device;
  options.kernel = survey.kernel(settings);
  options.batch_size = survey.setting.batch_size;
  options.images = std::min(images, settings.images_of(survey.setting.data));
  return options;
}

}  // namespace relu0
