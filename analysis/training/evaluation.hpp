#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/pass.hpp"
#include "analysis/torch/running_statistics.hpp"
#include "analysis/training/score.hpp"
#include "fixtures/data/streams/batch_source.hpp"

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// How many rows have their largest logit at their label; the first of several. A NaN counts as the largest,
/// as in torch's argmax: logits that are all NaN say the first class. logits: n × classes; labels: n int64.
std::int64_t count_correct(const at::Tensor& logits, const at::Tensor& labels);

/// The same network as it is evaluated: batch-norms by running statistics, no dropout. Its parameters are
/// those of the network; its buffers are the statistics.
Network evaluation_form(const Network& network);

/// Evaluates a network that is being trained on all mini-batches of a source.
class Evaluation {
 public:
  /// The source must outlive the object. Throws InputError where its images do not fit the network.
  Evaluation(const Network& network, const Arithmetic& arithmetic, const BatchSource& batches);

  /// trained: θ. Throws what making a mini-batch throws.
  Score operator()(Weights trained, const RunningStatistics& running);

 private:
  Network network_;
  Arithmetic arithmetic_;
  const BatchSource* batches_;
  ForwardPass forward_;
};

}  // namespace relu0
