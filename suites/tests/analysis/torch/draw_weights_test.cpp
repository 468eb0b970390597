#include "analysis/torch/draw_weights.hpp"

#include "fixtures/network/architectures/mlp.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace relu0 {
namespace {

/// CRC-32 of the values as binary32, as zlib.crc32(tensor.numpy().tobytes()) gives it in Python.
std::uint32_t crc_as_binary32(const std::vector<double>& values) {
  std::vector<float> floats(values.begin(), values.end());
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(floats.data()),
                                          static_cast<uInt>(floats.size() * sizeof(float))));
}

std::vector<std::uint32_t> checksums(const Weights& weights) {
  std::vector<std::uint32_t> result;
  for (const TensorValues& parameter : weights.parameters) {
    result.push_back(crc_as_binary32(parameter.values.to_doubles()));
  }
  return result;
}

// Printed by Python's torch 1.13.1: torch.manual_seed(seed), then the modules in order.
TEST(DrawWeights, GivesTheBytesOfPythonsDefaultInitialisation) {
  const Weights weights = draw_weights(build(Mlp{}), 1);
  EXPECT_EQ(weights.parameters[0].values[0], 0x1.2d80aap-6);
  EXPECT_EQ(weights.parameters[0].values[1], -0x1.0244f4p-6);
  EXPECT_EQ(weights.parameters[7].values[9], 0x1.87dde0p-7);
  EXPECT_EQ(checksums(weights), (std::vector<std::uint32_t>{0x589d5627, 0x0a19b148, 0xe70896bd, 0x124c2ffd,
                                                            0xeb2e5ab1, 0x60febed3, 0xf9ea19d1, 0x9c568469}));
}

TEST(DrawWeights, LeavesTheStreamAloneForBatchNorms) {
  const Weights weights = draw_weights(build({.hidden_layers = 1, .width = 16, .batch_norm = true}), 7);
  EXPECT_EQ(checksums(weights), (std::vector<std::uint32_t>{0x64cc29aa, 0x3f834de1, 0xf700a42a, 0x758d6336,
                                                            0x6afbc7b6, 0xd2bf98db}));
}

TEST(DrawWeights, TakesSeedsBeyond32Bits) {
  const Weights weights = draw_weights(build({.hidden_layers = 2, .width = 64}), (1ULL << 40) + 3);
  EXPECT_EQ(checksums(weights), (std::vector<std::uint32_t>{0x4dbef4a8, 0xef827397, 0x739ebe6c, 0xcf310e51,
                                                            0x732aba71, 0x4e52e664}));
}

TEST(DrawWeights, StartsBatchNormsAtTheIdentity) {
  const Network network("norm", {{"input", Input{{2}}, {}},
                                 {"norm", BatchNorm{2, 1e-5, BatchStatistics::running}, {0}},
                                 {"loss", SoftmaxCrossEntropy{}, {1}}});
  const Weights weights = draw_weights(network, 1);
  EXPECT_NO_THROW(check_fits(weights, network));
  EXPECT_EQ(weights.parameters[0].values.to_doubles(), (std::vector<double>{1, 1}));
  EXPECT_EQ(weights.parameters[1].values.to_doubles(), (std::vector<double>{0, 0}));
  EXPECT_EQ(weights.buffers[0].values.to_doubles(), (std::vector<double>{0, 0}));
  EXPECT_EQ(weights.buffers[1].values.to_doubles(), (std::vector<double>{1, 1}));
}

}  // namespace
}  // namespace relu0
