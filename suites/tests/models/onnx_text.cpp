#include "suites/tests/models/onnx_text.hpp"

#include <gtest/gtest.h>
#include <onnx/defs/parser.h>

namespace relu0::test {

namespace {

std::string with_dots(std::string name) {
  for (std::size_t at = name.find("__"); at != std::string::npos; at = name.find("__")) {
    name.replace(at, 2, ".");
  }
  return name;
}

}  // namespace

onnx::ModelProto onnx_model(std::string_view graph, int operator_set) {
  onnx::ModelProto model;
  const std::string text =
      "<ir_version: 7, opset_import: [\"\" : " + std::to_string(operator_set) + "]>\n" + std::string(graph);
  const auto status = onnx::OnnxParser::Parse(model, text.c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  for (onnx::TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
    tensor.set_name(with_dots(tensor.name()));
  }
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node()) {
    for (auto* names : {node.mutable_input(), node.mutable_output()}) {
      for (std::string& name : *names) {
        name = with_dots(name);
      }
    }
  }
  return model;
}

std::string onnx_bytes(std::string_view graph, int operator_set) {
  return onnx_model(graph, operator_set).SerializeAsString();
}

}  // namespace relu0::test
