#include "suites/tests/fuzz/seeds.hpp"

#include "suites/tests/fixtures/data/mat_files.hpp"
#include "suites/tests/fixtures/images/image_files.hpp"

#include <algorithm>
#include <array>

namespace relu0::test {
namespace {

namespace fs = std::filesystem;

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
