#include "suites/tests/fuzz/seeds.hpp"

#include "suites/tests/fixtures/data/mat_files.hpp"
#include "suites/tests/fixtures/images/image_files.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <algorithm>
#include <array>

namespace relu0::test {
namespace {

namespace fs = std::filesystem;

Bytes onnx(std::string_view graph, int operator_set = 13) {
  const std::string bytes = test::onnx_bytes(graph, operator_set);
  return {bytes.begin(), bytes.end()};
}

/// What operator sets before 11 wrote otherwise: a Gemm's bias was required, a Clip's ends were attributes.
constexpr std::string_view onnx_old = R"(g (float[N, 3] x) => (float[N, 2] y)
<float[2, 3] w = {1, 2, 3, 4, 5, 6}, float[2] b = {1, -1}> {
  h = Gemm<transB = 1>(x, w, b)
  y = Clip<min = 0.0, max = 6.0>(h)
})";

/// Every sort of value: shapes of the mini-batch, constants, weights, zeros of a Pad, windows.
constexpr std::string_view onnx_shapes = R"(g (float[N, 2, 4, 4] x) => (float[N, 16] y)
<float[2, 1, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, int64[8] p = {0, 0, 1, 0, 0, 0, 0, 1},
 int64[2] s = {2, 1}, int64 zero = {0}, int64[1] axis = {0}, int64[1] rest = {-1}, float[4, 4] m = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0}> {
  padded = Pad(x, p)
  c = Conv<group = 2, pads = [0, 1, 1, 0]>(padded, w)
  scale = ConstantOfShape<value = float[1] {0.5}>(s)
  scales = Unsqueeze(scale, rest)
  r = Relu(c)
  l = LRN<size = 3>(r)
  t = Transpose<perm = [0, 1, 3, 2]>(l)
  q = MaxPool<kernel_shape = [2, 2], strides = [3, 3], ceil_mode = 1>(t)
  a = Mul(q, scales)
  shape = Shape(a)
  n = Gather(shape, zero)
  n1 = Unsqueeze(n, axis)
  target = Concat<axis = 0>(n1, rest)
  f = Reshape(a, target)
  d = Concat<axis = 1>(f, f)
  i = Identity(m)
  y = Softmax(d)
})";

/// Parts of activations and of shapes, by sizes and by their number.
constexpr std::string_view onnx_parts = R"(g (float[N, 5, 4] x) => (float[N, M] y)
<int64[2] sizes = {1, 2}, int64[2] starts = {0, -3}, int64[2] ends = {2147483647, 4}, int64[2] axes = {0, 2}, int64[1] rest = {-1}> {
  a, b = Split<axis = 1, num_outputs = 2>(x)
  c, d = Split<axis = -2>(a, sizes)
  s = Slice(d, starts, ends, axes)
  shape = Shape(s)
  n, image = Split(shape, sizes)
  target = Concat<axis = 0>(n, rest)
  y = Reshape(s, target)
})";

Bytes cifar10_record(std::uint8_t label) { return concatenate({label}, Bytes(3072, 7)); }

Bytes svhn(matio_compression compression, bool double_labels) {
  const DataFolder folder;
  const fs::path file = folder.path() / "seed.mat";
  const MatContent labels =
      double_labels ? doubles_variable("y", {2, 1}, {10, 3}) : bytes_variable("y", {2, 1}, {10, 3});
  write_mat(file, {bytes_variable("X", {32, 32, 3, 2}, Bytes(6144, 5)), labels}, compression);
  return content_of(file);
}

}  // namespace

std::map<std::string, std::map<std::string, Bytes>> seeds() {
  const Bytes labels = idx_bytes({3}, {1, 2, 3});
  const Bytes images = idx_bytes({2, 2, 2}, Bytes(8, 9));
  const Image colours = sample_image(3, 17, 19);
  return {
      {"cifar10", {{"one", cifar10_record(3)}, {"two", concatenate(cifar10_record(0), cifar10_record(9))}}},
      {"idx",
       {{"labels", labels},
        {"images", images},
        {"labels-gzip", gzip(labels)},
        {"images-gzip", gzip(images)}}},
      {"image",
       {{"colour-jpeg", jpeg_bytes(colours)},
        {"grey-jpeg", jpeg_bytes(sample_image(1, 9, 8))},
        {"cmyk-jpeg", jpeg_bytes(sample_image(4, 9, 8))},
        {"progressive-jpeg", jpeg_bytes(colours, {.progressive = true})},
        {"exif-jpeg", jpeg_bytes(sample_image(1, 8, 8), {.orientation = 6})},
        {"colour-png", png_bytes(colours)},
        {"grey-png", png_bytes(sample_image(1, 9, 8))},
        {"alpha-png", png_bytes(sample_image(4, 5, 4))},
        {"deep-png", png16_bytes(sample_image(3, 5, 4), 1)}}},
      {"onnx",
       {{"small", onnx(test::small_graph)},
        {"old", onnx(onnx_old, 7)},
        {"shapes", onnx(onnx_shapes)},
        {"parts", onnx(onnx_parts, 18)}}},
      {"svhn",
       {{"plain", svhn(MAT_COMPRESSION_NONE, true)},
        {"plain-bytes", svhn(MAT_COMPRESSION_NONE, false)},
        {"compressed", svhn(MAT_COMPRESSION_ZLIB, true)}}},
  };
}

std::vector<Bytes> damaged(const Bytes& seed) {
  constexpr std::size_t header = 96;  // bytes in which most of a format's structure lies
  constexpr std::size_t cuts = 16;
  std::vector<Bytes> result;
  const auto keep = [&](std::size_t size) {
    result.emplace_back(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size));
  };
  for (std::size_t size = 0; size < std::min(header, seed.size()); ++size) {
    keep(size);
  }
  for (std::size_t cut = 1; cut < cuts; ++cut) {
    keep(seed.size() * cut / cuts);
  }
  result.push_back(concatenate(seed, {0}));
  result.push_back(concatenate(seed, seed));
  for (std::size_t i = 0; i < std::min(header, seed.size()); ++i) {
    for (const std::uint8_t value :
         std::array<std::uint8_t, 3>{0x00, 0xff, static_cast<std::uint8_t>(seed[i] ^ 1U)}) {
      result.push_back(seed);
      result.back()[i] = value;
    }
  }
  return result;
}

}  // namespace relu0::test
