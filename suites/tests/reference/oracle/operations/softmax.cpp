#include "suites/tests/reference/oracle/operations/all.hpp"

#include <utility>

namespace relu0::oracle {

namespace {

Ball sum_of_exponentials(Index sample, const Pass& pass) {
  Ball sum;
  for (Index k = 0; k < pass.x().cols(); ++k) {
    sum += exp(pass.x()(sample, k));
  }
  return sum;
}

/// p(k) = exp(x(k)) / Σ exp(x(j)) in each row.
Matrix probabilities(const Pass& pass) {
  Matrix result = pass.x();
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    const Ball exponentials = sum_of_exponentials(sample, pass);
    for (Index k = 0; k < result.cols(); ++k) {
      result(sample, k) = exp(pass.x()(sample, k)) / exponentials;
    }
  }
  return result;
}

}  // namespace

Matrix forward(const Softmax& /*softmax*/, const Pass& pass) {
  Matrix y = probabilities(pass);
  allow_layer_roundings(y, pass.contract());
  return y;
}

/// dx(k) = p(k) (dy(k) − Σ p(j) dy(j)).
void backward(const Softmax& /*softmax*/, Pass& pass) {
  const Matrix p = probabilities(pass);
  const Matrix& dy = pass.dy();
  Matrix dx = Pass::zeros_like(p);
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    Sum mean;
    for (Index j = 0; j < p.cols(); ++j) {
      mean.add(p(sample, j) * dy(sample, j));
    }
    for (Index k = 0; k < p.cols(); ++k) {
      Sum difference;
      difference.add(dy(sample, k));
      difference.add(-mean.get(pass.contract()));
      dx(sample, k) = p(sample, k) * difference.get(pass.contract());
    }
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

Matrix forward(const LogSoftmax& /*log_softmax*/, const Pass& pass) {
  Matrix y = pass.x();
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    const Ball normaliser = log(sum_of_exponentials(sample, pass));
    for (Index k = 0; k < y.cols(); ++k) {
      y(sample, k) -= normaliser;
    }
  }
  allow_layer_roundings(y, pass.contract());
  return y;
}

/// dx(k) = dy(k) − p(k) Σ dy(j).
void backward(const LogSoftmax& /*log_softmax*/, Pass& pass) {
  const Matrix p = probabilities(pass);
  const Matrix& dy = pass.dy();
  Matrix dx = Pass::zeros_like(p);
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    Sum gradients;
    for (Index k = 0; k < p.cols(); ++k) {
      gradients.add(dy(sample, k));
    }
    for (Index k = 0; k < p.cols(); ++k) {
      Sum difference;
      difference.add(dy(sample, k));
      difference.add(-(p(sample, k) * gradients.get(pass.contract())));
      dx(sample, k) = difference.get(pass.contract());
    }
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

/// Mean over the samples of log Σ exp(x(k)) − x(label).
Matrix forward(const SoftmaxCrossEntropy& /*loss*/, const Pass& pass) {
  Ball total;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    total += log(sum_of_exponentials(sample, pass)) - pass.x()(sample, pass.label(sample));
  }
  return mean_loss(total, pass.samples(), pass);
}

/// dx(k) = (p(k) − [k is the label]) / samples.
void backward(const SoftmaxCrossEntropy& /*loss*/, Pass& pass) {
  Matrix dx = probabilities(pass);
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    dx(sample, pass.label(sample)) -= Ball(1);
    for (Index k = 0; k < dx.cols(); ++k) {
      dx(sample, k) = dx(sample, k) / Ball(static_cast<int>(pass.samples()));
    }
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

}  // namespace relu0::oracle
