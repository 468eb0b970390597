#pragma once
#include "reports/codec/fields.hpp"
#include "reports/recorded/recorded_results.hpp"

namespace relu0 {

/// @name Fields of a recorded file's content (reports/codec/fields.hpp)
/// @{
void fields(Fields& f, RecordedFinding& finding);
void fields(Fields& f, RecordedResults& results);
/// @}

}  // namespace relu0
