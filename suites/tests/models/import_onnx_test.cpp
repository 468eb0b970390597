// What becomes of ONNX models: names, values, folded constants, endings.
#include "fixtures/models/onnx/import_onnx.hpp"

#include "fixtures/models/onnx/graph_node.hpp"
#include "fixtures/models/onnx/half.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/models/network_outputs.hpp"
#include "suites/tests/models/onnx_text.hpp"
#include "suites/tests/node_names.hpp"

#include <cmath>

#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::input_error_of;
using test::node_names;
using test::onnx_bytes;
using test::onnx_model;
using test::small_graph;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImportedModel import_text(std::string_view graph, const OnnxOptions& options = {}, int operator_set = 13) {
  return import_onnx(onnx_bytes(graph, operator_set), "text.onnx", options);
}

std::vector<std::string> kinds(const Network& network) {
  std::vector<std::string> result;
  for (const Node& node : network.nodes()) {
    result.emplace_back(traits(node.operation).name);
  }
  return result;
}

TEST(ImportOnnx, NamesNodesAndTensorsAfterTheWeights) {
  const ImportedModel model = import_text(small_graph, {.loss = SoftmaxCrossEntropy{}});
  EXPECT_THAT(node_names(model.network), ElementsAre("input", "hidden", "relu", "last", "loss"));
  EXPECT_THAT(model.parameters, ElementsAre(ImportedTensor{"hidden.weight", "hidden.weight"},
                                            ImportedTensor{"hidden.bias", "hidden.bias"},
                                            ImportedTensor{"last.weight", "last.weight"}));
  EXPECT_THAT(model.weights.parameters[1].values.to_doubles(), ElementsAre(0, 1, -1, 0.5));
  EXPECT_THAT(model.sources, ElementsAre("", "Gemm (node 0)", "Relu (node 1)", "Gemm (node 2)", ""));
  EXPECT_EQ(model.network.name(), "small");
}

TEST(ImportOnnx, ComputesWhatTheGraphSays) {
  const ImportedModel model = import_text(small_graph);
  // x = (1, -1, 0.5): h = (0.5, 2.5 + 1, 3.5 + 1 − 2, …) by hand below.
  const std::vector<double> h{1 - 2 + 1.5, 4 - 5 + 3 + 1, 7 - 8 + 4.5 - 1, 10 - 11 + 6 + 0.5};
  const std::vector<double> y{h[0] - h[1] + h[2] - h[3], 2 * h[0] + 0.25 * h[2] + 3 * h[3]};
  EXPECT_EQ(test::outputs_in_reference(model.network, model.weights, {1, -1, 0.5}), y);
}

TEST(ImportOnnx, GivesTheSameNumbersInBothEngines) {
  const ImportedModel model = import_text(small_graph, {.loss = MeanSquaredError{}});
  const ImportedModel alone = import_text(small_graph);
  EXPECT_EQ(test::outputs_in_libtorch(model, {1, -1, 0.5, 0, 2, -4}, Precision::fp64),
            test::outputs_in_reference(alone.network, alone.weights, {1, -1, 0.5, 0, 2, -4}));
}

TEST(ImportOnnx, ReadsHalfPrecisionExactly) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const auto expect_equal = [bits](float ours, float theirs) {
      EXPECT_TRUE(ours == theirs || (std::isnan(ours) && std::isnan(theirs))) << bits;
      EXPECT_EQ(std::signbit(ours) && !std::isnan(ours), std::signbit(theirs) && !std::isnan(theirs)) << bits;
    };
    expect_equal(models::half_to_float(half), c10::Half(half, c10::Half::from_bits()));
    expect_equal(models::bfloat16_to_float(half), c10::BFloat16(half, c10::BFloat16::from_bits()));
  }
  onnx::ModelProto model = onnx_model(small_graph);
  onnx::TensorProto& bias = *model.mutable_graph()->mutable_initializer(1);
  bias.clear_float_data();
  bias.set_data_type(onnx::TensorProto::FLOAT16);
  for (const int half : {0x3c00, 0xc000, 0x3555, 0x0001}) {
    bias.add_int32_data(half);
  }
  const ImportedModel imported = import_onnx(model.SerializeAsString(), "half.onnx");
  EXPECT_THAT(imported.weights.parameters[1].values.to_doubles(),
              ElementsAre(1, -2, 1365.0 / 4096, std::ldexp(1, -24)));
}

TEST(ImportOnnx, ReadsAttributesAsTheyWereWritten) {
  EXPECT_EQ(models::as_written(1e-5F), 1e-5);
  EXPECT_EQ(models::as_written(0.01F), 0.01);
  EXPECT_EQ(models::as_written(0.1F), 0.1);
  EXPECT_EQ(models::as_written(0.5F), 0.5);
  EXPECT_EQ(models::as_written(-0.0F), 0);
  for (float value = 1e-38F; value < 1e38F; value *= 1.37F) {
    EXPECT_EQ(static_cast<float>(models::as_written(value)), value);
  }
}

TEST(ImportOnnx, FoldsShapesOfTheMiniBatch) {
  const ImportedModel model = import_text(R"(g (float[N, 2, 2, 3] x) => (float[N, 4] y) <int64 zero = {0},
      int64[1] rest = {-1}, float[12, 4] w = {)" +
                                          [] {
                                            std::string values = "0";
                                            for (int i = 1; i < 48; ++i) {
                                              values += "," + std::to_string(i);
                                            }
                                            return values;
                                          }() +
                                          R"(}> {
    shape = Shape(x)
    n = Gather<axis = 0>(shape, zero)
    axes = Constant<value = int64[1] {0}>()
    n1 = Unsqueeze(n, axes)
    target = Concat<axis = 0>(n1, rest)
    flat = Reshape(x, target)
    y = MatMul(flat, w)
  })");
  EXPECT_THAT(kinds(model.network), ElementsAre("input", "flatten", "linear"));
  EXPECT_THAT(model.parameters, ElementsAre(ImportedTensor{"linear.weight", "w", true}));
  // out_features × in_features: the file's matrix the other way round.
  EXPECT_EQ(model.weights.parameters[0].shape, (Shape{4, 12}));
  EXPECT_EQ(model.weights.parameters[0].values[1], 4);
}

TEST(ImportOnnx, KeepsTheMiniBatchOutOfAFixedReshape) {
  const ImportedModel model =
      import_text(R"(g (float[2, 6] x) => (float[2, 3, 2] y) <int64[3] s = {2, 3, -1}> {
    r = Relu(x)
    y = Reshape(r, s)
  })");
  EXPECT_EQ(test::outputs_in_reference(model.network, model.weights, {1, 2, 3, 4, 5, -6}).size(), 6U);
}

TEST(ImportOnnx, GivesEachUseOfAWeightItsOwnParameter) {
  const ImportedModel model = import_text(R"(g (float[N, 2] x) => (float[N, 2] y)
  <float[2, 2] a__weight = {1, 2, 3, 4}> {
    h = Gemm<transB = 1>(x, a__weight)
    b__weight = Identity(a__weight)
    y = Gemm<transB = 1>(h, b__weight)
  })");
  EXPECT_THAT(model.parameters,
              ElementsAre(ImportedTensor{"a.weight", "a.weight"}, ImportedTensor{"b.weight", "b.weight"}));
  EXPECT_EQ(model.weights.parameters[0].values.to_doubles(), model.weights.parameters[1].values.to_doubles());
}

TEST(ImportOnnx, LeavesOutWhatTheOutputDoesNotNeed) {
  const ImportedModel model =
      import_text(R"(g (float[N, 2] x, float[N, 2] other) => (float[N, 2] y, float[N, 2] z) {
    y = Relu(x)
    z = Sigmoid(other)
  })",
                  {.output = "y"});
  EXPECT_THAT(kinds(model.network), ElementsAre("input", "relu"));
}

TEST(ImportOnnx, TakesClipsAsTheyAreSaidToBeSpelt) {
  constexpr std::string_view graph =
      R"(g (float[N, 2] x) => (float[N, 2] y) <float low = {0}, float high = {0.1}> {
    h = Clip(x, low, high)
    y = Clip(h, low)
  })";
  const ImportedModel model = import_text(graph, {.clip = ClampSpelling::hardtanh});
  const auto& both = std::get<Clamp>(model.network.nodes()[1].operation);
  EXPECT_EQ(both.upper, 0.1);
  EXPECT_EQ(both.spelling, ClampSpelling::hardtanh);
  const auto& one = std::get<Clamp>(model.network.nodes()[2].operation);
  EXPECT_FALSE(one.upper.has_value());
  EXPECT_EQ(one.spelling, ClampSpelling::clamp);
  EXPECT_EQ(std::get<Clamp>(import_text(graph).network.nodes()[1].operation).spelling, ClampSpelling::clamp);
  const ImportedModel old = import_text(R"(g (float[N, 2] x) => (float[N, 2] y) {
    h = Clip<min = -1.0, max = 3.4028234663852886e38>(x)
    y = Clip(h)
  })",
                                        {}, 9);
  EXPECT_THAT(kinds(old.network), ElementsAre("input", "clamp"));
}

constexpr std::string_view ends_in_softmax = R"(g (float[N, 3, 1, 1] x) => (float[N, 3, 1, 1] y) {
  h = Abs(x)
  y = Softmax<axis = 1>(h)
})";

TEST(ImportOnnx, RefusesCrossEntropyOfProbabilitiesUnlessToldWhatItMeans) {
  EXPECT_THAT(input_error_of([] { import_text(ends_in_softmax, {.loss = SoftmaxCrossEntropy{}}); }),
              AllOf(HasSubstr("text.onnx: ends in Softmax (node 1)"), HasSubstr("a second softmax")));
  EXPECT_THAT(input_error_of([] { import_text(ends_in_softmax, {.loss = NegativeLogLikelihood{}}); }),
              HasSubstr("takes logarithms of probabilities"));
  const ImportedModel model = import_text(
      ends_in_softmax, {.loss = SoftmaxCrossEntropy{}, .final_softmax = FinalSoftmax::part_of_loss});
  EXPECT_THAT(kinds(model.network), ElementsAre("input", "absolute", "flatten", "softmax_cross_entropy"));
  EXPECT_THAT(
      kinds(import_text(ends_in_softmax, {.loss = MeanSquaredError{}}).network),
      ElementsAre("input", "absolute", "flatten", "softmax", "reshape", "flatten", "mean_squared_error"));
}

TEST(ImportOnnx, RefusesCrossEntropyOfLogProbabilities) {
  constexpr std::string_view graph = R"(g (float[N, 3] x) => (float[N, 3] y) {
    h = Abs(x)
    y = LogSoftmax(h)
  })";
  EXPECT_THAT(input_error_of([] { import_text(graph, {.loss = SoftmaxCrossEntropy{}}); }),
              HasSubstr("choose the negative log-likelihood (nll)"));
  EXPECT_TRUE(import_text(graph, {.loss = NegativeLogLikelihood{}}).network.has_loss());
  EXPECT_THAT(input_error_of([] { import_text(graph, {.loss = Relu{}}); }), HasSubstr("'relu' is no loss"));
}

TEST(ImportOnnx, TakesTheShapeOfASampleWhereTheFileLeavesItOpen) {
  constexpr std::string_view graph = R"(g (float[N, 2, H, W] x) => (float[N, 2, H, W] y) {
    y = Relu(x)
  })";
  EXPECT_THAT(input_error_of([] { import_text(graph); }),
              HasSubstr("leaves open an extent of its samples, [2x0x0]"));
  EXPECT_EQ(import_text(graph, {.input = Shape{2, 4, 5}}).network.output_shapes().back(), (Shape{2, 4, 5}));
  EXPECT_THAT(input_error_of([] {
                import_text(graph, {.input = Shape{3, 4, 5}});
              }),
              HasSubstr("has samples of [2x0x0], 0 being open; [3x4x5] was given"));
}

}  // namespace
}  // namespace relu0
