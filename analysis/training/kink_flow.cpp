#include "analysis/training/kink_flow.hpp"

#include <cmath>

namespace relu0 {

KinkFlow& KinkFlow::operator+=(const KinkFlow& other) {
  met += other.met;
  reached += other.reached;
  arriving += other.arriving;
  through += other.through;
  assigned += other.assigned;
  return *this;
}

double KinkFlow::entering(const DerivativeChoice& choice) const {
  if (choice.value == 0) {
    return 0;
  }
  const double square = choice.value * choice.value;
  return square * (choice.rule == Rule::chain_rule ? arriving : assigned);
}

double KinkFlow::share(const DerivativeChoice& choice) const {
  const double in = entering(choice);
  if (in == 0 && !std::isnan(through)) {
    return 0;
  }
  return std::sqrt(in / (in + through));
}

}  // namespace relu0
