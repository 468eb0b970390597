#include "suites/run/budget/budget_run.hpp"

#include "fixtures/error.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/command_line/interrupt.hpp"
#include "suites/run/progress.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace relu0::budget {

namespace {

/// Holds one draw in memory.
class OneDraw final : public DrawKeeper {
 public:
  explicit OneDraw(const Environment& environment) : environment_(&environment) {}

  [[nodiscard]] std::set<std::int64_t> draws(const std::string& /*key*/) const override { return {}; }
  [[nodiscard]] Environment environment() const override { return *environment_; }
  void record(const std::vector<StoredDraw>& draws) override { draw = draws.at(0); }

  StoredDraw draw{};

 private:
  const Environment* environment_;
};

/// The draws from the first to the last before a gap.
std::int64_t without_gap(const std::set<std::int64_t>& draws) {
  std::int64_t count = 0;
  while (draws.contains(count)) {
    ++count;
  }
  return count;
}

/// One run; its parts share what they know.
class Run {
 public:
  Run(const Budget& budget, double begun, const Bench& bench)
      : budget_(budget), begun_(begun), bench_(&bench), costs_(bench.plan, bench.settings, bench.threads) {
    for (const MeasurementPtr& measurement : bench.plan) {
      keys_.push_back(measurement->key(bench.settings));
    }
    progress_.end_lines_with([this] { return state_in_words(); });
  }

  BudgetRun run(const std::optional<ProbedDraw>& probed,
                const std::function<std::vector<Finding>()>& findings) {
    bool keep_probed = probed.has_value();
    if (probed) {
      costs_.add(probed->draw.key, probed->seconds);
    }
    while (true) {
      count_draws();
      const double before = now();
      const std::vector<Finding> all = findings();
      const double looking = now() - before;
      note_state(all);
      if (InterruptGuard::requested()) {
        return ended(Ending::interrupted);
      }
      if (open_ == 0) {
        return ended(Ending::decided);
      }
      if (keep_probed) {
        keep_probed = false;
        bench_->keeper.record({probed->draw});
        continue;
      }
      const std::optional<double> left = seconds_left();
      if (left && *left <= 0) {
        return ended(Ending::spent);
      }
      const auto next =
          next_draws(all, drawn_, costs_,
                     {.seconds = slice_seconds(looking), .fewest_rounds = bench_->threads, .left = left});
      if (next.empty()) {
        return ended(Ending::spent);
      }
      make(next);
    }
  }

 private:
  [[nodiscard]] double now() const { return bench_->clock(); }

  [[nodiscard]] std::optional<double> seconds_left() const {
    return budget_.seconds ? std::optional(begun_ + *budget_.seconds - now()) : std::nullopt;
  }

  /// Between two looks at the findings passes a tenth of the time so far, and ten times as long as a look
  /// takes: a verdict is seen soon, and looking costs little.
  [[nodiscard]] double slice_seconds(double looking) const {
    constexpr double shortest = 1;
    constexpr double longest = 30;
    constexpr double part = 0.1;
    return std::max(std::clamp(part * (now() - begun_), shortest, longest), looking / part);
  }

  void count_draws() {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      drawn_[keys_[i]] = {.draws = without_gap(bench_->keeper.draws(keys_[i])),
                          .most = bench_->plan[i]->most_draws(bench_->settings)};
    }
  }

  void note_state(const std::vector<Finding>& findings) {
    headlines_ = 0;
    open_ = 0;
    undecided_ = 0;
    for (const Finding& finding : findings) {
      // What is not selected is none of this run's.
      headlines_ += finding.headline && (finding.outlook || finding.verdict != Verdict::not_run) ? 1 : 0;
      open_ += is_open(finding, drawn_) ? 1 : 0;
      undecided_ += finding.headline && finding.outlook ? 1 : 0;
    }
  }

  [[nodiscard]] std::string state_in_words() const {
    const std::optional<double> left = seconds_left();
    return fmt::format("{} of {} headline findings decided{}", headlines_ - undecided_, headlines_,
                       left ? fmt::format(", {} of the budget left", wording::duration(std::max(0.0, *left)))
                            : std::string());
  }

  void make(const std::map<std::string, std::int64_t>& next) {
    std::vector<DrawsToMake> wanted;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (const auto found = next.find(keys_[i]); found != next.end()) {
        wanted.push_back({bench_->plan[i], missing_draws(bench_->keeper.draws(keys_[i]), found->second)});
      }
    }
    make_draws(wanted, bench_->settings, bench_->data, bench_->keeper, bench_->threads, progress_,
               {.clock = bench_->clock,
                .stop =
                    [this] {
                      const std::optional<double> left = seconds_left();
                      return left && *left <= 0;
                    },
                .made = [this](const std::string& key, double seconds) { costs_.add(key, seconds); }});
  }

  [[nodiscard]] BudgetRun ended(Ending ending) const {
    const bool nothing_left = ending == Ending::decided && undecided_ > 0;
    return {nothing_left ? Ending::nothing_left : ending, costs_, drawn_};
  }

  Budget budget_;
  double begun_;
  const Bench* bench_;
  DrawCosts costs_;
  std::vector<std::string> keys_;  ///< of the plan's measurements
  DrawnByKey drawn_;
  Progress progress_;
  int headlines_ = 0;
  int open_ = 0;       ///< of these, still to be decided by more draws
  int undecided_ = 0;  ///< of these, undecided, whether draws are left or not
};

}  // namespace

std::optional<ProbedDraw> probe(const Measurements& plan, const RunSettings& settings, const DataSets& data,
                                const Environment& environment,
                                const std::function<std::set<std::int64_t>(const std::string& key)>& present,
                                const Budget& budget, const Clock& clock) {
  const auto cost = [&](const MeasurementPtr& of) { return of->cost(build(of->setting.network), settings); };
  MeasurementPtr cheapest;
  std::int64_t draw = 0;
  for (const MeasurementPtr& measurement : plan) {
    const std::deque<std::int64_t> missing =
        missing_draws(present(measurement->key(settings)), measurement->most_draws(settings));
    if (!missing.empty() && (!cheapest || cost(measurement) < cost(cheapest))) {
      cheapest = measurement;
      draw = missing.front();
    }
  }
  if (!cheapest) {
    return std::nullopt;
  }
  OneDraw kept(environment);
  double seconds = 0;
  Progress progress;
  progress.end_lines_with([] { return std::string("to learn what draws cost"); });
  make_draws({{cheapest, {draw}}}, settings, data, kept, 1, progress,
             {.clock = clock, .made = [&](const std::string& /*key*/, double took) { seconds = took; }});
  if (kept.draw.key.empty()) {  // a request to stop came first
    return std::nullopt;
  }
  if (budget.seconds && seconds > *budget.seconds) {
    throw InputError(fmt::format(
        "--budget: {:.3g} s is too little for one draw. The cheapest one took {:.3g} s ({}); give "
        "more. Nothing was written",
        *budget.seconds, seconds, cheapest->describe()));
  }
  return ProbedDraw{std::move(kept.draw), seconds};
}

void require_headline(const std::vector<Finding>& of_no_draw, const Measurements& plan,
                      const RunSettings& settings) {
  DrawnByKey nothing;
  for (const MeasurementPtr& measurement : plan) {
    nothing[measurement->key(settings)] = {.draws = 0, .most = measurement->most_draws(settings)};
  }
  if (std::none_of(of_no_draw.begin(), of_no_draw.end(),
                   [&nothing](const Finding& finding) { return is_open(finding, nothing); })) {
    throw NothingSelected(
        "--budget and --until-decided draw networks until what was published is decided, and nothing that "
        "was selected is held against a published figure in a headline finding; give --networks N (at fp64 "
        "--fp64-networks N) in their place, or select more. Nothing was measured or written");
  }
}

BudgetRun measure_within(const Budget& budget, double begun, const Bench& bench,
                         const std::optional<ProbedDraw>& probed,
                         const std::function<std::vector<Finding>()>& findings) {
  return Run(budget, begun, bench).run(probed, findings);
}

}  // namespace relu0::budget
