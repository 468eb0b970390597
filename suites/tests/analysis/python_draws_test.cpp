#include "analysis/draw_weights.hpp"
#include "fixtures/mlp.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

namespace relu0 {
namespace {

std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(popen(command.c_str(), "r"));
  std::string text;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    text += buffer.data();
  }
  return text;
}

TEST(PythonDraws, AreRedrawnBitForBitByTheTorchInstalledHere) {
  const std::string python = "/usr/bin/python3";
  if (output_of(python + " -c 'import torch, numpy; print(1)' 2>/dev/null") != "1\n") {
    GTEST_SKIP() << "needs Python's torch and numpy (Debian: python3-torch)";
  }
  for (const std::uint64_t seed : {0ULL, 12345ULL}) {
    for (const bool batch_norm : {false, true}) {
      const Weights weights =
          draw_weights(build({.hidden_layers = 2, .width = 48, .batch_norm = batch_norm}), seed);
      std::string ours;
      for (const TensorValues& parameter : weights.parameters) {
        const std::vector<float> values(parameter.values.begin(), parameter.values.end());
        ours += fmt::format("{:08x}\n", crc32(0, reinterpret_cast<const Bytef*>(values.data()),
                                              static_cast<uInt>(values.size() * sizeof(float))));
      }
      EXPECT_EQ(ours, output_of(fmt::format("{} {} {} {} 784 48 48 10", python, RELU0_DRAWS_SCRIPT, seed,
                                            batch_norm ? 1 : 0)));
    }
  }
}

}  // namespace
}  // namespace relu0
