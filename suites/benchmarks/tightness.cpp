// How tight the reference's radii are: bits proven of whole networks, and radii over true errors against
// 1,024 bits.
//
// Usage: relu0_tightness [BITS …]   (128)
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/data/embedded/embedded_images.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/pass/certificate.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

constexpr int truth_bits = 1024;
/// What is asked of deep networks' gradients; where a run proves less, one that does is looked for.
constexpr int wanted_bits = 60;

struct Example {
  std::string name;
  Network network;
  Batch batch;
  bool has_truth;  ///< small enough for a run at 1,024 bits
};

Example convolutional(std::string name, Architecture architecture, bool batch_norm, std::int64_t images,
                      bool has_truth) {
  return {std::move(name),
          build(ConvolutionalNetwork{.architecture = architecture, .batch_norm = batch_norm}),
          make_batch(embedded_images({.count = images}), 0, images), has_truth};
}

std::vector<Example> examples() {
  std::vector<Example> result;
  result.push_back({"mlp-3x256, 256", build(Mlp{}), make_batch(embedded_digits(Split::train), 0, 256), true});
  result.push_back({"lenet5, 32", build(ConvolutionalNetwork{.architecture = Architecture::lenet5}),
                    make_batch(embedded_digits(Split::train), 0, 32), true});
  result.push_back(convolutional("vgg11, 8", Architecture::vgg11, false, 8, false));
  result.push_back(convolutional("resnet18, 8", Architecture::resnet18, false, 8, false));
  result.push_back(convolutional("resnet18-bn, 8", Architecture::resnet18, true, 8, false));
  return result;
}

/// log2 of the largest radius over the largest error of the tensor, both against the truth's midpoints.
int looseness(const reference::Tensor& run, const reference::Tensor& truth) {
  reference::Radius widest;
  reference::Real error(64);
  reference::Real difference(64);
  for (std::int64_t i = 0; i < run.size(); ++i) {
    widest = std::max(widest, run.radius(i));
    mpfr_sub(difference, run[i], truth[i], MPFR_RNDA);
    mpfr_abs(difference, difference, MPFR_RNDA);
    mpfr_max(error, error, difference, MPFR_RNDA);
  }
  return mpfr_zero_p(static_cast<mpfr_srcptr>(error)) != 0 || widest.is_zero()
             ? 0
             : static_cast<int>(widest.exponent() - mpfr_get_exp(error));
}

void print(const Example& at, int bits) {
  const Weights weights = draw_weights(at.network, 1);
  const auto run_at = [&](int precision) {
    return reference::backprop(at.network, weights, at.batch, {.bits = precision, .product = {.threads = 2}});
  };
  const reference::Backprop run = run_at(bits);
  std::int64_t open = 0;
  for (const std::vector<std::int64_t>& kink : run.open_kinks) {
    open += std::ssize(kink);
  }
  fmt::print("{}\n  at {} bits {} are proven of the worst parameter, {} of the loss; {} kinks are open\n",
             at.name, bits, reference::proven_bits(run), reference::proven_bits(run.loss), open);
  if (reference::proven_bits(run) < wanted_bits) {
    const reference::Backprop enough = reference::certify(
        at.network, weights, at.batch,
        {.backprop = {.bits = bits, .product = {.threads = 2}}, .max_bits = truth_bits},
        [](const reference::Backprop& found) { return wanted_bits - reference::proven_bits(found); });
    fmt::print("  {} proven bits take a run of {} bits, of which {} are proven\n", wanted_bits,
               enough.loss.bits(), reference::proven_bits(enough));
  }
  const reference::Backprop truth = at.has_truth ? run_at(truth_bits) : reference::Backprop{};
  for (std::size_t i = 0; i < run.parameters.size(); ++i) {
    fmt::print("    {:28} {:4} bits proven", at.network.parameters()[i].name,
               reference::proven_bits(run.parameters[i]));
    if (at.has_truth) {
      fmt::print(", radius / error 2^{}", looseness(run.parameters[i], truth.parameters[i]));
    }
    fmt::print("\n");
  }
}

}  // namespace
}  // namespace relu0

int main(int count, char** arguments) {
  std::vector<int> precisions;
  for (int i = 1; i < count; ++i) {
    precisions.push_back(std::atoi(arguments[i]));
  }
  if (precisions.empty()) {
    precisions.push_back(128);
  }
  fmt::print("Proven bits, relative to each tensor's largest element; radii over errors against {} bits\n",
             relu0::truth_bits);
  for (const relu0::Example& example : relu0::examples()) {
    for (const int bits : precisions) {
      relu0::print(example, bits);
    }
  }
}
