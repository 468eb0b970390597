#include "suites/tests/reference/oracle/operations/all.hpp"
#include "suites/tests/reference/oracle/operations/image.hpp"

#include <utility>

namespace relu0::oracle {

namespace {

/// visit(sample, element) for each value of a batch-norm's feature.
template <typename Visit>
void for_each_value(Index feature, const BatchNorm& norm, const Pass& pass, Visit visit) {
  const Index plane = pass.x().cols() / norm.features;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for (Index element = feature * plane; element < (feature + 1) * plane; ++element) {
      visit(sample, element);
    }
  }
}

struct Moments {
  Ball mean;
  Ball deviation;  ///< √(variance + epsilon)
};

Ball values_of_a_feature(const BatchNorm& norm, const Pass& pass) {
  return {static_cast<int>(pass.x().size() / norm.features)};
}

Moments moments(Index feature, const BatchNorm& norm, const Pass& pass) {
  if (norm.statistics == BatchStatistics::running) {
    return {pass.buffer("running_mean")(feature, 0),
            sqrt(pass.buffer("running_var")(feature, 0) + Ball(norm.epsilon))};
  }
  const Ball count = values_of_a_feature(norm, pass);
  Sum values;
  for_each_value(feature, norm, pass,
                 [&](Index sample, Index element) { values.add(pass.x()(sample, element)); });
  const Ball mean = values.get(pass.contract()) / count;
  Ball squares;
  for_each_value(feature, norm, pass, [&](Index sample, Index element) {
    const Ball centred = pass.x()(sample, element) - mean;
    squares += centred * centred;
  });
  return {mean, sqrt(squares / count + Ball(norm.epsilon))};
}

/// (x − mean) / deviation.
Ball normalised(const Moments& at, Index sample, Index element, const Pass& pass) {
  Sum centred;
  centred.add(pass.x()(sample, element));
  centred.add(-at.mean);
  return centred.get(pass.contract()) / at.deviation;
}

}  // namespace

Matrix forward(const BatchNorm& norm, const Pass& pass) {
  const Matrix gamma = pass.parameter("weight");
  const Matrix beta = pass.parameter("bias");
  Matrix y = pass.output_zeros();
  for (Index feature = 0; feature < norm.features; ++feature) {
    const Moments at = moments(feature, norm, pass);
    for_each_value(feature, norm, pass, [&](Index sample, Index element) {
      Sum shifted;
      shifted.add(normalised(at, sample, element, pass) * gamma(feature, 0));
      shifted.add(beta(feature, 0));
      y(sample, element) = shifted.get(pass.contract());
    });
  }
  allow_layer_roundings(y, pass.contract());
  return y;
}

void backward(const BatchNorm& norm, Pass& pass) {
  const Matrix gamma = pass.parameter("weight");
  const bool of_mini_batch = norm.statistics == BatchStatistics::of_mini_batch;
  const Ball count = values_of_a_feature(norm, pass);
  const Contract& contract = pass.contract();
  const Matrix& dy = pass.dy();
  Matrix dx = Pass::zeros_like(pass.x());
  Matrix dgamma = Pass::zeros_like(gamma);
  Matrix dbeta = Pass::zeros_like(gamma);
  for (Index feature = 0; feature < norm.features; ++feature) {
    const Moments at = moments(feature, norm, pass);
    Sum gradients;
    Sum products;
    for_each_value(feature, norm, pass, [&](Index sample, Index element) {
      gradients.add(dy(sample, element));
      products.add(dy(sample, element) * normalised(at, sample, element, pass));
    });
    dgamma(feature, 0) = products.get(contract);
    dbeta(feature, 0) = gradients.get(contract);
    for_each_value(feature, norm, pass, [&](Index sample, Index element) {
      Sum direct;
      direct.add(dy(sample, element));
      if (of_mini_batch) {
        direct.add(-(gradients.get(contract) / count));
        direct.add(-(normalised(at, sample, element, pass) * products.get(contract) / count));
      }
      dx(sample, element) = gamma(feature, 0) / at.deviation * direct.get(contract);
    });
  }
  allow_layer_roundings(dx, contract);
  allow_layer_roundings(dgamma, contract);
  allow_layer_roundings(dbeta, contract);
  pass.give_parameter("weight", std::move(dgamma));
  pass.give_parameter("bias", std::move(dbeta));
  pass.give_input(std::move(dx));
}

namespace {

/// visit(element) for the elements at the same place in the channels c with |c − channel| ≤ (size − 1) / 2.
template <typename Visit>
void for_each_neighbour(const LocalResponseNorm& norm, const Image& image, Index channel, Index r, Index c,
                        Visit visit) {
  for (Index other = 0; other < image.channels; ++other) {
    if (2 * (other > channel ? other - channel : channel - other) < norm.size) {
      visit(image.at(other, r, c));
    }
  }
}

/// d(k) = bias + alpha / size · Σ x(j)² over the neighbours j of each element k.
Matrix denominators(const LocalResponseNorm& norm, const Pass& pass) {
  const Image image(pass.in_shape());
  Matrix result = Pass::zeros_like(pass.x());
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for_each_place(image, [&](Index channel, Index r, Index c) {
      Ball squares;
      for_each_neighbour(norm, image, channel, r, c,
                         [&](Index j) { squares += pass.x()(sample, j) * pass.x()(sample, j); });
      result(sample, image.at(channel, r, c)) =
          Ball(norm.bias) + Ball(norm.alpha) / Ball(static_cast<int>(norm.size)) * squares;
    });
  }
  return result;
}

Ball power(const Ball& base, const Ball& exponent) { return exp(exponent * log(base)); }

}  // namespace

// LocalResponseNorm: y(k) = x(k) d(k)^−beta.
Matrix forward(const LocalResponseNorm& norm, const Pass& pass) {
  const Matrix denominator = denominators(norm, pass);
  Matrix y = pass.x();
  for (Index i = 0; i < y.size(); ++i) {
    y.data()[i] *= power(denominator.data()[i], Ball(-norm.beta));
  }
  allow_layer_roundings(y, pass.contract());
  return y;
}

/// dx(k) = dy(k) d(k)^−beta − 2 alpha beta / size · x(k) Σ dy(j) x(j) d(j)^(−beta − 1) over the elements j
/// that have k as their neighbour, which are the neighbours of k.
void backward(const LocalResponseNorm& norm, Pass& pass) {
  const Image image(pass.in_shape());
  const Matrix denominator = denominators(norm, pass);
  const Matrix& x = pass.x();
  const Matrix& dy = pass.dy();
  const Ball factor = Ball(2) * Ball(norm.alpha) * Ball(norm.beta) / Ball(static_cast<int>(norm.size));
  Matrix dx = Pass::zeros_like(x);
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for_each_place(image, [&](Index channel, Index r, Index c) {
      Sum through_others;
      for_each_neighbour(norm, image, channel, r, c, [&](Index j) {
        through_others.add(dy(sample, j) * x(sample, j) *
                           power(denominator(sample, j), Ball(-norm.beta) - Ball(1)));
      });
      const Index k = image.at(channel, r, c);
      Sum both;
      both.add(dy(sample, k) * power(denominator(sample, k), Ball(-norm.beta)));
      both.add(-(factor * x(sample, k) * through_others.get(pass.contract())));
      dx(sample, k) = both.get(pass.contract());
    });
  }
  allow_layer_roundings(dx, pass.contract());
  pass.give_input(std::move(dx));
}

}  // namespace relu0::oracle
