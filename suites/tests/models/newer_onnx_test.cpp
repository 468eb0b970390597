// Operator sets after 17 and IR versions after 8: what changed in what is read, and what newer fields say.
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/models/network_outputs.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <utility>

#include <gmock/gmock.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::input_error_of;
using test::onnx_bytes;
using test::onnx_model;
using test::small_graph;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int newest = 28;

ImportedModel import_newer(const std::string& graph, int operator_set = newest) {
  return import_onnx(onnx_bytes(graph, operator_set), "text.onnx");
}

/// One node over images of [N, 2, 2, 3]. `initialisers`: with their brackets.
std::string image_graph(const std::string& node, const std::string& initialisers = "") {
  return "g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) " + initialisers + "{ y = " + node + " }";
}

std::vector<double> outputs(const std::string& graph, int operator_set = newest) {
  const ImportedModel model = import_newer(graph, operator_set);
  const std::vector<double> image{0, 3, 6, 9, 12, 15, -6, -5, -4, -3, -2, -1};
  return test::outputs_in_reference(model.network, model.weights, image);
}

std::string refusal_of(const std::string& graph, int operator_set = newest) {
  return input_error_of([&] { import_newer(graph, operator_set); });
}

std::string refusal_of(const onnx::ModelProto& model) {
  return input_error_of([&] { import_onnx(model.SerializeAsString(), "m.onnx"); });
}

/// A field of a message as a newer libonnx writes it: a text, or a message of that content.
void set_newer_field(google::protobuf::Message& message, int number, const std::string& content) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.WriteTag(google::protobuf::internal::WireFormatLite::MakeTag(
        number, google::protobuf::internal::WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
    coded.WriteVarint32(static_cast<std::uint32_t>(content.size()));
    coded.WriteString(content);
  }
  ASSERT_TRUE(message.MergeFromString(bytes));
}

TEST(NewerOnnx, IsReadUpToTheNewestVersions) {
  const ImportedModel old = import_newer(std::string(small_graph), 13);
  for (const int operator_set : {18, 19, 20, 21, 22, 23, 24, 25, 26, 27, newest}) {
    onnx::ModelProto model = onnx_model(small_graph, operator_set);
    model.set_ir_version(14);
    const ImportedModel read = import_onnx(model.SerializeAsString(), "small.onnx");
    EXPECT_EQ(read.format, "ONNX operator set " + std::to_string(operator_set));
    EXPECT_EQ(test::outputs_in_reference(read.network, read.weights, {1, -1, 0.5}),
              test::outputs_in_reference(old.network, old.weights, {1, -1, 0.5}));
    EXPECT_EQ(read.parameters, old.parameters);
  }
}

TEST(NewerOnnx, ReduceMeanTakesItsAxesAsAnInput) {
  const std::string axes = "<int64[2] axes = {-1, -2}> ";
  EXPECT_THAT(outputs(image_graph("ReduceMean(x, axes)", axes), 18), ::testing::ElementsAre(7.5, -3.5));
  EXPECT_THAT(outputs("g (float[N, 2, 2, 3] x) => (float[N, C] y) " + axes +
                      "{ y = ReduceMean<keepdims = 0, noop_with_empty_axes = 1>(x, axes) }"),
              ::testing::ElementsAre(7.5, -3.5));
  EXPECT_EQ(outputs("g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) { r = Abs(x) "
                    "y = ReduceMean<noop_with_empty_axes = 1>(r) }")
                .size(),
            12U);
  EXPECT_THAT(refusal_of(image_graph("ReduceMean(x)")), HasSubstr("other axes than height and width"));
  EXPECT_THAT(refusal_of(image_graph("ReduceMean<axes = [2, 3]>(x)")),
              HasSubstr("has the attribute axes, which is an input from operator set 18 on"));
  EXPECT_THAT(refusal_of(image_graph("ReduceMean(x, axes)", axes), 17),
              AllOf(HasSubstr("ReduceMean (node 0), operator set 17"), HasSubstr("opset_version=18"),
                    HasSubstr("dynamo=False")));
}

TEST(NewerOnnx, PadNamesItsAxes) {
  const auto padded = [](const std::string& pads, const std::string& axes) {
    return "g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) <int64[4] pads = {" + pads +
           "}, float zero = {0}, " + axes +
           ", float[1, 2, 1, 1] w = {1, 1}> { p = Pad(x, pads, zero, axes) y = Conv(p, w) }";
  };
  // A row above, a column to the right.
  const std::vector<double> expected{0, 0, 0, 0, -6, -2, 2, 0, 6, 10, 14, 0};
  EXPECT_EQ(outputs(padded("1, 0, 0, 1", "int64[2] axes = {2, 3}"), 18), expected);
  EXPECT_EQ(outputs(padded("0, 1, 1, 0", "int64[2] axes = {-1, -2}")), expected);
  EXPECT_THAT(refusal_of(padded("1, 0, 0, 1", "int64[2] axes = {1, 2}")),
              HasSubstr("pads other than around the image"));
  EXPECT_THAT(refusal_of(padded("1, 0, 0, 1", "int64[1] axes = {2}")), HasSubstr("has 4 pads for 1 axes"));
  EXPECT_THAT(refusal_of(padded("1, 0, 0, 1", "int64[2] axes = {2, -2}")), HasSubstr("names an axis twice"));
  EXPECT_THAT(refusal_of(padded("1, 0, 0, 1", "int64[2] axes = {2, 4}")),
              HasSubstr("an axis of 4 is beyond"));
  EXPECT_THAT(
      refusal_of(image_graph("Pad<mode = \"wrap\">(x, pads)", "<int64[8] pads = {0, 0, 1, 1, 0, 0, 1, 1}> ")),
      HasSubstr("a mode other than constant"));
}

TEST(NewerOnnx, AveragePoolHasDilations) {
  EXPECT_THAT(outputs(image_graph("AveragePool<kernel_shape = [2, 3], dilations = [1, 1]>(x)"), 19),
              ::testing::ElementsAre(7.5, -3.5));
  EXPECT_THAT(refusal_of(image_graph("AveragePool<kernel_shape = [2, 2], dilations = [1, 2]>(x)")),
              HasSubstr("AveragePool (node 0): dilations, which PyTorch's average pools do not have"));
}

TEST(NewerOnnx, LiteralsAreCastAndExpandedAsThePlainExportOfPyTorch) {
  // torch.onnx.export(…, optimize=False) makes the bias that a convolution lacks so.
  const auto with_bias = [](const std::string& value) {
    return "g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) <float[3, 2, 1, 1] w = {1, 0, 0, 1, 1, 1}> { "
           "channels = Shape<start = 0, end = 1>(w) one = Constant<value_ints = [1]>() "
           "shape = Expand(channels, one) literal = Constant<value = float {" +
           value + "}>() cast = CastLike(literal, x) bias = Expand(cast, shape) y = Conv(x, w, bias) }";
  };
  const ImportedModel model = import_newer(with_bias("0.5"));
  EXPECT_EQ(model.parameters.back().source, "bias");
  EXPECT_THAT(model.weights.parameters.back().values.to_doubles(), ::testing::Each(0.5));
  EXPECT_EQ(model.weights.parameters.back().shape, Shape{3});
  EXPECT_THAT(refusal_of(with_bias("0.1")), HasSubstr("CastLike (node 4): a CastLike of 0.1"));
  EXPECT_THAT(refusal_of("g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) <float[2, 1, 1] a = {1, 2}, "
                         "int64[3] s = {2, 2, 3}> "
                         "{ b = Expand(a, s) y = Add(x, b) }"),
              HasSubstr("Expand (node 0): repeats [2x1x1]; only one number is repeated"));
  EXPECT_THAT(
      refusal_of("g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) <float[2] a = {1, 2}, int64[1] s = {3}> "
                 "{ b = Expand(a, s) y = Add(x, b) }"),
      HasSubstr("cannot make [3] of [2]"));
  EXPECT_THAT(
      refusal_of(
          "g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) <float a = {1}, int64[2] s = {3, 4000000000}> "
          "{ b = Expand(a, s) y = Add(x, b) }"),
      HasSubstr("has a negative extent, or more than"));
}

TEST(NewerOnnx, FieldsThatChangeTheMeaningAreRefusedByName) {
  onnx::ModelProto model = onnx_model(small_graph, 20);
  set_newer_field(*model.mutable_graph()->mutable_node(1), 8, "double");
  EXPECT_THAT(refusal_of(model), HasSubstr("Relu (node 1): an overload of a function"));
  model = onnx_model(small_graph, 20);
  set_newer_field(*model.mutable_graph()->mutable_node(1), 8, "");
  EXPECT_NO_THROW(import_onnx(model.SerializeAsString(), "empty.onnx"));
  set_newer_field(*model.mutable_graph()->mutable_node(1), 10,
                  "\x0a\x01"
                  "a");
  EXPECT_THAT(refusal_of(model), HasSubstr("Relu (node 1): divided among devices"));
  model = onnx_model(small_graph, 20);
  set_newer_field(model, 26,
                  "\x0a\x01"
                  "a");
  EXPECT_THAT(refusal_of(model), HasSubstr("m.onnx: is divided among devices"));
  model = onnx_model(small_graph, 20);
  model.set_ir_version(10);
  onnx::FunctionProto& function = *model.add_functions();
  function.set_name("Relu");
  EXPECT_THAT(refusal_of(model), HasSubstr("Relu (node 1): a function of the model's own"));
  function.set_domain("pkg.onnxscript.torch_lib");
  EXPECT_NO_THROW(import_onnx(model.SerializeAsString(), "unused.onnx"));
  model.mutable_graph()->mutable_node(1)->set_domain("pkg.onnxscript.torch_lib");
  EXPECT_THAT(refusal_of(model), HasSubstr("Relu (node 1): of the domain 'pkg.onnxscript.torch_lib'"));
}

TEST(NewerOnnx, TypesOfFewBitsAreRefusedByName) {
  for (const auto& [type, name] : {std::pair{17, "FLOAT8E4M3FN"}, {22, "INT4"}, {28, "FLOAT6E3M2"}}) {
    onnx::ModelProto model = onnx_model(small_graph, 25);
    model.mutable_graph()->mutable_initializer(1)->set_data_type(type);
    EXPECT_THAT(refusal_of(model), HasSubstr(std::string("'hidden.bias' holds values of type ") + name));
  }
}

TEST(NewerOnnx, LibonnxsCheckerJudgesWhatItKnows) {
  onnx::ModelProto model = onnx_model(small_graph, newest);
  model.mutable_graph()->clear_name();
  EXPECT_THAT(refusal_of(model), HasSubstr("m.onnx: libonnx's checker refuses it"));
  // A node that the output does not need may be of any operator, with attributes of any age.
  EXPECT_NO_THROW(
      import_newer("g (float[N, 2] x) => (float[N, 2] y) { y = Relu(x) "
                   "z = Gelu<approximate = \"tanh\">(x) w = Resize<antialias = 1>(x, x, x) }"));
  EXPECT_THAT(refusal_of("g (float[N, 2] x) => (float[N, 2] y) { y = Gelu(x) }"), HasSubstr("Gelu (node 0)"));
}

}  // namespace
}  // namespace relu0
