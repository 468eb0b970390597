#include "suites/tests/reference/oracle/operations/all.hpp"

#include <stdexcept>
#include <utility>

namespace relu0::oracle {

namespace {

/// −1 below the point, 1 above it, 0 at it.
int side(const Ball& ball, double point) {
  const Number distance = ball.middle - Number(point);
  if (ball.is_exact() && distance == 0) {
    return 0;
  }
  if (abs(distance) <= ball.radius) {
    throw std::logic_error("on which side of a kink an input lies is open");
  }
  return distance > 0 ? 1 : -1;
}

/// What the gradient g becomes at a kink.
Ball at_kink(const DerivativeChoice& choice, const Ball& g, Pass& pass) {
  pass.meet_kink();
  if (choice.value == 0) {
    return {0};
  }
  Ball result = Ball(choice.value) * (choice.rule == Rule::chain_rule ? g : Ball(1));
  allow_rounding(result, pass.contract());
  return result;
}

Ball scaled(double factor, const Ball& value, const Pass& pass) {
  Ball result = Ball(factor) * value;
  allow_layer_rounding(result, pass.contract());
  return result;
}

/// Element by element: y = of(x).
template <typename Function>
Matrix map(const Pass& pass, Function of) {
  Matrix y = pass.x();
  for (Index i = 0; i < y.size(); ++i) {
    y.data()[i] = of(pass.x().data()[i]);
  }
  return y;
}

/// Element by element: dx = of(x, dy).
template <typename Function>
void pull(Pass& pass, Function of) {
  Matrix dx = Pass::zeros_like(pass.x());
  for (Index i = 0; i < dx.size(); ++i) {
    dx.data()[i] = of(pass.x().data()[i], pass.dy().data()[i]);
  }
  pass.give_input(std::move(dx));
}

}  // namespace

Matrix forward(const Relu& /*relu*/, const Pass& pass) {
  return map(pass, [](const Ball& value) { return side(value, 0) > 0 ? value : Ball(0); });
}

void backward(const Relu& /*relu*/, Pass& pass) {
  pull(pass, [&](const Ball& value, const Ball& g) {
    const int at = side(value, 0);
    return at == 0 ? at_kink(pass.kinks().relu, g, pass) : at > 0 ? g : Ball(0);
  });
}

Matrix forward(const LeakyRelu& leaky, const Pass& pass) {
  return map(
      pass, [&](const Ball& value) { return side(value, 0) > 0 ? value : scaled(leaky.slope, value, pass); });
}

void backward(const LeakyRelu& leaky, Pass& pass) {
  pull(pass, [&](const Ball& value, const Ball& g) {
    const int at = side(value, 0);
    return at == 0  ? at_kink({.value = pass.kinks().leaky_relu.value_or(leaky.slope)}, g, pass)
           : at > 0 ? g
                    : scaled(leaky.slope, g, pass);
  });
}

namespace {

/// Which end a value lies beyond (−1, 1) or at (−2, 2); 0 between them.
int place(const Clamp& clamp, const Ball& value) {
  if (clamp.lower) {
    const int at = side(value, *clamp.lower);
    if (at <= 0) {
      return at == 0 ? -2 : -1;
    }
  }
  if (clamp.upper) {
    const int at = side(value, *clamp.upper);
    if (at >= 0) {
      return at == 0 ? 2 : 1;
    }
  }
  return 0;
}

}  // namespace

Matrix forward(const Clamp& clamp, const Pass& pass) {
  return map(pass, [&](const Ball& value) {
    const int at = place(clamp, value);
    return at == -1 ? Ball(*clamp.lower) : at == 1 ? Ball(*clamp.upper) : value;
  });
}

void backward(const Clamp& clamp, Pass& pass) {
  // torch.clamp passes gradients at its ends, hardtanh does not.
  const DerivativeChoice usual{.value = clamp.spelling == ClampSpelling::clamp ? 1.0 : 0.0};
  pull(pass, [&](const Ball& value, const Ball& g) {
    switch (place(clamp, value)) {
      case -2:
        return at_kink(pass.kinks().clamp_lower.value_or(usual), g, pass);
      case 2:
        return at_kink(pass.kinks().clamp_upper.value_or(usual), g, pass);
      case 0:
        return g;
      default:
        return Ball(0);
    }
  });
}

Matrix forward(const Absolute& /*absolute*/, const Pass& pass) {
  return map(pass, [](const Ball& value) { return side(value, 0) < 0 ? -value : value; });
}

void backward(const Absolute& /*absolute*/, Pass& pass) {
  pull(pass, [&](const Ball& value, const Ball& g) {
    const int at = side(value, 0);
    return at == 0 ? at_kink({.value = pass.kinks().absolute}, g, pass) : at > 0 ? g : -g;
  });
}

}  // namespace relu0::oracle
