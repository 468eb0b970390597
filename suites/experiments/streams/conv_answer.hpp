#pragma once
#include "suites/experiments/streams/stream_study.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// Which of true fp32, TF32, the rule of the published code, the kernel, batch-norm and nondeterminism
/// explains the published indices of the first impacted mini-batch at 32 bits: a paragraph whose every number
/// stands in the overview table or is computed from it. `all`: each network at tf32 and fp32, among others;
/// those that were not made are named and not judged. `published` has an index for each network.
std::string conv_answer(const std::vector<stream_study::Measured>& all,
                        const stream_study::PublishedAt& published, Device device);

}  // namespace relu0
