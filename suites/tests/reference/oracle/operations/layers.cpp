#include "fixtures/network/dropout_key.hpp"
#include "suites/tests/reference/oracle/operations/all.hpp"
#include "suites/tests/reference/oracle/operations/image.hpp"

#include <utility>

namespace relu0::oracle {

// Linear: y = x Wᵀ + b.
Matrix forward(const Linear& linear, const Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  Matrix y = pass.x().lazyProduct(weight.transpose());
  if (pass.has_bias()) {
    const Matrix bias = pass.parameter("bias");
    for (Index sample = 0; sample < pass.samples(); ++sample) {
      y.row(sample) += bias.transpose();
    }
  }
  allow_product_roundings(y, linear.in_features, pass.x(), weight, pass.contract());
  return y;
}

void backward(const Linear& linear, Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  Matrix dx = pass.dy().lazyProduct(weight);
  allow_product_roundings(dx, linear.out_features, pass.dy(), weight, pass.contract());
  Matrix dw = pass.dy().transpose().lazyProduct(pass.x());
  allow_product_roundings(dw, pass.samples(), pass.dy(), pass.x(), pass.contract());
  pass.give_parameter("weight", std::move(dw));
  if (pass.has_bias()) {
    Matrix db = pass.dy().colwise().sum().transpose();
    allow_roundings(db, pass.contract());
    pass.give_parameter("bias", std::move(db));
  }
  pass.give_input(std::move(dx));
}

namespace {

/// visit(sample, output channel, output element, input element, column of the weight) for every product in
/// the definition of a convolution: y(o, r, c) = Σ x(i, r s − p + a d, c s − p + b d) W(o, i, a, b), where i
/// goes over the input channels of o's group.
template <typename Visit>
void for_each_product(const Convolution& convolution, const Pass& pass, Visit visit) {
  const Image in(pass.in_shape());
  const Image out(pass.out_shape());
  const Window& window = convolution.window;
  const Index in_group = in.channels / convolution.groups;
  const Index out_group = out.channels / convolution.groups;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for_each_place(out, [&](Index o, Index r, Index c) {
      for (Index i = 0; i < in_group; ++i) {
        const Index channel = o / out_group * in_group + i;
        for_each_tap(window, r, c, [&](Index a, Index b, Index y, Index x) {
          if (in.holds(y, x)) {
            visit(sample, o, out.at(o, r, c), in.at(channel, y, x),
                  (i * window.kernel[0] + a) * window.kernel[1] + b);
          }
        });
      }
    });
  }
}

}  // namespace

Matrix forward(const Convolution& convolution, const Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  Matrix y = pass.output_zeros();
  if (pass.has_bias()) {
    const Matrix bias = pass.parameter("bias");
    const Index plane = y.cols() / bias.size();
    for (Index element = 0; element < y.cols(); ++element) {
      y.col(element).setConstant(bias.data()[element / plane]);
    }
  }
  for_each_product(convolution, pass, [&](Index sample, Index o, Index out, Index in, Index tap) {
    y(sample, out) += pass.x()(sample, in) * weight(o, tap);
  });
  allow_product_roundings(y, weight.cols(), pass.x(), weight, pass.contract());
  return y;
}

void backward(const Convolution& convolution, Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  const Matrix& dy = pass.dy();
  Matrix dx = Pass::zeros_like(pass.x());
  Matrix dw = Pass::zeros_like(weight);
  for_each_product(convolution, pass, [&](Index sample, Index o, Index out, Index in, Index tap) {
    dx(sample, in) += dy(sample, out) * weight(o, tap);
    dw(o, tap) += dy(sample, out) * pass.x()(sample, in);
  });
  const Index plane = dy.cols() / weight.rows();
  // An input meets every output channel of its group, each through every tap at most.
  const Window& window = convolution.window;
  const Index met = convolution.out_channels / convolution.groups * window.kernel[0] * window.kernel[1];
  allow_product_roundings(dx, met, dy, weight, pass.contract());
  allow_product_roundings(dw, pass.samples() * plane, dy, pass.x(), pass.contract());
  pass.give_parameter("weight", std::move(dw));
  if (pass.has_bias()) {
    Matrix db = Matrix::Constant(weight.rows(), 1, Ball(0));
    for (Index sample = 0; sample < pass.samples(); ++sample) {
      for (Index element = 0; element < dy.cols(); ++element) {
        db.data()[element / plane] += dy(sample, element);
      }
    }
    allow_roundings(db, pass.contract());
    pass.give_parameter("bias", std::move(db));
  }
  pass.give_input(std::move(dx));
}

namespace {

/// Which elements are dropped is part of the description; the factor is a double's reciprocal in p bits.
Matrix dropped(const Dropout& dropout, const Matrix& values, const Pass& pass) {
  const DropoutMask mask(dropout, {}, pass.node());
  Matrix result = Pass::zeros_like(values);
  for (Index i = 0; i < values.size(); ++i) {
    if (!mask.keeps(i)) {
      continue;
    }
    Ball& kept = result.data()[i];
    kept = values.data()[i];
    if (dropout.drops()) {
      kept = kept / (Ball(1) - Ball(dropout.probability));
      allow_layer_rounding(kept, pass.contract());
    }
  }
  return result;
}

}  // namespace

Matrix forward(const Dropout& dropout, const Pass& pass) { return dropped(dropout, pass.x(), pass); }

void backward(const Dropout& dropout, Pass& pass) { pass.give_input(dropped(dropout, pass.dy(), pass)); }

}  // namespace relu0::oracle
