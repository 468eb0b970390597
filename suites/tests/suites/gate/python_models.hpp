#pragma once
#include <filesystem>

namespace relu0::test {

/// The folder of the models and mini-batches that make_models.py makes with Python's torch, once for all
/// tests of the process. Fails the test where it cannot, and says what Python said. Call it where
/// python_imports("torch").
std::filesystem::path python_models();

}  // namespace relu0::test
