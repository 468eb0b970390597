#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/weights/weights.hpp"

namespace relu0::test {

/// The first `images` of the data that tests run on: MNIST where RELU0_DATA_DIR has it, else the embedded
/// digits.
const Dataset& training_data();

/// A data set of tiny images of `inputs` pixels with values 0 … 255 drawn from `seed`, in `classes` classes.
Dataset tiny_dataset(std::int64_t images, std::int64_t inputs, std::int64_t classes, std::uint64_t seed);

/// Weights with each value replaced by the nearest multiple of 2^-4: with few distinct values, exact
/// cancellations, and so exact zeros, are frequent in every precision.
Weights coarse(Weights weights);

}  // namespace relu0::test
