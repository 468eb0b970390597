#include "analysis/gate/batches/dataset_batches.hpp"

#include "fixtures/count_text.hpp"
#include "fixtures/data/files/digest.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <span>
#include <thread>

#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr std::int64_t most_values = std::int64_t{1} << 29;

template <typename Value>
void update(Sha256& digest, const std::vector<Value>& values) {
  digest.update({reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(Value)});
}

/// The shape of a sample as the model takes it.
Shape sample_shape(const RunnableModel& model, const DatasetDescription& set, const Shape& image) {
  const std::optional<Shape>& wanted = model.info().sample;
  if (!wanted || *wanted == image) {
    return image;
  }
  if (wanted->size() == 1 && element_count(*wanted) == element_count(image)) {
    return *wanted;
  }
  throw InputError(fmt::format(
      "{}: takes samples of {}, and the images of {} are {}: choose another data set, or give a file of "
      "mini-batches",
      model.path().string(), shape_text(*wanted), set.title, shape_text(image)));
}

ScriptBatch to_script_batch(const Batch& batch, const Shape& sample, bool labels_as_input) {
  Shape shape = sample;
  shape.insert(shape.begin(), batch.size());
  // from_blob takes mutable pointers but the copies that follow only read.
  const at::Tensor inputs = at::from_blob(const_cast<float*>(batch.inputs.data()), shape, at::kFloat).clone();
  const at::Tensor labels =
      at::from_blob(const_cast<std::int64_t*>(batch.labels.data()), {batch.size()}, at::kLong).clone();
  if (labels_as_input) {
    return {.inputs = {inputs, labels}};
  }
  return {.inputs = {inputs}, .target = labels};
}

}  // namespace

DatasetBatches read_dataset_batches(const DatasetInputs& inputs,
                                    const std::optional<std::filesystem::path>& data_dir,
                                    const DatasetCut& cut, const RunnableModel& model, bool labels_as_input) {
  const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const OpenedDataset opened =
      open_dataset(*inputs.set, data_dir, inputs.split, {.check = ImageCheck::none, .threads = threads});
  const auto images = first_images(opened.images, inputs.images.value_or(opened.images->size()));
  const BatchSource source(
      images,
      {.batch_size = cut.batch_size, .transform = inputs.set->evaluation_transform, .threads = threads});
  const Shape sample = sample_shape(model, *inputs.set, source.image_shape());
  if (cut.only && *cut.only >= source.batches()) {
    throw InputError(fmt::format("{}: there is no mini-batch {}: the images make {}, numbered from 0",
                                 inputs.set->id, *cut.only, count_text(source.batches(), "mini-batch")));
  }
  const std::int64_t first = cut.only.value_or(0);
  const std::int64_t end =
      cut.only ? first + 1 : std::min(source.batches(), cut.most.value_or(source.batches()));
  // No mini-batch is larger than the data set.
  const std::int64_t samples = std::min(images->size(), cut.batch_size) * (end - first);
  if (samples > most_values / element_count(sample)) {
    throw InputError(fmt::format(
        "{}: about {} images of {} are more than memory should hold: name the first so many, {}:{}:320, "
        "or --minibatches",
        inputs.set->id, samples, shape_text(sample), inputs.set->id, name(inputs.split)));
  }
  DatasetBatches result;
  Sha256 digest;
  for (std::int64_t i = first; i < end; ++i) {
    const Batch batch = source.batch({.index = i});
    update(digest, batch.inputs);
    update(digest, batch.labels);
    result.batches.push_back(to_script_batch(batch, sample, labels_as_input));
  }
  result.sha256 = digest.finish();
  result.notes.push_back(data_note(*inputs.set, opened));
  result.notes.push_back(fmt::format("Pixels of {} are numbers from 0 to 1{}.", images->facts().name,
                                     images->facts().normalisation
                                         ? ", from which the mean of their channel is taken and which are "
                                           "divided by its deviation"
                                         : ""));
  return result;
}

}  // namespace relu0::gate
