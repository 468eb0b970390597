#pragma once
#include "analysis/zeros/kink_census.hpp"
#include "fixtures/network/kinks.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relu0 {

/// Where an operator of a TorchScript model has no derivative. The first six are Kink's, by what the operator
/// computes and not by how it is spelled: relu(x), clamp_min(x, 0), clamp(x, min=0) and threshold(x, 0, 0)
/// are all max(x, 0).
enum class ScriptKink {
  relu,           ///< max(x, 0) at 0
  leaky_relu,     ///< leaky_relu, prelu, elu and selu at 0
  clamp_lower,    ///< the lower end of a clamp, hardtanh or relu6, and any other end that stands alone
  clamp_upper,    ///< their upper end
  absolute,       ///< |x| at 0
  max_pool_tie,   ///< a window of a max-pool that holds its maximum more than once
  pair_tie,       ///< maximum(x, y), minimum(x, y) and bounds that are tensors, where x = y
  reduction_tie,  ///< max, min, amax, amin where the extremum is held more than once
  other_point,    ///< the points of hardswish, hardsigmoid, hardshrink and softshrink
};

inline constexpr std::array all_script_kinks{
    ScriptKink::relu,        ScriptKink::leaky_relu,    ScriptKink::clamp_lower,
    ScriptKink::clamp_upper, ScriptKink::absolute,      ScriptKink::max_pool_tie,
    ScriptKink::pair_tie,    ScriptKink::reduction_tie, ScriptKink::other_point};

/// As name(Kink) has it, "pair-tie", "reduction-tie" or "other-point".
std::string_view name(ScriptKink kink);

/// The framework's own kernel and its own backward pass are left as they are.
struct NativeChoice {
  bool operator==(const NativeChoice&) const = default;
};

/// What stands for the derivative at one kink. At points and pair ties a DerivativeChoice: of a pair tie it
/// is the share of the first operand, and the second gets 1 − value. At ties of pools and reductions a
/// TieChoice.
using ScriptChoice = std::variant<NativeChoice, DerivativeChoice, TieChoice>;

/// "native", "0.5 (chain-rule)", "first" …
std::string describe(const ScriptChoice& choice);

/// An input of an operator that is moved onto its kink before the operator runs, as if what came before had
/// given that number: the element that lies nearest to it, or the next ones by `rank`. NaN and infinities are
/// not moved. Only kinks at a number can be moved onto, and only by elements that carry a gradient and are
/// not the model's own parameters or inputs; elsewhere nothing happens, and no hit is counted.
struct ScriptProbe {
  std::string site;       ///< KinkSite::id()
  std::int64_t rank = 0;  ///< 0: the nearest element

  bool operator==(const ScriptProbe&) const = default;
};

/// What is chosen in a whole pass. Whatever is not named stays native, so that one kink can vary while all
/// others are held.
struct ScriptChoices {
  std::map<ScriptKink, ScriptChoice> of_kind{};
  /// By KinkSite::id(); comes before of_kind.
  std::map<std::string, ScriptChoice> of_site{};
  std::optional<ScriptProbe> probe{};

  [[nodiscard]] ScriptChoice at(ScriptKink kink, const std::string& site) const;
};

/// Throws InputError for a choice that does not fit its kink (a DerivativeChoice where pools tie, and the
/// reverse) or is not finite, and names the kink.
void require_usable(const ScriptChoices& choices);

/// The same choice at every kink that both know; pair ties, reductions and other points stay native. What
/// KinkChoices leaves to PyTorch stays native.
ScriptChoices script_choices(const KinkChoices& kinks);

/// A place in a model at which an operator runs.
struct OperatorPlace {
  std::string op;      ///< "aten::relu_"
  std::string module;  ///< path of the submodule, "features.1"; "" for the model itself
  /// "model.py:12:8", or the place in the archive's code; of a model without source code its file; "loss" for
  /// what the toolkit computes.
  std::string source;
  std::string node{};  ///< in a model without source code, "Relu 'relu1' (node 3)"

  bool operator==(const OperatorPlace&) const = default;
};

/// "aten::relu_ in features.1 (model.py:12:8)", "aten::relu in relu1 (model.onnx, Relu 'relu1' (node 3))".
std::string describe(const OperatorPlace& place);

/// One kink of one run of an operator.
struct KinkSite {
  OperatorPlace place;
  ScriptKink kink = ScriptKink::relu;
  std::optional<double> point{};  ///< the input at which it lies, where that is a number
  int occurrence = 0;             ///< how often the same kink of the same place ran before in this pass

  /// The same for the same place in every pass over the model, unless its control flow depends on the data.
  [[nodiscard]] std::string id() const;
};

/// What one kink met in one pass.
struct SiteCensus {
  KinkSite site;
  ScriptChoice choice{};      ///< what was used
  std::int64_t elements = 0;  ///< that could have met it: inputs, windows or slices
  std::int64_t hits = 0;      ///< that did
  ZeroKinds
      zeros{};  ///< of a kink at 0: hits that are −0, and subnormal inputs, which flushing would make hits
  std::int64_t nan = 0;         ///< NaN among the inputs
  bool needs_gradient = false;  ///< the operator's inputs carried a gradient
  bool reaches_loss = false;    ///< its result is on the way to the loss
  /// Hits at which the gradient that reached the operator was not 0 (NaN counts); absent where none reached
  /// it.
  std::optional<std::int64_t> hits_with_gradient{};
  /// Those of them at which another choice can give another gradient. Fewer where a pool follows a ReLU:
  /// wherever the gradient of a window goes whose maximum is 0, it goes to an output of the ReLU that is 0,
  /// and where no input of the ReLU lies on its kink all these inputs are negative, so that the gradient ends
  /// there as an exact 0.
  std::int64_t hits_that_matter = 0;
  bool hits_that_may_matter = false;  ///< whether there can be any, as far as the forward pass tells
};

/// An operator that took part in a backward pass with whatever derivative the framework has.
struct UncontrolledOperator {
  OperatorPlace place;
  bool known_kink = false;  ///< has a kink that is not controlled; otherwise unknown to the toolkit
  std::int64_t runs = 0;
  std::int64_t elements = 0;  ///< that could have met the kink, of the runs of which that is known
  /// Those of them that did; of a continuous operator, where a gradient came to its result there, as far as
  /// the two can be held against each other. Absent where it is not known where the kinks lie.
  std::optional<std::int64_t> hits{};
  std::string why{};  ///< it is uncontrolled, where that is not the operator's nature
};

/// A place at which a model converts real numbers to a shorter type by itself.
struct ShortenedNumbers {
  OperatorPlace place;
  std::string type;  ///< "float32"

  bool operator==(const ShortenedNumbers&) const = default;
};

}  // namespace relu0
