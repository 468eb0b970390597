#include "suites/tests/analysis/torch/python_check.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace relu0::test {

Batch patterned_batch(const Network& network, std::int64_t samples, std::int64_t shift) {
  const Shape& image = network.output_shapes().front();
  Batch batch{.image_shape = image, .inputs = {}, .labels = {}};
  for (std::int64_t i = 0; i < samples * element_count(image); ++i) {
    batch.inputs.push_back(static_cast<float>((i + shift) * 37 % 256) / 256);
  }
  const std::size_t logits = network.nodes().back().inputs.front();
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    batch.labels.push_back(sample % network.output_shapes()[logits].front());
  }
  return batch;
}

std::string checksum(const std::vector<double>& values) {
  return fmt::format(
      "{:08x}", crc32_z(0, reinterpret_cast<const Bytef*>(values.data()), values.size() * sizeof(double)));
}

}  // namespace relu0::test
