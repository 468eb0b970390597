#pragma once

namespace relu0 {

/// A two-sided interval for a proportion or another quantity.
struct Interval {
  double low = 0;
  double high = 0;
};

}  // namespace relu0
