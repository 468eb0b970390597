#pragma once
#include "fixtures/published/published.hpp"
#include "reports/model/results.hpp"
#include "suites/experiments/sweep_evidence.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/verdicts/reach.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What several experiments share.
namespace relu0::experiments_common {

/// The paper's network, 784-256-256-256-10 at batch size 256, swept over all images with the magnitude of
/// each difference, so that one sweep serves several experiments (mlp_sweep()).
Sweep main_sweep(Precision precision);

/// The sweep of an MLP at a precision and batch size until a mini-batch is impacted. For the paper's network
/// at its batch size it is main_sweep(), so that this is measured once; but not at 16 bits, where the first
/// mini-batches tell that a network is impacted, and all of them, backward passes included, take over a
/// hundred times as long.
Sweep mlp_sweep(const Mlp& mlp, Precision precision, std::int64_t batch_size = 256);

/// A setting's name in tables and findings: "fp32, chain-rule".
std::string setting(Precision precision, Rule rule);

/// What a finding states, beside what was measured of it.
struct Statement {
  std::string id;
  std::string experiment;
  std::string claim;
  std::string published;
  std::string source;
  std::string paper_claim{};  ///< as Finding's, and so are the next two
  std::optional<Precision> precision{};
  std::optional<Rule> rule{};
};

/// The finding of `decision` on `measured` in one setting, with its interval, unless its basis forbids a
/// verdict.
Finding finding(const Statement& statement, const std::string& setting, Proportion measured,
                const Basis& basis, const verdict_rules::Decision& decision);

/// Those of the measurements that a finding with this basis rests on.
Conditions conditions(const Basis& basis);

/// How many of the images of a data set the run uses, beside the protocol of one of the paper's claims; full
/// where it has no such images. Throws std::logic_error where there is no such claim, or where it does not
/// say how many images were looked at.
verdict_rules::Reach images_reach(const Evidence& evidence, DataName data, std::string_view paper_claim);

/// There is no verdict by the rule, because the data that it needs are not there, for the reason `why`.
verdict_rules::Decision without_data(const std::string& why, const std::string& rule);

/// The decision that a finding with this basis keeps: `decision`, or what replaces it where the run lacks
/// data or did not select what it needs, the control failed, or the rule holds for a fixed number of draws
/// only and there is none. Where the rule's anytime form was used, its statement says so.
verdict_rules::Decision kept_decision(const Basis& basis, const verdict_rules::Decision& decision);

/// What it takes to decide a finding whose kept decision leaves it open, where the results may decide how
/// many draws are made. Absent in other cases, and where more draws cannot decide it. measured: what the rule
/// counts; no trials where it counts draws.
std::optional<Outlook> outlook(const Basis& basis, Proportion measured,
                               const verdict_rules::Decision& decision);

/// There is no verdict by the rule, because the run did not select what it needs. Where it measured a part of
/// that, the reason says that the finding's figure is that part's.
verdict_rules::Decision not_selected(const Basis& basis, const std::string& rule);

/// The decisions of one claim under the two rules.
struct BothRules {
  verdict_rules::Decision chain_rule;
  verdict_rules::Decision published_code;

  [[nodiscard]] const verdict_rules::Decision& of(Rule rule) const {
    return rule == Rule::chain_rule ? chain_rule : published_code;
  }
};

/// The same decisions; but a claim that is reproduced under the published code only says in its `why` that it
/// is not under the chain rule, or not yet, because the chain rule is the paper's definition.
BothRules marked(BothRules decisions);

/// Gives the experiment's section its answer, where the results have that section.
void set_answer(Results& results, const std::string& experiment, const std::string& answer);

/// Fisher's test against the published count, or why the two are not compared: the run looked at less.
std::string agreement(Proportion measured, Proportion published, const verdict_rules::Reach& reach);

/// A table with a row per selected sweep and rule: networks, impacted, interval, by first layer only,
/// published, agreement. reach: of all rows.
struct CountRow {
  std::string label;
  SweepEvidence evidence;
  std::optional<Proportion> published;
};
Table count_table(const std::string& experiment, const std::string& first_column,
                  const std::vector<CountRow>& rows, const verdict_rules::Reach& reach);

/// @name Short sources of what was published: the citation stands at the top of the report
/// @{
/// The authors' data file of that id.
std::string data_file(const std::string& id);
/// The same, with the note that its figures were measured on a GPU.
std::string data_file_on_gpu(const std::string& id);
std::string figure_of_the_paper();
std::string paper();
/// @}

/// What stands in place of the agreement with a published figure where there is none.
std::string nothing_published();

/// An empty series of a figure, named and coloured by its precision.
FigureSeries series(Precision precision, bool published);

/// The measured values' quantiles at 5 %, 10 % … 95 % as points (quantile, share below): those that a
/// logarithmic axis can show.
FigureSeries quantile_series(Precision precision, const std::vector<double>& values);

/// "93/200 (46.5 %) [0.395, 0.536]", of a report's confidence.
std::string with_interval(Proportion share);

/// The share in the zone as a point with its interval.
FigurePoint share_point(double x, Proportion proportion);

}  // namespace relu0::experiments_common
