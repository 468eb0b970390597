#include "suites/tests/reference/broken_layers.hpp"

#include "reference/arithmetic/real.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace relu0::reference {

namespace {

using Change = std::function<void(Tensor&)>;

/// A layer whose inputs, outputs and gradients are changed on their way.
class Changed : public Layer {
 public:
  struct Changes {
    Change input{};            ///< of a copy of each input
    Change output{};           ///< of the output
    Change output_gradient{};  ///< of a copy of what comes in
    Change input_gradient{};   ///< of what goes out
    Change parameter_gradient{};
  };

  Changed(std::unique_ptr<Layer> inner, Changes changes)
      : inner_{std::move(inner)}, changes_{std::move(changes)} {}

  LayerOutput forward(const LayerInputs& inputs) override {
    copies_.clear();
    LayerInputs pointers;
    copies_.reserve(inputs.size());
    for (const Tensor* input : inputs) {
      copies_.push_back(input->copy());
      apply(changes_.input, copies_.back());
      pointers.push_back(&copies_.back());
    }
    LayerOutput result = inner_->forward(pointers);
    apply(changes_.output, result.values);
    return result;
  }

  LayerGradients backward(const LayerInputs& /*inputs*/, const Tensor& output_gradient) override {
    LayerInputs pointers;
    for (const Tensor& copy : copies_) {
      pointers.push_back(&copy);
    }
    Tensor incoming = output_gradient.copy();
    apply(changes_.output_gradient, incoming);
    LayerGradients result = inner_->backward(pointers, incoming);
    for (Tensor& gradient : result.inputs) {
      apply(changes_.input_gradient, gradient);
    }
    for (Tensor& gradient : result.parameters) {
      apply(changes_.parameter_gradient, gradient);
    }
    return result;
  }

 private:
  static void apply(const Change& change, Tensor& tensor) {
    if (change) {
      change(tensor);
    }
  }

  std::unique_ptr<Layer> inner_;
  Changes changes_;
  std::vector<Tensor> copies_;
};

void add_one_ulp(Tensor& tensor) {
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    if (!tensor.is_zero(i)) {
      Tensor::Slot slot = tensor.slot(i);
      if (mpfr_sgn(slot) > 0) {
        mpfr_nextabove(slot);
      } else {
        mpfr_nextbelow(slot);
      }
    }
  }
}

/// A layer with parameters of its own; `change` then corrects the gradients that it gives for them.
class Reparameterised : public Layer {
 public:
  using Gradients = std::vector<Tensor>;

  Reparameterised(const Node& node, LayerContext context, std::vector<Tensor> parameters,
                  std::function<void(Gradients&)> change)
      : parameters_{std::move(parameters)}, change_{std::move(change)} {
    context.parameters = parameters_;
    inner_ = make_layer(node, context);
  }

  LayerOutput forward(const LayerInputs& inputs) override { return inner_->forward(inputs); }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    LayerGradients result = inner_->backward(inputs, output_gradient);
    change_(result.parameters);
    return result;
  }

 private:
  std::vector<Tensor> parameters_;
  std::function<void(Gradients&)> change_;
  std::unique_ptr<Layer> inner_;
};

void scale(Tensor& tensor, mpfr_srcptr factor) {
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    Tensor::Slot slot = tensor.slot(i);
    mpfr_mul(slot, slot, factor, MPFR_RNDN);
  }
}

/// Element (row, column) of each height × width plane becomes element from(row, column).
Change rearranged(std::int64_t height, std::int64_t width,
                  std::function<std::optional<std::int64_t>(std::int64_t, std::int64_t)> from) {
  return [height, width, from = std::move(from)](Tensor& tensor) {
    const Tensor before = tensor.copy();
    for (std::int64_t i = 0; i < tensor.size(); ++i) {
      const std::int64_t plane = i / (height * width);
      const std::int64_t row = i / width % height;
      if (const auto source = from(row, i % width)) {
        tensor.copy_element(i, before, plane * height * width + *source);
      } else {
        mpfr_set_zero(tensor.slot(i), 1);
      }
    }
  };
}

Change turned(const Shape& shape) {
  const std::int64_t height = shape[1];
  const std::int64_t width = shape[2];
  return rearranged(height, width, [=](std::int64_t row, std::int64_t column) {
    return (height - 1 - row) * width + width - 1 - column;
  });
}

}  // namespace

std::unique_ptr<Layer> one_ulp_off(const Node& node, const LayerContext& context) {
  return std::make_unique<Changed>(
      make_layer(node, context),
      Changed::Changes{.input_gradient = add_one_ulp, .parameter_gradient = add_one_ulp});
}

std::unique_ptr<Layer> output_one_ulp_off(const Node& node, const LayerContext& context) {
  return std::make_unique<Changed>(make_layer(node, context), Changed::Changes{.output = add_one_ulp});
}

std::unique_ptr<Layer> wrong_padding(const Node& node, const LayerContext& context) {
  const Shape& shape = context.input_shapes[0];
  const std::int64_t width = shape[2];
  const auto shifted = [&](std::int64_t by) {
    return rearranged(shape[1], width, [width, by](std::int64_t row, std::int64_t column) {
      const std::int64_t source = column + by;
      return source < 0 || source >= width ? std::nullopt : std::optional(row * width + source);
    });
  };
  return std::make_unique<Changed>(make_layer(node, context),
                                   Changed::Changes{.input = shifted(1), .input_gradient = shifted(-1)});
}

std::unique_ptr<Layer> dropped_bias(const Node& node, const LayerContext& context) {
  std::vector<Tensor> parameters;
  parameters.push_back(context.parameters[0].copy());
  parameters.emplace_back(context.bits, context.parameters[1].shape());
  return std::make_unique<Reparameterised>(node, context, std::move(parameters),
                                           [](std::vector<Tensor>& /*gradients*/) {});
}

std::unique_ptr<Layer> last_maximum_wins(const Node& node, const LayerContext& context) {
  // The first maximum of the turned image is the last one of the image. Windows must cover the plane evenly.
  return std::make_unique<Changed>(make_layer(node, context),
                                   Changed::Changes{.input = turned(context.input_shapes[0]),
                                                    .output = turned(context.output_shape),
                                                    .output_gradient = turned(context.output_shape),
                                                    .input_gradient = turned(context.input_shapes[0])});
}

std::unique_ptr<Layer> decided_by_midpoints(const Node& node, const LayerContext& context) {
  return std::make_unique<Changed>(make_layer(node, context), Changed::Changes{.input = [](Tensor& tensor) {
                                     for (std::int64_t i = 0; i < tensor.size(); ++i) {
                                       tensor.set_radius(i, {});
                                     }
                                   }});
}

std::unique_ptr<Layer> narrow_together(const Node& node, const LayerContext& context) {
  const Change narrow = [](Tensor& tensor) {
    tensor.set_joint_radius(tensor.joint_radius().times_power_of_two(-12));
  };
  return std::make_unique<Changed>(make_layer(node, context),
                                   Changed::Changes{.output = narrow, .input_gradient = narrow});
}

std::unique_ptr<Layer> unbiased_variance(const Node& node, const LayerContext& context) {
  // γ (v n/(n−1) + ε)^−1/2 = γ r (v + ε r²)^−1/2 with r² = (n−1)/n. ε r² is rounded to a double: a change of
  // ε by 2^−53 of itself, which is nothing beside the fault.
  BatchNorm norm = std::get<BatchNorm>(node.operation);
  const std::int64_t count = context.batch * element_count(context.output_shape) / norm.features;
  norm.epsilon *= static_cast<double>(count - 1) / static_cast<double>(count);
  const auto ratio = std::make_shared<Real>(context.bits);
  mpfr_set_si(*ratio, count - 1, MPFR_RNDN);
  mpfr_div_si(*ratio, *ratio, count, MPFR_RNDN);
  mpfr_sqrt(*ratio, *ratio, MPFR_RNDN);
  std::vector<Tensor> parameters;
  parameters.push_back(context.parameters[0].copy());
  parameters.push_back(context.parameters[1].copy());
  scale(parameters[0], *ratio);
  Node changed = node;
  changed.operation = norm;
  return std::make_unique<Reparameterised>(
      changed, context, std::move(parameters),
      [ratio](std::vector<Tensor>& gradients) { scale(gradients[0], *ratio); });
}

}  // namespace relu0::reference
