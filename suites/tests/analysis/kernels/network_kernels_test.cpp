// Whole networks with each kernel, in the engine.
#include "analysis/impact/comparison.hpp"
#include "analysis/impact/sweep.hpp"
#include "analysis/torch/backprop.hpp"
#include "fixtures/error.hpp"
#include "suites/tests/analysis/kernels/ordered_sum.hpp"
#include "suites/tests/analysis/small_networks.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"

#include <cmath>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

/// A kernel at a precision.
struct Choice {
  std::string kernel;
  Precision precision;
};

std::vector<Choice> choices() {
  std::vector<Choice> result;
  for (const char* kernel :
       {"bias-last", "portable", "portable:no-fma+block=3+bias-first", "portable:winograd"}) {
    for (const Precision precision : all_precisions) {
      result.push_back({kernel, precision});
    }
  }
  result.push_back({"portable:bits=11", Precision::fp64});
  result.push_back({"portable:block=5+bits=30", Precision::fp64});
  return result;
}

std::string text_of(const Choice& choice) {
  return choice.kernel + " at " + std::string(name(choice.precision));
}

TEST(NetworkKernels, GiveTheGradientsOfLibTorchsAutogradWithTheSameKernel) {
  for (const Network& network : test::small_networks()) {
    const Weights weights = test::lively_weights(network, 3);
    const Batch batch = test::tied_batch(network, 5, 4);
    for (const Choice& choice : choices()) {
      const KernelChoice kernel = parse_kernel_choice(choice.kernel);
      for (const Rule rule : {Rule::chain_rule, Rule::published_code}) {
        const KinkChoices kinks{.relu = {1, rule}};
        const Gradient ours =
            backprop(network, weights, batch, choice.precision, kinks, Device::cpu, {}, kernel).gradient;
        const Gradient autograd =
            autograd_backprop(network, weights, batch, choice.precision, kinks, Device::cpu, {}, kernel);
        EXPECT_FALSE(compare(ours, autograd).differs()) << network.name() << ", " << text_of(choice);
        EXPECT_EQ(ours.loss, autograd.loss) << network.name() << ", " << text_of(choice);
      }
    }
  }
}

/// Like VGG11, of few channels: convolutions with bias, ReLUs and pools, then linear layers.
Network vgg_like() {
  return {"vgg-like",
          {{"input", Input{{2, 8, 8}}, {}},
           {"conv1", Convolution{2, 4, square_window(3, 1, 1)}, {0}},
           {"relu1", Relu{}, {1}},
           {"pool1", MaxPool{square_window(2, 2)}, {2}},
           {"conv2", Convolution{4, 6, square_window(3, 1, 1)}, {3}},
           {"relu2", Relu{}, {4}},
           {"pool2", MaxPool{square_window(2, 2)}, {5}},
           {"flatten", Flatten{}, {6}},
           {"linear1", Linear{24, 10}, {7}},
           {"relu3", Relu{}, {8}},
           {"linear2", Linear{10, 5}, {9}},
           {"loss", SoftmaxCrossEntropy{}, {10}}}};
}

TEST(NetworkKernels, LetBothProtocolsAnswerAlikeForEveryMinibatch) {
  const Network network = vgg_like();
  Dataset dataset = test::tiny_dataset(48, element_count(network.output_shapes().front()), 5, 6);
  dataset.image_shape = network.output_shapes().front();
  for (std::uint8_t& pixel : dataset.images) {
    pixel = pixel < 128 ? 0 : 255;  // so that coarse weights cancel
  }
  const std::vector<Weights> weights{test::lively_weights(network, 1),
                                     test::coarse(test::lively_weights(network, 2))};
  std::int64_t impacted = 0;
  for (const Choice& choice : choices()) {
    const KernelChoice kernel = parse_kernel_choice(choice.kernel);
    const SweepData data(dataset, dataset.size(), choice.precision, Device::cpu, kernel);
    SweepOptions fast{.precision = choice.precision,
                      .kernel = kernel,
                      .extent = Extent::all,
                      .batch_size = 5,
                      .per_minibatch = true};
    SweepOptions slow = fast;
    slow.protocol = Protocol::two_network;
    for (const Weights& drawn : weights) {
      const SweepOutcome a = Sweeper(network, data, fast).sweep(drawn);
      const SweepOutcome b = Sweeper(network, data, slow).sweep(drawn);
      EXPECT_TRUE(a.deterministic && b.deterministic) << text_of(choice);
      for (std::size_t r = 0; r < a.rules.size(); ++r) {
        EXPECT_EQ(a.rules[r].minibatches, b.rules[r].minibatches) << text_of(choice);
        impacted += a.rules[r].impacted;
      }
    }
  }
  EXPECT_GT(impacted, 0) << "without impacted mini-batches this test would show nothing";
}

/// The zeros that a network meets at its first ReLU on 3 samples of ones. Its first layer has 4 outputs; it
/// gets this weight, and 1 for each bias.
std::int64_t zeros_of_ones(const Network& network, const std::vector<double>& first_weight,
                           const char* kernel, Precision precision) {
  Weights weights = test::lively_weights(network, 1);
  weights.parameters[0].values = first_weight;
  weights.parameters[1].values = std::vector<double>(4, 1.0);
  Batch batch = test::tied_batch(network, 3, 1);
  std::fill(batch.inputs.begin(), batch.inputs.end(), 1.0F);
  return backprop(network, weights, batch, precision, {}, Device::cpu, {}, parse_kernel_choice(kernel))
      .census.kinks.front()
      .total;
}

/// The zeros that vgg_like() meets at its first ReLU where each sum is −1 + 2^−13 and the bias 1.
std::int64_t zeros_of_constructed_sums(const char* kernel, Precision precision) {
  std::vector<double> of_conv1(4 * 2 * 9);
  for (std::size_t channel = 0; channel < 4; ++channel) {
    of_conv1[channel * 18 + 4] = -1;  // the middle tap of each input channel
    of_conv1[channel * 18 + 9 + 4] = std::ldexp(1.0, -13);
  }
  return zeros_of_ones(vgg_like(), of_conv1, kernel, precision);
}

TEST(BiasLast, MeetsZerosAtFp16WhereTheNativeKernelMeetsNone) {
  // Binary16 has no number between −1 and −1 + 2^−11, so the sum is rounded to −1, and the bias makes it 0.
  // In binary32 the sum with the bias is 2^−13, which binary16 holds.
  constexpr std::int64_t all = 3 * 4 * 8 * 8;
  for (const char* kernel : {"bias-last", "portable", "portable:no-fma", "portable:winograd"}) {
    EXPECT_EQ(zeros_of_constructed_sums(kernel, Precision::fp16), all) << kernel;
    EXPECT_EQ(zeros_of_constructed_sums(kernel, Precision::bf16), all) << kernel;
    EXPECT_EQ(zeros_of_constructed_sums(kernel, Precision::fp32), 0) << kernel;
  }
  for (const char* kernel : {"native", "portable:bias-first"}) {
    EXPECT_EQ(zeros_of_constructed_sums(kernel, Precision::fp16), 0) << kernel;
    EXPECT_EQ(zeros_of_constructed_sums(kernel, Precision::bf16), 0) << kernel;
  }
}

/// The zeros at the ReLU behind a linear layer whose every sum is −1 + 2^−13 and whose bias is 1.
std::int64_t zeros_of_linear_sums(const char* kernel, Precision precision) {
  const Network network{"linear",
                        {{"input", Input{{2}}, {}},
                         {"linear1", Linear{2, 4}, {0}},
                         {"relu1", Relu{}, {1}},
                         {"linear2", Linear{4, 3}, {2}},
                         {"loss", SoftmaxCrossEntropy{}, {3}}}};
  std::vector<double> of_linear1;
  for (int unit = 0; unit < 4; ++unit) {
    of_linear1.insert(of_linear1.end(), {-1, std::ldexp(1.0, -13)});
  }
  return zeros_of_ones(network, of_linear1, kernel, precision);
}

TEST(BiasLast, OfAPortableLinearLayerIsAddedInBinary32) {
  for (const Precision precision : {Precision::fp16, Precision::bf16}) {
    for (const char* kernel : {"native", "portable", "portable:no-fma", "portable:bias-first"}) {
      EXPECT_EQ(zeros_of_linear_sums(kernel, precision), 0) << kernel;
    }
    EXPECT_EQ(zeros_of_linear_sums("bias-last", precision), 3 * 4);
  }
}

TEST(PortableBits, AreThoseOfEveryValue) {
  // 13 bits hold −1 + 2^−13, and 12 do not: its last bit counts as 2^−12 there, and the tie goes to −1.
  EXPECT_EQ(zeros_of_constructed_sums("portable:bits=12", Precision::fp64), 3 * 4 * 8 * 8);
  EXPECT_EQ(zeros_of_constructed_sums("portable:bits=13", Precision::fp64), 0);
  const Network network = vgg_like();
  const Gradient gradient =
      backprop(network, test::lively_weights(network, 5), test::tied_batch(network, 4, 6), Precision::fp64,
               {}, Device::cpu, {}, parse_kernel_choice("portable:bits=9"))
          .gradient;
  for (const TensorValues& tensor : gradient.parameters) {
    for (const double value : tensor.values.to_doubles()) {
      int exponent = 0;
      const double significand = std::ldexp(std::frexp(value, &exponent), 9);
      ASSERT_EQ(significand, std::trunc(significand)) << tensor.name << " holds " << value;
    }
  }
}

TEST(NetworkKernels, GiveAnImageTheSameBitsInEveryMiniBatch) {
  const Network network = vgg_like();
  const Weights weights = test::lively_weights(network, 1);
  const Batch all = test::tied_batch(network, 100, 2);
  Batch one = all;
  one.inputs.resize(static_cast<std::size_t>(element_count(network.output_shapes().front())));
  one.labels.resize(1);
  const KernelChoice kernel = parse_kernel_choice("portable");
  const auto input_gradient = [&](const Batch& batch) {
    return backprop(network, weights, batch, Precision::fp32, {}, Device::cpu, {}, kernel).gradient.input;
  };
  // The loss divides by the size of the mini-batch: 4 and 1 differ by a power of 2 alone.
  Batch four = all;
  four.inputs.resize(4 * one.inputs.size());
  four.labels.resize(4);
  std::vector<double> of_four = input_gradient(four);
  of_four.resize(one.inputs.size());
  for (double& value : of_four) {
    value *= 4;
  }
  EXPECT_FALSE(first_difference(of_four, input_gradient(one)));
}

TEST(NetworkKernels, RefuseWhereTheyDoNotCompute) {
  using testing::HasSubstr;
  using testing::ThrowsMessage;
  EXPECT_THAT([] { require_kernel(parse_kernel_choice("portable"), Precision::fp32, Device::cuda); },
              ThrowsMessage<InputError>(HasSubstr("give --device cpu")));
  EXPECT_THAT([] { require_kernel(parse_kernel_choice("portable:bits=20"), Precision::fp32, Device::cpu); },
              ThrowsMessage<InputError>(HasSubstr("computes at fp32")));
  EXPECT_NO_THROW(require_kernel(parse_kernel_choice("bias-last"), Precision::fp16, Device::cuda));
  const Network network = vgg_like();
  EXPECT_THROW((void)backprop(network, test::lively_weights(network, 1), test::tied_batch(network, 1, 1),
                              Precision::tf32, {}, Device::cpu, {}, parse_kernel_choice("portable:bits=20")),
               InputError);
}

}  // namespace
}  // namespace relu0
