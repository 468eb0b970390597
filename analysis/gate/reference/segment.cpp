#include "analysis/gate/reference/segment.hpp"

#include "reference/arithmetic/real.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace relu0::gate {

std::vector<TrueZeros> true_zeros_at_kinks(const Network& network, const reference::Backprop& run) {
  std::vector<TrueZeros> result;
  for (const NodeKink& kink : network.kinks()) {
    if (kink.place.point != 0.0 || kink.place.kink == Kink::clamp_upper) {
      continue;
    }
    const reference::Tensor& values = run.kink_input(kink.node).values;
    std::vector<std::int64_t> elements;
    for (std::int64_t i = 0; i < values.size(); ++i) {
      if (reference::side(values[i], 0) == 0) {
        elements.push_back(i);
      }
    }
    if (elements.empty()) {
      continue;
    }
    auto known = std::find_if(result.begin(), result.end(),
                              [&kink](const TrueZeros& zeros) { return zeros.kink == kink.place.kink; });
    if (known == result.end()) {
      known = result.insert(result.end(), TrueZeros{.kink = kink.place.kink});
    }
    known->at.emplace(kink.node, std::move(elements));
  }
  return result;
}

bool meets_all(const ImportedPass& pass, const TrueZeros& zeros) {
  return std::all_of(zeros.at.begin(), zeros.at.end(), [&pass](const auto& of_node) {
    const auto met = std::find_if(pass.zeros.begin(), pass.zeros.end(),
                                  [&of_node](const ReluZeros& one) { return one.node == of_node.first; });
    return met != pass.zeros.end() &&
           std::includes(met->zeros.begin(), met->zeros.end(), of_node.second.begin(), of_node.second.end());
  });
}

double Segment::distance(const TypedValues& gradient, double summed) const {
  double outside = 0;
  double size = 0;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const double g = gradient[i];
    const double beyond = std::isnan(g) ? g : std::max({0.0, low[i] - g, g - high[i]});
    outside = std::hypot(outside, beyond);
    size = std::hypot(size, std::max(std::fabs(low[i]), std::fabs(high[i])));
  }
  if (outside == 0) {
    return 0;
  }
  const double of = std::max(size, summed);
  return of == 0 ? std::numeric_limits<double>::infinity() : outside / of;
}

Segment segment_between(const reference::Tensor& a, const reference::Tensor& b) {
  Segment segment;
  reference::Real radius(32);
  reference::Real end(64);
  for (std::int64_t i = 0; i < a.size(); ++i) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const reference::Tensor* tensor : {&a, &b}) {
      tensor->radius(i).get(radius);
      mpfr_sub(end, (*tensor)[i], radius, MPFR_RNDD);
      low = std::min(low, mpfr_get_d(end, MPFR_RNDD));
      mpfr_add(end, (*tensor)[i], radius, MPFR_RNDU);
      high = std::max(high, mpfr_get_d(end, MPFR_RNDU));
    }
    segment.low.push_back(low);
    segment.high.push_back(high);
  }
  return segment;
}

}  // namespace relu0::gate
