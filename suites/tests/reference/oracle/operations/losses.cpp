#include "suites/tests/reference/oracle/operations/all.hpp"

#include <utility>

namespace relu0::oracle {

Matrix mean_loss(const Ball& total, Index count, const Pass& pass) {
  Matrix loss(1, 1);
  loss(0, 0) = total / Ball(static_cast<int>(count));
  allow_layer_roundings(loss, pass.contract());
  return loss;
}

Matrix forward(const NegativeLogLikelihood& /*loss*/, const Pass& pass) {
  Sum total;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    total.add(-pass.x()(sample, pass.label(sample)));
  }
  return mean_loss(total.get(pass.contract()), pass.samples(), pass);
}

void backward(const NegativeLogLikelihood& /*loss*/, Pass& pass) {
  Matrix dx = Pass::zeros_like(pass.x());
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    dx(sample, pass.label(sample)) = Ball(-1) / Ball(static_cast<int>(pass.samples()));
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

namespace {

/// x − t, with t the label's one-hot row.
Ball deviation(Index sample, Index k, const Pass& pass) {
  Sum difference;
  difference.add(pass.x()(sample, k));
  difference.add(Ball(k == pass.label(sample) ? -1 : 0));
  return difference.get(pass.contract());
}

}  // namespace

Matrix forward(const MeanSquaredError& /*loss*/, const Pass& pass) {
  Ball total;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for (Index k = 0; k < pass.x().cols(); ++k) {
      total += deviation(sample, k, pass) * deviation(sample, k, pass);
    }
  }
  return mean_loss(total, pass.x().size(), pass);
}

void backward(const MeanSquaredError& /*loss*/, Pass& pass) {
  Matrix dx = Pass::zeros_like(pass.x());
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for (Index k = 0; k < pass.x().cols(); ++k) {
      dx(sample, k) = Ball(2) * deviation(sample, k, pass) / Ball(static_cast<int>(pass.x().size()));
    }
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

}  // namespace relu0::oracle
