#pragma once
#include "reference/arithmetic/parallel.hpp"
#include "reference/operations/layer.hpp"

#include <cstdint>
#include <utility>

namespace relu0::reference {

/// Calls body(i) for each of `count` elements on up to `threads` threads.
template <typename Body>
void for_each_element(int threads, std::int64_t count, const Body& body) {
  constexpr std::int64_t grain = 4096;  // elements that one thread takes at a time
  parallel_for(threads, count, grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      body(i);
    }
  });
}

/// A layer of one input that treats each element apart. `Derived` has
///
///     void compute(Tensor& output, const Tensor& input, std::int64_t i) const;
///     void propagate(Tensor& gradient, const Tensor& input, const Tensor& output_gradient, std::int64_t i)
///     const;
///
/// which set element `i` of the output, and of d loss / d input, each with its radius. Elements that are not
/// set are +0, exactly.
template <typename Derived>
class ElementwiseLayer : public Layer {
 public:
  explicit ElementwiseLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(),
                     [&](std::int64_t i) { derived().compute(output, input, i); });
    return {.values = std::move(output)};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    LayerGradients result;
    Tensor& gradient = result.inputs.emplace_back(context_.bits, input.shape());
    for_each_element(context_.product.threads, input.size(),
                     [&](std::int64_t i) { derived().propagate(gradient, input, output_gradient, i); });
    return result;
  }

 protected:
  [[nodiscard]] const LayerContext& context() const { return context_; }

 private:
  [[nodiscard]] const Derived& derived() const { return static_cast<const Derived&>(*this); }

  LayerContext context_;
};

}  // namespace relu0::reference
