#include "reference/operations/pooling/max_pool.hpp"

#include "reference/arithmetic/real.hpp"
#include "reference/operations/pooling/pool_layer.hpp"

#include <algorithm>
#include <atomic>

namespace relu0::reference {

namespace {

/// Compares numbers exactly: equal maxima are those of the reference's own precision.
class MaxPoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output = new_output();
    winners_.resize(static_cast<std::size_t>(output.size()));
    std::atomic<std::int64_t> ties{0};
    (void)for_each_plane([&](std::int64_t plane) {
      for_each_output(plane, [&](std::int64_t i) {
        const Offsets elements = elements_of(i);
        std::int64_t winner = elements.front();
        bool tie = false;
        for (const std::int64_t element : elements) {
          const int order = mpfr_cmp(input[element], input[winner]);
          tie = order == 0 ? tie || element != winner : order < 0 && tie;
          winner = order > 0 ? element : winner;
        }
        ties += tie ? 1 : 0;
        winners_[static_cast<std::size_t>(i)] = winner;
        output.copy_element(i, input, winner);
      });
    });
    return {std::move(output), true, ties};
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    return gather(inputs, [&](std::int64_t output, Tensor& sums) {
      const std::int64_t plane_start = plane_of(output) * plane_in_;
      const auto add = [&](std::int64_t element, mpfr_srcptr share) {
        Tensor::Slot sum = sums.slot(element - plane_start);
        mpfr_add(sum, sum, share, MPFR_RNDN);
      };
      const std::int64_t first = winners_[static_cast<std::size_t>(output)];
      if (context_.kinks.max_pool == TieChoice::first) {
        add(first, output_gradient[output]);
        return;
      }
      Offsets tied = elements_of(output);
      std::erase_if(tied,
                    [&](std::int64_t element) { return mpfr_equal_p(input[element], input[first]) == 0; });
      if (context_.kinks.max_pool == TieChoice::last) {
        add(tied.back(), output_gradient[output]);
        return;
      }
      Real share(context_.bits + guard_bits);
      mpfr_div_si(share, output_gradient[output], static_cast<long>(tied.size()), MPFR_RNDN);
      for (const std::int64_t element : tied) {
        add(element, share);
      }
    });
  }

 private:
  std::vector<std::int64_t> winners_;  ///< of each output, the first element that holds its maximum
};

}  // namespace

std::unique_ptr<Layer> make(const MaxPool& pool, const LayerContext& context) {
  return std::make_unique<MaxPoolLayer>(
      context, sliding_windows(pool.window, context.input_shapes[0], context.output_shape));
}

bool is_structural_zero(const MaxPool& pool, const ZeroQuestion& at) {
  return window_is_zero(at, sliding_windows(pool.window, at.input(), at.output()));
}

}  // namespace relu0::reference
