#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/branches.hpp"
#include "analysis/torchscript/kinks/located_kinks.hpp"
#include "analysis/torchscript/kinks/script_kinks.hpp"
#include "fixtures/network/precision.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include <ATen/core/Tensor.h>

namespace torch::autograd {
struct Node;
}

namespace relu0 {

/// A site of the running pass, and what is needed to follow its gradient.
struct SiteRecord {
  SiteCensus census;
  /// Where it is hit: bool, of the shape of the operator's first result. Undefined where there is no hit or
  /// no gradient.
  at::Tensor mask{};
  /// Where a hit can have an effect (SiteCensus::hits_that_matter): as `mask`, or undefined where none can.
  at::Tensor effective{};
  /// The node of LibTorch's graph that stands for the operator's backward pass; null where it carries no
  /// gradient.
  std::shared_ptr<torch::autograd::Node> node{};
  bool met_in_backward = false;

  /// Takes down the gradient that reached the operator's first result; undefined: none did.
  void meet(const at::Tensor& gradient);
};

/// Hits of one run of an operator without choices at which the backward pass found a gradient.
struct ReachedHits {
  at::Tensor mask{};
  std::int64_t hits = 0;
};

/// What the runs of an operator without choices met.
struct UncontrolledRecord {
  UncontrolledOperator seen;  ///< without the hits that only the backward pass decides
  std::vector<std::shared_ptr<ReachedHits>> reached{};
};

/// What one pass takes down about the operators that run in it. One thread fills it.
class KinkRecorder {
 public:
  /// keeps_branches: whether add(BranchOfCall) is to be called.
  KinkRecorder(std::optional<ScriptProbe> probe, Precision precision, bool keeps_branches = false)
      : probe_(std::move(probe)), precision_(precision), keeps_branches_(keeps_branches) {}
  /// Lets go of LibTorch's nodes, whose hooks hold the sites that hold them.
  ~KinkRecorder();
  KinkRecorder(const KinkRecorder&) = delete;
  KinkRecorder& operator=(const KinkRecorder&) = delete;
  KinkRecorder(KinkRecorder&&) = delete;
  KinkRecorder& operator=(KinkRecorder&&) = delete;

  [[nodiscard]] Precision precision() const { return precision_; }
  /// A new site at the place that the interpreter is at. `occurrence` is set.
  std::shared_ptr<SiteRecord> add(KinkSite site);
  /// The rank of the element that is to be moved onto the site's kink; absent where none is.
  [[nodiscard]] std::optional<std::int64_t> probed_rank(const KinkSite& site) const;
  [[nodiscard]] bool keeps_branches() const { return keeps_branches_; }
  /// The branch of an operator whose first kink has that KinkSite::id().
  void add(std::shared_ptr<BranchOfCall> branch, std::string id);
  /// A run of an operator whose kinks the toolkit has no choice for, at the place that the interpreter is at.
  /// `met`: absent where it is not known where its kinks lie. `result`: the operator's first, if it is a
  /// tensor.
  void add_uncontrolled(const std::string& op, bool known_kink, const std::optional<LocatedHits>& met,
                        const at::Tensor& result);
  /// Indices that an operator gave along with values, where ties decide them: whoever uses them uses a choice
  /// that the toolkit does not make.
  void watch_indices(const at::Tensor& indices, std::shared_ptr<const SiteRecord> tied);
  /// The places in the watch of the indices among an operator's arguments.
  [[nodiscard]] std::vector<std::size_t> watched_among(std::span<const c10::IValue> arguments) const;
  /// Takes down that an operator used watched indices. Where it gave a view of them, it used nothing yet, and
  /// the view is watched too: LibTorch's pools give their indices without a dimension, and drop them.
  void use_indices(const std::vector<std::size_t>& places, std::span<const c10::IValue> results);
  void add_step(const std::string& op);
  /// The type that real numbers are converted to, which has fewer bits.
  void add_shortened(const std::string& op, at::ScalarType type);

  [[nodiscard]] const std::vector<std::shared_ptr<SiteRecord>>& sites() const { return sites_; }
  [[nodiscard]] std::vector<UncontrolledOperator> uncontrolled() const;
  /// Each place once, in the order in which they first ran.
  [[nodiscard]] const std::vector<OperatorPlace>& steps() const { return steps_; }
  /// The same.
  [[nodiscard]] const std::vector<ShortenedNumbers>& shortened() const { return shortened_; }

  /// The site whose operator gave a tensor with this node; nullptr where none did.
  [[nodiscard]] const SiteRecord* site_of(const torch::autograd::Node* node) const;

  /// Sets reaches_loss of every site. Throws std::logic_error where LibTorch's graph holds a backward pass of
  /// a kink that no site stands for: an executor went around the choices.
  void follow(const at::Tensor& loss);
  /// The branches of the pass. Absent tensors where none were kept.
  [[nodiscard]] Branches branches() const;
  /// Where they differ from another pass's, operator by operator. An operator that ran in one of the two only
  /// is left out.
  [[nodiscard]] std::vector<BranchDifference> differences(const Branches& others) const;
  /// Sets the choices of the backward pass that comes and, where there are, the branches that it takes, and
  /// forgets what the one before met. Throws std::logic_error for a choice that does not fit its kink.
  void begin_backward(const ScriptChoices& choices, const Branches* branches);
  /// Throws std::logic_error where a site that reaches the loss was not met in the backward pass. Call after
  /// it.
  void require_all_met() const;

 private:
  std::optional<ScriptProbe> probe_;
  Precision precision_;
  bool keeps_branches_;
  std::vector<std::shared_ptr<SiteRecord>> sites_;
  std::vector<std::pair<std::string, std::shared_ptr<BranchOfCall>>> branches_;
  std::unordered_map<std::string, int> occurrences_;
  std::map<std::string, UncontrolledRecord> uncontrolled_;
  std::vector<std::shared_ptr<torch::autograd::Node>> uncontrolled_nodes_;
  std::vector<std::pair<at::Tensor, std::shared_ptr<const SiteRecord>>> watched_;
  std::vector<OperatorPlace> steps_;
  std::vector<ShortenedNumbers> shortened_;
};

}  // namespace relu0
