#include "suites/tests/reference/oracle/judge.hpp"

#include "reference/arithmetic/real.hpp"

#include <functional>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0::oracle {

namespace {

/// The exponent of |x| as MPFR counts it; of 0, as text, "−∞".
std::string power(const Number& x) {
  return x == 0 ? "0" : fmt::format("2^{}", static_cast<long>(mpfr_get_exp(x.backend().data())));
}

using Judge = std::function<void(std::vector<std::string>& found, const std::string& name,
                                 const Matrix& balls, const reference::Tensor& tensor)>;

void judge(std::vector<std::string>& found, const std::string& name, const Matrix& balls,
           const reference::Tensor& tensor) {
  if (balls.size() != tensor.size()) {
    found.push_back(fmt::format("{} has {} elements instead of {}", name, tensor.size(), balls.size()));
    return;
  }
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const Number value = exactly(tensor[i]);
    if (!is_within(value, balls.data()[i])) {
      found.push_back(fmt::format("{}[{}] is off by {}, allowed {}", name, i,
                                  power(abs(value - balls.data()[i].middle)), power(balls.data()[i].radius)));
    }
  }
}

void judge_containment(std::vector<std::string>& found, const std::string& name, const Matrix& balls,
                       const reference::Tensor& tensor) {
  if (balls.size() != tensor.size()) {
    found.push_back(fmt::format("{} has {} elements instead of {}", name, tensor.size(), balls.size()));
    return;
  }
  reference::Real bound(32);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const Number value = exactly(tensor[i]);
    if (!tensor.radius(i).is_bounded()) {
      continue;
    }
    tensor.radius(i).get(bound);
    if (!is_within(value, widened(balls.data()[i], exactly(bound)))) {
      found.push_back(fmt::format("{}[{}] is off by {}, its radius is {}", name, i,
                                  power(abs(value - balls.data()[i].middle)), power(exactly(bound))));
    }
  }
}

std::vector<std::string> judge_all(const Network& network, const Backprop& oracle,
                                   const reference::Backprop& judged, const Judge& judge) {
  std::vector<std::string> found;
  Matrix loss(1, 1);
  loss(0, 0) = oracle.loss;
  judge(found, "loss", loss, judged.loss);
  judge(found, "input", oracle.input, judged.input);
  for (std::size_t i = 0; i < oracle.parameters.size(); ++i) {
    judge(found, network.parameters()[i].name, oracle.parameters[i], judged.parameters.at(i));
  }
  for (const auto& [node, values] : oracle.kink_inputs) {
    judge(found, "input of " + network.nodes()[node].name, values, judged.kink_input(node).values);
  }
  return found;
}

}  // namespace

Number exactly(mpfr_srcptr value) {
  Number result;
  if (mpfr_set(result.backend().data(), value, MPFR_RNDN) != 0) {
    throw std::logic_error("the oracle has too few digits for this value");
  }
  return result;
}

std::vector<std::string> violations(const Network& network, const Backprop& oracle,
                                    const reference::Backprop& judged) {
  return judge_all(network, oracle, judged, judge);
}

std::vector<std::string> escapes(const Network& network, const Backprop& exact,
                                 const reference::Backprop& judged) {
  return judge_all(network, exact, judged, judge_containment);
}

}  // namespace relu0::oracle
