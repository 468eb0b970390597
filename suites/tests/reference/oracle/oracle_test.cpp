// The reference against textbook backpropagation in far higher precision, which shares no code with it.
#include "fixtures/network/network_builder.hpp"
#include "fixtures/random/split_mix64.hpp"
#include "suites/tests/operations/operation_cases.hpp"
#include "suites/tests/reference/broken_layers.hpp"
#include "suites/tests/reference/networks.hpp"
#include "suites/tests/reference/oracle/judge.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::oracle {
namespace {

using reference::BackpropOptions;
using reference::MakeLayer;
using reference::ProductKind;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t oracle_seed = 20261125;

/// A network with θ and a mini-batch.
struct Task {
  Network network;
  Weights weights;
  Batch batch;
};

Task drawn(const Network& network, std::int64_t samples) {
  return {network, reference::draw_weights(network, oracle_seed),
          reference::draw_batch(network, samples, oracle_seed)};
}

/// Integers in [−2, 2] for weights and inputs, so that pre-activations are integers and many are exactly 0.
Task of_integers(const Network& network, std::int64_t samples) {
  Task task = drawn(network, samples);
  SplitMix64 random(oracle_seed);
  const auto integer = [&random] { return static_cast<double>(random.next() % 5) - 2; };
  for (TensorValues& tensor : task.weights.parameters) {
    std::vector<double> values(tensor.values.size());
    std::generate(values.begin(), values.end(), integer);
    tensor.values = std::move(values);
  }
  for (float& value : task.batch.inputs) {
    value = static_cast<float>(integer());
  }
  return task;
}

/// Roundings of 2^−1,000 are none beside radii at up to 256 bits.
constexpr int exact_bits = 1000;

std::vector<std::string> judged(const Task& task, const BackpropOptions& options,
                                const MakeLayer& make = reference::make_layer) {
  const Contract contract{.bits = options.bits,
                          .truncates = options.product.kind == ProductKind::exact_slices};
  const Backprop oracle = backprop(task.network, task.weights, task.batch, options.kinks, contract);
  const auto run = reference::backprop(task.network, task.weights, task.batch, options, make);
  std::vector<std::string> found = violations(task.network, oracle, run);
  // And every ball holds what the textbook's formula is without any rounding.
  const Contract exact{.bits = exact_bits, .truncates = false};
  const Backprop truth = backprop(task.network, task.weights, task.batch, options.kinks, exact);
  const std::vector<std::string> escaped = escapes(task.network, truth, run);
  found.insert(found.end(), escaped.begin(), escaped.end());
  return found;
}

using Setting = std::tuple<int, ProductKind>;
class Oracle : public testing::TestWithParam<Setting> {
 protected:
  [[nodiscard]] static BackpropOptions options() {
    return {.bits = std::get<0>(GetParam()), .product = {.kind = std::get<1>(GetParam()), .threads = 1}};
  }
};

TEST_P(Oracle, HoldsTheReferenceOnSmallNetworksOfEveryOperation) {
  for (const Network& network : reference::small_networks()) {
    EXPECT_THAT(judged(drawn(network, 3), options()), IsEmpty()) << network.name();
  }
}

TEST_P(Oracle, HoldsTheReferenceOnEverySampleOfTheTableOfOperations) {
  for (const cases::OperationSample& sample : cases::operation_samples()) {
    const Network network = cases::network_around(sample);
    EXPECT_THAT(judged(drawn(network, sample.batch), options()), IsEmpty()) << sample.name;
  }
}

/// A dense network around an activation.
Network around(const Operation& activation) {
  return NetworkBuilder({4}, traits(activation).name).linear(6).append(activation).linear(3).cross_entropy();
}

TEST_P(Oracle, HoldsTheReferenceOnEveryOtherOperation) {
  const std::vector<Network> networks{
      around(LeakyRelu{.slope = 0.1}),
      around(relu6()),
      around(Clamp{.lower = -0.3, .upper = {}}),
      around(Absolute{}),
      around(Dropout{.probability = 0.3}),
      NetworkBuilder({4}, "log-softmax").linear(3).append(LogSoftmax{}).with_loss(NegativeLogLikelihood{}),
      NetworkBuilder({4}, "squared error").linear(5).relu().linear(3).with_loss(MeanSquaredError{}),
      NetworkBuilder({2, 4, 4}, "concatenation")
          .convolution(3, square_window(3, 1, 1))
          .named("a")
          .convolution(2, square_window(1))
          .concatenate({"a", "input"})
          .linear(3)
          .cross_entropy()};
  for (const Network& network : networks) {
    EXPECT_THAT(judged(drawn(network, 3), options()), IsEmpty()) << network.name();
  }
}

TEST_P(Oracle, HoldsTheReferenceAtEveryOtherKink) {
  for (const Operation& activation : std::vector<Operation>{LeakyRelu{.slope = 0.25}, relu6(), hardtanh(),
                                                            Clamp{.lower = {}, .upper = 1}, Absolute{}}) {
    const Task task = of_integers(around(activation), 6);
    for (const double s : {0.0, 0.5, -2.0}) {
      for (const Rule rule : all_rules) {
        BackpropOptions at = options();
        const DerivativeChoice choice{.value = s, .rule = rule};
        at.kinks = {.leaky_relu = s, .clamp_lower = choice, .clamp_upper = choice, .absolute = s};
        EXPECT_THAT(judged(task, at), IsEmpty())
            << task.network.name() << ", s = " << s << ", " << name(rule);
      }
    }
    EXPECT_THAT(judged(task, options()), IsEmpty()) << task.network.name() << " with PyTorch's choices";
    EXPECT_GT(backprop(task.network, task.weights, task.batch, {}, {.bits = 128}).kinks_met, 0)
        << task.network.name();
  }
}

TEST_P(Oracle, HoldsTheReferenceAtTies) {
  const std::vector<Window> windows{
      square_window(3, 1, 1),
      {.kernel = {2, 3}, .padding = {1, 1}, .dilation = {3, 2}},
      {.kernel = {3, 2}, .stride = {2, 3}, .ceil = true},
      {.kernel = {2, 2}, .stride = {3, 2}, .padding = {1, 1}, .dilation = {2, 1}, .ceil = true},
      {.kernel = {3, 3}, .stride = {2, 2}, .padding_end = {{1, 0}}}};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Task task =
        of_integers(NetworkBuilder({1, 6, 6}).max_pool(windows[i]).linear(3).cross_entropy(), 2);
    for (const TieChoice choice : all_tie_choices) {
      BackpropOptions at = options();
      at.kinks.max_pool = choice;
      EXPECT_THAT(judged(task, at), IsEmpty()) << name(choice) << ", window " << i;
    }
    EXPECT_GT(backprop(task.network, task.weights, task.batch, {}, {.bits = 128}).kinks_met, 0)
        << "window " << i;
  }
}

TEST_P(Oracle, HoldsTheReferenceAtExactZerosForEveryChoice) {
  const Task task = of_integers(reference::small_mlp(), 6);
  for (const Rule rule : all_rules) {
    for (const double s : {0.0, 0.25, 1.0, -3.0}) {
      BackpropOptions at = options();
      at.kinks.relu = {.value = s, .rule = rule};
      EXPECT_THAT(judged(task, at), IsEmpty()) << "s = " << s << ", " << name(rule);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Bits, Oracle,
                         testing::Combine(testing::Values(64, 128, 256),
                                          testing::Values(ProductKind::exact_slices, ProductKind::plain)),
                         [](const auto& instance) {
                           const bool plain = std::get<1>(instance.param) == ProductKind::plain;
                           return std::to_string(std::get<0>(instance.param)) +
                                  (plain ? "Plain" : "ExactSlices");
                         });

constexpr Contract at_128{.bits = 128};

TEST(OracleOfIntegers, MeetsExactZeros) {
  const Task task = of_integers(reference::small_mlp(), 6);
  EXPECT_GT(backprop(task.network, task.weights, task.batch, {}, at_128).kinks_met, 0);
}

/// What the oracle finds when the layers of one node are broken.
std::vector<std::string> found(const Task& task, const std::string& node, const MakeLayer& broken) {
  return judged(task, {.bits = 128}, [&](const Node& made, const reference::LayerContext& context) {
    return made.name == node ? broken(made, context) : reference::make_layer(made, context);
  });
}

TEST(OracleOfBrokenLayers, FindsEachFault) {
  const Task convolutional = drawn(reference::small_convolutional(), 3);
  EXPECT_THAT(found(convolutional, "conv1", reference::wrong_padding), Not(IsEmpty()));
  EXPECT_THAT(found(convolutional, "bn2", reference::unbiased_variance), Not(IsEmpty()));
  EXPECT_THAT(found(drawn(reference::small_mlp(), 3), "linear2", reference::dropped_bias), Not(IsEmpty()));
}

TEST(OracleOfBrokenLayers, FindsThatTheLastOfEqualMaximaWins) {
  // Windows of ReLUs' exact zeros.
  const Network network = {
      "ties",
      {{.name = "input", .operation = Input{{1, 4, 4}}, .inputs = {}},
       {.name = "relu", .operation = Relu{}, .inputs = {0}},
       {.name = "pool", .operation = MaxPool{square_window(2, 2)}, .inputs = {1}},
       {.name = "linear", .operation = Linear{.in_features = 4, .out_features = 2}, .inputs = {2}},
       {.name = "loss", .operation = SoftmaxCrossEntropy{}, .inputs = {3}}}};
  Task task = drawn(network, 1);
  task.batch.inputs.assign(16, 1);
  EXPECT_THAT(found(task, "pool", reference::make_layer), IsEmpty());
  EXPECT_THAT(found(task, "pool", reference::last_maximum_wins), Not(IsEmpty()));
}

TEST(OracleOfBrokenLayers, RefusesWhatIsJustBeyondItsBound) {
  const Task task = drawn(reference::small_residual(), 3);
  const Backprop oracle = backprop(task.network, task.weights, task.batch, {}, at_128);
  const Number& middle = oracle.parameters[0](0, 0).middle;
  const Number& radius = oracle.parameters[0](0, 0).radius;
  ASSERT_GT(radius, 0);
  // The judged value at just its tolerance, and just beyond it.
  const auto with = [&](const Number& at) {
    Backprop moved = oracle;
    moved.parameters[0](0, 0).middle = at;
    return moved;
  };
  const auto run = reference::backprop(task.network, task.weights, task.batch, {.bits = 128});
  const Number value = exactly(run.parameters[0][0]);
  for (const int side : {-1, 1}) {
    EXPECT_THAT(violations(task.network, with(value + side * radius * (1 - power_of_two(-30))), run),
                IsEmpty());
    EXPECT_THAT(violations(task.network, with(value + side * radius * (1 + power_of_two(-30))), run),
                SizeIs(1));
  }
  EXPECT_TRUE(abs(value - middle) <= radius);
}

TEST(OracleBall, HoldsWhatItsOperandsHold) {
  // Every operation at the ends and the middle of its operands.
  const auto points = [](const Ball& ball) {
    return std::vector<Number>{ball.middle - ball.radius, ball.middle, ball.middle + ball.radius};
  };
  const std::vector<Ball> balls{
      {Number(3), power_of_two(-3)}, {Number(-2), power_of_two(-1)}, {Number(1), Number(0)}};
  for (const Ball& a : balls) {
    for (const Ball& b : balls) {
      for (const Number& x : points(a)) {
        for (const Number& y : points(b)) {
          EXPECT_TRUE(is_within(x + y, a + b));
          EXPECT_TRUE(is_within(x - y, a - b));
          EXPECT_TRUE(is_within(x * y, a * b));
          EXPECT_TRUE(is_within(x / y, a / b));
        }
      }
    }
    for (const Number& x : points(a)) {
      EXPECT_TRUE(is_within(exp(x), exp(a)));
      if (a.middle > 0) {
        EXPECT_TRUE(is_within(log(x), log(a)));
        EXPECT_TRUE(is_within(sqrt(x), sqrt(a)));
      }
    }
  }
}

}  // namespace
}  // namespace relu0::oracle
