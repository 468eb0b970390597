#include "analysis/zeros/sample_selection.hpp"

#include <algorithm>
#include <variant>

namespace relu0 {

bool ties_samples_together(const Network& network) {
  return std::any_of(network.nodes().begin(), network.nodes().end(), [](const Node& node) {
    const auto* norm = std::get_if<BatchNorm>(&node.operation);
    const auto* dropout = std::get_if<Dropout>(&node.operation);
    return (norm != nullptr && norm->statistics == BatchStatistics::of_mini_batch) ||
           (dropout != nullptr && dropout->drops());
  });
}

SampleSelection select_all(const Batch& batch) {
  return select_samples(batch, [](std::int64_t /*sample*/) { return true; });
}

SampleSelection select_samples(const Batch& batch, const std::function<bool(std::int64_t sample)>& wanted) {
  SampleSelection result{.batch = {.image_shape = batch.image_shape, .inputs = {}, .labels = {}},
                         .place = {}};
  const std::int64_t pixels = element_count(batch.image_shape);
  for (std::int64_t i = 0; i < batch.size(); ++i) {
    const bool chosen = wanted(i);
    result.place.push_back(chosen ? result.batch.size() : -1);
    if (chosen) {
      result.batch.inputs.insert(result.batch.inputs.end(), batch.inputs.begin() + i * pixels,
                                 batch.inputs.begin() + (i + 1) * pixels);
      result.batch.labels.push_back(batch.labels[static_cast<std::size_t>(i)]);
    }
  }
  return result;
}

}  // namespace relu0
