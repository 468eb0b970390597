#pragma once
#include <vector>

namespace relu0 {

/// One of several tests, whose outcomes are discrete.
struct DiscreteTest {
  double p = 1;           ///< p-value of what was observed
  double smallest_p = 1;  ///< that the test could have given, given its margins; at most p
};

/// By which factor the p-values of these tests are multiplied (capped at 1) so that the probability of any
/// p · factor < level, where all null hypotheses hold, is at most `level`: Tarone's improvement of
/// Bonferroni's correction (Biometrics 46, 1990, doi:10.2307/2531456). It is the smallest K for which at most
/// K tests have smallest_p · K < level, since tests that cannot come out as significant cannot err. At least
/// 1.
double tarone_factor(const std::vector<DiscreteTest>& tests, double level);

}  // namespace relu0
