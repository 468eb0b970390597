#pragma once
#include "analysis/training/training.hpp"
#include "reports/codec/fields.hpp"

namespace relu0 {

/// @name The lists that stores and checkpoints keep these by
/// @{
void fields(Fields& f, KinkFlow& flow);
void fields(Fields& f, TrainingPlace& place);
void fields(Fields& f, EpochOutcome& epoch);
void fields(Fields& f, Score& score);
void fields(Fields& f, RateCandidate& candidate);
void fields(Fields& f, RateSearchOutcome& search);
void fields(Fields& f, TrainingOutcome& outcome);
void fields(Fields& f, EpochInProgress& epoch);
void fields(Fields& f, LossScale& scale);
void fields(Fields& f, IdentityField& field);
/// @}

}  // namespace relu0
