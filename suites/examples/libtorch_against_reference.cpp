// How far LibTorch's gradient is from the truth, parameter by parameter, at 16, 32 and 64 bits.
#include <algorithm>
#include <cmath>
#include <iostream>

#include <relu0/analysis.hpp>
#include <relu0/reference.hpp>

int main() {
  const relu0::Network network =
      relu0::NetworkBuilder({28 * 28}).linear(32).relu().linear(10).cross_entropy();
  relu0::Batch batch = relu0::make_batch(relu0::embedded_digits(relu0::Split::train), 0, 16);
  batch.image_shape = {28 * 28};

  for (const relu0::Precision precision :
       {relu0::Precision::fp16, relu0::Precision::fp32, relu0::Precision::fp64}) {
    // Both engines get the θ and the images that the precision can hold: errors are the arithmetic's alone.
    const relu0::Weights weights = relu0::rounded_weights(relu0::draw_weights(network, 1), precision);
    const relu0::Batch images = relu0::rounded_batch(batch, precision);
    const relu0::Gradient ours = relu0::backprop(network, weights, images, precision, {}).gradient;
    const auto truth = relu0::reference::gradient(network, weights, images.inputs, images.labels);
    for (const relu0::TensorValues& parameter : ours.parameters) {
      const relu0::reference::DoubleMatrix exact = truth.parameter_as_double(parameter.name);
      double error = 0;
      for (Eigen::Index i = 0; i < exact.size(); ++i) {
        error = std::max(error, std::abs(parameter.values[static_cast<std::size_t>(i)] - exact.data()[i]));
      }
      std::cout << relu0::name(precision) << ", " << parameter.name << ": off by up to "
                << error / exact.cwiseAbs().maxCoeff() << " of its largest element\n";
    }
  }
}
