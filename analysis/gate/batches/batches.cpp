#include "analysis/gate/batches/batches.hpp"

#include "analysis/gate/batches/saved_values.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

constexpr std::array<std::string_view, 2> target_names{"target", "targets"};

std::vector<c10::IValue> items_of(const c10::IValue& value) {
  return value.isList() ? value.toListRef().vec() : value.toTupleRef().elements().vec();
}

class BatchReader {
 public:
  BatchReader(const BatchFiles& files, const std::vector<std::string>& arguments, bool needs_target)
      : files_(files), arguments_(arguments), needs_target_(needs_target) {}

  std::vector<ScriptBatch> read() {
    const c10::IValue inputs = read_saved_values(files_.inputs);
    std::vector<ScriptBatch> batches =
        inputs.isList() ? batches_of_list(inputs) : cut(one_batch(inputs, files_.inputs.string()));
    if (files_.targets) {
      give_targets(batches, read_saved_values(*files_.targets));
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (needs_target_ && !batches[i].target.defined()) {
        fail(fmt::format(
            "mini-batch {} has no target, which the loss needs: give --targets FILE, a dictionary with "
            "'target', or pairs of input and target",
            i));
      }
    }
    if (batches.empty()) {
      fail("holds no mini-batch");
    }
    return batches;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("{}: {}", files_.inputs.string(), what));
  }

  [[nodiscard]] bool is_full(const std::vector<ScriptBatch>& batches) const {
    return files_.most && std::ssize(batches) >= *files_.most;
  }

  [[nodiscard]] std::vector<ScriptBatch> batches_of_list(const c10::IValue& list) const {
    std::vector<ScriptBatch> batches;
    const std::vector<c10::IValue> items = items_of(list);
    for (std::size_t i = 0; i < items.size() && !is_full(batches); ++i) {
      batches.push_back(one_batch(items[i], fmt::format("{}: mini-batch {}", files_.inputs.string(), i)));
    }
    return batches;
  }

  /// All that a value holds as one mini-batch.
  [[nodiscard]] ScriptBatch one_batch(const c10::IValue& value, const std::string& where) const {
    if (value.isTensor()) {
      return {.inputs = {value}};
    }
    if (value.isGenericDict()) {
      return named(value.toGenericDict(), where);
    }
    ScriptBatch batch{.inputs = items_of(value)};
    if (needs_target_ && !files_.targets && batch.inputs.size() > 1) {
      if (!batch.inputs.back().isTensor()) {
        throw InputError(fmt::format("{}: the last item, which is the target, is no tensor", where));
      }
      batch.target = batch.inputs.back().toTensor();
      batch.inputs.pop_back();
    }
    return batch;
  }

  [[nodiscard]] ScriptBatch named(const c10::impl::GenericDict& values, const std::string& where) const {
    ScriptBatch batch;
    for (const auto& entry : values) {
      const std::string& name = entry.key().toStringRef();
      const bool is_target =
          std::find(target_names.begin(), target_names.end(), name) != target_names.end() &&
          std::find(arguments_.begin(), arguments_.end(), name) == arguments_.end();
      if (is_target && entry.value().isTensor()) {
        batch.target = entry.value().toTensor();
      } else if (std::find(arguments_.begin(), arguments_.end(), name) == arguments_.end()) {
        throw InputError(
            fmt::format("{}: '{}' is no argument of the model, which takes {}; the target is "
                        "called 'target'",
                        where, name, fmt::join(arguments_, ", ")));
      }
    }
    for (const std::string& argument : arguments_) {
      if (!values.contains(argument)) {
        // A later argument may have a default, and is left to it; one in between cannot be left out.
        break;
      }
      batch.inputs.push_back(values.at(argument));
    }
    const auto taken = std::ssize(batch.inputs) + (batch.target.defined() ? 1 : 0);
    if (taken != static_cast<std::ptrdiff_t>(values.size())) {
      throw InputError(fmt::format("{}: '{}' is missing, which forward() takes before others that are given",
                                   where, arguments_.at(batch.inputs.size())));
    }
    return batch;
  }

  /// The samples cut into mini-batches.
  [[nodiscard]] std::vector<ScriptBatch> cut(const ScriptBatch& whole) const {
    std::int64_t samples = -1;
    const auto count = [&](const at::Tensor& tensor, const std::string& what) {
      if (tensor.dim() == 0) {
        fail(fmt::format("{} has no dimension along which samples lie", what));
      }
      if (samples >= 0 && tensor.size(0) != samples) {
        fail(fmt::format("{} has {}, and the first input {}", what, count_text(tensor.size(0), "sample"),
                         samples));
      }
      samples = tensor.size(0);
    };
    for (std::size_t i = 0; i < whole.inputs.size(); ++i) {
      if (!whole.inputs[i].isTensor()) {
        fail(fmt::format(
            "input {} is no tensor, so that it cannot be cut into mini-batches: save a list of mini-batches",
            i));
      }
      count(whole.inputs[i].toTensor(), fmt::format("input {}", i));
    }
    if (whole.target.defined()) {
      count(whole.target, "the target");
    }
    std::vector<ScriptBatch> batches;
    for (std::int64_t first = 0; first < samples && !is_full(batches); first += files_.batch_size) {
      const std::int64_t end = std::min(first + files_.batch_size, samples);
      ScriptBatch batch;
      for (const c10::IValue& input : whole.inputs) {
        batch.inputs.emplace_back(input.toTensor().slice(0, first, end));
      }
      if (whole.target.defined()) {
        batch.target = whole.target.slice(0, first, end);
      }
      batches.push_back(std::move(batch));
    }
    return batches;
  }

  void give_targets(std::vector<ScriptBatch>& batches, const c10::IValue& targets) const {
    const auto refuse = [this](const std::string& what) {
      throw InputError(fmt::format("{}: {}", files_.targets->string(), what));
    };
    if (std::any_of(batches.begin(), batches.end(),
                    [](const ScriptBatch& batch) { return batch.target.defined(); })) {
      refuse(
          fmt::format("holds targets, and so does {}: leave --targets out, or save the inputs without them",
                      files_.inputs.string()));
    }
    if (targets.isTensor()) {
      std::int64_t first = 0;
      const at::Tensor& all = targets.toTensor();
      for (ScriptBatch& batch : batches) {
        const std::int64_t samples =
            batch.inputs.empty() || !batch.inputs[0].isTensor() || batch.inputs[0].toTensor().dim() == 0
                ? 0
                : batch.inputs[0].toTensor().size(0);
        if (all.dim() == 0 || first + samples > all.size(0)) {
          refuse(fmt::format("holds fewer targets than {} holds samples", files_.inputs.string()));
        }
        batch.target = all.slice(0, first, first + samples);
        first += samples;
      }
      if (first != all.size(0) && !files_.most) {
        refuse(
            fmt::format("holds {} for {}", count_text(all.size(0), "target"), count_text(first, "sample")));
      }
      return;
    }
    if (targets.isGenericDict()) {
      refuse("holds a dictionary, where a tensor or a list of tensors is expected");
    }
    const std::vector<c10::IValue> items = items_of(targets);
    if (items.size() < batches.size()) {
      refuse(
          fmt::format("holds targets for {} of {}", items.size(), count_text(batches.size(), "mini-batch")));
    }
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (!items[i].isTensor()) {
        refuse(fmt::format("the target of mini-batch {} is no tensor", i));
      }
      batches[i].target = items[i].toTensor();
    }
  }

  const BatchFiles& files_;
  const std::vector<std::string>& arguments_;
  bool needs_target_;
};

}  // namespace

std::vector<ScriptBatch> read_batches(const BatchFiles& files, const std::vector<std::string>& arguments,
                                      bool needs_target) {
  return BatchReader(files, arguments, needs_target).read();
}

}  // namespace relu0::gate
