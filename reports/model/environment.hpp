#pragma once
#include <map>
#include <string>

namespace relu0 {

/// Where and with what a store was measured: CPU, BLAS and its threads, LibTorch, compiler, revision,
/// precisions native or emulated, data and checksums. Keys are shown as they are, in sorted order ("blas",
/// "cpu", "data" ...).
using Environment = std::map<std::string, std::string>;

}  // namespace relu0
