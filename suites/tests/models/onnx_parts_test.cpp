// Split and Slice of ONNX: every way in which their operator sets say what is taken, and what they refuse.
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/models/network_outputs.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::input_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImportedModel import_parts(const std::string& graph, int operator_set, const std::string& output = "") {
  return import_onnx(test::onnx_bytes(graph, operator_set), "parts.onnx", {.output = output});
}

std::string error_of_parts(const std::string& graph, int operator_set) {
  return input_error_of([&] { import_parts(graph, operator_set); });
}

/// x of five features into a and b, by one node.
std::string split_of_five(const std::string& node, const std::string& initialisers = "") {
  return "g (float[N, 5] x) => (float[N, A] a, float[N, B] b) " + initialisers + "{ a, b = " + node + " }";
}

std::vector<double> part_of_sample(const std::string& graph, int operator_set, const std::string& output,
                                   const std::vector<double>& sample) {
  const ImportedModel model = import_parts(graph, operator_set, output);
  return test::outputs_in_reference(model.network, model.weights, sample);
}

/// Both parts of 1 … 5.
void expect_parts(const std::string& graph, int operator_set, const std::vector<double>& a,
                  const std::vector<double>& b) {
  SCOPED_TRACE(fmt::format("operator set {}: {}", operator_set, graph));
  EXPECT_EQ(part_of_sample(graph, operator_set, "a", {1, 2, 3, 4, 5}), a);
  EXPECT_EQ(part_of_sample(graph, operator_set, "b", {1, 2, 3, 4, 5}), b);
}

TEST(OnnxParts, AreSplitInEveryOperatorSet) {
  const std::string sizes = "<int64[2] sizes = {2, 3}> ";
  for (int operator_set = 7; operator_set <= 28; ++operator_set) {
    if (operator_set < 13) {
      expect_parts(split_of_five("Split<axis = 1, split = [2, 3]>(x)"), operator_set, {1, 2}, {3, 4, 5});
      expect_parts(split_of_five("Split<axis = -1, split = [4, 1]>(x)"), operator_set, {1, 2, 3, 4}, {5});
    } else {
      expect_parts(split_of_five("Split<axis = 1>(x, sizes)", sizes), operator_set, {1, 2}, {3, 4, 5});
      expect_parts(split_of_five("Split<axis = -1>(x, sizes)", sizes), operator_set, {1, 2}, {3, 4, 5});
    }
    if (operator_set >= 18) {
      // The last part gets what is left.
      expect_parts(split_of_five("Split<axis = 1, num_outputs = 2>(x)"), operator_set, {1, 2, 3}, {4, 5});
    }
  }
}

TEST(OnnxParts, AreEqualWhereNoSizesAreNamed) {
  const std::string graph =
      "g (float[N, 4, 1, 2] x) => (float[N, 2, 1, 2] a, float[N, 2, 1, 2] b) { a, b = Split<axis = 1>(x) }";
  for (const int operator_set : {7, 11, 13, 17}) {
    EXPECT_THAT(part_of_sample(graph, operator_set, "b", {1, 2, 3, 4, 5, 6, 7, 8}), ElementsAre(5, 6, 7, 8));
  }
  const std::string both =
      "g (float[N, 5] x) => (float[N, C] y) { a, b = Split<axis = 1>(x) y = Concat<axis = 1>(b, a) }";
  EXPECT_THAT(error_of_parts(both, 13),
              HasSubstr("Split (node 0), operator set 13: cannot split 5 into 2 equal"));
  EXPECT_THAT(error_of_parts(both, 18),
              HasSubstr("Split (node 0), operator set 18: has neither its split nor"));
}

TEST(OnnxParts, MayBeColumnsOfImages) {
  const std::string graph =
      "g (float[N, 2, 2, 3] x) => (float[N, 2, 2, 1] y) <int64[3] sizes = {1, 1, 1}> "
      "{ a, b, c = Split<axis = 3>(x, sizes) d = Add(a, b) y = Add(d, c) }";
  EXPECT_THAT(part_of_sample(graph, 13, "", {1, 2, 3, 4, 5, 6, -1, -2, -3, 0, 0, 9}),
              ElementsAre(6, 15, -6, 9));
}

TEST(OnnxParts, ThatNothingReadsAreNotMade) {
  const ImportedModel model = import_parts(
      "g (float[N, 5] x) => (float[N, 2] y) <int64[3] sizes = {2, 0, 3}> "
      "{ a, b, c = Split<axis = 1>(x, sizes) y = Relu(a) }",
      13);
  std::vector<std::string> kinds;
  for (const Node& node : model.network.nodes()) {
    kinds.emplace_back(traits(node.operation).name);
  }
  EXPECT_THAT(kinds, ElementsAre("input", "narrow", "relu"));
}

TEST(OnnxParts, OfShapesAreEvaluated) {
  const std::string graph =
      "g (float[N, 2, 3] x) => (float[N, M] y) <int64[2] sizes = {1, 2}, int64[1] rest = {-1}> "
      "{ shape = Shape(x) n, image = Split(shape, sizes) target = Concat<axis = 0>(n, rest) "
      "r = Relu(x) y = Reshape(r, target) }";
  EXPECT_THAT(part_of_sample(graph, 13, "", {1, -2, 3, 4, 5, 6}), ElementsAre(1, 0, 3, 4, 5, 6));
}

TEST(OnnxParts, ThatAreNoneAreRefused) {
  const auto error = [](const std::string& node, const std::string& initialisers, int operator_set) {
    return error_of_parts(
        fmt::format("g (float[N, 5] x) => (float[N, C] y) {}{{ a, b = {} y = Concat<axis = 1>(a, b) }}",
                    initialisers, node),
        operator_set);
  };
  const auto sizes = [](const std::string& values, int count = 2) {
    return fmt::format("<int64[{}] sizes = {{{}}}> ", count, values);
  };
  const std::string split = "Split<axis = 1>(x, sizes)";
  EXPECT_THAT(error(split, sizes("2, 2"), 13), HasSubstr("cannot split 5 into 2 outputs of [2, 2]"));
  EXPECT_THAT(error(split, sizes("6, -1"), 13), HasSubstr("cannot split 5 into 2 outputs of [6, -1]"));
  EXPECT_THAT(error(split, sizes("9223372036854775807, 9223372036854775807"), 13),
              HasSubstr("cannot split 5 into 2 outputs of [9223372036854775807"));
  EXPECT_THAT(error(split, sizes("1, 1, 3", 3), 13), HasSubstr("into 2 outputs of [1, 1, 3]"));
  EXPECT_THAT(error(split, sizes("5, 0"), 13), HasSubstr("a part that has nothing in it"));
  EXPECT_THAT(error("Split<axis = 0>(x, sizes)", sizes("2, 3"), 13), HasSubstr("takes the mini-batch apart"));
  EXPECT_THAT(error("Split(x, sizes)", sizes("2, 3"), 13), HasSubstr("takes the mini-batch apart"));
  EXPECT_THAT(error("Split<axis = 2>(x, sizes)", sizes("2, 3"), 13), HasSubstr("an axis of 2 is beyond"));
  EXPECT_THAT(error("Split<axis = 1, split = [2, 3]>(x)", "", 13),
              HasSubstr("has the attribute split, which is an input from operator set 13 on"));
  EXPECT_THAT(error(split, sizes("2, 3"), 11), HasSubstr("opset_version=13"));
  EXPECT_THAT(error("Split<axis = 1, num_outputs = 2>(x, sizes)", sizes("2, 3"), 18),
              HasSubstr("has both its split and num_outputs"));
  EXPECT_THAT(error("Split<axis = 1, num_outputs = 3>(x)", "", 18),
              HasSubstr("has 2 outputs and num_outputs = 3"));
  EXPECT_THAT(error("Split<axis = 1, num_outputs = -2>(x)", "", 18),
              HasSubstr("has 2 outputs and num_outputs = -2"));
  EXPECT_THAT(error_of_parts("g (float[N, 2] x) => (float[N, C] y) <float[1, 4] w = {1, 2, 3, 4}> "
                             "{ a, b = Split<axis = 1>(w) y = Add(x, a) }",
                             13),
              HasSubstr("its input 0 is a constant"));
  EXPECT_THAT(error_of_parts("g (float[N, 2] x) => (float[N, C] y) { a, b, c, d = "
                             "Split<axis = 1, num_outputs = 4>(x) y = Relu(a) }",
                             18),
              HasSubstr("cannot split 2 into 4 parts"));
}

/// A node over images of two channels, two rows and three columns: 1 … 12.
std::vector<double> sliced_image(const std::string& node, const std::string& initialisers,
                                 int operator_set = 13) {
  std::vector<double> image(12);
  for (std::size_t i = 0; i < image.size(); ++i) {
    image[i] = static_cast<double>(i + 1);
  }
  return part_of_sample(
      fmt::format("g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) {}{{ r = Relu(x) y = {} }}", initialisers,
                  node),
      operator_set, "", image);
}

/// starts, ends, axes and steps as initialisers.
std::string slice_ranges(const std::string& starts, const std::string& ends, const std::string& axes,
                         const std::string& steps) {
  const auto count = std::count(starts.begin(), starts.end(), ',') + 1;
  return fmt::format(
      "<int64[{0}] starts = {{{1}}}, int64[{0}] ends = {{{2}}}, int64[{0}] axes = {{{3}}}, "
      "int64[{0}] steps = {{{4}}}> ",
      count, starts, ends, axes, steps);
}

TEST(OnnxParts, AreSlicedAlongAnyDimensionOfASample) {
  const std::string slice = "Slice(r, starts, ends, axes, steps)";
  EXPECT_THAT(sliced_image(slice, slice_ranges("1", "2", "1", "1")), ElementsAre(7, 8, 9, 10, 11, 12));
  EXPECT_THAT(sliced_image(slice, slice_ranges("-1", "9223372036854775807", "-1", "1")),
              ElementsAre(3, 6, 9, 12));
  EXPECT_THAT(sliced_image(slice, slice_ranges("0, 1, 0", "2147483647, 9, -2", "0, 2, 3", "1, 1, 1")),
              ElementsAre(4, 10));
  EXPECT_THAT(sliced_image("Slice<starts = [0, 1], ends = [1, 3], axes = [1, 3]>(r)", "", 9),
              ElementsAre(2, 3, 5, 6));
  // Without axes: the first ones.
  EXPECT_THAT(sliced_image("Slice(r, starts, ends)", slice_ranges("0, 1", "2147483647, 2", "0, 1", "1, 1")),
              ElementsAre(7, 8, 9, 10, 11, 12));
}

TEST(OnnxParts, OfSlicesThatAreNoneAreRefused) {
  const auto error = [](const std::string& initialisers,
                        const std::string& node = "Slice(x, starts, ends, axes, steps)") {
    return error_of_parts(
        "g (float[N, 2, 2, 3] x) => (float[N, C, H, W] y) " + initialisers + "{ y = " + node + " }", 13);
  };
  EXPECT_THAT(error(slice_ranges("0", "2", "0", "1")), HasSubstr("takes a part of the mini-batch"));
  EXPECT_THAT(error(slice_ranges("1", "2147483647", "0", "1")), HasSubstr("takes a part of the mini-batch"));
  EXPECT_THAT(error(slice_ranges("0", "3", "3", "2")), HasSubstr("a step of 2; only 1 is supported"));
  EXPECT_THAT(error(slice_ranges("0", "3", "3", "0")), HasSubstr("a step of 0; only 1 is supported"));
  EXPECT_THAT(error(slice_ranges("2", "1", "3", "1")), HasSubstr("takes nothing of the 3 along axis 3"));
  EXPECT_THAT(error(slice_ranges("7", "9", "3", "1")), HasSubstr("takes nothing of the 3 along axis 3"));
  EXPECT_THAT(error(slice_ranges("0", "3", "4", "1")), HasSubstr("an axis of 4 is beyond"));
  EXPECT_THAT(error(slice_ranges("0, 0", "1, 1", "3, -1", "1, 1")), HasSubstr("names an axis twice"));
  EXPECT_THAT(error("<int64[2] starts = {0, 0}, int64[1] ends = {1}> ", "Slice(x, starts, ends)"),
              HasSubstr("has 2 starts, 1 ends, 2 axes and 2 steps"));
}

TEST(OnnxParts, OfAFixedMiniBatchAreAllOfItOrNone) {
  const auto graph = [](int end) {
    return fmt::format(
        "g (float[4, 5] x) => (float[4, 2] y) <int64[2] starts = {{0, 0}}, int64[2] ends = {{{}, 2}}> "
        "{{ y = Slice(x, starts, ends) }}",
        end);
  };
  EXPECT_THAT(part_of_sample(graph(4), 13, "", {1, 2, 3, 4, 5}), ElementsAre(1, 2));
  EXPECT_THAT(error_of_parts(graph(3), 13), HasSubstr("takes a part of the mini-batch"));
}

}  // namespace
}  // namespace relu0
