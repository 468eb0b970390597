#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <vector>

namespace relu0::test {

/// A network whose kinks are known, with θ and images of white pixels (1) and black ones (0).
struct Planted {
  Network network;
  Weights weights;
  Dataset dataset;
};

/// z = w · x over two pixels, `activation`, then logits (h / 8, 0) + bias 0, of which class 0 is right. A
/// gradient reaches the activation. The images are white, white; then white, black.
Planted planted(const Operation& activation, std::vector<double> weights);

/// A 1×1 convolution of two channels to one over two places, ReLU, max-pool over both, then logits (h, 0) +
/// bias 0, of which class 0 is right. In the first image one place sees the first channel and the other place
/// the second one; in the second image both places see both channels; in the third only the first place sees
/// anything.
Planted planted_pool(std::vector<double> weights);

/// `images` black and white images of a shape, drawn from `seed`, in 3 classes.
Dataset black_and_white(const Shape& shape, std::int64_t images, std::uint64_t seed);

}  // namespace relu0::test
