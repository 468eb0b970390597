#pragma once
#include "reports/codec/fields.hpp"
#include "reports/model/gate/judgement.hpp"
#include "reports/model/gate/measurements.hpp"

namespace relu0::gate {

/// @name Fields of what a gate measured and concluded (fields.hpp)
/// In the order in which gate.json shows them: what matters first.
/// @{
void fields(Fields& f, SourcePlace& place);
void fields(Fields& f, ModelFacts& model);
void fields(Fields& f, InputFacts& inputs);
void fields(Fields& f, TensorFacts& tensor);
void fields(Fields& f, ValuePair& pair);
void fields(Fields& f, Plan& plan);
void fields(Fields& f, KinkCount& count);
void fields(Fields& f, KinkProbe& probe);
void fields(Fields& f, KinkSite& site);
void fields(Fields& f, Control& control);
void fields(Fields& f, SummedDifference& summed);
void fields(Fields& f, TensorChange& change);
void fields(Fields& f, KinkOperation& operation);
void fields(Fields& f, PairComparison& comparison);
void fields(Fields& f, TensorError& error);
void fields(Fields& f, TensorGradient& gradient);
void fields(Fields& f, Gradients& gradients);
void fields(Fields& f, Luck& luck);
void fields(Fields& f, ReferenceError& error);
void fields(Fields& f, ZeroOriginCount& count);
void fields(Fields& f, PrecisionResults& results);
void fields(Fields& f, ReferenceGap& gap);
void fields(Fields& f, Measurements& measurements);
void fields(Fields& f, Check& check);
void fields(Fields& f, Judgement& judgement);
/// @}

}  // namespace relu0::gate

namespace relu0 {

/// Measurements as the text of a JSON file, which read_measurements() reads back: numbers bit for bit (NaNs
/// are all alike), names except that invalid UTF-8 becomes U+FFFD.
std::string measurements_text(const gate::Measurements& measurements);

/// The inverse of measurements_text(). Throws InputError, which names `file` and the place, for anything
/// else.
gate::Measurements read_measurements(std::string_view text, const std::string& file);

}  // namespace relu0
