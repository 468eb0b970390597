#include "fixtures/error.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/fuzz/fuzz_input.hpp"

namespace relu0::test {
namespace {

/// Models with a loss that every output fits. Small ones: what a few bytes can ask for is no more than memory
/// that is at hand.
bool reads_onnx(std::span<const std::uint8_t> bytes) {
  const std::string content(bytes.begin(), bytes.end());
  try {
    const ImportedModel model =
        import_onnx(content, "fuzz.onnx", {.loss = MeanSquaredError{}, .max_values = 1 << 20});
    check_fits(model.weights, model.network);
    require(model.parameters.size() == model.network.parameters().size() &&
            model.buffers.size() == model.network.buffers().size() &&
            model.sources.size() == model.network.nodes().size() && model.network.has_loss());
    return true;
  } catch (const InputError&) {
    return false;  // refused by name
  }
}

}  // namespace

const FuzzedReader onnx_reader{"onnx", reads_onnx};

}  // namespace relu0::test
