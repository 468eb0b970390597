#pragma once
#include "fixtures/network/network.hpp"
#include "reference/operations/layer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace relu0::reference {

/// One operation with everything that its forward and backward pass take, all of it doubles, so that it can
/// be run at any precision.
struct LayerCase {
  std::string name;
  Operation operation;
  std::vector<Shape> input_shapes;  ///< without the mini-batch
  std::int64_t batch = 2;
  std::vector<std::vector<double>> inputs{};
  std::vector<std::vector<double>> parameters{};
  std::vector<std::vector<double>> buffers{};
  std::vector<double> output_gradient{};
  std::vector<std::int64_t> labels{};
  KinkChoices kinks{};
  Radius input_distance{};     ///< how far each element of the inputs may be off
  Radius gradient_distance{};  ///< and each of the output's gradient; both known of all together too
};

struct LayerRun {
  Tensor output;
  LayerGradients gradients;
};

/// Draws what is empty in a case: inputs, parameters, gradient and labels; running variances are positive.
/// `integers`: small integers, on which products and sums are exact in doubles too.
LayerCase drawn(LayerCase layer_case, std::uint64_t seed, bool integers);

LayerRun run(const LayerCase& layer_case, int bits, ProductKind kind, const MakeLayer& make = make_layer);

/// The parts of a run by name: "output", "input 0", "parameter 1" …
std::vector<std::pair<std::string, const Tensor*>> parts(const LayerRun& run);

/// The samples of the table of operations.
std::vector<LayerCase> layer_cases();

}  // namespace relu0::reference
