#include "suites/tests/reference/oracle/operations/all.hpp"

#include <utility>

namespace relu0::oracle {

namespace {

/// The element of a parameter of this shape that meets element `element` of a sample: the same index in every
/// dimension, or 0 where the parameter's extent is 1.
Index met(const Shape& parameter, const Shape& sample, Index element) {
  std::vector<Index> indices(sample.size());
  for (std::size_t i = sample.size(); i-- > 0;) {
    indices[i] = element % sample[i];
    element /= sample[i];
  }
  Index result = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    result = result * parameter[i] + (parameter[i] == 1 ? 0 : indices[i]);
  }
  return result;
}

/// visit(sample, element, the parameter's element that it meets).
template <typename Visit>
void for_each_meeting(const Shape& parameter, const Pass& pass, Visit visit) {
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for (Index element = 0; element < pass.x().cols(); ++element) {
      visit(sample, element, met(parameter, pass.in_shape(), element));
    }
  }
}

}  // namespace

// Scale: y = x w.
Matrix forward(const Scale& scale, const Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  Matrix y = pass.x();
  for_each_meeting(scale.shape, pass,
                   [&](Index sample, Index element, Index at) { y(sample, element) *= weight.data()[at]; });
  allow_roundings(y, pass.contract());
  return y;
}

void backward(const Scale& scale, Pass& pass) {
  const Matrix weight = pass.parameter("weight");
  Matrix dx = pass.dy();
  Matrix dw = Pass::zeros_like(weight);
  for_each_meeting(scale.shape, pass, [&](Index sample, Index element, Index at) {
    dx(sample, element) *= weight.data()[at];
    dw.data()[at] += pass.dy()(sample, element) * pass.x()(sample, element);
  });
  allow_roundings(dx, pass.contract());
  allow_roundings(dw, pass.contract());
  pass.give_parameter("weight", std::move(dw));
  pass.give_input(std::move(dx));
}

// Shift: y = x + b.
Matrix forward(const Shift& shift, const Pass& pass) {
  const Matrix bias = pass.parameter("bias");
  Matrix y = pass.x();
  for_each_meeting(shift.shape, pass,
                   [&](Index sample, Index element, Index at) { y(sample, element) += bias.data()[at]; });
  allow_roundings(y, pass.contract());
  return y;
}

void backward(const Shift& shift, Pass& pass) {
  Matrix db = Pass::zeros_like(pass.parameter("bias"));
  for_each_meeting(shift.shape, pass, [&](Index sample, Index element, Index at) {
    db.data()[at] += pass.dy()(sample, element);
  });
  allow_roundings(db, pass.contract());
  pass.give_parameter("bias", std::move(db));
  pass.give_input(pass.dy());
}

}  // namespace relu0::oracle
