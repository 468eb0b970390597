#include "analysis/gate/gate_model.hpp"

#include "analysis/gate/batches/batches.hpp"
#include "analysis/gate/batches/copies.hpp"
#include "analysis/gate/batches/dataset_batches.hpp"
#include "analysis/gate/batches/nan_inputs.hpp"
#include "analysis/gate/batches/saved_values.hpp"
#include "analysis/gate/measure_model.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "analysis/models/open_model.hpp"
#include "analysis/torchscript/script_model.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/data/files/digest.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/shape.hpp"

#include <algorithm>
#include <span>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::gate {

namespace {

/// Multiplications of a forward pass that the reference takes unasked: both its runs, forward and backward,
/// take some seconds for them on two cores.
constexpr double unasked_work = 2e7;

GradientOf parse_gradient_of(const std::string& text) {
  if (text != "parameters" && text != "inputs") {
    throw InputError(fmt::format("'{}': gradients are taken with respect to 'parameters' or 'inputs'", text));
  }
  return text == "parameters" ? GradientOf::parameters : GradientOf::inputs;
}

MeasureSettings settings_of(const GateRequest& request) {
  const unsigned cores = std::thread::hardware_concurrency();
  const int threads = std::max(1, static_cast<int>(cores));
  return {.inputs = request.targets
                        ? fmt::format("{} with {}", request.inputs.string(), request.targets->string())
                        : request.inputs.string(),
          .replayed = request.mini_batch,
          .loss = parse_script_loss(request.loss),
          .gradient_of = parse_gradient_of(request.with_respect_to),
          .output = request.output ? std::optional(static_cast<std::size_t>(*request.output)) : std::nullopt,
          .precisions = request.precisions,
          .pairs = request.pairs,
          .luck = request.luck,
          .errors = request.errors,
          .other_threads = std::max(2, static_cast<int>(cores)),
          .seed = request.seed,
          .reference_mini_batches = request.reference_mini_batches.value_or(1),
          .reference_samples = request.reference_samples,
          .reference_work = request.reference_mini_batches ? std::nullopt : std::optional(unasked_work),
          .reference_limits = {.threads = threads,
                               .memory = static_cast<std::uint64_t>(request.reference_gibibytes) << 30U},
          .probe_kinks = request.probe_kinks,
          .fault = request.fault};
}

GateModelFacts facts_of(const ModelInfo& info) {
  GateModelFacts facts;
  facts.importer = fmt::format("{}, LibTorch {}", info.format, libtorch_info().version);
  for (const ModelTensor& parameter : info.parameters) {
    facts.parameters += element_count(parameter.shape);
  }
  if (!info.in_training.empty()) {
    facts.notes.push_back(fmt::format(
        "The model is in training mode: results of {} depend on the mini-batch or on chance. Call "
        "model.eval() before saving it if that is not meant.",
        fmt::join(info.in_training, ", ")));
  }
  for (const OperatorPlace& place : info.kinks) {
    facts.kinks.push_back(describe(place));
  }
  for (const UncontrolledOperator& one : info.uncontrolled) {
    facts.uncontrolled.push_back(describe(one.place));
  }
  return facts;
}

/// Mini-batches from files.
std::vector<ScriptBatch> batches_of(const GateRequest& request, const std::vector<std::string>& arguments,
                                    ScriptLoss loss) {
  BatchFiles files{.inputs = request.inputs,
                   .targets = request.targets,
                   .batch_size = request.batch_size,
                   .most = request.mini_batches};
  if (request.mini_batch) {
    files.most = *request.mini_batch + 1;
  }
  std::vector<ScriptBatch> batches = read_batches(files, arguments, loss != ScriptLoss::model);
  if (request.mini_batch) {
    if (*request.mini_batch >= std::ssize(batches)) {
      throw InputError(fmt::format("{}: there is no mini-batch {}: the inputs hold {}, numbered from 0",
                                   request.inputs.string(), *request.mini_batch,
                                   count_text(batches.size(), "mini-batch")));
    }
    batches.erase(batches.begin(), batches.end() - 1);
  }
  return batches;
}

DatasetBatches dataset_batches_of(const GateRequest& request, const DatasetInputs& inputs,
                                  const RunnableModel& model, ScriptLoss loss) {
  if (request.targets) {
    throw InputError(fmt::format("--targets: the data set '{}' has labels of its own; leave it away",
                                 request.inputs.string()));
  }
  const DatasetCut cut{
      .batch_size = request.batch_size, .most = request.mini_batches, .only = request.mini_batch};
  return read_dataset_batches(inputs, request.data, cut, model,
                              loss == ScriptLoss::model && model.info().arguments.size() > 1);
}

std::string sha256_of(const RunnableModel& model) {
  std::string all = relu0::sha256_of(model.path());
  if (model.info().weight_files.empty()) {
    return all;
  }
  for (const std::filesystem::path& file : model.info().weight_files) {
    all += relu0::sha256_of(file);
  }
  Sha256 digest;
  digest.update({reinterpret_cast<const std::uint8_t*>(all.data()), all.size()});
  return digest.finish();
}

std::unique_ptr<RunnableModel> model_of(const GateRequest& request, ScriptLoss loss) {
  std::for_each(request.libraries.begin(), request.libraries.end(), load_operator_library);
  std::unique_ptr<RunnableModel> model = open_model(request.model, loss, request.onnx);
  if (request.output && !model->info().has_optimising_executor) {
    throw InputError(
        fmt::format("{}: --output-index counts what a TorchScript model returns: name an ONNX model's output "
                    "by --output NAME",
                    request.model.string()));
  }
  return model;
}

}  // namespace

struct GateModel::State {
  explicit State(GateRequest given)
      : request(std::move(given)),
        settings(settings_of(request)),
        model(model_of(request, settings.loss)),
        facts(facts_of(model->info())) {
    facts.sha256 = sha256_of(*model);
    const std::optional<DatasetInputs> dataset = parse_dataset_inputs(request.inputs.string());
    if (!dataset) {
      batches = batches_of(request, model->info().arguments, settings.loss);
      facts.inputs_sha256 = relu0::sha256_of(request.inputs);
    } else {
      DatasetBatches read = dataset_batches_of(request, *dataset, *model, settings.loss);
      batches = std::move(read.batches);
      facts.inputs_sha256 = std::move(read.sha256);
      facts.notes.insert(facts.notes.end(), read.notes.begin(), read.notes.end());
    }
    facts.copies = count_copies(batches);
    if (facts.copies > 0) {
      facts.notes.push_back(fmt::format(
          "{}. A copy shows nothing further, and does not count where a number of mini-batches is asked for.",
          count_text(facts.copies, fmt::format("of the {} mini-batches is a copy of another", batches.size()),
                     fmt::format("of the {} mini-batches are copies of others", batches.size()))));
    }
    if (std::string note =
            note_on_nan_inputs(batches, request.mini_batch.value_or(0), model->info().arguments);
        !note.empty()) {
      facts.notes.push_back(std::move(note));
    }
    if (request.mini_batches && *request.mini_batches > std::ssize(batches)) {
      facts.notes.push_back(fmt::format("--minibatches {} asked for more than the inputs hold: {} measured.",
                                        *request.mini_batches, count_text(batches.size(), "was", "were")));
    }
  }

  GateRequest request;
  MeasureSettings settings;
  std::unique_ptr<RunnableModel> model;
  GateModelFacts facts;
  std::vector<ScriptBatch> batches;
};

GateModel::GateModel(GateRequest request) : state_(std::make_unique<State>(std::move(request))) {}
GateModel::~GateModel() = default;
GateModel::GateModel(GateModel&& other) noexcept = default;

const GateModelFacts& GateModel::facts() const { return state_->facts; }
std::int64_t GateModel::mini_batches() const { return std::ssize(state_->batches); }

ModelResults GateModel::measure(const MeasureProgress& progress) const {
  return measure_model(*state_->model, state_->batches, state_->settings, progress);
}

std::string GateModel::mini_batch_file(std::int64_t index) const {
  const ScriptBatch& batch = state_->batches.at(static_cast<std::size_t>(index));
  std::vector<c10::IValue> items = batch.inputs;
  if (batch.target.defined()) {
    items.emplace_back(batch.target);
  }
  c10::impl::GenericList list(c10::AnyType::get());
  list.push_back(c10::ivalue::Tuple::create(std::move(items)));
  return saved_values_file(c10::IValue(list));
}

}  // namespace relu0::gate
