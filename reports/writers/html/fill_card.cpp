#include "reports/writers/html/fill_card.hpp"

#include "reports/model/text.hpp"
#include "reports/writers/html/figure.hpp"
#include "reports/writers/html/heat_map.hpp"
#include "reports/writers/html/table.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <ctemplate/template.h>

namespace relu0 {
namespace {

using ctemplate::TemplateDictionary;

/// Sets COUNT, and shows ONE or SEVERAL.
void set_count(TemplateDictionary& dictionary, std::size_t count) {
  set(dictionary, "COUNT", std::to_string(count));
  dictionary.ShowSection(count == 1 ? "ONE" : "SEVERAL");
}

/// Fills the cards of one page.
class CardFiller {
 public:
  CardFiller(const Results& results, const std::vector<Card>& cards, const PageIndex& index, Anchors& anchors)
      : results_(results), cards_(cards), index_(index), anchors_(anchors) {
    recorded_ = std::any_of(results.findings.begin(), results.findings.end(),
                            [](const Finding& finding) { return !finding.recorded.empty(); });
  }

  void fill(TemplateDictionary& dictionary, const Card& card) {
    set(dictionary, "ANCHOR", card.anchor);
    set(dictionary, "TITLE", card.title);
    if (card.claim) {
      fill_claim(dictionary, card);
    }
    if (card.shown_in) {
      TemplateDictionary& elsewhere = *dictionary.AddSectionDictionary("ELSEWHERE");
      set(elsewhere, "TARGET", cards_[*card.shown_in].anchor);
      set(elsewhere, "TITLE", cards_[*card.shown_in].title);
    }
    const Figure* at_the_head = headline_figure(results_);
    if (at_the_head != nullptr && card.experiment &&
        results_.experiments[*card.experiment].id == at_the_head->experiment) {
      set_section(dictionary, "AT_THE_HEAD", "TARGET", index_.headline_figure());
    }
    fill_findings(dictionary, card);
    fill_drawings(dictionary, card);
    fill_tables(dictionary, card);
    fill_method(dictionary, card);
  }

 private:
  [[nodiscard]] std::vector<std::size_t> headlines(const Card& card) const {
    std::vector<std::size_t> places;
    std::copy_if(card.findings.begin(), card.findings.end(), std::back_inserter(places),
                 [this](std::size_t place) { return results_.findings[place].headline; });
    return places;
  }

  /// The published figure stands with each headline finding; without one it stands with the claim.
  void fill_claim(TemplateDictionary& dictionary, const Card& card) {
    const Claim& claim = results_.claims[*card.claim];
    set_verdict(*dictionary.AddSectionDictionary("VERDICT_SECTION"), verdict_of(claim, results_.findings));
    TemplateDictionary& paper = *dictionary.AddSectionDictionary("PAPER_SECTION");
    set(paper, "SENTENCE", claim.sentence);
    if (headlines(card).empty()) {
      set_section(paper, "CLAIMED_SECTION", "CLAIMED", claim.published);
    }
    set_section(dictionary, "ABSENCE_SECTION", "ABSENCE", claim.absence);
    set_section(dictionary, "MISSING_SECTION", "MISSING", not_run_in_words(claim, results_.findings));
  }

  /// `before`: the claim that the reader has just read, which is not said again.
  void fill_finding(TemplateDictionary& dictionary, std::size_t place, std::string& before) {
    const Finding& finding = results_.findings[place];
    set_verdict(dictionary, finding.verdict);
    set(dictionary, "ANCHOR", index_.finding(place));
    set(dictionary, "ID", finding.id);
    set(dictionary, "SETTING", finding.setting);
    set(dictionary, "PUBLISHED", finding.published.empty() ? "–" : finding.published);
    set(dictionary, "MEASURED", finding.measured.empty() ? "–" : finding.measured);
    set(dictionary, "WHY", finding.why);
    if (finding.claim != before) {
      set_section(dictionary, "CLAIM_SECTION", "CLAIM", finding.claim);
      before = finding.claim;
    }
    if (recorded_ && (!finding.headline || !finding.recorded.empty())) {
      std::string recorded = finding.recorded.empty() ? "–" : finding.recorded;
      if (finding.recorded_verdict) {
        recorded += ", " + std::string(name(*finding.recorded_verdict));
      }
      set_section(dictionary, "RECORDED_SECTION", "RECORDED", recorded);
    }
    set_section(dictionary, "INTERVAL_SECTION", "INTERVAL", interval_text(finding.interval));
    if (finding.agreement.empty() && finding.decision_rule.empty() && finding.source.empty()) {
      return;
    }
    TemplateDictionary& basis = *dictionary.AddSectionDictionary("BASIS");
    set_section(basis, "AGREEMENT_SECTION", "AGREEMENT", finding.agreement);
    set_section(basis, "SOURCE_SECTION", "SOURCE", finding.source);
    if (!finding.decision_rule.empty()) {
      const std::size_t rule = index_.rule_of(finding);
      TemplateDictionary& link = *basis.AddSectionDictionary("RULE_SECTION");
      set(link, "TARGET", index_.rules()[rule].anchor);
      set(link, "NUMBER", std::to_string(rule + 1));
    }
  }

  void fill_findings(TemplateDictionary& dictionary, const Card& card) {
    const std::vector<std::size_t> first = headlines(card);
    // The card's own words and verdict say it for a headline that stands alone.
    const bool alone = card.claim && first.size() == 1;
    std::string before = alone ? results_.findings[first.front()].claim : "";
    for (const std::size_t place : first) {
      TemplateDictionary& headline = *dictionary.AddSectionDictionary("HEADLINE");
      fill_finding(headline, place, before);
      if (!alone) {
        headline.ShowSection("ONE_OF_SEVERAL");
      }
    }
    std::vector<std::size_t> others;
    std::copy_if(card.findings.begin(), card.findings.end(), std::back_inserter(others),
                 [this](std::size_t place) { return !results_.findings[place].headline; });
    if (others.empty()) {
      return;
    }
    TemplateDictionary& table = *dictionary.AddSectionDictionary("OTHERS");
    set_count(table, others.size());
    if (!first.empty()) {
      table.ShowSection("HAVE_HEADLINES");
    }
    if (recorded_) {
      table.ShowSection("RECORDED_COLUMN");
    }
    for (const std::size_t place : others) {
      fill_finding(*table.AddSectionDictionary("FINDING"), place, before);
    }
  }

  void add_figure(TemplateDictionary& dictionary, std::size_t place, bool alone) {
    TemplateDictionary& figure = *dictionary.AddIncludeDictionary("FIGURE");
    figure.SetFilename(figure_template_key);
    const Figure& drawn = results_.figures[place];
    fill_figure(figure, drawn, anchors_.make("figure", drawn.id), alone);
  }
  void add_heat_map(TemplateDictionary& dictionary, std::size_t place) {
    TemplateDictionary& map = *dictionary.AddIncludeDictionary("HEAT_MAP");
    map.SetFilename(heat_map_template_key);
    fill_heat_map(map, results_.heat_maps[place], results_.heat_maps, anchors_);
  }

  /// How many heat maps lead: one, or as many as share its colours, where there are no more than a row of
  /// them.
  [[nodiscard]] std::size_t leading_maps(const Card& card) const {
    constexpr std::size_t most = 3;
    if (!card.figures.empty() || card.heat_maps.empty()) {
      return 0;
    }
    const std::string& group = results_.heat_maps[card.heat_maps.front()].group;
    const auto in_group = static_cast<std::size_t>(std::count_if(
        card.heat_maps.begin(), card.heat_maps.end(),
        [&](std::size_t place) { return !group.empty() && results_.heat_maps[place].group == group; }));
    return in_group > most ? most : std::max<std::size_t>(in_group, 1);
  }

  void fill_drawings(TemplateDictionary& dictionary, const Card& card) {
    const std::size_t figures = std::min<std::size_t>(card.figures.size(), 1);
    const std::size_t maps = leading_maps(card);
    if (figures + maps > 0) {
      TemplateDictionary& lead = *dictionary.AddSectionDictionary("LEAD");
      for (std::size_t i = 0; i < figures; ++i) {
        add_figure(lead, card.figures[i], false);
      }
      for (std::size_t i = 0; i < maps; ++i) {
        add_heat_map(lead, card.heat_maps[i]);
      }
    }
    const std::size_t left = card.figures.size() - figures + card.heat_maps.size() - maps;
    if (left == 0) {
      return;
    }
    TemplateDictionary& more = *dictionary.AddSectionDictionary("MORE");
    set_count(more, left);
    TemplateDictionary* lines = nullptr;
    for (std::size_t i = figures; i < card.figures.size(); ++i) {
      lines = lines == nullptr ? more.AddSectionDictionary("LINES") : lines;
      add_figure(*lines, card.figures[i], card.figures.size() == figures + 1);
    }
    TemplateDictionary* shown_maps = nullptr;
    for (std::size_t i = maps; i < card.heat_maps.size(); ++i) {
      shown_maps = shown_maps == nullptr ? more.AddSectionDictionary("MAPS") : shown_maps;
      add_heat_map(*shown_maps, card.heat_maps[i]);
    }
  }

  void fill_tables(TemplateDictionary& dictionary, const Card& card) {
    if (card.tables.empty()) {
      return;
    }
    TemplateDictionary& tables = *dictionary.AddSectionDictionary("TABLES");
    set_count(tables, card.tables.size());
    for (const std::size_t place : card.tables) {
      fill_table(*tables.AddSectionDictionary("TABLE"), results_.tables[place], anchors_);
    }
  }

  /// The answer of an experiment stands open where no claim's findings say it shorter.
  void fill_method(TemplateDictionary& dictionary, const Card& card) {
    const ExperimentSection none{};
    const ExperimentSection& section = card.experiment ? results_.experiments[*card.experiment] : none;
    const std::string protocol = card.claim ? results_.claims[*card.claim].protocol : "";
    const std::string folded_answer = card.claim ? section.answer : "";
    if (!card.claim) {
      set_section(dictionary, "ANSWER_SECTION", "ANSWER", section.answer);
    }
    if (protocol.empty() && section.summary.empty() && folded_answer.empty()) {
      return;
    }
    TemplateDictionary& method = *dictionary.AddSectionDictionary("METHOD");
    set_section(method, "PROTOCOL_SECTION", "PROTOCOL", protocol);
    set_section(method, "LONG_ANSWER_SECTION", "ANSWER", folded_answer);
    if (!section.summary.empty()) {
      TemplateDictionary& summary = *method.AddSectionDictionary("SUMMARY_SECTION");
      set(summary, "EXPERIMENT", section.id);
      set(summary, "SUMMARY", section.summary);
    }
  }

  const Results& results_;
  const std::vector<Card>& cards_;
  const PageIndex& index_;
  Anchors& anchors_;
  bool recorded_ = false;
};

/// The parts of the page that hold cards, in their order.
enum class Part { claims, experiments, claims_not_run };

/// Whether the run has something to show of the card.
bool is_run(const Card& card, const Results& results) {
  return !card.figures.empty() || !card.heat_maps.empty() || !card.tables.empty() ||
         std::any_of(card.findings.begin(), card.findings.end(), [&results](std::size_t place) {
           return results.findings[place].verdict != Verdict::not_run;
         });
}

Part part_of(const Card& card, const Results& results, bool any_claim_was_run) {
  if (!card.claim) {
    return Part::experiments;
  }
  return any_claim_was_run && !is_run(card, results) ? Part::claims_not_run : Part::claims;
}

const char* anchor_of(Part part) {
  return part == Part::claims ? "claims" : part == Part::experiments ? "experiments" : "claims-not-run";
}

const char* title_of(Part part, const Results& results) {
  switch (part) {
    case Part::claims:
      return "Claim by claim";
    case Part::experiments:
      return results.claims.empty() ? "Experiment by experiment" : "Beyond the paper’s claims";
    case Part::claims_not_run:
      return "Claims that were not run";
  }
  throw std::invalid_argument("no such Part");
}

}  // namespace

void fill_cards(TemplateDictionary& page, const Results& results, const std::vector<Card>& cards,
                const PageIndex& index, Anchors& anchors) {
  CardFiller filler(results, cards, index, anchors);
  const bool any_claim_was_run = std::any_of(
      cards.begin(), cards.end(), [&](const Card& card) { return card.claim && is_run(card, results); });
  for (const Part part : {Part::claims, Part::experiments, Part::claims_not_run}) {
    TemplateDictionary* section = nullptr;
    for (const Card& card : cards) {
      if (part_of(card, results, any_claim_was_run) != part) {
        continue;
      }
      if (section == nullptr) {
        section = page.AddSectionDictionary("PART");
        set(*section, "ANCHOR", anchors.make("cards", anchor_of(part)));
        set(*section, "TITLE", title_of(part, results));
      }
      filler.fill(*section->AddSectionDictionary("CARD"), card);
    }
  }
}

}  // namespace relu0
