#pragma once
#include "reports/model/finding.hpp"
#include "suites/run/budget/draw_costs.hpp"
#include "suites/run/budget/next_draws.hpp"
#include "suites/run/runner.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Runs whose results decide how many draws they make, and of which measurements.
///
/// Draw i of a measurement is the same whatever the run, and each measurement's draws are made in their
/// order, so that they are the first ones of those that a run with a fixed number makes. Which draw is made
/// next is decided by the draws before it and by how long they took; and every draw that was begun is kept.
/// So for each measurement the event that draw i is made is independent of draw i, and its number of draws is
/// a stopping time: e-processes and confidence sequences (analysis/statistics/anytime) hold.
namespace relu0::budget {

/// When a run ends, besides when nothing is left to decide.
struct Budget {
  std::optional<double> seconds{};  ///< for measuring; absent: none
};

enum class Ending {
  decided,       ///< every headline finding that draws can decide has its verdict
  nothing_left,  ///< some are open, and all draws that the run may make are made
  spent,         ///< the budget is, or no draw that is left is known to fit in it
  interrupted,   ///< by InterruptGuard
};

struct BudgetRun {
  Ending ending = Ending::decided;
  DrawCosts costs;
  DrawnByKey drawn;
};

/// A draw that was made before the run, to learn what draws cost.
struct ProbedDraw {
  StoredDraw draw;
  double seconds = 0;
};

/// Makes the first draw that is missing of the measurement that is cheapest by its arithmetic. environment:
/// this process's, as a store records it. present: the draws that there are under a key. Absent where nothing
/// is missing. Throws InputError, which says what one draw costs, where it took longer than the budget.
std::optional<ProbedDraw> probe(const Measurements& plan, const RunSettings& settings, const DataSets& data,
                                const Environment& environment,
                                const std::function<std::set<std::int64_t>(const std::string& key)>& present,
                                const Budget& budget, const Clock& clock);

/// What a run works with.
struct Bench {
  const Measurements& plan;
  const RunSettings& settings;
  const DataSets& data;
  DrawKeeper& keeper;
  int threads;
  Clock clock = steady_clock();
};

/// Throws NothingSelected where no headline finding is there for draws of the plan to decide. of_no_draw: the
/// findings of a run that has measured nothing yet.
void require_headline(const std::vector<Finding>& of_no_draw, const Measurements& plan,
                      const RunSettings& settings);

/// Makes draws for the headline findings that are open, the cheapest to decide first, and looks at the
/// findings again after each slice of them, until one of the endings. findings: what the draws that are kept
/// lead to. begun: the clock when the budget began. No draw is begun when the budget is spent, so that it is
/// exceeded by the draws in hand at most. The probed draw, which the keeper must lack, is kept where some
/// finding is open. Draws that the keeper has behind a gap are kept; the gap is filled first.
BudgetRun measure_within(const Budget& budget, double begun, const Bench& bench,
                         const std::optional<ProbedDraw>& probed,
                         const std::function<std::vector<Finding>()>& findings);

}  // namespace relu0::budget
