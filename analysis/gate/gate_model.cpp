#include "analysis/gate/gate_model.hpp"

#include "analysis/gate/batches/batches.hpp"
#include "analysis/gate/measure_model.hpp"
#include "analysis/machine/libtorch_info.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/shape.hpp"

#include <algorithm>
#include <fstream>
#include <span>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/serialization/pickle.h>

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
  return {.loss = parse_script_loss(request.loss),
          .gradient_of = parse_gradient_of(request.with_respect_to),
          .output = request.output ? std::optional(static_cast<std::size_t>(*request.output)) : std::nullopt,
          .precisions = request.precisions,
          .pairs = request.pairs,
          .luck = request.luck,
          .other_threads = std::max(2, static_cast<int>(cores)),
          .seed = request.seed,
          .reference_mini_batches = request.reference_mini_batches.value_or(1),
          .reference_samples = request.reference_samples,
          .reference_work = request.reference_mini_batches ? std::nullopt : std::optional(unasked_work),
          .reference_limits = {.threads = threads,
                               .memory = static_cast<std::uint64_t>(request.reference_gibibytes) << 30U},
          .probe_kinks = request.probe_kinks};
}

GateModelFacts facts_of(const ScriptInfo& info) {
  GateModelFacts facts;
  facts.importer = fmt::format("TorchScript, LibTorch {}", libtorch_info().version);
  for (const ScriptTensor& parameter : info.parameters) {
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
      throw InputError(fmt::format("{}: there is no mini-batch {}: there are {}, counted from 0",
                                   request.inputs.string(), *request.mini_batch, batches.size()));
    }
    batches.erase(batches.begin(), batches.end() - 1);
  }
  return batches;
}

const GateRequest& with_libraries_loaded(const GateRequest& request) {
  std::for_each(request.libraries.begin(), request.libraries.end(), load_operator_library);
  return request;
}

}  // namespace

struct GateModel::State {
  explicit State(GateRequest given)
      : request(std::move(given)),
        settings(settings_of(request)),
        model(with_libraries_loaded(request).model),
        facts(facts_of(model.info())),
        batches(batches_of(request, model.info().arguments, settings.loss)) {}

  GateRequest request;
  MeasureSettings settings;
  ScriptModel model;
  GateModelFacts facts;
  std::vector<ScriptBatch> batches;
};

GateModel::GateModel(GateRequest request) : state_(std::make_unique<State>(std::move(request))) {}
GateModel::~GateModel() = default;
GateModel::GateModel(GateModel&&) noexcept = default;

const GateModelFacts& GateModel::facts() const { return state_->facts; }
std::int64_t GateModel::mini_batches() const { return std::ssize(state_->batches); }

ModelResults GateModel::measure(const MeasureProgress& progress) const {
  return measure_model(state_->model, state_->batches, state_->settings, progress);
}

void GateModel::save_mini_batches(const std::vector<std::int64_t>& indices,
                                  const std::filesystem::path& file) const {
  c10::impl::GenericList list(c10::AnyType::get());
  for (const std::int64_t index : indices) {
    const ScriptBatch& batch = state_->batches.at(static_cast<std::size_t>(index));
    std::vector<c10::IValue> items = batch.inputs;
    if (batch.target.defined()) {
      items.emplace_back(batch.target);
    }
    list.push_back(c10::ivalue::Tuple::create(std::move(items)));
  }
  const std::vector<char> bytes = torch::jit::pickle_save(c10::IValue(list));
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), std::ssize(bytes));
  if (!stream.flush()) {
    throw InputError(fmt::format("{}: cannot be written", file.string()));
  }
}

}  // namespace relu0::gate
