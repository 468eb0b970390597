#pragma once
#include "reports/model/gate/measurements.hpp"

namespace relu0::gate {

/// Measurements of a small model, complete and well within the default policy: tensors "w" and "b", 40
/// mini-batches, fp16 and fp32, relu = 0 against 1, every kind of luck, a reference, one kink that was met.
/// Into these the self-test puts faults.
Measurements clean_measurements();

/// The results of clean_measurements() at fp32, to be changed.
PrecisionResults& at_fp32(Measurements& measurements);

}  // namespace relu0::gate
