#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/batches/dataset_inputs.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// Which mini-batches of a data set.
struct DatasetCut {
  std::int64_t batch_size = 32;
  std::optional<std::int64_t> most{};  ///< the first so many mini-batches; absent: all
  std::optional<std::int64_t> only{};  ///< this one alone, counted from 0
};

struct DatasetBatches {
  std::vector<ScriptBatch> batches;  ///< images and labels
  std::string sha256;                ///< of the numbers and labels of all of them
  std::vector<std::string> notes;    ///< which data these are, a sentence each
};

/// Images in the data set's order, as networks are evaluated on them: resized where they differ in size,
/// pixels from 0 to 1, normalised where the data set says so. A model whose samples are rows of as many
/// numbers gets rows. A model that has more than one argument and returns its loss (`labels_as_input`) gets
/// the labels as the second.
///
/// data_dir: of the data sets' files; absent, or without the data set: its embedded images, which `notes`
/// says. Throws InputError what open_dataset() does; for a model that takes samples of another shape; for a
/// mini-batch that is not there; and for more than 2^29 numbers in all.
DatasetBatches read_dataset_batches(const DatasetInputs& inputs,
                                    const std::optional<std::filesystem::path>& data_dir,
                                    const DatasetCut& cut, const RunnableModel& model, bool labels_as_input);

}  // namespace relu0::gate
