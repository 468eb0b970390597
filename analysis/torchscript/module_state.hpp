#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/runnable_model.hpp"

#include <string>
#include <utility>
#include <vector>

namespace torch::jit {
struct Module;
}

namespace relu0 {

/// What a model may change about itself while it runs: everything it holds but its parameters.
class ModuleState {
 public:
  /// Takes down the state as it is now.
  explicit ModuleState(const torch::jit::Module& module);

  /// Names of what differs now from what was taken down, in some bit.
  [[nodiscard]] std::vector<std::string> changed(const torch::jit::Module& module) const;
  /// Puts back what was taken down.
  void restore(const torch::jit::Module& module) const;

 private:
  std::vector<std::pair<std::string, c10::IValue>> values_;
};

/// Keeps the values of a model's parameters while something may write into them past autograd (ScriptProbe),
/// and puts them back at its end.
class ParametersKept {
 public:
  explicit ParametersKept(const std::vector<NamedTensor>& parameters);
  ~ParametersKept();
  ParametersKept(const ParametersKept&) = delete;
  ParametersKept& operator=(const ParametersKept&) = delete;
  ParametersKept(ParametersKept&&) = delete;
  ParametersKept& operator=(ParametersKept&&) = delete;

  /// Names of those whose values differ now in some bit.
  [[nodiscard]] std::vector<std::string> changed() const;

 private:
  struct Kept {
    std::string name;
    at::Tensor parameter;  ///< without autograd
    at::Tensor value;
  };
  std::vector<Kept> parameters_;
};

/// While it lives, the process's random numbers on the CPU start from `seed`; afterwards they go on where
/// they were.
class RandomState {
 public:
  explicit RandomState(std::uint64_t seed);
  ~RandomState();
  RandomState(const RandomState&) = delete;
  RandomState& operator=(const RandomState&) = delete;
  RandomState(RandomState&&) = delete;
  RandomState& operator=(RandomState&&) = delete;

  /// Whether a random number was drawn since.
  [[nodiscard]] bool used() const;

 private:
  at::Tensor before_;
  at::Tensor seeded_;
};

}  // namespace relu0
