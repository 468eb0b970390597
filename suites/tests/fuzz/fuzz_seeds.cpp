#include "suites/tests/fixtures/data/mat_files.hpp"
#include "suites/tests/fixtures/images/image_files.hpp"

#include <fstream>
#include <iostream>
#include <map>
#include <string>

namespace relu0::test {
namespace {

namespace fs = std::filesystem;

Bytes cifar10_record(std::uint8_t label) { return concatenate({label}, Bytes(3072, 7)); }

Bytes svhn(matio_compression compression, bool double_labels) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "seed.mat";
  const MatContent labels =
      double_labels ? doubles_variable("y", {2, 1}, {10, 3}) : bytes_variable("y", {2, 1}, {10, 3});
  write_mat(file, {bytes_variable("X", {32, 32, 3, 2}, Bytes(6144, 5)), labels}, compression);
  return content_of(file);
}

/// Small files that each reader accepts, from which libFuzzer starts: by reader, then by name.
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

}  // namespace
}  // namespace relu0::test

/// Usage: fuzz_seeds FOLDER: writes FOLDER/<reader>/<seed>.
int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 2;
  }
  for (const auto& [reader, files] : relu0::test::seeds()) {
    const std::filesystem::path folder = std::filesystem::path(arguments[1]) / reader;
    std::filesystem::create_directories(folder);
    for (const auto& [name, content] : files) {
      std::ofstream stream(folder / name, std::ios::binary);
      stream.write(reinterpret_cast<const char*>(content.data()),
                   static_cast<std::streamsize>(content.size()));
    }
  }
  return 0;
}
