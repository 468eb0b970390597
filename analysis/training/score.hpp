#pragma once
#include <cstdint>

namespace relu0 {

/// How well a network classifies.
struct Score {
  double loss = 0;           ///< mean over the images
  std::int64_t correct = 0;  ///< images whose largest logit is that of their label
  std::int64_t images = 0;

  [[nodiscard]] double accuracy() const { return static_cast<double>(correct) / static_cast<double>(images); }
};

}  // namespace relu0
