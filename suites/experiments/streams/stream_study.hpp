#pragma once
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/published/published.hpp"
#include "reports/model/results.hpp"
#include "suites/experiments/streams/first_impacts.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/run/evidence.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// What the experiments on convolutional networks share: how many mini-batches of a stream does it take until
/// the gradient of one depends on s, by arithmetic and rule.
namespace relu0::stream_study {

/// A network in an arithmetic through one kernel, whatever the run's is.
struct FixedKernel {
  ConvolutionalNetwork network;
  Precision precision;
  KernelChoice kernel;
};

/// What an experiment measures.
struct Study {
  std::string id;  ///< of the experiment, and of its findings
  DataName data;
  std::int64_t batch_size;
  std::int64_t one_minibatch_of = 1;  ///< as Stream::one_minibatch_of
  std::vector<ConvolutionalNetwork> networks;
  std::vector<Precision> precisions;
  /// Measured too, beside the run's kernel.
  std::vector<FixedKernel> kernels{};
};

Measurements measurements(const Study& study);

/// One network in one arithmetic through one kernel.
struct Measured {
  ConvolutionalNetwork network;
  Precision precision;
  std::string kernel;         ///< its name
  bool by_run_kernel = true;  ///< false: by a kernel that the study fixes
  Basis basis;
  std::string control;                   ///< what two runs with the same s gave, for a table
  std::map<Rule, FirstImpacts> impacts;  ///< of every rule
};

/// Network by network, each at all precisions: by the run's kernel, then, where the run measures others too,
/// by those that the study fixes. Every measurement is read once.
std::vector<Measured> measured(const Study& study, const Evidence& evidence);

/// What is held against the impacts under one rule, and the verdict on them.
struct Statement {
  std::string claim;
  std::string published;
  std::string source;
  std::string agreement;                         ///< how the measured interval is to be read
  Proportion (FirstImpacts::*quantity)() const;  ///< what is judged: networks() or rate()
  std::function<verdict_rules::Decision(Proportion, Sampling)> decide;
  bool headline = false;      ///< of the chain rule
  std::string paper_claim{};  ///< as Finding's
};

/// Appends one finding for each rule. A claim that holds under the published code alone says so.
void append_findings(const Study& study, const Measured& of, const Statement& statement, Results& results);

/// The published index as points of a survival curve, where there is one at that precision.
using PublishedAt = std::function<const PublishedFirstImpact*(const ConvolutionalNetwork&, Precision)>;

/// PublishedAt of a study for which no index is published, or whose published numbers are not at hand.
const PublishedFirstImpact* nothing_published(const ConvolutionalNetwork& network, Precision precision);

/// For each network that was selected and each rule, the share of networks without an impacted mini-batch so
/// far, by arithmetic, with the run's kernel.
void append_figures(const Study& study, const std::vector<Measured>& all, const PublishedAt& published,
                    Results& results);

/// A row for each network, arithmetic and kernel that were selected, and rule: networks and mini-batches
/// impacted, the index of the first, the stages that led there, the control, the published index.
Table overview(const Study& study, const std::vector<Measured>& all, const PublishedAt& published);

/// Appends the findings of the statements, the figures and the overview.
void append_results(const Study& study, const std::vector<Measured>& all, const PublishedAt& published,
                    const std::function<Statement(const Measured&)>& statement_on, Results& results);

}  // namespace relu0::stream_study
