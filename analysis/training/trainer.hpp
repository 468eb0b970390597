#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/training/optimizer/loss_scaling.hpp"
#include "analysis/training/optimizer/optimizer_options.hpp"
#include "fixtures/network/batch.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace relu0 {

/// How the steps of a training are taken.
struct StepOptions {
  OptimizerOptions optimizer = SgdOptions{};
  /// The seed of the masks of dropouts; step i of a training draws those of DropoutKey{seed, i}.
  std::uint64_t dropout_seed = 0;
  std::optional<LossScaling> loss_scaling{};  ///< for passes at 16 bits; absent: θ is held as passes see it
  /// Whether TrainingStep::min_absolute_pre_activation is looked for, which takes passes of its own over all
  /// ReLU inputs.
  bool smallest_pre_activation = false;
};

/// What the forward pass of a training step met, at the weights before the step. It does not depend on s.
struct TrainingStep {
  double loss = 0;                  ///< mean cross-entropy of the mini-batch
  std::vector<std::int64_t> zeros;  ///< exact zeros met by each ReLU, in the order of the nodes
  std::int64_t relu_inputs = 0;     ///< ReLU inputs evaluated
  /// Over all ReLU inputs: NaN when one is NaN, infinite for a network without a ReLU or where it was not
  /// looked for.
  double min_absolute_pre_activation = std::numeric_limits<double>::infinity();

  [[nodiscard]] std::int64_t total_zeros() const;
};

/// Trains one θ after another by mini-batch stochastic gradient descent, in one arithmetic and with one
/// choice at each kink. A step computes g = ∇loss and updates each parameter by the optimizer's formula
/// (optimizer_options.hpp). In the emulated precisions each of its operations is computed in binary32 and the
/// result rounded once to the storage format, as torch.optim does on a GPU's 16-bit tensors: without loss
/// scaling θ and what the optimizer remembers are held in that format. At fp32 and fp64 on the CPU the bits
/// are PyTorch's.
///
/// Not thread-safe: one per thread. Buffers (statistics of batch-norms in evaluation mode) stay as they are
/// set.
class Trainer {
 public:
  /// The network must outlive the trainer. Throws InputError for options out of range.
  Trainer(const Network& network, Precision precision, Device device, const KinkChoices& kinks,
          const StepOptions& options = {}, const KernelChoice& kernel = {});
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  /// θ to start from, rounded to the storage format; forgets what the optimizer remembers. Throws InputError
  /// when it does not fit the network.
  void set_weights(const Weights& weights);

  /// One step on a mini-batch, after set_weights(). Throws InputError for a mini-batch that does not fit the
  /// network or a learning rate that is negative or not finite, and leaves θ as it is then.
  TrainingStep step(const Batch& batch, double learning_rate);

  /// Whether both trainings have the same state, so that equal steps keep them equal: the same bits in θ and
  /// in what the optimizer remembers. Both must be of the same network.
  [[nodiscard]] bool same_state(const Trainer& other) const;
  /// θ as it is now, exact.
  [[nodiscard]] Weights weights() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace relu0
