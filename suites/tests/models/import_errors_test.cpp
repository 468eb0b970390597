// Files that cannot be imported: each is refused by name, with place and remedy.
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/fixtures/data/data_files.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::input_error_of;
using test::onnx_bytes;
using test::onnx_model;
using test::small_graph;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string error_of(const onnx::ModelProto& model, const OnnxOptions& options = {}) {
  return input_error_of([&] { import_onnx(model.SerializeAsString(), "m.onnx", options); });
}

std::string error_of(std::string_view graph, int operator_set = 13) {
  return error_of(onnx_model(graph, operator_set));
}

/// x of [N, 3, 5, 6] through one node.
std::string error_of_image_node(const std::string& node, const std::string& initialisers = "",
                                int operator_set = 13) {
  return error_of("g (float[N, 3, 5, 6] x) => (float y) " + initialisers + "{ y = " + node + " }",
                  operator_set);
}

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

TEST(ImportErrors, OfFilesThatAreNoModels) {
  const test::DataFolder folder;
  const auto error = [&](const std::string& content) {
    return input_error_of([&] { import_onnx(folder.write("a.onnx", bytes_of(content))); });
  };
  EXPECT_THAT(error(""), HasSubstr("a.onnx: is empty"));
  EXPECT_THAT(error("hello, world\n"), HasSubstr("is not an ONNX model, or a truncated one"));
  EXPECT_THAT(error(std::string("PK\x03\x04", 4) + "rest"), HasSubstr("as TorchScript and state dicts are"));
  EXPECT_THAT(input_error_of([&] { import_onnx(folder.path() / "none.onnx"); }),
              HasSubstr("there is no such file"));
  EXPECT_THAT(input_error_of([&] { import_onnx(folder.path()); }), HasSubstr("is not a regular file"));
  const std::string whole = onnx_bytes(small_graph);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_THROW(import_onnx(whole.substr(0, size), "cut.onnx"), InputError) << size;
  }
}

TEST(ImportErrors, OfVersionsThatAreTooNewOrTooOld) {
  onnx::ModelProto model = onnx_model(small_graph);
  model.set_ir_version(15);
  EXPECT_THAT(error_of(model), AllOf(HasSubstr("has the IR version 15, and relu0 reads 3 to 14"),
                                     HasSubstr("model.ir_version = 8")));
  EXPECT_THAT(
      error_of(small_graph, 29),
      AllOf(HasSubstr("is written in operator set 29, and relu0 reads 7 to 28"), HasSubstr("dynamo=False")));
  EXPECT_THAT(error_of(small_graph, 6), HasSubstr("is written in operator set 6, and relu0 reads 7 to 28"));
  model = onnx_model(small_graph);
  model.mutable_opset_import(0)->set_domain("com.microsoft");
  EXPECT_THAT(error_of(model), HasSubstr("names no operator set"));
}

TEST(ImportErrors, NameAllThatIsNotSupportedAtOnce) {
  const std::string error = error_of(R"(g (float[N, 3] x) => (float[N, 3] y) {
    a = Sigmoid(x)
    b = Relu(a)
    c = Tanh(x)
    d = Softmax<axis = 0>(x)
    e = Relu<slope = 2>(x)
    f = Sum(b, c, d, e)
    y = Erf(f)
  })");
  EXPECT_THAT(error, AllOf(HasSubstr("m.onnx: uses what relu0 does not import (operator set 13)"),
                           HasSubstr("Sigmoid (node 0)"), HasSubstr("Tanh (node 2)"),
                           HasSubstr("Softmax (node 3): a softmax over the mini-batch"),
                           HasSubstr("Relu (node 4): its attribute slope"), HasSubstr("Erf (node 6)")));
  EXPECT_THAT(error, AllOf(HasSubstr("It imports Abs, Add,"), HasSubstr("TorchScript")));
  EXPECT_THAT(error, ::testing::Not(HasSubstr("Relu (node 1)")));
}

TEST(ImportErrors, OfForeignDomains) {
  onnx::ModelProto model = onnx_model(small_graph);
  model.mutable_graph()->mutable_node(1)->set_domain("com.example");
  EXPECT_THAT(error_of(model), HasSubstr("Relu (node 1): of the domain 'com.example'"));
}

TEST(ImportErrors, OfArgumentsThatAreNotSupported) {
  const std::string weight = "<float[2, 3, 1, 1] w = {1, 2, 3, 4, 5, 6}> ";
  EXPECT_THAT(error_of_image_node("MaxPool<kernel_shape = [3]>(x)"), HasSubstr("a kernel of 1 dimensions"));
  EXPECT_THAT(error_of_image_node("MaxPool<kernel_shape = [3, 3], pads = [2, 0, 0, 0]>(x)"),
              HasSubstr("a padding of more than half its kernel"));
  EXPECT_THAT(error_of_image_node("Transpose<perm = [1, 0, 2, 3]>(x)"), HasSubstr("moves the mini-batch"));
  EXPECT_THAT(error_of_image_node("Flatten<axis = 2>(x)"), HasSubstr("axis = 2, which mixes samples"));
  EXPECT_THAT(error_of_image_node("LRN<size = 4>(x)"), HasSubstr("size = 4; only odd ones"));
  EXPECT_THAT(error_of_image_node("Softmax<axis = 1>(x)"), HasSubstr("only one row a sample"));
  EXPECT_THAT(error_of_image_node("Concat<axis = 2>(x, x)"), HasSubstr("axis = 2; only 1"));
  EXPECT_THAT(error_of_image_node("Conv(x, x)"), HasSubstr("its weight is no initialiser or constant"));
  EXPECT_THAT(error_of_image_node("Concat<axis = 1>(x, w)", weight), HasSubstr("its input 1 is a constant"));
  EXPECT_THAT(error_of(R"(g (float[N, 3] x) => (float[N, 2] y) <float[3, 2] w = {1, 2, 3, 4, 5, 6}> {
    y = Gemm<alpha = 0.5>(x, w)
  })"),
              HasSubstr("Gemm (node 0): alpha = 0.5; only 1 is supported"));
}

TEST(ImportErrors, OfArgumentsThatDoNotFit) {
  const std::string weight = "<float[2, 3, 1, 1] w = {1, 2, 3, 4, 5, 6}, float[3] b = {1, 2, 3}> ";
  EXPECT_THAT(
      error_of_image_node("Conv<kernel_shape = [3, 3]>(x, w)", weight),
      HasSubstr(
          "m.onnx: Conv (node 0), operator set 13: its kernel_shape is not that of its weight, [2x3x1x1]"));
  EXPECT_THAT(error_of_image_node("Conv<group = 3>(x, w)", weight),
              HasSubstr("in 3 groups does not fit an input of 3"));
  EXPECT_THAT(error_of_image_node("Conv(x, w, b)", weight),
              HasSubstr("its bias 'b' has the shape [3] where [2]"));
  EXPECT_THAT(error_of_image_node("Conv<strides = [0, 1]>(x, w)", weight),
              HasSubstr("its strides are not between 1"));
  EXPECT_THAT(error_of_image_node("Conv<pads = [0, 0, 0, -1]>(x, w)", weight),
              HasSubstr("its pads are not between 0"));
  EXPECT_THAT(error_of_image_node("Conv<auto_pad = \"SOME\">(x, w)", weight),
              HasSubstr("its auto_pad 'SOME' is none of"));
  EXPECT_THAT(error_of_image_node("Conv<strides = 1>(x, w)", weight),
              HasSubstr("its attribute strides is of another type"));
  EXPECT_THAT(error_of_image_node("Conv(x)", weight), HasSubstr("lacks its input 1"));
  EXPECT_THAT(error_of_image_node("MaxPool<kernel_shape = [6, 6]>(x)"),
              AllOf(HasSubstr("MaxPool (node 0)"), HasSubstr("does not fit into an input of extent 5")));
  EXPECT_THAT(error_of_image_node("MaxPool(x)"), HasSubstr("lacks its kernel_shape"));
  EXPECT_THAT(error_of_image_node("Reshape(x, s)", "<int64[3] s = {0, 7, -1}> "),
              HasSubstr("cannot make [7x-1] of [3x5x6]"));
  EXPECT_THAT(error_of_image_node("Transpose<perm = [0, 1, 2, 2]>(x)"),
              HasSubstr("is no order of the 4 dimensions"));
  EXPECT_THAT(error_of_image_node("Clip(x, b)", weight),
              HasSubstr("has 3 values; a Clip's end is one number"));
  EXPECT_THAT(error_of("g (float[N, 3] x) => (float[N, 4] y) { y = Relu(x) }"),
              HasSubstr("says that a sample of its output 'y' is [4], 0 being open, and its nodes make [3]"));
}

TEST(ImportErrors, OfNodesInTrainingMode) {
  const std::string norm =
      "<float[3] s = {1, 2, 3}, float[3] b = {1, 2, 3}, float[3] m = {1, 2, 3}, float[3] v = {1, 2, 3}> ";
  EXPECT_THAT(error_of_image_node("BatchNormalization<training_mode = 1>(x, s, b, m, v)", norm, 15),
              AllOf(HasSubstr("BatchNormalization (node 0)"), HasSubstr("model.eval()")));
  EXPECT_THAT(error_of("g (float[N, 3] x) => (float[N, 3] y) " + norm +
                       "{ y, mean, var = BatchNormalization(x, s, b, m, v) }"),
              HasSubstr("has the outputs of training mode"));
  EXPECT_THAT(error_of_image_node("Dropout(x, ratio, mode)", "<float ratio = {0.5}, bool mode = {1}> "),
              AllOf(HasSubstr("Dropout (node 0)"), HasSubstr("model.eval()")));
}

TEST(ImportErrors, OfValuesThatAreMissing) {
  onnx::ModelProto model = onnx_model(small_graph);
  model.mutable_graph()->mutable_initializer()->RemoveLast();
  EXPECT_THAT(error_of(model),
              AllOf(HasSubstr("Gemm (node 2)"), HasSubstr("reads 'last.weight', which is neither"),
                    HasSubstr("export_params=True")));
  EXPECT_THAT(
      error_of(R"(g (float[N, 3] x) => (float[N, 3] y) {
    a = Add(x, b)
    b = Relu(a)
    y = Relu(b)
  })"),
      HasSubstr("reads 'b', which node 1 makes, not before it: the graph has a cycle or is not in order"));
  EXPECT_THAT(error_of("g (float[N, 3] x) => (float[N, 3] y) { a = Relu(x) }"),
              HasSubstr("has no input that its output depends on"));
  EXPECT_THAT(error_of("g (float[N, 3] x) => (float[N, 3] y) { y = Relu(x) y = Abs(x) }"),
              HasSubstr("'y' is made twice"));
  EXPECT_THAT(error_of("g (float[N, 3] x, float[N, 3] z) => (float[N, 3] y) { y = Add(x, z) }"),
              HasSubstr("has the inputs 'x' and 'z' that are no initialisers"));
  EXPECT_THAT(error_of("g (float[N, 3] x) => (float[N, 3] y, float[N, 3] z) { y = Relu(x) z = Abs(x) }"),
              HasSubstr("has the outputs y, z: name one of them"));
  EXPECT_THAT(error_of(onnx_model(small_graph), {.output = "logits"}),
              HasSubstr("has no output 'logits', only y"));
}

TEST(ImportErrors, OfTensorsThatDoNotHoldTheirValues) {
  const auto with_bias = [](const auto& change) {
    onnx::ModelProto model = onnx_model(small_graph);
    change(*model.mutable_graph()->mutable_initializer(1));
    return error_of(model);
  };
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) { bias.mutable_float_data()->RemoveLast(); }),
              HasSubstr("m.onnx: tensor 'hidden.bias' of shape [4] has 3 values"));
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) {
                bias.clear_float_data();
                bias.set_raw_data("12345");
              }),
              HasSubstr("needs 16 bytes of data and has 5"));
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) { bias.set_data_type(onnx::TensorProto::UINT8); }),
              HasSubstr("holds values of type UINT8; relu0 imports float, double, float16 and bfloat16"));
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) { bias.set_data_type(99); }), HasSubstr("of type 99"));
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) { bias.set_dims(0, -4); }),
              HasSubstr("or with a negative extent"));
  EXPECT_THAT(with_bias([](onnx::TensorProto& bias) {
                bias.set_dims(0, std::int64_t{1} << 33);
                bias.add_dims(std::int64_t{1} << 33);
              }),
              HasSubstr("of more than 536870912 values"));
}

TEST(ImportErrors, OfSizesThatWouldFillTheMemory) {
  EXPECT_THAT(
      error_of("g (float[N, 3] x) => (float[N, 3] y) <int64[2] s = {3, 4000000000}> { w = ConstantOfShape(s) "
               "y = MatMul(x, w) }"),
      HasSubstr(
          "ConstantOfShape (node 0), operator set 13: its shape [3x4000000000] has a negative extent, or"));
  EXPECT_THAT(
      error_of("g (float[N, 9000000000000000000, 3] x) => (float y) { y = Relu(x) }"),
      HasSubstr("its input 'x': a shape of [9000000000000000000x3] has no values, or more than 536870912"));
  const onnx::ModelProto model = onnx_model(small_graph);
  EXPECT_THAT(error_of(model, {.max_values = 15}), HasSubstr("the model's weights have more than 15 values"));
  EXPECT_THAT(error_of(model, {.max_values = 3}), HasSubstr("tensor 'hidden.weight' has the shape [4x3]"));
  // Outputs of 2^30 + … rows and columns: their product is no integer of 64 bits.
  EXPECT_THAT(error_of_image_node("Conv<pads = [2000000000, 2000000000, 2000000000, 2000000000]>(x, w)",
                                  "<float[2, 3, 1, 1] w = {1, 2, 3, 4, 5, 6}> "),
              HasSubstr("a shape of [2x4000000005x4000000006] has no values, or more than 536870912"));
}

class ExternalData : public ::testing::Test {
 protected:
  /// The small model with the bias in another file.
  [[nodiscard]] fs::path model_with(const std::string& location, const std::string& offset = "",
                                    const std::string& length = "") const {
    onnx::ModelProto model = onnx_model(small_graph);
    onnx::TensorProto& bias = *model.mutable_graph()->mutable_initializer(1);
    bias.clear_float_data();
    bias.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] :
         {std::pair{"location", location}, {"offset", offset}, {"length", length}}) {
      if (!value.empty()) {
        onnx::StringStringEntryProto& entry = *bias.add_external_data();
        entry.set_key(key);
        entry.set_value(value);
      }
    }
    return folder_.write("models/m.onnx", bytes_of(model.SerializeAsString()));
  }
  [[nodiscard]] std::string error(const std::string& location, const std::string& offset = "",
                                  const std::string& length = "") const {
    return input_error_of([&] { import_onnx(model_with(location, offset, length)); });
  }

  test::DataFolder folder_;
};

TEST_F(ExternalData, IsReadFromBesideTheModel) {
  const std::array<float, 5> values{9, 1, 2, 3, 4};
  Bytes data(sizeof(values));
  std::memcpy(data.data(), values.data(), sizeof(values));
  static_cast<void>(folder_.write("models/data/weights.bin", data));
  const ImportedModel model = import_onnx(model_with("data/weights.bin", "4", "16"));
  EXPECT_THAT(model.weights.parameters[1].values.to_doubles(), ::testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(model.weight_files, ::testing::ElementsAre("data/weights.bin"));
  fs::create_symlink("weights.bin", folder_.path() / "models/data/link.bin");
  EXPECT_NO_THROW(import_onnx(model_with("data/link.bin", "4")));
}

TEST_F(ExternalData, IsNotReadFromElsewhere) {
  static_cast<void>(folder_.write("secret.bin", Bytes(16)));
  static_cast<void>(folder_.write("models/near.bin", Bytes(15)));
  fs::create_symlink("../secret.bin", folder_.path() / "models/link.bin");
  fs::create_directory_symlink("..", folder_.path() / "models/up");
  constexpr const char* outside = "which is not inside the model's folder";
  EXPECT_THAT(error("../secret.bin"), AllOf(HasSubstr("m.onnx: tensor 'hidden.bias'"), HasSubstr(outside)));
  EXPECT_THAT(error((folder_.path() / "secret.bin").string()), HasSubstr(outside));
  EXPECT_THAT(error("link.bin"), HasSubstr(outside));
  EXPECT_THAT(error("up/secret.bin"), HasSubstr(outside));
  EXPECT_THAT(error(""), HasSubstr(outside));
  EXPECT_THAT(error("none.bin"), HasSubstr("there is no such file beside the model"));
  EXPECT_THAT(error("near.bin"), HasSubstr("holds 15 bytes, and bytes 0 to 16 are asked for"));
  EXPECT_THAT(error("near.bin", "18446744073709551615"), HasSubstr("is beyond every file"));
  EXPECT_THAT(error("near.bin", "-1"), HasSubstr("'-1' is no number of bytes"));
  EXPECT_THAT(error("near.bin", "0", "15"), HasSubstr("needs 16 bytes of data, and 15 are in 'near.bin'"));
  EXPECT_THAT(error("."), HasSubstr("is not a regular file"));
  onnx::ModelProto model;
  model.ParseFromString([&] {
    const Bytes content = test::content_of(model_with("near.bin"));
    return std::string(content.begin(), content.end());
  }());
  EXPECT_THAT(error_of(model), HasSubstr("this model has no folder"));
}

TEST(ImportErrors, OfWhatOnlyLibonnxsCheckerSees) {
  onnx::ModelProto model = onnx_model(small_graph);
  model.mutable_graph()->clear_name();
  EXPECT_THAT(error_of(model), HasSubstr("m.onnx: libonnx's checker refuses it"));
}

TEST(ImportErrors, ShowNamesWithoutControlCharacters) {
  onnx::ModelProto model = onnx_model(small_graph);
  model.mutable_graph()->mutable_node(1)->set_op_type("Evil\x1b[31m\n");
  EXPECT_THAT(error_of(model), HasSubstr("Evil?[31m?"));
}

}  // namespace
}  // namespace relu0
