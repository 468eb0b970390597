#include "reference/arithmetic/parallel.hpp"
#include "reference/arithmetic/real.hpp"
#include "reference/arithmetic/sum.hpp"
#include "reference/operations/layers.hpp"
#include "reference/operations/offsets.hpp"
#include "reference/operations/window_positions.hpp"

#include <vector>

namespace relu0::reference {

namespace {

/// What pooling layers share: windows over planes, each plane independent of the others.
class PoolLayer : public Layer {
 public:
  PoolLayer(const LayerContext& context, std::vector<WindowPosition> windows)
      : context_{context},
        windows_{std::move(windows)},
        width_{context.input_shapes[0][2]},
        plane_in_{context.input_shapes[0][1] * width_},
        planes_{context.batch * context.output_shape[0]} {}

 protected:
  [[nodiscard]] std::int64_t outputs_per_plane() const { return static_cast<std::int64_t>(windows_.size()); }
  [[nodiscard]] std::int64_t plane_of(std::int64_t output) const { return output / outputs_per_plane(); }
  [[nodiscard]] const WindowPosition& window_of(std::int64_t output) const {
    return windows_[static_cast<std::size_t>(output % outputs_per_plane())];
  }

  [[nodiscard]] Tensor new_output() const {
    return {context_.bits,
            {context_.batch, context_.output_shape[0], context_.output_shape[1], context_.output_shape[2]}};
  }

  /// Where in the input the window of an output element lies.
  [[nodiscard]] Offsets elements_of(std::int64_t output) const {
    const WindowPosition& window = window_of(output);
    return offsets({{1, 0, plane_of(output) * plane_in_},
                    {window.bottom - window.top, width_, window.top * width_},
                    {window.right - window.left, 1, window.left}});
  }

  template <typename Body>
  [[nodiscard]] bool for_each_plane(const Body& body) const {
    return parallel_for(context_.product.threads, planes_, 1,
                        [&](std::int64_t plane, std::int64_t /*end*/) { body(plane); });
  }

  /// body(output element) over one plane.
  template <typename Body>
  void for_each_output(std::int64_t plane, const Body& body) const {
    for (std::int64_t i = 0; i < outputs_per_plane(); ++i) {
      body(plane * outputs_per_plane() + i);
    }
  }

  /// d loss / d input, where spread(output, sums) adds what one output hands to each of its inputs to the
  /// sums, which have guard bits and are of one plane.
  template <typename Spread>
  [[nodiscard]] LayerGradients gather(const LayerInputs& inputs, const Spread& spread) const {
    LayerGradients result;
    result.inputs.emplace_back(context_.bits, inputs[0]->shape());
    Tensor& gradient = result.inputs[0];
    (void)for_each_plane([&](std::int64_t plane) {
      Tensor sums(context_.bits + guard_bits, {plane_in_});
      for_each_output(plane, [&](std::int64_t output) { spread(output, sums); });
      for (std::int64_t i = 0; i < plane_in_; ++i) {
        mpfr_set(gradient.slot(plane * plane_in_ + i), sums[i], MPFR_RNDN);
      }
    });
    return result;
  }

  LayerContext context_;
  std::vector<WindowPosition> windows_;
  std::int64_t width_;
  std::int64_t plane_in_;
  std::int64_t planes_;
};

class MaxPoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output = new_output();
    winners_.resize(static_cast<std::size_t>(output.size()));
    (void)for_each_plane([&](std::int64_t plane) {
      for_each_output(plane, [&](std::int64_t i) {
        const Offsets elements = elements_of(i);
        std::int64_t winner = elements.front();
        for (const std::int64_t element : elements) {
          if (mpfr_greater_p(input[element], input[winner]) != 0) {
            winner = element;
          }
        }
        winners_[static_cast<std::size_t>(i)] = winner;
        output.copy_element(i, input, winner);
      });
    });
    return {std::move(output), true};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    return gather(inputs, [&](std::int64_t output, Tensor& sums) {
      Tensor::Slot sum = sums.slot(winners_[static_cast<std::size_t>(output)] - plane_of(output) * plane_in_);
      mpfr_add(sum, sum, output_gradient[output], MPFR_RNDN);
    });
  }

 private:
  std::vector<std::int64_t> winners_;  ///< of each output, the element of the input
};

class AveragePoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override {
    Tensor output = new_output();
    const bool exact = for_each_plane([&](std::int64_t plane) {
      Real total(context_.bits + guard_bits);
      for_each_output(plane, [&](std::int64_t i) {
        sum(total, *inputs[0], elements_of(i));
        mpfr_div_si(output.slot(i), total, window_of(i).area, MPFR_RNDN);
      });
    });
    return {std::move(output), exact};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    return gather(inputs, [&](std::int64_t output, Tensor& sums) {
      Real share(context_.bits + guard_bits);
      mpfr_div_si(share, output_gradient[output], window_of(output).area, MPFR_RNDN);
      const std::int64_t plane_start = plane_of(output) * plane_in_;
      for (const std::int64_t element : elements_of(output)) {
        Tensor::Slot sum = sums.slot(element - plane_start);
        mpfr_add(sum, sum, share, MPFR_RNDN);
      }
    });
  }
};

}  // namespace

std::unique_ptr<Layer> make(const MaxPool& pool, const LayerContext& context) {
  return std::make_unique<MaxPoolLayer>(
      context, sliding_windows(pool.window, context.input_shapes[0], context.output_shape));
}

std::unique_ptr<Layer> make(const AveragePool& pool, const LayerContext& context) {
  return std::make_unique<AveragePoolLayer>(
      context, sliding_windows(pool.window, context.input_shapes[0], context.output_shape));
}

std::unique_ptr<Layer> make(const AdaptiveAveragePool& /*pool*/, const LayerContext& context) {
  return std::make_unique<AveragePoolLayer>(context,
                                            adaptive_windows(context.input_shapes[0], context.output_shape));
}

}  // namespace relu0::reference
