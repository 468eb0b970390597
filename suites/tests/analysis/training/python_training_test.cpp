// Our training steps are those of torch.optim.SGD, bit for bit.
#include "analysis/machine/threads.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/training/trainer.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "suites/tests/analysis/torch/python_check.hpp"
#include "suites/tests/command_output.hpp"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

struct TrainingCase {
  Precision precision;
  SgdOptions options;
  double rate;
};

TEST(PythonTraining, OfTorchsSgdIsOurs) {
  if (!test::python_imports("torch, numpy")) {
    GTEST_SKIP() << "needs Python's torch (Debian: python3-torch)";
  }
  constexpr std::uint64_t seed = 77;
  constexpr std::int64_t samples = 9;
  constexpr int steps = 5;
  std::vector<TrainingCase> cases;
  for (const Precision precision : {Precision::fp32, Precision::fp64}) {
    cases.push_back({precision, {}, 0.011});
    cases.push_back({precision, {.momentum = 0.9}, 0.1});
    cases.push_back({precision, {.weight_decay = 0.01}, 0.1});
    cases.push_back({precision, {.momentum = 0.9, .weight_decay = 5e-4}, 0.01});
  }
  std::string command = fmt::format("OMP_NUM_THREADS=1 {} {} {} {} {}", test::python, RELU0_TRAINING_SCRIPT,
                                    seed, samples, steps);
  for (const TrainingCase& at : cases) {
    command += fmt::format(" {} {} {} {}", name(at.precision), at.options.momentum, at.options.weight_decay,
                           at.rate);
  }
  compute_with_one_thread();
  std::istringstream theirs(test::output_of(command));
  const Network network = build(Mlp{.hidden_layers = 2, .width = 40});
  for (const TrainingCase& at : cases) {
    Trainer trainer(network, at.precision, Device::cpu, {}, {.optimizer = at.options});
    trainer.set_weights(draw_weights(network, seed));
    for (int step = 0; step < steps; ++step) {
      const std::string where = fmt::format("{}, momentum {}, weight decay {}, step {}", name(at.precision),
                                            at.options.momentum, at.options.weight_decay, step);
      std::string expected;
      ASSERT_TRUE(theirs >> expected) << "Python printed too little: " << command;
      EXPECT_EQ(trainer.step(test::patterned_batch(network, samples, step), at.rate).loss,
                std::strtod(expected.c_str(), nullptr))
          << where;
      for (const TensorValues& tensor : trainer.weights().parameters) {
        ASSERT_TRUE(theirs >> expected) << "Python printed too little: " << command;
        EXPECT_EQ(test::checksum(tensor.values.to_doubles()), expected) << where << ", " << tensor.name;
      }
    }
  }
}

}  // namespace
}  // namespace relu0
