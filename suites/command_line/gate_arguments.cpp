#include "suites/command_line/gate_arguments.hpp"

#include "analysis/gate/value_pairs.hpp"
#include "fixtures/add_once.hpp"
#include "fixtures/error.hpp"
#include "suites/command_line/arguments.hpp"
#include "suites/commands/commands.hpp"
#include "suites/gate/run_gate.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace relu0 {

namespace {

/// The options of `gate` as text; checked in one place, so that each error names its option.
struct GateArguments {
  std::string model;
  std::string inputs;
  std::string targets;
  std::string batch_size = "32";
  std::string mini_batches;
  std::string mini_batch;
  std::string loss = "cross-entropy";
  std::string with_respect_to = "parameters";
  std::string output_index;
  std::string data;
  bool allow_embedded = false;
  std::string output;
  std::vector<std::string> input_shape;
  std::string clip = "clamp";
  bool softmax_in_loss = false;
  std::vector<std::string> precisions;
  std::vector<std::string> values;
  std::vector<std::string> luck;
  std::string seed = "0";
  std::string reference_mini_batches;
  std::string reference_samples = "4";
  std::string reference_memory = "4";
  std::vector<std::string> libraries;
  std::string policy;
  std::string out = "relu0-gate";
  std::string baseline;
  std::string save_baseline;
  std::string suggest_policy;
  bool no_errors = false;
  bool probe_kinks = false;
  bool explain = false;
  bool self_test = false;
};

constexpr std::int64_t most_gibibytes = 1 << 20;

/// What an ONNX file leaves open.
OnnxOptions checked_onnx(const GateArguments& given) {
  OnnxOptions onnx;
  onnx.output = given.output;
  if (!given.input_shape.empty()) {
    Shape& shape = onnx.input.emplace();
    for (const std::string& extent : given.input_shape) {
      shape.push_back(parse_count("--input-shape", extent, 1, largest_count));
    }
  }
  onnx.clip = given.clip == "hardtanh" ? ClampSpelling::hardtanh : ClampSpelling::clamp;
  onnx.final_softmax = given.softmax_in_loss ? FinalSoftmax::part_of_loss : FinalSoftmax::refused;
  return onnx;
}

gate::GateOptions checked(const GateArguments& given) {
  gate::GateOptions options;
  gate::GateRequest& request = options.request;
  options.explain = given.explain;
  options.policy = optional_path(given.policy);
  if (!given.explain && (given.model.empty() || given.inputs.empty())) {
    throw InputError("give a model and its mini-batches: relu0 gate MODEL --inputs FILE");
  }
  request.model = given.model;
  request.inputs = given.inputs;
  request.targets = optional_path(given.targets);
  request.batch_size = parse_count("--batch-size", given.batch_size, 1, largest_count);
  request.mini_batches = optional_count("--minibatches", given.mini_batches, 1);
  request.mini_batch = optional_count("--mini-batch", given.mini_batch, 0);
  if (request.mini_batches && request.mini_batch) {
    throw InputError("--minibatches and --mini-batch: give one of them, the first so many or that one alone");
  }
  request.loss = given.loss;
  request.with_respect_to = given.with_respect_to;
  request.output = optional_count("--output-index", given.output_index, 0);
  request.data = optional_path(given.data);
  options.allow_embedded = given.allow_embedded;
  request.onnx = checked_onnx(given);
  for (const std::string& precision : given.precisions) {
    add_once(request.precisions, parse_precision(precision));
  }
  if (request.precisions.empty()) {
    request.precisions = gate::usual_precisions();
  }
  for (const std::string& pair : given.values) {
    const gate::ValuePair parsed = gate::parse_value_pair(pair);
    // Twice the same comparison would be counted twice.
    if (std::none_of(request.pairs.begin(), request.pairs.end(), [&parsed](const gate::ValuePair& known) {
          return gate::compare_the_same(known, parsed);
        })) {
      request.pairs.push_back(parsed);
    }
  }
  for (const std::string& kind : given.luck) {
    add_once(request.luck, gate::parse_luck_kind(kind));
  }
  if (request.luck.empty()) {
    request.luck.assign(gate::all_luck_kinds.begin(), gate::all_luck_kinds.end());
  }
  request.errors = !given.no_errors;
  request.seed = static_cast<std::uint64_t>(parse_count("--seed", given.seed, 0, largest_seed));
  request.reference_mini_batches =
      optional_count("--reference-mini-batches", given.reference_mini_batches, 0);
  request.reference_samples = parse_count("--reference-samples", given.reference_samples, 1, largest_count);
  request.reference_gibibytes = parse_count("--reference-memory", given.reference_memory, 1, most_gibibytes);
  request.probe_kinks = given.probe_kinks;
  request.libraries.assign(given.libraries.begin(), given.libraries.end());
  options.out = given.out;
  options.baseline = optional_path(given.baseline);
  options.save_baseline = optional_path(given.save_baseline);
  options.suggest_policy = optional_path(given.suggest_policy);
  return options;
}

}  // namespace

void add_gate(CLI::App& app, std::function<ExitCode()>& action) {
  CLI::App* gate = app.add_subcommand("gate",
                                      "Turn red where a model's gradients depend on a kink, on precision or "
                                      "on luck more than a policy allows");
  const auto arguments = std::make_shared<GateArguments>();
  GateArguments& given = *arguments;
  gate->add_option("MODEL", given.model,
                   "TorchScript file, of torch.jit.script() or torch.jit.trace(), or ONNX file");
  gate->add_option(
      "--inputs", given.inputs,
      "Mini-batches: a file of torch.save() (a tensor of samples, a dictionary of such by the names of "
      "forward()'s arguments, or a list of mini-batches), .npy or .npz; or images of a data set, "
      "SET[:SPLIT[:N]], such as mnist:test:320");
  gate->add_option("--targets", given.targets, "Targets, where they are not in the inputs' file");
  gate->add_option("--data", given.data,
                   "Folder with the data set's files; without a folder its images are embedded ones")
      ->envname("RELU0_DATA_DIR")
      ->check(not_empty);
  gate->add_flag("--allow-embedded", given.allow_embedded,
                 "Embedded images stand in for a data set that the folder lacks");
  gate->add_option("--batch-size", given.batch_size, "Samples in a mini-batch, where the inputs are samples")
      ->capture_default_str();
  gate->add_option("--minibatches", given.mini_batches, "Measure the first so many; all where none is said");
  gate->add_option("--mini-batch", given.mini_batch, "Measure this one alone, counted from 0");
  gate->add_option("--loss", given.loss,
                   "cross-entropy, nll, mse, or model: the TorchScript model returns its loss")
      ->capture_default_str();
  gate->add_option("--wrt", given.with_respect_to, "Gradients with respect to parameters or inputs")
      ->capture_default_str();
  gate->add_option("--output-index", given.output_index,
                   "Which element of a tuple that the TorchScript model returns; from 0");
  gate->add_option("--output", given.output, "Which output of the ONNX model, where it has several");
  gate->add_option("--input-shape", given.input_shape,
                   "Shape of a sample, such as 3,224,224, where the ONNX file leaves it open")
      ->delimiter(',');
  gate->add_flag("--softmax-in-loss", given.softmax_in_loss,
                 "A Softmax at the end of the ONNX model is the one of cross-entropy");
  gate->add_option("--clip", given.clip,
                   "Whose derivative at its ends a Clip of the ONNX model has: clamp's, or hardtanh's as "
                   "ReLU6's")
      ->check(CLI::IsMember({"clamp", "hardtanh"}))
      ->capture_default_str();
  gate->add_option("--precision", given.precisions,
                   "fp16, bf16, tf32, fp32 or fp64, separated by commas; fp32 and fp64 where none is named")
      ->delimiter(',');
  gate->add_option(
          "--values", given.values,
          "Compare two values at a kink, KINK=A,B, such as relu=0,0.5; by default the derivatives on both "
          "sides of each kink that the model has")
      ->allow_extra_args(false)
      ->type_name("KINK=A,B");
  gate->add_option("--luck", given.luck, "repeat, calls, threads, permuted or split; all where none is named")
      ->delimiter(',');
  gate->add_flag(
      "--no-errors", given.no_errors,
      "Do not hold gradients against those at fp64, which takes most of the time where fp64 itself "
      "is not asked for");
  gate->add_option("--seed", given.seed, "From which random numbers of every pass start")
      ->capture_default_str();
  gate->add_option("--reference-mini-batches", given.reference_mini_batches,
                   "Hold the gradients of the first so many mini-batches against the arbitrary-precision "
                   "reference, however long that takes; where none is said, those of the first one if it "
                   "takes some seconds");
  gate->add_option("--reference-samples", given.reference_samples,
                   "The first so many samples of each of these mini-batches go through the reference")
      ->capture_default_str();
  gate->add_option("--reference-memory", given.reference_memory, "GiB that the reference may take")
      ->capture_default_str();
  gate->add_flag(
      "--probe-kinks", given.probe_kinks,
      "Move an input onto each kink that no mini-batch meets, and measure what the choice does there");
  gate->add_option("--load-library", given.libraries,
                   "Shared library that registers operators of the model; its code is run");
  gate->add_option("--policy", given.policy, "What is allowed, in TOML; --explain prints the defaults");
  gate->add_option("--out", given.out, "Folder for the reports")->capture_default_str()->check(not_empty);
  gate->add_option("--baseline", given.baseline,
                   "Hold the figures against those of an earlier run in this file");
  gate->add_option(
      "--save-baseline", given.save_baseline,
      "Measure twice and, where both agree, keep the figures in this file; refused where CI is set");
  gate->add_option("--suggest-policy", given.suggest_policy,
                   "Write a policy that this run passes, with its confidence");
  gate->add_flag("--explain", given.explain, "Print the effective policy and measure nothing");
  CLI::Option* self_test =
      gate->add_flag("--self-test", given.self_test,
                     "Inject faults into the gate, one at a time, and print what becomes of each");
  for (CLI::Option* other : gate->get_options({})) {
    if (other != self_test && !other->check_name("--out") && !other->check_name("--help") &&
        // It may come from the environment, and says nothing then.
        !other->check_name("--data")) {
      self_test->excludes(other);
    }
  }
  gate->callback([arguments, &action] {
    action = [arguments] {
      return arguments->self_test ? commands::gate_self_test(arguments->out)
                                  : commands::gate(checked(*arguments));
    };
  });
}

}  // namespace relu0
