#include "suites/run/checkpoints/training_fields.hpp"

namespace relu0 {

void fields(Fields& f, KinkFlow& flow) {
  f("met", flow.met);
  f("reached", flow.reached);
  f("arriving", flow.arriving);
  f("through", flow.through);
  if (f.reading()) {
    flow.assigned = static_cast<double>(flow.met);  // without loss scaling, where an older store lacks it
  }
  f.added_later("assigned", flow.assigned);
}

void fields(Fields& f, TrainingPlace& place) {
  f("epoch", place.epoch);
  f("step", place.step);
}

void fields(Fields& f, EpochOutcome& epoch) {
  f("steps", epoch.steps);
  f("learning_rate", epoch.learning_rate);
  f("train_loss", epoch.train_loss);
  f("train_accuracy", epoch.train_accuracy);
  f("test_loss", epoch.test_loss);
  f("test_accuracy", epoch.test_accuracy);
  f("gradient_norm", epoch.gradient_norm);
  f("skipped", epoch.skipped);
  f("steps_with_kinks", epoch.steps_with_kinks);
  f("kinks", epoch.kinks);
}

void fields(Fields& f, Score& score) {
  f("loss", score.loss);
  f("correct", score.correct);
  f("images", score.images);
}

void fields(Fields& f, RateCandidate& candidate) {
  f("rate", candidate.rate);
  f("scores", candidate.scores);
}

void fields(Fields& f, RateSearchOutcome& search) {
  f("rungs", search.rungs);
  f("candidates", search.candidates);
  f("chosen", search.chosen);
}

void fields(Fields& f, TrainingOutcome& outcome) {
  f("epochs", outcome.epochs);
  f("first_non_finite", outcome.first_non_finite);
  f("planned_epochs", outcome.planned_epochs);
  f("deterministic", outcome.deterministic);
  f("first_steps", outcome.first_steps);
  f.where_present("search", outcome.search);
}

void fields(Fields& f, LossScale& scale) {
  f("scale", scale.scale);
  f("good_steps", scale.good_steps);
  f("skipped", scale.skipped);
}

void fields(Fields& f, EpochInProgress& epoch) {
  f("steps", epoch.steps);
  f("images", epoch.images);
  f("correct", epoch.correct);
  f("loss", epoch.loss);
  f("gradient_norm", epoch.gradient_norm);
  f("skipped", epoch.skipped);
  f("steps_with_kinks", epoch.steps_with_kinks);
  f("kinks", epoch.kinks);
}

void fields(Fields& f, IdentityField& field) {
  f("name", field.name);
  f("value", field.value);
}

}  // namespace relu0
