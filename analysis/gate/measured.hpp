#pragma once
#include "fixtures/network/precision.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// @file
/// What was measured of a user's model, as plain data.
///
/// What was not measured is absent (std::optional) or missing from its list, never 0; a NaN stays a NaN.
/// Mini-batches are counted from 0, in the order of the inputs file. A relative difference of b from a is
/// ‖b − a‖₂ / ‖a‖₂ over one tensor: 0 where both are 0, infinite where only a is.
namespace relu0::gate {

/// A line of the model's source or of a policy, or a node of a model that has no source code.
struct SourcePlace {
  std::string file{};                  ///< as the framework names it; empty where it is not known
  std::optional<std::int64_t> line{};  ///< counted from 1
  std::string text{};  ///< the line itself, where it is known; the node where there are no lines

  bool operator==(const SourcePlace&) const = default;
};

/// A tensor whose gradient is measured.
struct TensorFacts {
  std::string name{};
  std::int64_t elements = 0;  ///< 0: no gradient reaches it
  /// The smallest relative difference, at fp64 where that is measured, between the gradients of two
  /// mini-batches that differ. Absent where there was one mini-batch only, or no two differed.
  std::optional<double> between_mini_batches{};
};

/// Two choices at one kind of kink, everything else alike.
struct ValuePair {
  std::string kink{};  ///< "relu"
  std::string a{};     ///< "0"; the name of a choice at ties ("first")
  std::string b{};

  bool operator==(const ValuePair&) const = default;
};

/// Two calls that differ only in what must not matter.
enum class LuckKind {
  repeat,    ///< the same call again
  calls,     ///< call 1 against call 4 of the same module, between which an executor may fuse
  threads,   ///< another number of threads
  permuted,  ///< the samples of the mini-batch in another order
  split,     ///< the mini-batch in two halves, their gradients added up
};

inline constexpr std::array all_luck_kinds{LuckKind::repeat, LuckKind::calls, LuckKind::threads,
                                           LuckKind::permuted, LuckKind::split};

/// "repeat", "calls", "threads", "permuted" or "split".
std::string_view name(LuckKind kind);
/// The inverse of name(). Throws InputError listing the names.
LuckKind parse_luck_kind(std::string_view text);

/// What reached one kink of one operation at one precision, over all mini-batches.
struct KinkCount {
  Precision precision = Precision::fp32;
  std::int64_t elements = 0;  ///< that went through the operation (for ties: windows)
  /// @name Inputs that lie exactly on the kink
  /// @{
  std::int64_t positive_zeros = 0;
  std::int64_t negative_zeros = 0;
  std::int64_t flushed = 0;  ///< subnormal numbers that the arithmetic takes for 0
  std::int64_t other = 0;    ///< on a kink that lies elsewhere than at 0, or ties
  /// @}
  /// Hits at which a choice could change the gradient: one other than 0 reaches them, and does not end right
  /// behind them (SiteCensus::hits_that_matter).
  std::int64_t reached = 0;
  std::int64_t nan_inputs = 0;
  /// The mini-batch of the first hit, and of the first NaN.
  std::optional<std::int64_t> first_hit{};
  std::optional<std::int64_t> first_nan{};

  [[nodiscard]] std::int64_t hits() const { return positive_zeros + negative_zeros + flushed + other; }
};

/// What happened when the operation's input was shifted onto its kink.
struct KinkProbe {
  ValuePair pair{};
  double change = 0;     ///< the largest relative difference between the pair's gradients over the tensors
  std::string tensor{};  ///< where it was found
  std::int64_t mini_batch = 0;
};

/// One kink of one operation in the graph.
struct KinkSite {
  std::string operation{};  ///< "aten::relu"
  std::string kink{};       ///< "relu"
  SourcePlace source{};
  std::string module{};  ///< "features.0"
  /// What the framework does at this kink by itself, as measured at start: "0", "0.5", "first". Absent where
  /// it could not be measured.
  std::optional<std::string> native_choice{};
  /// Whether the engine can set the choice here.
  bool controlled = false;
  std::string why_not_controlled{};
  /// Whether it is known where the kink lies, so that `counts` say how often it was met.
  bool located = true;
  /// Whether it ran, and only on tensors that carry no gradient, which no choice there can change.
  bool on_data = false;
  std::vector<KinkCount> counts{};  ///< one for each precision
  std::vector<KinkProbe> probes{};  ///< empty where the kink was not probed
  std::string why_not_probed{};     ///< where probing was asked for and impossible

  /// Whether an input lay on it that carries a gradient.
  [[nodiscard]] bool met() const;
};

/// The same choice twice: without this, a difference between two choices says nothing.
struct Control {
  std::int64_t mini_batches = 0;                  ///< that ran twice
  std::int64_t differing = 0;                     ///< of these, whose gradients were not the same bit for bit
  std::optional<std::int64_t> first_differing{};  ///< a mini-batch
};

/// A difference of gradients relative to what they add up (summed_difference.hpp), which is what rounding is
/// proportional to: the largest over the mini-batches in which the relative difference is more than rounding
/// reaches in a sum where nothing cancels.
struct SummedDifference {
  double difference = 0;  ///< ‖b − a‖₂ / ‖Σₖ |tₖ|‖₂, where a = Σₖ tₖ
  double times = 1;  ///< ‖Σₖ |tₖ|‖₂ / ‖a‖₂, at least 1; 1 also where the terms are not known
  std::int64_t mini_batch = 0;  ///< where it was found
};

/// The largest relative difference found in a tensor.
struct TensorChange {
  std::string tensor{};
  double change = 0;
  std::int64_t mini_batch = 0;  ///< where it was found
  /// Absent where no mini-batch's difference is more than rounding reaches.
  std::optional<SummedDifference> summed{};
};

/// An operation whose choice alone moves the gradient.
struct KinkOperation {
  std::string operation{};  ///< "aten::relu"
  std::string module{};     ///< "features.0"
  SourcePlace source{};
  double change = 0;  ///< the largest relative difference that it makes in any tensor
};

struct PairComparison {
  ValuePair pair{};
  std::int64_t mini_batches = 0;  ///< compared, by the forward pass alone where that proves it
  std::int64_t impacted = 0;      ///< of these, whose gradients differ in a number
  /// How many of them differ in nothing but the signs of zeros: −0 against +0, the same number.
  std::int64_t signs_of_zero = 0;
  std::optional<std::int64_t> first_impacted{};
  /// In the first impacted mini-batch: the operation that by itself moves the gradient most. Absent where
  /// none does, since it takes several together.
  std::optional<KinkOperation> most_moving{};
  std::vector<TensorChange> changes{};  ///< of every tensor; empty where no mini-batch was impacted
  std::optional<Control> control{};
};

/// A tensor's gradient held against its gradient at fp64 on the same branches: at fp64 each operation is
/// taken on that side of its kinks on which this precision was, so that the error is one of rounding, and not
/// of an input that lies within rounding of a kink. Each figure is the largest over the mini-batches.
struct TensorError {
  std::string tensor{};
  double relative_l2 = 0;
  double ulps = 0;  ///< of the precision's format, its smallest subnormal number as the floor
  std::int64_t mini_batch = 0;
  /// The relative error of the framework's own gradient, everything native, at this precision.
  std::optional<double> plain_relative_l2{};
  /// How far the gradient at fp64 moves when it takes this precision's branches instead of its own.
  double branch_change = 0;
  std::int64_t branch_mini_batch = 0;  ///< where that was found
  /// Absent where no mini-batch's error is more than rounding reaches.
  std::optional<SummedDifference> summed{};
};

/// Inputs of an operation (windows of a pool) that lay on another side of a kink than at fp64, over all
/// mini-batches.
struct BranchCount {
  std::string operation{};  ///< "aten::relu in features.1 (model.py:12:8)"
  std::int64_t elements = 0;
  std::int64_t differing = 0;
};

/// One tensor's gradient by itself.
struct TensorGradient {
  std::string tensor{};
  double smallest_norm = 0;  ///< ‖g‖₂ over the mini-batches
  double largest_norm = 0;
  std::int64_t nans = 0;  ///< elements, over all mini-batches
  std::int64_t infinite = 0;
  std::optional<std::int64_t> first_non_finite{};  ///< a mini-batch
};

struct Gradients {
  std::int64_t mini_batches = 0;
  std::vector<TensorGradient> tensors{};
  /// Mini-batches whose gradient is 0 in every element of every tensor.
  std::int64_t zero_mini_batches = 0;
  std::optional<std::int64_t> first_zero_mini_batch{};
};

struct Luck {
  LuckKind kind = LuckKind::repeat;
  std::string what{};  ///< "1 thread against 4"
  std::int64_t mini_batches = 0;
  bool same_bits = false;
  std::vector<TensorChange> changes{};  ///< of every tensor, on the same branches (as TensorError has it)
  std::int64_t other_branches = 0;      ///< inputs that lay on another side of a kink
  /// Why the other call gave no gradient, where the first one did. Nothing else is measured then.
  std::optional<std::string> failure{};
};

/// A gradient held against the reference, which knows its own error, on the samples of a mini-batch that the
/// reference ran. Each figure is the largest over the mini-batches.
struct ReferenceError {
  std::string tensor{};
  double relative_l2 = 0;
  double ulps = 0;   ///< of the precision's format, its smallest subnormal number as the floor
  double bound = 0;  ///< of the reference's own error, in relative_l2
  std::int64_t mini_batch = 0;
  /// Whether the gradient lies between the one-sided ones; absent where no kink was met that is one in the
  /// real numbers (reference_errors.hpp has the definition).
  std::optional<bool> on_segment{};
  /// How far it lies outside, as a relative difference: 0 between them.
  std::optional<double> off_segment{};
  /// Absent where no mini-batch's error is more than rounding reaches.
  std::optional<SummedDifference> summed{};
};

/// The exact zeros that LibTorch met at one operation with a kink at 0, by what they are in the real numbers.
struct ZeroOriginCount {
  std::string operation{};      ///< "aten::relu in features.1 (model.py:12:8)"
  std::int64_t structural = 0;  ///< 0: every product in their sums has a factor 0
  std::int64_t exact = 0;       ///< 0: the reference rounded nothing on the way to them
  std::int64_t rounding = 0;    ///< not 0: rounding made them so
  std::int64_t undecided = 0;   ///< not told from 0 by the reference's bits
};

/// Why the reference could not run the graph, or says nothing about a tensor.
struct ReferenceGap {
  std::string operation{};  ///< "" where no single one is the reason
  SourcePlace source{};
  std::string why{};

  bool operator==(const ReferenceGap&) const = default;
};

/// Everything measured at one precision. What is absent was not measured.
struct PrecisionResults {
  Precision precision = Precision::fp32;
  /// How far rounding may reach: operations one after the other in the forward and backward pass, and the
  /// lengths of the longest sum of each of these, added up. Absent where the graph could not be walked.
  std::optional<std::int64_t> operations{};
  std::optional<std::int64_t> summands{};
  std::vector<PairComparison> comparisons{};
  std::optional<Gradients> gradients{};
  std::vector<TensorError> errors{};    ///< against fp64; empty at fp64 itself
  std::vector<BranchCount> branches{};  ///< of the operations that were on another side than at fp64
  std::vector<Luck> luck{};
  std::vector<ReferenceError> reference{};
  std::vector<ZeroOriginCount> zero_origins{};  ///< on the samples that the reference ran
};

/// What was found of a model on all mini-batches.
struct ModelResults {
  std::vector<ValuePair> pairs;  ///< that were compared
  std::vector<LuckKind> luck;    ///< that was measured
  std::vector<TensorFacts> tensors;
  std::vector<KinkSite> kinks;
  std::vector<PrecisionResults> precisions;
  std::vector<ReferenceGap> reference_gaps;  ///< what kept the reference from some tensor or mini-batch
  std::vector<std::string> not_seen;         ///< a sentence each
  std::optional<std::string> aborted{};      ///< why it ended early; what was found until then stands above
};

/// Called after each pass over a mini-batch at one precision: how many of them are done, of how many. Returns
/// whether to go on.
using MeasureProgress = std::function<bool(std::int64_t done, std::int64_t of)>;

}  // namespace relu0::gate
