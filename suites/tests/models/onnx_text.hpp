#pragma once
#include <string>
#include <string_view>

#include <onnx/onnx_pb.h>

namespace relu0::test {

/// A model in libonnx's own text format, in an operator set: a graph (inputs) => (outputs) <initialisers>
/// {nodes}. The format knows no names with dots: "conv1__weight" becomes "conv1.weight". A failure of the
/// test where the text is not understood.
onnx::ModelProto onnx_model(std::string_view graph, int operator_set = 13);

/// Its bytes, as a file has them.
std::string onnx_bytes(std::string_view graph, int operator_set = 13);

/// x → Gemm → Relu → Gemm → y: three inputs, two outputs a sample.
inline constexpr std::string_view small_graph = R"(small (float[N, 3] x) => (float[N, 2] y)
<float[4, 3] hidden__weight = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, float[4] hidden__bias = {0, 1, -1, 0.5},
 float[2, 4] last__weight = {1, -1, 1, -1, 2, 0, 0.25, 3}> {
  h = Gemm<transB = 1>(x, hidden__weight, hidden__bias)
  r = Relu(h)
  y = Gemm<transB = 1>(r, last__weight)
})";

}  // namespace relu0::test
