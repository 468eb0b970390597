#pragma once
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reports/codec/fields.hpp"
#include "suites/measurements/base/group_data.hpp"
#include "suites/measurements/base/setting.hpp"
#include "suites/run/run_settings.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// What a measurement can be selected by: {"network", "VGG11"}. A measurement may have several values of one
/// field.
struct FieldValue {
  std::string field;
  std::string value;
};

/// How the threads of a run are used.
enum class Parallelism {
  across_draws,  ///< draws side by side, each on one thread
  within_draw,   ///< one draw after the other, each on all threads
};

/// Measures one draw on one thread: θ, and the seed that it was drawn from. What it returns goes into the
/// store.
using Measurer = std::function<nlohmann::json(const Weights&, std::uint64_t seed)>;

/// What is done to one drawn network in one setting. Each kind of measurement is a class of its own, in a
/// file of its own beside this one, derived from MeasurementOf<its outcome>; kinds.cpp lists them all.
class Measurement {
 public:
  Measurement() = default;
  explicit Measurement(Setting in) : setting(std::move(in)) {}
  virtual ~Measurement() = default;

  Setting setting;

  /// The kind's name, without spaces: "sweep".
  [[nodiscard]] virtual std::string_view kind() const = 0;

  /// The canonical text that identifies the measurement's draws in a store: a JSON object of all that they
  /// depend on besides the draw and the environment. Throws std::out_of_range where settings.data lacks the
  /// setting's data set.
  [[nodiscard]] std::string key(const RunSettings& settings) const;

  /// The kernel of linear layers and convolutions: the setting's, or else the run's.
  [[nodiscard]] KernelChoice kernel(const RunSettings& settings) const {
    return setting.kernel.value_or(settings.kernel);
  }

  /// The kernel's name, and the libraries' where their choice is not the usual one: "native:onednn=AVX2".
  /// of_run: the run's kernel.
  [[nodiscard]] std::string kernel_name(const KernelChoice& of_run = usual_kernel(Device::cpu)) const;

  /// The precisions that it computes in.
  [[nodiscard]] virtual std::vector<Precision> precisions() const { return {setting.precision}; }

  /// "mlp-3x256 on MNIST, fp32, batch 256: all mini-batches", for progress lines, lists and error messages;
  /// with the kernel where the setting chooses one.
  [[nodiscard]] std::string describe() const;

  /// What the measurement can be selected by: its network, precision, batch, data, kernel and kind, and the
  /// fields that its kind adds. Which fields there are does not depend on the setting. of_run: the run's
  /// kernel.
  [[nodiscard]] std::vector<FieldValue> field_values(
      const KernelChoice& of_run = usual_kernel(Device::cpu)) const;

  /// Relative cost of measuring one draw, roughly in multiply-adds of LibTorch at 32 bits. network: the
  /// setting's.
  [[nodiscard]] double cost(const Network& network, const RunSettings& settings) const;

  /// How many networks are to be drawn: the kind's number at the run's scale, unless the run sets it.
  [[nodiscard]] std::int64_t draws(const RunSettings& settings) const;

  /// How many networks a run may draw whose results decide when to stop (`relu0 run --budget`): as many as
  /// the run sets, or else the paper's number. For only_at_planned_number() it is draws().
  [[nodiscard]] std::int64_t most_draws(const RunSettings& settings) const;

  /// Whether what is concluded from the draws holds for a number of them that was fixed beforehand only.
  [[nodiscard]] virtual bool only_at_planned_number() const { return false; }

  [[nodiscard]] virtual Parallelism parallelism() const { return Parallelism::across_draws; }

  /// Whether a run of everything leaves it out unless it is asked for, because it takes too long.
  [[nodiscard]] virtual bool only_on_request() const { return false; }
  /// Why it cannot be made with these settings, whose data sets are opened, and what to do; empty where it
  /// can.
  [[nodiscard]] virtual std::string impossible(const RunSettings& /*settings*/) const { return ""; }
  /// Whether it takes the data set's test images too.
  [[nodiscard]] virtual bool evaluates() const { return false; }

  /// Whether what is measured depends on the two values of ReLU'(0) that a run compares (RunSettings::s_a,
  /// s_b), which key() tells; otherwise it has values of its own or none.
  [[nodiscard]] bool depends_on_s() const;

  /// Whether the two can share one GroupData: they are of the same kind, on the same data set, at the same
  /// precision, with the same choice of a kernel and of libraries.
  [[nodiscard]] bool shares_data_with(const Measurement& other) const;

  /// What measures the draws. network: the setting's; threads: that each draw may use. All arguments but
  /// `settings` and this object outlive the result.
  [[nodiscard]] virtual Measurer prepare(const Network& network, const GroupData& data,
                                         const RunSettings& settings, int threads) const = 0;

 protected:
  Measurement(const Measurement&) = default;
  Measurement& operator=(const Measurement&) = default;
  Measurement(Measurement&&) = default;
  Measurement& operator=(Measurement&&) = default;

 private:
  /// @name What a kind adds to the setting
  /// @{
  /// Adds to the identity, which holds network, precision, batch size, data, seed, device, any kernel but
  /// the native one and any libraries but the usual ones, what else the kind's outcome depends on. A store
  /// keeps draws under this text: it must not change.
  virtual void identify(const RunSettings& settings, nlohmann::json& identity) const = 0;
  /// What is done, for describe(): "all mini-batches".
  [[nodiscard]] virtual std::string work() const = 0;
  [[nodiscard]] virtual std::vector<FieldValue> own_field_values() const { return {}; }
  /// How many forward passes over one image a draw is worth.
  [[nodiscard]] virtual double passes(const Network& network, const RunSettings& settings) const = 0;
  /// How many networks the scale draws; 0 where it leaves the measurement out.
  [[nodiscard]] virtual std::int64_t usual_draws(RunScale scale) const = 0;
  /// @}
};

using MeasurementPtr = std::shared_ptr<const Measurement>;
using Measurements = std::vector<MeasurementPtr>;

/// The same measurements, of one kind.
template <typename Kind>
Measurements as_measurements(const std::vector<Kind>& of_kind) {
  Measurements result;
  for (const Kind& measurement : of_kind) {
    result.push_back(std::make_shared<Kind>(measurement));
  }
  return result;
}

/// Throws the StoreError of values that a store keeps and that are no outcome of a kind.
[[noreturn]] void refuse_stored(std::string_view kind, const std::exception& why);

/// Throws the StoreError of a draw that contradicts the measurement that it is stored under, by what it says;
/// nothing where that is empty.
void refuse_contradiction(const std::string& what);

/// The base of a kind of measurement, which passes itself and the type of what it finds:
///
///     struct Sweep final : MeasurementOf<Sweep, SweepOutcome> {
///       static constexpr std::string_view kind_name = "sweep";
///
/// A store keeps the outcome by its list of fields (reports/codec/fields.hpp), which stands beside the kind:
///
///     void fields(Fields& f, SweepOutcome& outcome);
template <typename Kind, typename OutcomeType>
class MeasurementOf : public Measurement {
 public:
  using Outcome = OutcomeType;
  using Measurement::Measurement;

  [[nodiscard]] std::string_view kind() const final { return Kind::kind_name; }

  /// The outcome as a store keeps it.
  [[nodiscard]] static nlohmann::json encode(const Outcome& outcome) { return relu0::encode(outcome); }

  /// The inverse of encode(). Throws StoreError when the values are not such an outcome.
  [[nodiscard]] static Outcome decode(const nlohmann::json& stored) {
    try {
      return relu0::decode<Outcome>(stored);
    } catch (const std::exception& error) {
      refuse_stored(Kind::kind_name, error);
    }
  }

  /// What an outcome from a store says otherwise than this measurement, under whose key it is kept; empty
  /// where it says nothing else. A store keeps an outcome without what its key says, so that little can be
  /// told.
  [[nodiscard]] virtual std::string contradiction(const Outcome& /*outcome*/,
                                                  const RunSettings& /*settings*/) const {
    return "";
  }

  [[nodiscard]] Measurer prepare(const Network& network, const GroupData& data, const RunSettings& settings,
                                 int threads) const final {
    return [measure = measurer(network, data, settings, threads)](
               const Weights& weights, std::uint64_t seed) { return encode(measure(weights, seed)); };
  }

 protected:
  /// Measures one draw.
  using OutcomeMeasurer = std::function<Outcome(const Weights&, std::uint64_t seed)>;

 private:
  /// As prepare().
  [[nodiscard]] virtual OutcomeMeasurer measurer(const Network& network, const GroupData& data,
                                                 const RunSettings& settings, int threads) const = 0;
};

}  // namespace relu0
