#include "suites/claims/paper_claims.hpp"

#include "suites/texts/text_files.hpp"
#include "suites/texts/texts.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace relu0 {

namespace {

[[noreturn]] void fail(const toml::node& at, std::string_view problem) {
  throw std::logic_error(fmt::format("paper_claims.toml:{}: {}", at.source().begin.line, problem));
}

constexpr std::array<std::pair<std::string_view, std::string Claim::*>, 7> texts_of_claim{
    {{"id", &Claim::id},
     {"name", &Claim::name},
     {"sentence", &Claim::sentence},
     {"published", &Claim::published},
     {"protocol", &Claim::protocol},
     {"experiment", &Claim::experiment},
     {"absence", &Claim::absence}}};

constexpr std::array<std::pair<std::string_view, std::optional<std::int64_t> ProtocolExtent::*>, 4>
    numbers_of_extent{{{"images", &ProtocolExtent::images},
                       {"minibatches", &ProtocolExtent::minibatches},
                       {"iterations", &ProtocolExtent::iterations},
                       {"epochs", &ProtocolExtent::epochs}}};

/// The member that a key names. Throws std::logic_error where none does.
template <typename Members>
auto member_of(const Members& members, std::string_view key, const toml::node& at) {
  const auto* const found =
      std::find_if(members.begin(), members.end(), [key](const auto& member) { return member.first == key; });
  if (found == members.end()) {
    fail(at, fmt::format("'{}' is no key of it", key));
  }
  return found->second;
}

ProtocolExtent extent_of(const toml::node& node) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    fail(node, "'extent' is not a table of numbers");
  }
  ProtocolExtent extent;
  for (const auto& [key, number] : *table) {
    const std::optional<std::int64_t> value = number.value_exact<std::int64_t>();
    if (!value || *value < 1) {
      fail(number, fmt::format("'{}' is not a positive whole number", key.str()));
    }
    extent.*member_of(numbers_of_extent, key.str(), number) = value;
  }
  return extent;
}

PaperClaim claim_of(const toml::node& node) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    fail(node, "'claim' is not a table");
  }
  PaperClaim result;
  for (const auto& [key, value] : *table) {
    if (key.str() == "extent") {
      result.extent = extent_of(value);
      continue;
    }
    const std::optional<std::string> text = value.value_exact<std::string>();
    if (!text) {
      fail(value, fmt::format("'{}' is not a text", key.str()));
    }
    result.claim.*member_of(texts_of_claim, key.str(), value) = folded_text(*text);
  }
  for (const auto& [key, member] : texts_of_claim) {
    if ((result.claim.*member).empty() && key != "experiment" && key != "absence") {
      fail(node, fmt::format("the claim has no '{}'", key));
    }
  }
  if (result.claim.experiment.empty() == result.claim.absence.empty()) {
    fail(node, "a claim has either an experiment, or a reason for the absence of one");
  }
  return result;
}

}  // namespace

std::vector<PaperClaim> parse_paper_claims(std::string_view toml) {
  toml::table document;
  try {
    document = toml::parse(toml);
  } catch (const toml::parse_error& error) {
    throw std::logic_error(
        fmt::format("paper_claims.toml:{}: {}", error.source().begin.line, error.description()));
  }
  std::vector<PaperClaim> claims;
  for (const auto& [key, node] : document) {
    const toml::array* const list = node.as_array();
    if (key.str() != "claim" || list == nullptr) {
      fail(node, fmt::format("'{}' is not a list of claims", key.str()));
    }
    for (const toml::node& entry : *list) {
      PaperClaim claim = claim_of(entry);
      if (std::any_of(claims.begin(), claims.end(),
                      [&](const PaperClaim& before) { return before.claim.id == claim.claim.id; })) {
        fail(entry, fmt::format("there are two claims '{}'", claim.claim.id));
      }
      claims.push_back(std::move(claim));
    }
  }
  return claims;
}

const std::vector<PaperClaim>& paper_claims() {
  static const std::vector<PaperClaim> all = parse_paper_claims(paper_claims_file());
  return all;
}

const PaperClaim& find_paper_claim(std::string_view id) {
  const std::vector<PaperClaim>& all = paper_claims();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const PaperClaim& of) { return of.claim.id == id; });
  if (found == all.end()) {
    throw std::logic_error(fmt::format("the paper has no claim '{}'", id));
  }
  return *found;
}

}  // namespace relu0
