#pragma once
#include "fixtures/data/dataset.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace relu0 {

/// Calls look() for each mini-batch of the first `images` images in their order, the last one smaller where
/// they do not divide, until it returns false. `purpose`: what cannot be done where this fails, "count
/// zeros". Throws InputError for no image, an empty mini-batch, and more images than the data set holds.
void for_each_minibatch(const Dataset& dataset, std::int64_t images, std::int64_t batch_size,
                        std::string_view purpose, const std::function<bool(const Batch&)>& look);

}  // namespace relu0
