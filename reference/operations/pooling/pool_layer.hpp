#pragma once
#include "reference/arithmetic/parallel.hpp"
#include "reference/operations/layer.hpp"
#include "reference/operations/offsets.hpp"
#include "reference/operations/pooling/window_positions.hpp"

#include <utility>
#include <vector>

namespace relu0::reference {

/// What pooling layers share: windows over planes, each plane independent of the others.
class PoolLayer : public Layer {
 public:
  PoolLayer(const LayerContext& context, std::vector<WindowPosition> windows)
      : context_{context},
        windows_{std::move(windows)},
        width_{context.input_shapes[0][2]},
        plane_in_{context.input_shapes[0][1] * width_},
        planes_{context.batch * context.output_shape[0]},
        overlap_{most_windows_of_an_element()} {}

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
    return elements_in(window_of(output), plane_of(output) * plane_in_, width_);
  }

  template <typename Body>
  void for_each_plane(const Body& body) const {
    parallel_for(context_.product.threads, planes_, 1,
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
    for_each_plane([&](std::int64_t plane) {
      Tensor sums(context_.bits + guard_bits, {plane_in_});
      for_each_output(plane, [&](std::int64_t output) { spread(output, sums); });
      for (std::int64_t i = 0; i < plane_in_; ++i) {
        gradient.set_radius(plane * plane_in_ + i, ball::set(gradient.slot(plane * plane_in_ + i), sums[i]));
      }
    });
    return result;
  }

  /// The most windows that an element lies in.
  [[nodiscard]] std::int64_t overlap() const { return overlap_; }
  /// A bound of the 2-norm of what additions with guard bits round off over all elements of a tensor of
  /// `size`: each element has at most `overlap` of them, of numbers below `overlap` · 2^exponent, and a
  /// division.
  [[nodiscard]] Radius joint_of_guards(std::int64_t size, std::int32_t exponent) const {
    const auto additions = static_cast<std::uint64_t>(overlap());
    return joint_of_each(
        size, Radius::above(2 * additions * additions, std::int64_t{exponent} - context_.bits - guard_bits));
  }

  static void add_to(Tensor& sums, std::int64_t i, const BallView& share) {
    Tensor::Slot sum = sums.slot(i);
    sums.set_radius(i, ball::add(sum, {sum, sums.radius(i)}, share));
  }

  LayerContext context_;
  std::vector<WindowPosition> windows_;
  std::int64_t width_;
  std::int64_t plane_in_;
  std::int64_t planes_;

 private:
  [[nodiscard]] std::int64_t most_windows_of_an_element() const;

  std::int64_t overlap_;
};

/// Whether all of the input's elements in the window of the element are structurally 0.
bool window_is_zero(const ZeroQuestion& at, const std::vector<WindowPosition>& windows);

}  // namespace relu0::reference
