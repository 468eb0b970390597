// Imported networks run by LibTorch's autograd: places, parameters that nodes share, probes, and bad inputs.
#include "analysis/models/network_model.hpp"

#include "analysis/torch/same_bits.hpp"
#include "analysis/torchscript/script_pass.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"
#include "fixtures/network/network_builder.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::input_error_of;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

NetworkModel model_of(std::string_view graph, OnnxOptions options = {}) {
  return {"m.onnx", import_onnx(test::onnx_bytes(graph), "m.onnx", options)};
}

/// Three samples for small_graph, whose hidden units before the ReLU are (7, 17, 24, 34.5), (0, 1, −1, 0.5)
/// and (−0.5, 1.25, 0, 2.25), all exact: two are 0.
ScriptBatch small_batch() {
  return {.inputs = {at::tensor({1.0F, 0.0F, 2.0F, 0.0F, 0.0F, 0.0F, 1.0F, -0.75F, 0.0F}).view({3, 3})},
          .target = at::zeros({3, 2})};
}

const ScriptSettings mse{.loss = ScriptLoss::mse};

TEST(NetworkModel, CountsKinksAtTheirNodesWithPyTorchsChoice) {
  const NetworkModel model = model_of(test::small_graph);
  EXPECT_EQ(model.info().format, "ONNX operator set 13");
  EXPECT_THAT(model.info().arguments, ElementsAre("x"));
  EXPECT_EQ(model.info().sample, (Shape{3}));
  ASSERT_THAT(model.info().kinks, SizeIs(1));
  EXPECT_THAT(describe(model.info().kinks[0]), HasSubstr("(m.onnx, Relu (node 1))"));

  ScriptRunner runner(model, mse);
  const ScriptResult native = runner.run(small_batch());
  ASSERT_THAT(native.sites, SizeIs(1));
  const SiteCensus& site = native.sites[0];
  EXPECT_EQ(site.site.place.op, "aten::relu");
  EXPECT_EQ(site.site.place.source, "m.onnx");
  EXPECT_EQ(site.site.place.node, "Relu (node 1)");
  EXPECT_EQ(site.elements, 12);
  EXPECT_EQ(site.hits, 2);
  EXPECT_TRUE(site.reaches_loss);
  EXPECT_THAT(native.uncontrolled, IsEmpty());
  EXPECT_THAT(native.changed_state, IsEmpty());
  EXPECT_FALSE(native.used_random_numbers);

  ScriptChoices zero;
  zero.of_kind[ScriptKink::relu] = DerivativeChoice{};
  ScriptChoices one;
  one.of_kind[ScriptKink::relu] = DerivativeChoice{.value = 1};
  const ScriptResult at_zero = runner.run(small_batch(), zero);
  const ScriptResult at_one = runner.run(small_batch(), one);
  EXPECT_TRUE(same_bits(native.gradients[0].gradient, at_zero.gradients[0].gradient));
  EXPECT_FALSE(same_bits(native.gradients[0].gradient, at_one.gradients[0].gradient));
}

TEST(NetworkModel, CallsParametersAsTheFileDoes) {
  const NetworkModel model = model_of(test::small_graph);
  std::vector<std::string> names;
  for (const NamedGradient& one : ScriptRunner(model, mse).run(small_batch()).gradients) {
    names.push_back(one.name);
  }
  EXPECT_THAT(names, ElementsAre("hidden.weight", "hidden.bias", "last.weight"));
  EXPECT_THAT(model.info().parameters, SizeIs(3));
}

/// d loss / d tensor of the graph's initialisers, by name.
std::map<std::string, at::Tensor> gradients_of(const std::string& initialisers, const std::string& second) {
  const NetworkModel model = model_of("g (float[N, 2] x) => (float[N, 2] y) <" + initialisers +
                                      "> { h = Gemm<transB = 1>(x, w) y = " + second + " }");
  ScriptRunner runner(model, mse);
  std::map<std::string, at::Tensor> result;
  for (const NamedGradient& one :
       runner.run({.inputs = {at::tensor({1.0F, 2.0F}).view({1, 2})}, .target = at::zeros({1, 2})})
           .gradients) {
    result[one.name] = one.gradient;
  }
  return result;
}

TEST(NetworkModel, GivesATensorThatNodesShareTheSumOfItsGradients) {
  // Small integers and a loss over two numbers: all of this is exact.
  const std::string w = "float[2, 2] w = {1, 2, -1, 3}";
  const std::string v = ", float[2, 2] v = {1, 2, -1, 3}";
  const std::map<std::string, at::Tensor> shared = gradients_of(w, "Gemm<transB = 1>(h, w)");
  const std::map<std::string, at::Tensor> apart = gradients_of(w + v, "Gemm<transB = 1>(h, v)");
  EXPECT_THAT(shared, SizeIs(1));
  EXPECT_THAT(apart, SizeIs(2));
  EXPECT_TRUE(same_bits(shared.at("w"), apart.at("w") + apart.at("v")));

  // The second node reads the matrix the other way round, and the importer has exchanged its rows and
  // columns.
  const std::map<std::string, at::Tensor> exchanged = gradients_of(w, "Gemm(h, w)");
  const std::map<std::string, at::Tensor> both = gradients_of(w + v, "Gemm(h, v)");
  EXPECT_THAT(exchanged, SizeIs(1));
  EXPECT_TRUE(same_bits(exchanged.at("w"), (both.at("w") + both.at("v").t()).contiguous()));
}

TEST(NetworkModel, KeepsTensorsOfOneNameApartWhereTheirValuesDiffer) {
  const Network network = NetworkBuilder({2}).linear(2, false).linear(2, false).with_loss(MeanSquaredError{});
  ImportedModel imported{.network = network,
                         .weights = {.parameters = {{"linear1.weight", {2, 2}, {1, 2, 3, 4}},
                                                    {"linear2.weight", {2, 2}, {1, 2, 3, 5}}}},
                         .parameters = {{"linear1.weight", "w"}, {"linear2.weight", "w"}},
                         .buffers = {},
                         .sources = {"", "a", "b", ""}};
  const FileParameters apart = file_parameters(imported);
  ASSERT_THAT(apart.tensors, SizeIs(2));
  EXPECT_EQ(apart.tensors[0].name, "w");
  EXPECT_EQ(apart.tensors[1].name, "w in linear2.weight");
  imported.weights.parameters[1].values = {1, 3, 2, 4};
  EXPECT_THAT(file_parameters(imported).tensors, SizeIs(2));
  imported.parameters[1].transposed = true;
  const FileParameters shared = file_parameters(imported);
  ASSERT_THAT(shared.tensors, SizeIs(1));
  EXPECT_TRUE(shared.uses[1].exchanged);
}

TEST(NetworkModel, TakesLogitsOfOnePlaceForRows) {
  const NetworkModel model = model_of(
      "g (float[N, 3, 1, 1] x) => (float[N, 2, 1, 1] y) "
      "<float[2, 3, 1, 1] w = {1, 2, 3, 4, 5, 6}> { y = Conv(x, w) }",
      {.loss = SoftmaxCrossEntropy{}});
  ScriptRunner runner(model, {});
  const at::Tensor x = at::tensor({1.0F, 0.0F, 2.0F}).view({1, 3, 1, 1});
  const ScriptResult rows = runner.run({.inputs = {x}, .target = at::zeros({1}, at::kLong)});
  // One label for each place, as of a segmentation.
  const ScriptResult places = runner.run({.inputs = {x}, .target = at::zeros({1, 1, 1}, at::kLong)});
  EXPECT_EQ(rows.loss, places.loss);
  EXPECT_TRUE(same_bits(rows.gradients[0].gradient, places.gradients[0].gradient));
}

TEST(NetworkModel, IsProbedAtItsKinks) {
  const NetworkModel model = model_of(test::small_graph);
  ScriptRunner runner(model, mse);
  ScriptBatch batch = small_batch();
  batch.inputs = {at::tensor({1.0F, 0.0F, 2.0F}).view({1, 3})};
  batch.target = at::zeros({1, 2});
  const ScriptResult native = runner.run(batch);
  ASSERT_EQ(native.sites.at(0).hits, 0);
  ScriptChoices probe;
  probe.probe = ScriptProbe{.site = native.sites[0].site.id()};
  EXPECT_EQ(runner.run(batch, probe).sites.at(0).hits, 1);
  EXPECT_TRUE(same_bits(runner.run(batch).gradients[0].gradient, native.gradients[0].gradient));
}

TEST(NetworkModel, RefusesInputsThatItDoesNotTake) {
  const NetworkModel model = model_of(test::small_graph);
  ScriptRunner runner(model, mse);
  const auto error = [&](std::vector<c10::IValue> inputs) {
    return input_error_of([&] { runner.run({.inputs = std::move(inputs), .target = at::zeros({1, 2})}); });
  };
  EXPECT_THAT(error({}), HasSubstr("'x'"));
  EXPECT_THAT(error({at::zeros({1, 3}), at::zeros({1, 3})}), HasSubstr("holds 2 inputs"));
  EXPECT_THAT(error({at::zeros({1, 4})}), AllOf(HasSubstr("n × 3"), HasSubstr("float32 [1 × 4]")));
  EXPECT_THAT(error({at::zeros({3})}), HasSubstr("float32 [3]"));
  EXPECT_THAT(error({at::zeros({1, 3}, at::kLong)}), HasSubstr("int64 [1 × 3]"));
  EXPECT_THROW(ScriptRunner(model, {.executor = ScriptExecutor::optimising}), std::logic_error);
}

}  // namespace
}  // namespace relu0
