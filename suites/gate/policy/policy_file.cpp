#include "fixtures/data/files/text_file.hpp"
#include "fixtures/error.hpp"
#include "suites/gate/nearest_name.hpp"
#include "suites/gate/policy/policy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

namespace relu0::gate {

namespace {

constexpr std::int64_t policy_version = 1;
constexpr double largest_count = 1e15;
constexpr std::string_view remedy_of_flag = "write \"off\", \"warn\" or \"fail\"";

/// Where the ']' stands that closes the '[' at `open`; the pattern's size where none does. A ']' that stands
/// first in the set is one of its letters.
std::size_t end_of_set(std::string_view pattern, std::size_t open) {
  std::size_t at = open + 1;
  at += at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^') ? 1 : 0;
  return std::min(pattern.find(']', at + 1), pattern.size());
}

/// Why a pattern, as fnmatch(3) reads it, fits nothing that its author meant; empty where it may.
std::string_view problem_of_pattern(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (++i == pattern.size()) {
        return "ends in a backslash, which stands before the letter that it takes literally; write two";
      }
    } else if (pattern[i] == '[') {
      i = end_of_set(pattern, i);
      if (i == pattern.size()) {
        return "opens a set of letters by '[' that no ']' closes; write \"[[]\" for the letter itself";
      }
    }
  }
  return "";
}

/// Reads one file's tables; every error names the place in it.
class PolicyReader {
 public:
  explicit PolicyReader(const std::string& file) : file_(file) {}

  [[nodiscard]] Policy policy(const toml::table& document) const {
    check_version(document);
    Policy result = default_policy();
    result.file = file_;
    for (const auto& [key, node] : document) {
      if (key == "version") {
        continue;
      }
      if (key == "limits") {
        read_limits(table_of(node, "[limits]"), result);
      } else if (key == "override") {
        read_overrides(node, result);
      } else {
        constexpr std::array<std::string_view, 3> names{"version", "limits", "override"};
        refuse(key.source(), "unknown key '{}'{} There are version, [limits] and [[override]]", key.str(),
               hint(key.str(), names));
      }
    }
    return result;
  }

  template <class... Arguments>
  [[noreturn]] void refuse(const toml::source_region& region, fmt::format_string<Arguments...> format,
                           Arguments&&... arguments) const {
    throw InputError(fmt::format("{}:{}:{}: {}", file_, region.begin.line, region.begin.column,
                                 fmt::format(format, std::forward<Arguments>(arguments)...)));
  }

 private:
  static std::string hint(std::string_view word, std::span<const std::string_view> names) {
    const std::string text = did_you_mean(word, names);
    return text.empty() ? "." : text;
  }

  void check_version(const toml::table& document) const {
    const toml::node* const version = document.get("version");
    if (version == nullptr) {
      throw InputError(fmt::format("{}:1:1: the policy names no version; begin it with \"version = {}\"",
                                   file_, policy_version));
    }
    const toml::value<std::int64_t>* const number = version->as_integer();
    if (number == nullptr || number->get() != policy_version) {
      refuse(version->source(),
             "this relu0 reads policies of version {}; write \"version = {}\", or use a "
             "relu0 that reads the other one",
             policy_version, policy_version);
    }
  }

  [[nodiscard]] const toml::table& table_of(const toml::node& node, std::string_view what) const {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      refuse(node.source(), "{} is no table; write {} in a line of its own and its keys below", what, what);
    }
    return *table;
  }

  [[nodiscard]] const LimitDescription* find_limit(std::string_view key) const {
    const auto& all = all_limits();
    const auto found =
        std::find_if(all.begin(), all.end(), [key](const auto& limit) { return limit.key == key; });
    return found == all.end() ? nullptr : &*found;
  }

  [[noreturn]] void refuse_unknown_limit(const toml::key& key, std::vector<std::string_view> names) const {
    std::transform(all_limits().begin(), all_limits().end(), std::back_inserter(names),
                   [](const auto& limit) { return limit.key; });
    refuse(key.source(), "unknown key '{}'{} There are {}", key.str(), hint(key.str(), names),
           fmt::join(names, ", "));
  }

  void read_limits(const toml::table& table, Policy& policy) const {
    for (const auto& [key, node] : table) {
      const LimitDescription* const limit = find_limit(key.str());
      if (limit == nullptr) {
        refuse_unknown_limit(key, {});
      }
      policy.limits[static_cast<std::size_t>(limit->limit)] = setting_of(*limit, key, node, {});
    }
  }

  void read_overrides(const toml::node& node, Policy& policy) const {
    const toml::array* const list = node.as_array();
    if (list == nullptr || !list->is_array_of_tables()) {
      refuse(node.source(), "'override' is no list of tables; write [[override]] before each");
    }
    std::map<std::tuple<std::vector<Precision>, std::optional<std::string>, std::optional<std::string>>,
             toml::source_position>
        known;
    for (const toml::node& item : *list) {
      const Override& other = policy.overrides.emplace_back(override_of(*item.as_table()));
      const auto [earlier, is_new] =
          known.try_emplace({other.precisions, other.tensor, other.operation}, item.source().begin);
      if (!is_new) {
        refuse(item.source(),
               "an override with the same selectors stands in line {}; put the limits of both "
               "into one",
               earlier->second.line);
      }
    }
  }

  [[nodiscard]] std::string pattern_of(const toml::node& node, std::string_view key) const {
    const toml::value<std::string>* const pattern = node.as_string();
    if (pattern == nullptr || pattern->get().empty()) {
      refuse(node.source(), "'{}' takes a pattern as of file names, such as \"*.bias\"", key);
    }
    if (const std::string_view problem = problem_of_pattern(pattern->get()); !problem.empty()) {
      refuse(node.source(), "the pattern of '{}' {}", key, problem);
    }
    return pattern->get();
  }

  [[nodiscard]] Precision precision_of(const toml::node& node) const {
    const toml::value<std::string>* const text = node.as_string();
    if (text == nullptr) {
      refuse(node.source(), "'precision' takes names: fp16, bf16, tf32, fp32, fp64");
    }
    try {
      return parse_precision(text->get());
    } catch (const InputError& error) {
      refuse(node.source(), "{}", error.what());
    }
  }

  [[nodiscard]] std::vector<Precision> precisions_of(const toml::node& node) const {
    std::vector<Precision> result;
    if (const toml::array* const list = node.as_array()) {
      for (const toml::node& item : *list) {
        result.push_back(precision_of(item));
      }
      if (result.empty()) {
        refuse(node.source(),
               "'precision' names none, so that the override fits nothing; leave it out for all");
      }
    } else {
      result.push_back(precision_of(node));
    }
    std::sort(result.begin(), result.end());
    if (const auto twice = std::adjacent_find(result.begin(), result.end()); twice != result.end()) {
      refuse(node.source(), "'precision' names {} twice; name it once", name(*twice));
    }
    return result;
  }

  [[nodiscard]] Override override_of(const toml::table& table) const {
    Override result;
    result.place = {.file = file_, .line = table.source().begin.line, .text = {}};
    for (const auto& [key, node] : table) {
      if (key == "tensor") {
        result.tensor = pattern_of(node, key.str());
      } else if (key == "operation") {
        result.operation = pattern_of(node, key.str());
      } else if (key == "precision") {
        result.precisions = precisions_of(node);
      } else if (find_limit(key.str()) == nullptr) {
        // Before what is missing: a misspelt selector is one that seems not to be there.
        refuse_unknown_limit(key, {"tensor", "operation", "precision"});
      }
    }
    if (!result.tensor && !result.operation && result.precisions.empty()) {
      refuse(table.source(),
             "the override selects nothing; give precision, tensor or operation, or write its "
             "limits under [limits]");
    }
    for (const auto& [key, node] : table) {
      if (key == "tensor" || key == "operation" || key == "precision") {
        continue;
      }
      const LimitDescription& limit = *find_limit(key.str());
      require_selectable(limit, key, result);
      result.limits.push_back(setting_of(limit, key, node, result.precisions));
    }
    if (result.limits.empty()) {
      refuse(table.source(), "the override sets no limit; add one or remove it");
    }
    return result;
  }

  void require_selectable(const LimitDescription& limit, const toml::key& key, const Override& other) const {
    const auto require = [&](bool given, bool allowed, std::string_view selector) {
      if (given && !allowed) {
        refuse(key.source(),
               "'{}' is not judged by {}, so that an override with '{}' never applies; leave the "
               "selector out",
               limit.key, selector, selector);
      }
    };
    require(other.tensor.has_value(), limit.selects == Selects::tensor, "tensor");
    require(other.operation.has_value(), limit.selects == Selects::operation, "operation");
    require(!other.precisions.empty(), limit.per_precision, "precision");
  }

  [[nodiscard]] LimitSetting setting_of(const LimitDescription& limit, const toml::key& key,
                                        const toml::node& node,
                                        const std::vector<Precision>& precisions) const {
    LimitSetting result;
    result.limit = limit.limit;
    result.place = {.file = file_, .line = key.source().begin.line, .text = {}};
    result.column = key.source().begin.column;
    if (limit.quantity == Quantity::flag) {
      result.tiers = flag_of(limit, node);
      return result;
    }
    if (const toml::table* const tiers = node.as_table()) {
      for (const auto& [tier, value] : *tiers) {
        if (tier == "warn") {
          result.tiers.warn = threshold_of(limit, value, precisions);
        } else if (tier == "fail") {
          result.tiers.fail = threshold_of(limit, value, precisions);
        } else {
          constexpr std::array<std::string_view, 2> names{"warn", "fail"};
          refuse(tier.source(), "'{}' has no tier '{}'{} There are warn and fail", limit.key, tier.str(),
                 hint(tier.str(), names));
        }
      }
      if (tiers->empty()) {
        refuse(node.source(), "'{}' has neither a warn nor a fail tier; write \"off\" if that is meant",
               limit.key);
      }
      require_order(limit, node, result.tiers);
      return result;
    }
    const toml::value<std::string>* const word = node.as_string();
    if (word == nullptr || word->get() != "off") {
      result.tiers.fail = threshold_of(limit, node, precisions);
    }
    return result;
  }

  [[nodiscard]] Tiers flag_of(const LimitDescription& limit, const toml::node& node) const {
    const toml::value<std::string>* const word = node.as_string();
    if (word == nullptr) {
      refuse(node.source(), "'{}' is {}, and must be a word; {}", limit.key, type_of(node), remedy_of_flag);
    }
    Tiers tiers;
    if (word->get() == "warn") {
      tiers.warn = Threshold{};
    } else if (word->get() == "fail") {
      tiers.fail = Threshold{};
    } else if (word->get() != "off") {
      constexpr std::array<std::string_view, 3> names{"off", "warn", "fail"};
      refuse(node.source(), "'{}' cannot be \"{}\"{} {}", limit.key, word->get(), hint(word->get(), names),
             remedy_of_flag);
    }
    return tiers;
  }

  static std::string type_of(const toml::node& node) {
    switch (node.type()) {
      case toml::node_type::table:
        return "a table";
      case toml::node_type::array:
        return "a list";
      case toml::node_type::string:
        return "a text";
      case toml::node_type::integer:
      case toml::node_type::floating_point:
        return "a number";
      case toml::node_type::boolean:
        return "true or false";
      case toml::node_type::date:
      case toml::node_type::time:
      case toml::node_type::date_time:
      case toml::node_type::none:
        break;
    }
    return "a date or time";
  }

  [[nodiscard]] Threshold threshold_of(const LimitDescription& limit, const toml::node& node,
                                       const std::vector<Precision>& precisions) const {
    const bool derivable = limit.defaults.fail && limit.defaults.fail->derived;
    if (const toml::value<std::string>* const word = node.as_string()) {
      if (derivable && word->get() == "derived") {
        return {.value = 0, .derived = true};
      }
      refuse(node.source(), "'{}' cannot be \"{}\"; write a number{} or \"off\"", limit.key, word->get(),
             derivable ? ", \"derived\"" : "");
    }
    if (!node.is_number()) {
      refuse(node.source(), "'{}' is {}, and must be a number; write one, or \"off\"", limit.key,
             type_of(node));
    }
    // Absent for a whole number of more digits than a double holds.
    const double value = node.value<double>().value_or(std::numeric_limits<double>::infinity());
    require_in_range(limit, node, value);
    require_not_vacuous(limit, node, value, precisions);
    return {.value = value, .derived = false};
  }

  void require_in_range(const LimitDescription& limit, const toml::node& node, double value) const {
    if (!std::isfinite(value) || value < 0) {
      refuse(node.source(), "'{}' cannot be {}; write a finite number that is not negative, or \"off\"",
             limit.key, value);
    }
    const bool counts = limit.quantity == Quantity::count || limit.quantity == Quantity::minimum;
    if (counts && (value != std::floor(value) || value > largest_count)) {
      refuse(node.source(), "'{}' counts {}, and {} is no whole number up to {:.0f}; write one", limit.key,
             limit.unit, value, largest_count);
    }
    if (limit.quantity == Quantity::share && value == 0) {
      refuse(node.source(),
             "'{}' cannot be 0: the interval of a share ends above 0 whatever the number of "
             "mini-batches; write the largest share that is acceptable",
             limit.key);
    }
    if (limit.quantity == Quantity::factor && value == 0) {
      refuse(node.source(), "'{}' cannot be 0: no error but none is 0 times another; write 1 or more",
             limit.key);
    }
  }

  void require_not_vacuous(const LimitDescription& limit, const toml::node& node, double value,
                           const std::vector<Precision>& precisions) const {
    switch (limit.quantity) {
      case Quantity::minimum:
        if (value < 1) {
          refuse(node.source(),
                 "'{}' = {} is vacuous: a gate that measured nothing reaches it; write 1 or "
                 "more",
                 limit.key, value);
        }
        return;
      case Quantity::share:
        if (value >= 1) {
          refuse(node.source(), "'{}' = {} is vacuous: every share passes it; write less than 1", limit.key,
                 value);
        }
        return;
      case Quantity::relative:
        if (value >= 1) {
          refuse(node.source(),
                 "'{}' = {} is vacuous: the zero gradient, whose relative error is 1, passes "
                 "it; the largest limit that it does not pass is {}",
                 limit.key, value, std::nextafter(1.0, 0.0));
        }
        return;
      case Quantity::ulps: {
        double largest = 0;
        for (const Precision precision : all_precisions) {
          if (precisions.empty() ||
              std::find(precisions.begin(), precisions.end(), precision) != precisions.end()) {
            largest = std::max(largest, largest_useful_ulps(precision));
          }
        }
        if (value > largest) {
          refuse(node.source(),
                 "'{}' = {} is vacuous: the zero gradient may pass it; the largest limit that "
                 "it does not pass is {}",
                 limit.key, value, largest);
        }
        return;
      }
      case Quantity::count:
      case Quantity::factor:
      case Quantity::flag:
        return;
    }
  }

  void require_order(const LimitDescription& limit, const toml::node& node, const Tiers& tiers) const {
    if (!tiers.warn || !tiers.fail || tiers.warn->derived || tiers.fail->derived) {
      return;
    }
    const double warn = tiers.warn->value;
    const double fail = tiers.fail->value;
    const bool is_minimum = limit.quantity == Quantity::minimum;
    if (is_minimum ? warn <= fail : warn >= fail) {
      refuse(node.source(),
             "the tiers of '{}' are inverted: warn = {} must lie {} fail = {}, or it is never "
             "reached; exchange them",
             limit.key, warn, is_minimum ? "above" : "below", fail);
    }
  }

  const std::string& file_;
};

/// Throws InputError for a policy under which no figure can make the gate red.
void require_teeth(const Policy& policy) {
  const auto can_fail = [](const LimitSetting& setting) {
    return setting.limit != Limit::mini_batches && setting.tiers.fail.has_value();
  };
  const bool of_an_override =
      std::any_of(policy.overrides.begin(), policy.overrides.end(), [&can_fail](const Override& one) {
        return std::any_of(one.limits.begin(), one.limits.end(), can_fail);
      });
  if (!of_an_override && std::none_of(policy.limits.begin(), policy.limits.end(), can_fail)) {
    throw InputError(
        fmt::format("{}:1:1: no limit of this policy can fail, so that the gate would be green whatever "
                    "is measured; leave out those that are set to \"off\" without need",
                    policy.file));
  }
}

}  // namespace

Policy parse_policy(std::string_view toml, const std::string& file) {
  const PolicyReader reader(file);
  std::optional<toml::table> document;
  try {
    document = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    reader.refuse(error.source(), "{}. Correct the TOML there", error.description());
  }
  Policy policy = reader.policy(*document);
  require_teeth(policy);
  return policy;
}

Policy read_policy(const std::string& file) {
  return parse_policy(
      read_text(file, "the policy",
                "name a file that exists and can be read, or leave --policy out for the defaults"),
      file);
}

}  // namespace relu0::gate
