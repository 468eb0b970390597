#include "fixtures/count_text.hpp"
#include "suites/commands/commands.hpp"
#include "suites/experiments/definitions.hpp"

#include <fmt/format.h>

namespace relu0::commands {

ExitCode list(RunScale scale) {
  RunSettings settings;
  settings.scale = scale;
  Measurements all;
  for (const Experiment& experiment : experiments()) {
    fmt::print("{}: {}\n  {}\n", experiment.id, experiment.title(), experiment.summary());
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      const std::int64_t draws = measurement->draws(settings);
      fmt::print("    {} ({})\n", measurement->describe(),
                 draws == 0 ? "left out at this scale" : count_text(draws, "network"));
      all.push_back(measurement);
    }
    fmt::print("\n");
  }
  const Experiment& own = own_training_experiment();
  fmt::print("{} (relu0 run --train FIELD=VALUE): {}\n  {}\n\n", own.id, own.title(), own.summary());
  fmt::print("What measurements can be selected by (relu0 run --only FIELD=VALUE):\n{}\n",
             describe_field_values(all, settings.kernel));
  return exit_pass;
}

}  // namespace relu0::commands
