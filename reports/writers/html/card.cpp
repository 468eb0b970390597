#include "reports/writers/html/card.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace relu0 {
namespace {

/// The cards, and which one takes what.
class CardBox {
 public:
  CardBox(const Results& results, const PageIndex& index, Anchors& anchors) : anchors_(&anchors) {
    for (std::size_t i = 0; i < results.claims.size(); ++i) {
      of_claim_[results.claims[i].id] = cards_.size();
      cards_.push_back({.anchor = index.claim(i), .title = results.claims[i].name, .claim = i});
    }
    for (std::size_t i = 0; i < results.experiments.size(); ++i) {
      add_experiment(results, i, index);
    }
    for (std::size_t i = 0; i < results.claims.size(); ++i) {
      const auto shown = of_experiment_.find(results.claims[i].experiment);
      if (shown != of_experiment_.end() && shown->second != i) {
        cards_[i].shown_in = shown->second;
      }
    }
  }

  Card& of(const Finding& finding) {
    const auto known = of_claim_.find(finding.paper_claim);
    return known == of_claim_.end() ? of_experiment(finding.experiment) : cards_[known->second];
  }

  /// The card of an experiment; one is made for what belongs to none of the results' experiments.
  Card& of_experiment(const std::string& id) {
    const auto [known, is_new] = of_experiment_.try_emplace(id, cards_.size());
    if (is_new) {
      cards_.push_back({.anchor = anchors_->make("experiment", id),
                        .title = id.empty() ? "Further results" : "Further results: " + id});
    }
    return cards_[known->second];
  }

  [[nodiscard]] std::vector<Card> take() { return std::move(cards_); }

 private:
  /// Shows an experiment in the card of the first claim that it serves, or in one of its own.
  void add_experiment(const Results& results, std::size_t place, const PageIndex& index) {
    const ExperimentSection& section = results.experiments[place];
    const auto served = std::find_if(
        results.claims.begin(), results.claims.end(),
        [&section](const Claim& claim) { return !section.id.empty() && claim.experiment == section.id; });
    if (served != results.claims.end()) {
      const auto card = static_cast<std::size_t>(served - results.claims.begin());
      cards_[card].experiment = place;
      of_experiment_[section.id] = card;
      return;
    }
    of_experiment_[section.id] = cards_.size();
    cards_.push_back({.anchor = index.experiment(place), .title = section.title, .experiment = place});
  }

  Anchors* anchors_;
  std::vector<Card> cards_;
  std::map<std::string, std::size_t> of_claim_;
  std::map<std::string, std::size_t> of_experiment_;
};

}  // namespace

std::vector<Card> cards(const Results& results, const PageIndex& index, Anchors& anchors) {
  CardBox box(results, index, anchors);
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    box.of(results.findings[i]).findings.push_back(i);
  }
  for (std::size_t i = 0; i < results.figures.size(); ++i) {
    if (&results.figures[i] != headline_figure(results)) {
      box.of_experiment(results.figures[i].experiment).figures.push_back(i);
    }
  }
  for (std::size_t i = 0; i < results.heat_maps.size(); ++i) {
    box.of_experiment(results.heat_maps[i].experiment).heat_maps.push_back(i);
  }
  for (std::size_t i = 0; i < results.tables.size(); ++i) {
    box.of_experiment(results.tables[i].experiment).tables.push_back(i);
  }
  return box.take();
}

}  // namespace relu0
