#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <functional>
#include <string>
#include <vector>

namespace relu0::cases {

/// An operation with arguments and the shapes that it reads.
struct OperationSample {
  std::string name;  ///< words joined by underscores
  Operation operation;
  std::vector<Shape> inputs;
  Shape output;  ///< what the description must infer
  std::int64_t batch = 2;
  /// Whether binary64 holds all that the operation makes of short binary fractions, in both directions.
  bool exact = true;
};

/// One sample's input to one operation that hits its kinks, with all that must come of it.
struct KinkSample {
  Operation operation;
  Shape shape;               ///< of the input
  std::vector<float> input;  ///< short binary fractions, so that every precision computes exactly
  std::vector<double> output;
  std::vector<std::int64_t> hits;   ///< of each of the operation's kinks
  std::int64_t negative_zeros = 0;  ///< among the hits of a kink at 0
  /// d loss / d input where d loss / d output is g.
  std::function<std::vector<double>(const KinkChoices& kinks, const std::vector<double>& g)> gradient;
};

/// Arguments or inputs that the description must refuse.
struct BadArguments {
  Operation operation;
  std::vector<Shape> inputs;
  std::string message;  ///< a part of the error
};

/// A mini-batch of two samples whose activations are structurally 0 in known places.
struct ZeroSample {
  Operation operation;
  Shape shape;  ///< of each of its inputs, all of which are the images
  std::vector<float> inputs;
  std::vector<std::vector<double>> parameters;
  std::vector<std::vector<double>> buffers;
  std::vector<bool> zeros;  ///< of each element of the output, batch-major
};

/// One operation of the list, with what its tests need. All tests of shapes, arguments, gradients, kinks and
/// structural zeros are made from these rows.
struct OperationCase {
  std::string name;
  std::vector<OperationSample> samples;  ///< at least one
  std::vector<BadArguments> errors;      ///< at least one
  std::vector<ZeroSample> zeros;         ///< at least one, but for losses
  std::vector<KinkSample> kinks{};       ///< at least one for an operation with kinks
};

/// A row per operation but Input.
const std::vector<OperationCase>& operation_cases();

/// The samples of all rows.
std::vector<OperationSample> operation_samples();

/// Every choice that tests try at an operation's kinks; the first are PyTorch's.
std::vector<KinkChoices> choices_at(const Operation& operation);

/// What the operation of a sample reads is made by a product with weights each; its output goes through a
/// product to four values and a MeanSquaredError, unless it is a loss itself. Node "operation" is the
/// operation.
Network network_around(const OperationSample& sample);

/// Input → operation → Flatten → MeanSquaredError.
Network operation_alone(const Operation& operation, const Shape& input);

/// d loss / d output of the operation in operation_alone() for one sample of label 0: 2 (y − t) / count.
std::vector<double> loss_gradient(const std::vector<double>& output);

/// Weights that are multiples of 1/4 in [−1, 1], batch-norm's γ and running variance in [1/2, 2], drawn from
/// `seed`.
Weights short_weights(const Network& network, std::uint64_t seed);

/// Inputs that are multiples of 1/8 in [−2, 2], labels in turn, drawn from `seed`.
Batch short_batch(const Network& network, std::int64_t samples, std::uint64_t seed);

}  // namespace relu0::cases
