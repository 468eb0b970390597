#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace relu0::test {

/// A reader of files and what is done to it with damaged ones.
struct FuzzedReader {
  std::string_view name;  ///< "idx"
  /// Reads the bytes as a file: whether the reader takes them, or refuses them by name. Throws
  /// std::logic_error where what it returns is not whole, and whatever else the reader throws.
  bool (*read)(std::span<const std::uint8_t> bytes);
};

/// @name The readers, each in its own file
/// @{
extern const FuzzedReader cifar10_reader;
extern const FuzzedReader idx_reader;
extern const FuzzedReader image_reader;
extern const FuzzedReader onnx_reader;
extern const FuzzedReader svhn_reader;
/// @}

/// All of them, by name.
std::span<const FuzzedReader* const> fuzzed_readers();

}  // namespace relu0::test
