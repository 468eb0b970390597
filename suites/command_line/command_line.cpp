#include "suites/command_line/command_line.hpp"

#include "analysis/machine/cuda_determinism.hpp"
#include "analysis/training/search/rate_search.hpp"
#include "fixtures/error.hpp"
#include "reference/arithmetic/tensor.hpp"
#include "reports/store/store.hpp"
#include "suites/command_line/arguments.hpp"
#include "suites/command_line/build_info.hpp"
#include "suites/command_line/gate_arguments.hpp"
#include "suites/command_line/shell_word.hpp"
#include "suites/command_line/standard_streams.hpp"
#include "suites/command_line/store_message.hpp"
#include "suites/commands/commands.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/measurements/kinds.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr std::int64_t largest_threads = 1024;
constexpr std::int64_t largest_process = std::numeric_limits<int>::max();

/// Bits of the reference's significand.
int parse_bits(const std::string& option, const std::string& text) {
  return static_cast<int>(parse_count(option, text, reference::min_bits, reference::max_bits));
}

/// The options of `run` as text; checked in one place, so that each error names its option.
struct RunArguments {
  std::vector<std::string> experiments;
  std::vector<std::string> only;
  std::vector<std::string> train;
  std::string scale = "quick";
  std::string seed = "1";
  std::vector<std::string> s;  ///< empty: the usual ones
  std::string networks;
  std::string fp64_networks;
  std::string minibatches;
  std::string images;
  std::string data;
  bool allow_embedded = false;
  std::string data_checksum;
  std::string out = "relu0-out";
  std::string threads = "0";
  std::string device = "cpu";
  std::string kernel;  ///< empty: the usual one of the device
  std::string protocol = "fast";
  std::string reference_bits = std::to_string(RunSettings{}.reference_bits);
  std::string max_reference_bits = std::to_string(RunSettings{}.max_reference_bits);
  std::string shard;
  std::string budget;
  bool until_decided = false;
  std::string epochs;
  std::string learning_rates = "published";
  std::string candidates;
  bool with_training = false;
  bool dry_run = false;
  bool remove_other_checkpoints = false;
  std::string fail_on;
  bool accept_unrecorded_environment = false;
  std::string worker;
  std::string worker_of;
};

/// Among how many candidates each training searches its learning rate; absent where it has the published one.
std::optional<std::int64_t> parse_rate_candidates(const RunArguments& given) {
  if (given.learning_rates == "published") {
    if (!given.candidates.empty()) {
      throw InputError("--candidates: they are searched among with --learning-rates search only");
    }
    return std::nullopt;
  }
  return given.candidates.empty()
             ? RateSearchOptions{}.candidates
             : parse_count("--candidates", given.candidates, 2, RateSearchOptions::most_candidates);
}

RunSettings checked_settings(const RunArguments& given) {
  RunSettings settings;
  settings.scale = parse_run_scale(given.scale);
  settings.networks = optional_count("--networks", given.networks, 1);
  settings.fp64_networks = optional_count("--fp64-networks", given.fp64_networks, 1);
  settings.minibatches = optional_count("--minibatches", given.minibatches, 1);
  settings.seed = static_cast<std::uint64_t>(parse_count("--seed", given.seed, 0, largest_seed));
  if (!given.s.empty()) {
    settings.s_a = parse_relu_at_zero(given.s.at(0));
    settings.s_b = parse_relu_at_zero(given.s.at(1));
  }
  if (settings.s_a == settings.s_b) {
    throw InputError(fmt::format("--s {} {}: give two different values", given.s[0], given.s[1]));
  }
  settings.images = optional_count("--images", given.images, 1);
  settings.epochs = optional_count("--epochs", given.epochs, 1);
  settings.rate_candidates = parse_rate_candidates(given);
  settings.trainings = given.train;
  if (!settings.trainings.empty() && !settings.fp64_networks) {
    settings.fp64_networks = settings.networks;  // a training at 64 bits is no rarer than others
  }
  settings.on_request = given.with_training || !given.experiments.empty() || !given.train.empty();
  settings.device = parse_device(given.device);
  prepare_process(settings.device);
  settings.kernel = given.kernel.empty() ? usual_kernel(settings.device) : parse_kernel_choice(given.kernel);
  settings.protocol = given.protocol == "fast" ? Protocol::fast : Protocol::two_network;
  settings.reference_bits = parse_bits("--reference-bits", given.reference_bits);
  settings.max_reference_bits = parse_bits("--max-reference-bits", given.max_reference_bits);
  if (settings.max_reference_bits < settings.reference_bits) {
    throw InputError(fmt::format("--max-reference-bits {}: the first run has {}, by --reference-bits",
                                 settings.max_reference_bits, settings.reference_bits));
  }
  return settings;
}

/// Throws InputError where trainings of the user's own are asked for beside something else.
void require_run_of_their_own(const RunOptions& options) {
  if (options.settings.trainings.empty()) {
    return;
  }
  if (!options.experiments.empty()) {
    throw InputError(
        fmt::format("--train: trainings of your own are a run of their own; run {} apart, into another --out",
                    fmt::join(options.experiments, ", ")));
  }
  if (options.with_training) {
    throw InputError(
        "--train: --with-training adds the paper's trainings to a run of all experiments; leave it out");
  }
  if (options.fail_on) {
    throw InputError("--train: trainings of your own have no verdict that could fail; leave --fail-on out");
  }
  if (is_decided_by_results(options)) {
    throw InputError(
        "--train: trainings of your own have no verdict that results could decide; give --networks, not "
        "--budget or --until-decided");
  }
}

/// Absent for an empty text.
std::optional<Verdict> parse_fail_on(const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  return text == "inconclusive" ? Verdict::inconclusive : Verdict::not_reproduced;
}

RunOptions checked(const RunArguments& given) {
  RunOptions options;
  options.experiments = given.experiments;
  if (!given.train.empty()) {
    std::erase(options.experiments, own_training_experiment().id);  // what --train means without a name
  }
  options.settings = checked_settings(given);
  options.only = Selection(fmt::format("{}", fmt::join(given.only, ",")),
                           selectable_fields(kinds_of_measurement()), options.settings.kernel);
  options.s_given = !given.s.empty();
  options.data = optional_path(given.data);
  options.allow_embedded = given.allow_embedded;
  if (!given.data_checksum.empty()) {
    options.data_checksums = parse_data_checksums(given.data_checksum);
  }
  options.out = given.out;
  options.threads = static_cast<int>(parse_count("--threads", given.threads, 0, largest_threads));
  options.unrecorded_facts =
      given.accept_unrecorded_environment ? UnrecordedFacts::accept : UnrecordedFacts::refuse;
  if (!given.worker_of.empty()) {
    options.worker = WorkerRole{
        .libraries = parse_library_choice(given.worker),
        .parent = static_cast<int>(parse_count("--worker-of", given.worker_of, 1, largest_process))};
  }
  if (!given.budget.empty()) {
    (void)parse_duration("--budget", given.budget);
    options.budget = given.budget;
  }
  options.until_decided = given.until_decided;
  options.with_training = given.with_training;
  options.dry_run = given.dry_run;
  options.remove_other_checkpoints = given.remove_other_checkpoints;
  if (!given.shard.empty()) {
    options.settings.shard = parse_shard(given.shard);
    if (is_decided_by_results(options)) {
      throw InputError(
          "--shard: a run whose results decide how many networks it draws (--budget, --until-decided) cannot "
          "be shared out, since no shard knows the others' results; give --networks instead");
    }
  }
  options.fail_on = parse_fail_on(given.fail_on);
  require_run_of_their_own(options);
  if (options.settings.shard && options.fail_on) {
    throw InputError("--fail-on: a shard concludes nothing; give it to relu0 merge");
  }
  return options;
}

void add_run(CLI::App& app, RunArguments& arguments, std::function<ExitCode()>& action) {
  CLI::App* run = app.add_subcommand("run", "Run experiments, draw the conclusions and write the reports");
  run->add_option("EXPERIMENT", arguments.experiments,
                  "Experiments to run (relu0 list); all when none is named");
  run->add_option("--only", arguments.only,
                  fmt::format("Measure only what fits FIELD=VALUE[,FIELD=VALUE...], such as "
                              "network=VGG11,precision=fp32; a field named twice may have either value. "
                              "Fields: {}; relu0 list shows their values",
                              fmt::join(selectable_fields(kinds_of_measurement()), ", ")))
      ->allow_extra_args(false)
      ->type_name("FIELD=VALUE");
  run->add_option(
         "--train", arguments.train,
         "Train a network of your own choice with s = 0 and others under both rules, in place of the "
         "experiments; again for each further one: FIELD=VALUE[,FIELD=VALUE...], such as "
         "network=LeNet-5,data=cifar10,precision=fp16,s=1,s=10. Fields: network (mlp-LAYERSxNEURONS, "
         "LeNet-5, VGG11 to VGG19, ResNet18, ResNet50), data (mnist for MLPs, imagenet for ResNet50, else "
         "cifar10), precision (fp32), mixed (no), batch-norm (no), dropout (0; of MLPs), batch (128), "
         "optimizer (sgd, or adam), momentum (0.9), weight-decay (0.0005 by SGD, 0 by Adam), learning-rate "
         "(the published one, else 0.01 by SGD and 0.001 by Adam), schedule (constant, or cosine, or "
         "step:EPOCHS:FACTOR), s (1). --networks N (7) trains so many with each s, for --epochs (2)")
      ->allow_extra_args(false)
      ->type_name("FIELD=VALUE");
  run->add_option("--scale", arguments.scale,
                  "quick: minutes, wide intervals; paper: 1,000 networks in each setting")
      ->capture_default_str();
  run->add_option("--seed", arguments.seed, "Seed b; network i is drawn after torch.manual_seed(b + i)")
      ->capture_default_str();
  run->add_option(
         "--s", arguments.s,
         "The two values of ReLU'(0) to compare (default: 0 1); an error where an experiment that is named "
         "compares no two, or has values of its own, as those that train to the end")
      ->expected(2)
      ->type_name("A B");
  run->add_option("--networks", arguments.networks,
                  "Networks in each setting at 16 and 32 bits, instead of the scale's number");
  run->add_option("--fp64-networks", arguments.fp64_networks,
                  "Networks in each setting at 64 bits, instead of the scale's number");
  run->add_option(
      "--minibatches", arguments.minibatches,
      "After how many mini-batches without an impact to give a convolutional network up, and on how "
      "many to look at kernels and kinks, instead of the scale's number");
  run->add_option("--images", arguments.images, "Use the first so many images of each data set");
  run->add_option("--epochs", arguments.epochs,
                  "For how many epochs networks are trained to the end, instead of the scale's number");
  run->add_option(
         "--learning-rates", arguments.learning_rates,
         "Of networks that are trained to the end: published, the authors' best one for each s; or search: "
         "each training searches its own, by successive halving on a sixth of the training images, which it "
         "holds out for that")
      ->check(CLI::IsMember({"published", "search"}))
      ->capture_default_str();
  run->add_option("--candidates", arguments.candidates,
                  fmt::format("Among how many learning rates each training searches (default: {})",
                              RateSearchOptions{}.candidates));
  run->add_flag("--with-training", arguments.with_training,
                "In a run of all experiments, train networks to the end too, which it leaves out otherwise: "
                "sgd-sweep, batch-norm-buffer, adam-buffer, dropout-yardstick, imagenet-training");
  run->add_option(
         "--data", arguments.data,
         "Folder with MNIST, CIFAR-10, SVHN or ImageNet. What needs a data set that it lacks is an error, "
         "or in a run of all experiments not run; without a folder all images are embedded ones")
      ->envname("RELU0_DATA_DIR")
      ->check(not_empty);
  run->add_flag("--allow-embedded", arguments.allow_embedded,
                "Embedded images stand in for the data sets that the folder lacks");
  run->add_option(
         "--data-checksum", arguments.data_checksum,
         "Refuse other data than those with these checksums: ID=DIGITS[,ID=DIGITS...], as the command that a "
         "report shows has them")
      ->type_name("ID=DIGITS")
      ->check(not_empty);
  run->add_option("--out", arguments.out, "Folder for results.sqlite and the reports")
      ->capture_default_str()
      ->check(not_empty);
  run->add_option("--threads", arguments.threads,
                  "Networks measured side by side; 0: one per core. Results do not depend on it")
      ->capture_default_str();
  run->add_option(
         "--device", arguments.device,
         "cpu, cuda (by kernels that give the same bits each time), or cuda:nondeterministic (by those "
         "that LibTorch chooses by itself, to see what they do)")
      ->capture_default_str();
  run->add_option(
         "--kernel", arguments.kernel,
         "What computes linear layers and convolutions: portable, relu0's kernels with the same bits on "
         "every "
         "processor, in an order of operations: portable[:DETAIL[+DETAIL...]] with the details no-fma, "
         "block=N, bias-first, winograd, bits=N; native, LibTorch's kernels; or bias-last, their products, "
         "rounded, then the bias added. Without it portable:winograd, on CUDA native, and other kernels "
         "beside "
         "it where an experiment compares them")
      ->check(not_empty);
  run->add_option("--protocol", arguments.protocol,
                  "fast, or two-network: the paper's, slower, with the same answers")
      ->check(CLI::IsMember({"fast", "two-network"}))
      ->capture_default_str();
  run->add_option(
         "--reference-bits", arguments.reference_bits,
         "Bits of the significand in the reference's first run, at least: gradients of deep networks "
         "begin with more")
      ->capture_default_str();
  run->add_option("--max-reference-bits", arguments.max_reference_bits,
                  "Where these do not prove enough they are raised by themselves, up to so many")
      ->capture_default_str();
  run->add_option(
         "--shard", arguments.shard,
         "Measure only this part of the draws, such as 2/8: the second of eight, each into a store of its "
         "own (--out), on this or other machines. relu0 merge joins them and concludes")
      ->type_name("I/N")
      ->check(not_empty);
  run->add_option(
         "--budget", arguments.budget,
         "Measure for so long at most, such as 90s, 10m or 1h30m, what the headline findings need that "
         "are undecided and cheapest to decide; end when all are decided. Verdicts are then valid at any "
         "time. At most the paper's number of networks is drawn in a setting, or --networks. The same "
         "command goes on")
      ->type_name("DURATION")
      ->check(not_empty);
  run->add_flag("--until-decided", arguments.until_decided,
                "The same without a limit in time, unless --budget gives one");
  run->add_flag(
      "--dry-run", arguments.dry_run,
      "Check the arguments and the data, print what would be measured, and end: nothing is measured or "
      "written");
  run->add_flag(
      "--remove-other-checkpoints", arguments.remove_other_checkpoints,
      "Remove the checkpoints in the folder --out of trainings that this run does not make, which wait "
      "for the command that began them");
  run->add_option("--fail-on", arguments.fail_on,
                  "Exit with 1 when a headline finding is not-reproduced, or (inconclusive) "
                  "not shown to be reproduced")
      ->check(CLI::IsMember({"not-reproduced", "inconclusive"}));
  run->add_flag(
      "--accept-unrecorded-environment", arguments.accept_unrecorded_environment,
      "Continue a store of an earlier version that did not record all that bits depend on, and say so in "
      "the report");
  // How a run starts its workers (suites/run/workers): not listed, since it is for a run's own use.
  run->add_option("--worker", arguments.worker)->group("");
  run->add_option("--worker-of", arguments.worker_of)->group("");
  run->callback(
      [&arguments, &action] { action = [&arguments] { return commands::run(checked(arguments)); }; });
}

/// What a command that canonical_command() wrote asks for. Throws InputError where it is none.
RunOptions parse_run_command(const std::string& command) {
  CLI::App app;
  RunArguments arguments;
  std::function<ExitCode()> action;
  add_run(app, arguments, action);
  // The command says all; a variable of this process is no part of it.
  app.get_subcommand("run")->get_option("--data")->envname("");
  try {
    std::vector<std::string> words = shell_words(command);
    std::reverse(words.begin(), words.end());
    words.pop_back();
    app.parse(std::move(words));
  } catch (const std::exception& error) {
    throw InputError(
        fmt::format("the command '{}' is none of this version of relu0 ({})", command, error.what()));
  }
  return checked(arguments);
}

/// Arguments of the other subcommands.
struct OtherArguments {
  std::string scale = "quick";
  std::string store;
  std::string out = "relu0-out";
  bool watch = false;
  std::string record;
  std::string compare_a;
  std::string compare_b;
  std::string compare_allow;
  std::string compare_json;
  std::string compare_markdown;
  std::vector<std::string> shards;
  std::string data;
  std::string fail_on;
};

void add_others(CLI::App& app, OtherArguments& arguments, std::function<ExitCode()>& action) {
  CLI::App* list =
      app.add_subcommand("list", "List the experiments, their measurements and numbers of networks");
  list->add_option("--scale", arguments.scale, "quick or paper")->capture_default_str();
  list->callback([&] { action = [&arguments] { return commands::list(parse_run_scale(arguments.scale)); }; });

  CLI::App* report = app.add_subcommand("report", "Rebuild the reports from a store alone");
  report->add_option("--out", arguments.out, "Folder for the reports")
      ->capture_default_str()
      ->check(not_empty);
  report->add_option("--store", arguments.store, "Store to read (default: results.sqlite in --out)");
  report
      ->add_option(
          "--record", arguments.record,
          "Record what the store concludes in this file (JSON, with a checksum), as the project records "
          "its own large runs in fixtures/published/recorded")
      ->check(not_empty);
  report->add_flag("--watch", arguments.watch,
                   "Rebuild them whenever the store has changed, until interrupted: for a run that goes on, "
                   "which concludes about once a minute");
  report->callback([&] {
    action = [&arguments] {
      const std::filesystem::path out = arguments.out;
      if (arguments.watch) {
        if (!arguments.record.empty()) {
          throw InputError("--watch and --record: give one of the two; a run that goes on is not recorded");
        }
        return commands::watch_report(optional_path(arguments.store).value_or(out / "results.sqlite"), out);
      }
      return commands::report(optional_path(arguments.store).value_or(out / "results.sqlite"), out,
                              optional_path(arguments.record));
    };
  });

  CLI::App* compare = app.add_subcommand("compare", "Compare two stores: what changed beyond chance");
  compare->add_option("A", arguments.compare_a, "results.sqlite of one run, or its recorded results")
      ->required();
  compare->add_option("B", arguments.compare_b, "results.sqlite of another, or its recorded results")
      ->required();
  compare
      ->add_option(
          "--allow", arguments.compare_allow,
          "environments: the two may come from different ones; then draws may differ in their bits, and "
          "only what changed beyond chance fails")
      ->check(CLI::IsMember({"environments"}));
  compare->add_option("--json", arguments.compare_json, "Write the comparison to this file as JSON")
      ->check(not_empty);
  compare
      ->add_option("--markdown", arguments.compare_markdown, "Write the comparison to this file as Markdown")
      ->check(not_empty);
  compare->callback([&] {
    action = [&arguments] {
      return commands::compare(arguments.compare_a, arguments.compare_b,
                               {.allow_environments = !arguments.compare_allow.empty(),
                                .json = optional_path(arguments.compare_json),
                                .markdown = optional_path(arguments.compare_markdown)});
    };
  });

  CLI::App* merge = app.add_subcommand(
      "merge", "Join the stores of a run's shards into one, draw the conclusions and write the reports");
  merge
      ->add_option("SHARD", arguments.shards,
                   "results.sqlite of each shard (relu0 run --shard), or its folder")
      ->required();
  merge->add_option("--out", arguments.out, "Folder for the joined results.sqlite and the reports")
      ->capture_default_str()
      ->check(not_empty);
  merge
      ->add_option(
          "--data", arguments.data,
          "Folder with the data sets, where it is another one here than on the machines of the shards")
      ->check(not_empty);
  merge->add_option("--fail-on", arguments.fail_on, "As relu0 run's")
      ->check(CLI::IsMember({"not-reproduced", "inconclusive"}));
  merge->callback([&] {
    action = [&arguments] {
      return commands::merge({.shards = {arguments.shards.begin(), arguments.shards.end()},
                              .out = arguments.out,
                              .data = optional_path(arguments.data),
                              .fail_on = parse_fail_on(arguments.fail_on),
                              .parse_command = parse_run_command});
    };
  });

  CLI::App* doctor =
      app.add_subcommand("doctor", "Tell what was found on this machine and what would make it better");
  doctor->add_option("--data", arguments.data, "Folder with the files of the data sets")
      ->envname("RELU0_DATA_DIR")
      ->check(not_empty);
  doctor->callback(
      [&] { action = [&arguments] { return commands::doctor(optional_path(arguments.data)); }; });
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

/// What CLI11 found wrong with the arguments, as our own messages have it, and where to read on.
std::string usage_message(const CLI::App* app, const CLI::Error& error) {
  const std::vector<CLI::App*> chosen = app->get_subcommands();
  return fmt::format("relu0: {} (relu0{} --help tells more)\n", error.what(),
                     chosen.empty() ? "" : " " + chosen.front()->get_name());
}

int fail(ExitCode code, std::string_view message) {
  print_error(message);
  return code;
}

/// command: whose action it is.
int dispatch(const std::function<ExitCode()>& action, std::string_view command) {
  try {
    return action();
  } catch (const NothingSelected& error) {
    return fail(exit_inconclusive, error.what());
  } catch (const EnvironmentMismatch& error) {
    return fail(exit_environment, error.what());
  } catch (const InputError& error) {
    return fail(exit_usage, error.what());
  } catch (const StoreError& error) {
    return fail(exit_usage, store_message(error, command));
  } catch (const std::exception& error) {
    return fail(exit_internal, fmt::format("internal error: {}", error.what()));
  }
}

}  // namespace

int command_line(int argument_count, const char* const* arguments) {
  CLI::App app{"Measures what the choice of ReLU'(0) does to backpropagation"};
  app.set_version_flag("--version", fmt::format("relu0 {} ({})", build_info::version, build_info::revision));
  app.require_subcommand(1);
  app.failure_message(usage_message);
  RunArguments run_arguments;
  OtherArguments other_arguments;
  std::function<ExitCode()> action;
  add_run(app, run_arguments, action);
  add_gate(app, action);
  add_others(app, other_arguments, action);
  const std::vector<std::string> commands = command_names(app);
  if (argument_count < 2) {
    return fail(exit_usage,
                fmt::format("say what to do: {} (relu0 --help tells more)", fmt::join(commands, ", ")));
  }
  if (const std::string first = arguments[1];
      !first.starts_with('-') && std::find(commands.begin(), commands.end(), first) == commands.end()) {
    return fail(exit_usage,
                fmt::format("unknown command '{}'; there are {}", first, fmt::join(commands, ", ")));
  }
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_pass : exit_usage;
  }
  return dispatch(action, app.get_subcommands().front()->get_name());
}

}  // namespace relu0
