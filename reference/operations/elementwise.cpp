#include "reference/arithmetic/parallel.hpp"
#include "reference/operations/layers.hpp"

#include <utility>

namespace relu0::reference {

namespace {

/// Elements that one thread takes at a time.
constexpr std::int64_t grain = 4096;

class ReluLayer : public Layer {
 public:
  explicit ReluLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output(context_.bits, input.shape());
    for_each(input, [&](std::int64_t i) {
      if (mpfr_sgn(input[i]) > 0) {
        output.copy_element(i, input, i);
      }
    });
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    Tensor gradient(context_.bits, input.shape());
    for_each(input, [&](std::int64_t i) {
      const int sign = mpfr_sgn(input[i]);
      if (sign > 0) {
        gradient.copy_element(i, output_gradient, i);
      } else if (sign == 0) {
        at_zero(gradient.slot(i), output_gradient[i]);
      }
    });
    LayerGradients result;
    result.inputs.push_back(std::move(gradient));
    return result;
  }

 private:
  void at_zero(mpfr_ptr gradient, mpfr_srcptr incoming) const {
    switch (context_.relu_at_zero.rule) {
      case Rule::chain_rule:
        mpfr_mul_d(gradient, incoming, context_.relu_at_zero.value, MPFR_RNDN);
        break;
      case Rule::published_code:
        mpfr_set_d(gradient, context_.relu_at_zero.value, MPFR_RNDN);
        break;
    }
  }

  template <typename Body>
  void for_each(const Tensor& tensor, const Body& body) const {
    parallel_for(context_.product.threads, tensor.size(), grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        body(i);
      }
    });
  }

  LayerContext context_;
};

class AddLayer : public Layer {
 public:
  explicit AddLayer(LayerContext context) : context_{std::move(context)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output(context_.bits, inputs[0]->shape());
    const bool exact = parallel_for(context_.product.threads, output.size(), grain,
                                    [&](std::int64_t first, std::int64_t last) {
                                      for (std::int64_t i = first; i < last; ++i) {
                                        mpfr_add(output.slot(i), (*inputs[0])[i], (*inputs[1])[i], MPFR_RNDN);
                                      }
                                    });
    return {std::move(output), exact};
  }

  LayerGradients backward(const LayerInputs& /*inputs*/, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.inputs.push_back(output_gradient.copy());
    return result;
  }

 private:
  LayerContext context_;
};

class FlattenLayer : public Layer {
 public:
  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output = inputs[0]->copy();
    const std::int64_t batch = output.shape()[0];
    output.reshape({batch, batch == 0 ? 0 : output.size() / batch});
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result;
    result.inputs.push_back(output_gradient.copy());
    result.inputs[0].reshape(inputs[0]->shape());
    return result;
  }
};

}  // namespace

std::unique_ptr<Layer> make(const Relu& /*relu*/, const LayerContext& context) {
  return std::make_unique<ReluLayer>(context);
}

std::unique_ptr<Layer> make(const Add& /*add*/, const LayerContext& context) {
  return std::make_unique<AddLayer>(context);
}

std::unique_ptr<Layer> make(const Flatten& /*flatten*/, const LayerContext& /*context*/) {
  return std::make_unique<FlattenLayer>();
}

}  // namespace relu0::reference
