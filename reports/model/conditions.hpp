#pragma once
#include <map>
#include <string>
#include <vector>

namespace relu0 {

/// What the draws of a finding's measurements depend on besides the environment and the seeds of their
/// networks, by the fields of the measurements' keys: {"images", "2048"}, {"batch_size", "16, 64, 256"} where
/// it rests on several. Findings of other conditions are not held against each other; other seeds are other
/// networks of the same kind, which is what a test of two counts is about. Empty: not recorded.
using Conditions = std::map<std::string, std::string>;

/// Those of measurements with these keys (StoredDraw::key). A field that only some of the keys name is the
/// usual one in the others.
Conditions conditions_of(const std::vector<std::string>& keys);

/// The condition's value: "usual" where the keys do not name the field, of kernels "native".
std::string value_or_usual(const Conditions& conditions, const std::string& field);

/// A condition that two sides do not share.
struct OtherCondition {
  std::string field;
  std::string a;  ///< value_or_usual()
  std::string b;
};

/// Sorted by field. Where one side records nothing, all that the other records.
std::vector<OtherCondition> other_conditions(const Conditions& a, const Conditions& b);

/// Whether both sides record their conditions, and these are the same.
bool are_same(const Conditions& a, const Conditions& b);

}  // namespace relu0
