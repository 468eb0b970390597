#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/training/optimizer/optimizer_options.hpp"

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// The update of θ from a gradient, with what it remembers from step to step. Each formula of
/// optimizer_options.hpp is computed by the same operations in the same order as torch.optim, so that
/// LibTorch's kernels give the same bits at fp32 and fp64; in an emulated arithmetic the result of each
/// operation is rounded once.
class Optimizer {
 public:
  /// Throws what check() throws.
  Optimizer(OptimizerOptions options, const Arithmetic& arithmetic);

  /// Changes the parameters in place. Throws InputError for a learning rate that is negative or not finite.
  void update(const std::vector<at::Tensor>& parameters, const std::vector<at::Tensor>& gradient,
              double learning_rate);

  /// Forgets all steps.
  void reset();
  /// Another one that goes on from here and shares nothing with this one.
  [[nodiscard]] Optimizer fork() const;

  [[nodiscard]] const OptimizerOptions& options() const { return options_; }
  /// How many steps were taken.
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  /// What is remembered: for each parameter the momentum, or for all of them m and then for all v. Empty
  /// before the first step and where nothing is remembered.
  [[nodiscard]] const std::vector<at::Tensor>& memory() const { return memory_; }
  /// How many tensors memory() holds after a step with so many parameters.
  [[nodiscard]] std::size_t memory_size(std::size_t parameters) const;
  /// Goes on from there. `memory` must be what memory() returned after so many steps.
  void restore(std::int64_t steps, std::vector<at::Tensor> memory);

 private:
  void update(const SgdOptions& sgd, at::Tensor parameter, at::Tensor direction, std::size_t index,
              double rate);
  void update(const AdamOptions& adam, at::Tensor parameter, at::Tensor direction, std::size_t index,
              double rate);

  OptimizerOptions options_;
  Arithmetic arithmetic_;
  std::int64_t steps_ = 0;
  std::vector<at::Tensor> memory_;
};

}  // namespace relu0
