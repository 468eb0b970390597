#include "suites/tests/reports/gate/sample_judgement.hpp"

#include <cmath>
#include <iterator>
#include <limits>

namespace relu0::gate::test {

namespace {

constexpr char odd_bytes[] = "w\x01\x1B[31m\x7F \xFF\xC3 \xEF\xBF\xBE <b>&\"'|`*_]]>\r\n${x}";

}  // namespace

// With the 0 that ends it.
const std::string odd_name(std::begin(odd_bytes), std::end(odd_bytes));

Judgement sample_judgement() {
  Judgement judgement;
  judgement.outcome = Outcome::red;
  judgement.exit_code = 1;
  judgement.headline = "red: 2 failed: the gradient of '" + odd_name + "' moves";
  Check fail;
  fail.rule = "kink-change";
  fail.verdict = CheckVerdict::fail;
  fail.message = "the gradient of '" + odd_name + "' moves by 0.25";
  fail.precision = Precision::fp32;
  fail.operation = "aten::relu" + odd_name;
  fail.module = "features.0";
  fail.tensor = odd_name;
  fail.kink = "relu";
  fail.values = "0 against 1";
  fail.source = {.file = "net.py", .line = 12, .text = "x = F.relu(x)" + odd_name};
  fail.policy = {.file = "relu0.toml", .line = 3, .text = ""};
  fail.limit = "value_change";
  fail.unit = "relative L2";
  fail.seen = std::nextafter(0.25, 1.0);
  fail.allowed = 0.25;
  fail.mini_batch = 7;
  fail.replay = "relu0 gate model.pt --precision fp32 --mini-batch 7";
  Check twin = fail;
  twin.seen = std::numeric_limits<double>::infinity();
  Check open;
  open.rule = "nothing-seen";
  open.verdict = CheckVerdict::inconclusive;
  open.message = "no kink was met";
  Check warning;
  warning.rule = "unused-override";
  warning.verdict = CheckVerdict::warn;
  warning.message = "fits nothing";
  warning.policy = {.file = "relu0.toml", .line = 9, .text = ""};
  warning.seen = std::nan("");
  Check pass;
  pass.rule = "too-few-mini-batches";
  pass.verdict = CheckVerdict::pass;
  pass.message = "40 mini-batches";
  pass.is_minimum = true;
  pass.seen = 40;
  pass.allowed = 17;
  judgement.checks = {fail, twin, open, warning, pass};
  judgement.rules = {{"kink-change", "How far a gradient moves."},
                     {"nothing-seen", "No kink."},
                     {"too-few-mini-batches", "How many."}};
  judgement.notes = {"Dropout was on in " + odd_name};
  judgement.command = "relu0 gate model.pt";
  judgement.policy_file = "relu0.toml";
  judgement.policy = "version = 1\n";
  judgement.model = {
      .file = "models/mo del.pt", .sha256 = "ab", .importer = "TorchScript" + odd_name, .parameters = 5};
  judgement.inputs = {.file = odd_name, .sha256 = "cd", .mini_batches = 40, .batch_size = 8};
  judgement.loss = "mse";
  judgement.with_respect_to = "parameters";
  judgement.environment = {{"processor", odd_name}};
  KinkSite site;
  site.operation = fail.operation;
  site.kink = "relu";
  site.source = fail.source;
  site.counts.emplace_back();
  judgement.kinks = {site};
  return judgement;
}

Judgement large_judgement(std::size_t checks, CheckVerdict verdict, std::size_t length) {
  Judgement judgement = sample_judgement();
  for (std::size_t i = 0; i < checks; ++i) {
    Check check = judgement.checks.front();
    check.verdict = verdict;
    check.tensor = std::to_string(i) + std::string(length, '|');
    check.message = "the gradient of " + check.tensor + " moves";
    check.replay = check.tensor;
    judgement.checks.push_back(check);
  }
  return judgement;
}

}  // namespace relu0::gate::test
