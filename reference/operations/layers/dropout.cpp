#include "reference/operations/layers/dropout.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/operations/elementwise.hpp"

#include <utility>

namespace relu0::reference {

namespace {

class DropoutLayer : public ElementwiseLayer<DropoutLayer> {
 public:
  DropoutLayer(const Dropout& dropout, LayerContext context)
      : ElementwiseLayer(std::move(context)),
        dropout_{dropout},
        mask_(dropout, this->context().dropout, this->context().node) {}

  void compute(Tensor& output, const Tensor& input, std::int64_t i) const { drop(output, input, i); }
  void propagate(Tensor& gradient, const Tensor& /*input*/, const Tensor& output_gradient,
                 std::int64_t i) const {
    drop(gradient, output_gradient, i);
  }

 private:
  /// What becomes of an element on its way forwards or backwards.
  void drop(Tensor& to, const Tensor& from, std::int64_t i) const {
    if (!dropout_.drops()) {
      to.copy_element(i, from, i);
    } else if (mask_.keeps(i)) {
      to.set_radius(i, scale(to.slot(i), from[i]));
    }
  }

  Radius scale(mpfr_ptr result, const BallView& value) const {
    Ball kept(context().bits + guard_bits);
    mpfr_set_d(kept.midpoint, dropout_.probability, MPFR_RNDN);
    kept.radius = Radius::of_rounding(kept.midpoint, mpfr_ui_sub(kept.midpoint, 1, kept.midpoint, MPFR_RNDN));
    return ball::divide(result, value, kept);
  }

  Dropout dropout_;
  DropoutMask mask_;
};

}  // namespace

std::unique_ptr<Layer> make(const Dropout& dropout, const LayerContext& context) {
  return std::make_unique<DropoutLayer>(dropout, context);
}

bool is_structural_zero(const Dropout& dropout, const ZeroQuestion& at) {
  return !DropoutMask(dropout, at.dropout(), at.node()).keeps(at.index()) || at.input_is_zero(at.index());
}

}  // namespace relu0::reference
