// The sweep over windows against the count made of LibTorch's operators.
#include "analysis/torch/ties/tied_windows.hpp"

#include "analysis/torch/ties/max_pool_ties.hpp"

#include <limits>
#include <random>
#include <span>

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/max_pool2d.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// Numbers of which many are equal, some NaN and −infinity among them.
at::Tensor image(std::int64_t height, std::int64_t width, at::ScalarType type, std::uint64_t seed) {
  at::Tensor values = at::empty({2, 3, height, width}, at::kDouble);
  std::mt19937_64 random(seed);
  for (double& value : std::span(values.data_ptr<double>(), static_cast<std::size_t>(values.numel()))) {
    const std::uint64_t number = random() % 40;
    value = number == 0   ? std::numeric_limits<double>::quiet_NaN()
            : number == 1 ? -std::numeric_limits<double>::infinity()
                          : static_cast<double>(number % 4) - 1.5;
  }
  return values.to(type);
}

TEST(TiedWindows, AreThoseWhoseMaximumIsHeldTwice) {
  const std::vector<Window> windows{
      square_window(2, 2),
      square_window(3, 2, 1),
      square_window(3, 1, 1),
      {.kernel = {1, 4}, .stride = {1, 3}, .padding = {0, 2}},
      {.kernel = {3, 2}, .stride = {2, 1}, .padding = {1, 0}, .dilation = {2, 3}},
      {.kernel = {3, 3}, .stride = {2, 2}, .padding = {0, 0}, .ceil = true},
      {.kernel = {5, 5}, .stride = {3, 3}, .padding = {2, 2}, .ceil = true},
  };
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const Window& window = windows[i];
      for (const auto& [height, width] : {std::pair{9, 14}, {8, 7}, {23, 40}}) {
        // Strided, as an image may come.
        const at::Tensor x = image(width, height, type, i).transpose(2, 3);
        const at::Tensor output =
            at::max_pool2d(x, window.kernel, window.stride, window.padding, window.dilation, window.ceil);
        EXPECT_TRUE(at::equal(tied_windows(window, x, output), count_maxima(window, x, output).gt(1)))
            << i << ": " << height << " x " << width;
      }
    }
  }
}

}  // namespace
}  // namespace relu0
