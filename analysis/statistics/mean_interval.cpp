#include "analysis/statistics/mean_interval.hpp"

#include <cmath>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>

namespace relu0 {

std::optional<Interval> mean_interval(const std::vector<double>& values, double confidence) {
  const auto count = static_cast<double>(values.size());
  if (count < 2) {
    return std::nullopt;
  }
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  const double squares = std::accumulate(values.begin(), values.end(), 0.0, [mean](double sum, double value) {
    return sum + (value - mean) * (value - mean);
  });
  const boost::math::students_t_distribution<> student(count - 1);
  const double half =
      boost::math::quantile(student, (1 + confidence) / 2) * std::sqrt(squares / (count - 1) / count);
  return Interval{mean - half, mean + half};
}

}  // namespace relu0
