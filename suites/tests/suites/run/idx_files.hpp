#pragma once
#include "suites/tests/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace relu0::test {

/// Makes a folder with 100 images of 28 × 28 and their labels as MNIST's files, training images or (split
/// "t10k") test images; `first_pixel` tells the images of one call from those of another.
inline void write_idx_digits(const std::filesystem::path& folder, std::uint8_t first_pixel,
                             const std::string& split = "train") {
  constexpr char images = 100;
  constexpr char side = 28;
  std::filesystem::create_directories(folder);
  std::string pixels(std::size_t{images} * side * side, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<char>(i % 251);
  }
  pixels.front() = static_cast<char>(first_pixel);
  std::ofstream(folder / (split + "-images-idx3-ubyte"), std::ios::binary)
      << std::string{0, 0, 8, 3, 0, 0, 0, images, 0, 0, 0, side, 0, 0, 0, side} << pixels;
  std::string labels(images, '\0');
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<char>(i % 10);
  }
  std::ofstream(folder / (split + "-labels-idx1-ubyte"), std::ios::binary)
      << std::string{0, 0, 8, 1, 0, 0, 0, images} << labels;
}

/// A folder with the two splits of write_idx_digits(), until the process ends. For runs to which the images
/// do not matter: the 60,000 that stand in for absent ones take longer to draw than to measure on.
inline std::string few_images() {
  struct Folder : TemporaryFolder {
    Folder() {
      write_idx_digits(path(), 0);
      write_idx_digits(path(), 0, "t10k");
    }
  };
  static const Folder folder;
  return folder.path();
}

}  // namespace relu0::test
