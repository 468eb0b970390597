#pragma once
#include "fixtures/models/imported_model.hpp"
#include "fixtures/network/precision.hpp"

#include <vector>

namespace relu0::test {

/// What the network makes of `samples` inputs before its loss, in LibTorch. The loss is there, the labels do
/// not matter.
std::vector<double> outputs_in_libtorch(const ImportedModel& model, std::vector<float> inputs,
                                        Precision precision);

/// What a network without loss makes of its inputs in the reference, at 128 bits, rounded to binary64.
std::vector<double> outputs_in_reference(const Network& network, const Weights& weights,
                                         const std::vector<double>& inputs);

}  // namespace relu0::test
