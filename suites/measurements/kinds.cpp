#include "suites/measurements/kinds.hpp"

#include "suites/measurements/divergence.hpp"
#include "suites/measurements/kernel_sweep.hpp"
#include "suites/measurements/kink_survey.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/training.hpp"
#include "suites/measurements/zero_law.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/measurements/zone_shape.hpp"

#include <memory>

namespace relu0 {

namespace {

template <typename... Kinds>
Measurements one_of_each() {
  return {std::make_shared<Kinds>()...};
}

}  // namespace

const Measurements& kinds_of_measurement() {
  static const Measurements kinds =
      one_of_each<Sweep, Stream, KernelSweep, Divergence, ZerosInTraining, ReferenceError, ZeroOrigins,
                  ZoneShape, ZeroLaw, KinkSurvey, TrainedNetwork>();
  return kinds;
}

}  // namespace relu0
