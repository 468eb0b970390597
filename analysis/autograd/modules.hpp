#pragma once
/// Modules of LibTorch's C++ frontend over relu0's functions: relu0::nn::ReLU in the place of
/// torch::nn::ReLU, and so on. One that is made without choices follows the KinkChoicesGuard around its
/// forward(); one that is made with them keeps them:
///
///     torch::nn::Sequential net(torch::nn::Linear(784, 64), relu0::nn::ReLU(), torch::nn::Linear(64, 10));
///     relu0::nn::ReLU half(0.5);
///     relu0::nn::LeakyReLU leaky(0.1, relu0::KinkChoices{.leaky_relu = 1});
///
/// None of them works in place. Errors are those of the functions, thrown by forward().
#include "analysis/autograd/activations.hpp"
#include "analysis/autograd/max_pool.hpp"

#include <optional>
#include <ostream>

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>

namespace relu0::nn {

/// What relu0's modules share: their choices, and that they say who calls.
template <typename Derived>
class KinkedModule : public torch::nn::Cloneable<Derived> {
 public:
  KinkedModule() = default;
  explicit KinkedModule(const KinkChoices& choices) : choices_(choices) { require_finite(choices); }

  void reset() override {}
  /// The module's own; absent: those of the guard around forward(), or LibTorch's.
  [[nodiscard]] const std::optional<KinkChoices>& choices() const { return choices_; }

 protected:
  [[nodiscard]] const KinkChoices* given() const { return choices_ ? &*choices_ : nullptr; }
  [[nodiscard]] const void* origin() const { return static_cast<const torch::nn::Module*>(this); }

 private:
  std::optional<KinkChoices> choices_;
};

class ReLUImpl : public KinkedModule<ReLUImpl> {
 public:
  using KinkedModule<ReLUImpl>::KinkedModule;
  explicit ReLUImpl(double relu_at_zero) : KinkedModule(KinkChoices{.relu = {.value = relu_at_zero}}) {}

  at::Tensor forward(const at::Tensor& x) {
    const autograd::CallingModule caller(origin());
    return autograd::relu(x, given());
  }
  void pretty_print(std::ostream& stream) const override { stream << "relu0::nn::ReLU()"; }
};
TORCH_MODULE(ReLU);

class LeakyReLUImpl : public KinkedModule<LeakyReLUImpl> {
 public:
  explicit LeakyReLUImpl(double slope = 0.01) : slope_(slope) {}
  LeakyReLUImpl(double slope, const KinkChoices& choices) : KinkedModule(choices), slope_(slope) {}

  at::Tensor forward(const at::Tensor& x) {
    const autograd::CallingModule caller(origin());
    return autograd::leaky_relu(x, slope_, given());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "relu0::nn::LeakyReLU(" << slope_ << ")";
  }

 private:
  double slope_;
};
TORCH_MODULE(LeakyReLU);

class HardtanhImpl : public KinkedModule<HardtanhImpl> {
 public:
  explicit HardtanhImpl(double lower = -1, double upper = 1) : lower_(lower), upper_(upper) {}
  HardtanhImpl(double lower, double upper, const KinkChoices& choices)
      : KinkedModule(choices), lower_(lower), upper_(upper) {}

  at::Tensor forward(const at::Tensor& x) {
    const autograd::CallingModule caller(origin());
    return autograd::clamp(x, {"relu0::hardtanh", true, lower_, upper_}, given());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "relu0::nn::Hardtanh(" << lower_ << ", " << upper_ << ")";
  }

 private:
  double lower_;
  double upper_;
};
TORCH_MODULE(Hardtanh);

class ReLU6Impl : public KinkedModule<ReLU6Impl> {
 public:
  using KinkedModule<ReLU6Impl>::KinkedModule;

  at::Tensor forward(const at::Tensor& x) {
    const autograd::CallingModule caller(origin());
    return autograd::clamp(x, {"relu0::relu6", true, 0.0, 6.0}, given());
  }
  void pretty_print(std::ostream& stream) const override { stream << "relu0::nn::ReLU6()"; }
};
TORCH_MODULE(ReLU6);

class MaxPool2dImpl : public KinkedModule<MaxPool2dImpl> {
 public:
  explicit MaxPool2dImpl(const Window& window) : window_(window) {}
  MaxPool2dImpl(const Window& window, const KinkChoices& choices) : KinkedModule(choices), window_(window) {}

  at::Tensor forward(const at::Tensor& x) {
    const autograd::CallingModule caller(origin());
    return autograd::max_pool2d(x, window_, given());
  }
  void pretty_print(std::ostream& stream) const override {
    stream << "relu0::nn::MaxPool2d(" << window_.kernel[0] << " x " << window_.kernel[1] << ")";
  }

 private:
  Window window_;
};
TORCH_MODULE(MaxPool2d);

}  // namespace relu0::nn
