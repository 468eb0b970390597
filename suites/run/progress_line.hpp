#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace relu0 {

/// Where a draw is that takes long.
struct DrawPlace {
  std::string draw;   ///< what it is called: "mlp-3x256 on MNIST …, network 3"
  std::string state;  ///< "epoch 3 of 10, step 17"
  /// @name Shares of its work
  /// @{
  double made = 0;    ///< by this run
  double before = 0;  ///< by an earlier one, whose checkpoint was taken up
  /// @}
};

/// What a line says of a run.
struct ProgressLine {
  std::string count;  ///< "3/40 networks"
  std::string task;   ///< "mlp-3x256 on MNIST …: 1/12"
  std::string pace;   ///< "1.2 a second, about 30 s left"
  DrawPlace place{};  ///< of a draw in hand; without a name where none tells where it is
};

/// In full, for a log.
std::string whole(const ProgressLine& line);

/// In so many columns of a terminal at most: first the count and the pace, then where the draw in hand is,
/// and last the long names. What does not fit is left out at the end, with an ellipsis.
std::string fitted(const ProgressLine& line, std::size_t columns);

/// A UTF-8 text in so many columns at most, one for each code point, with an ellipsis in the place of what
/// does not fit.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace relu0
