#pragma once
#include "suites/measurements/base/measurement.hpp"

namespace relu0 {

/// Every kind of measurement that relu0 knows, each as one measurement of it in the default setting. To add a
/// kind: write its class in a file of its own in this folder, and name it in the list in kinds.cpp.
const Measurements& kinds_of_measurement();

}  // namespace relu0
