{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<title>{{TITLE}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<style>
{{STYLE:none}}
</style>
</head>
<body>
<header class="page">
  <p class="eyebrow">relu0 report{{#SCALE_SECTION}} · scale <b>{{SCALE}}</b> · seed {{SEED}}{{/SCALE_SECTION}}</p>
  <h1>{{TITLE}}</h1>
  <p class="lede">Each claim of Bertoin, Bolte, Gerchinovitz and Pauwels, <cite>Numerical influence of ReLU′(0) on backpropagation</cite> (NeurIPS 2021), beside what was measured here. The rule that decided it stands with each verdict.</p>
  <ul class="tally" aria-label="Findings by verdict">
    {{#TALLY}}<li class="{{VERDICT_CLASS}}"><b>{{COUNT}}</b> <span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</li>
    {{/TALLY}}
  </ul>
  <nav aria-label="Contents">
    <a href="#verdicts">Verdicts</a>
    {{#CONTENTS}}<a href="#{{TARGET}}">{{TITLE}}</a>
    {{/CONTENTS}}
    {{#ENVIRONMENT_LINK}}<a href="#environment">Environment</a>{{/ENVIRONMENT_LINK}}
    <a href="#rerun">Run it again</a>
  </nav>
  {{#NOTES}}
  <aside class="notes" aria-labelledby="notes-title">
    <h2 id="notes-title">Read this first</h2>
    <ul>
      {{#NOTE}}<li>{{TEXT}}</li>
      {{/NOTE}}
    </ul>
  </aside>
  {{/NOTES}}
</header>
<main>
<section id="verdicts" aria-labelledby="verdicts-title">
  <h2 id="verdicts-title">Verdicts</h2>
  {{#NO_FINDINGS}}<p class="none">This store holds no findings yet: the run has not come to its end.</p>{{/NO_FINDINGS}}
  {{#VERDICT_TABLE}}
  <table class="verdicts" role="table">
    <caption>Published and measured, finding by finding</caption>
    <thead role="rowgroup">
      <tr role="row">
        <th scope="col" role="columnheader">Verdict</th>
        <th scope="col" role="columnheader">Claim and setting</th>
        <th scope="col" role="columnheader">Published</th>
        <th scope="col" role="columnheader">Measured, interval</th>
        <th scope="col" role="columnheader">Why, agreement, rule, source</th>
      </tr>
    </thead>
    {{#GROUP}}
    <tbody role="rowgroup">
      {{#GROUP_TITLE_SECTION}}<tr role="row" class="group"><th scope="rowgroup" role="rowheader" colspan="5">{{GROUP_TITLE}}</th></tr>{{/GROUP_TITLE_SECTION}}
      {{#FINDING}}
      <tr role="row" id="{{ANCHOR}}" class="{{VERDICT_CLASS}}">
        <td role="cell" class="verdict"><span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span></td>
        <th scope="row" role="rowheader"><span class="claim">{{CLAIM}}</span> <span class="id">{{ID}}</span> <span class="setting">{{SETTING}}</span></th>
        <td role="cell" data-label="Published"><div class="value">{{PUBLISHED}}</div></td>
        <td role="cell" data-label="Measured"><div class="value">{{MEASURED}}</div>{{#INTERVAL_SECTION}}<div class="interval">{{INTERVAL}}</div>{{/INTERVAL_SECTION}}</td>
        <td role="cell" data-label="Why"><div>{{WHY}}</div>{{#AGREEMENT_SECTION}}<div class="small"><b>Agreement</b> {{AGREEMENT}}</div>{{/AGREEMENT_SECTION}}{{#RULE_SECTION}}<div class="small"><b>Rule</b> {{RULE}}</div>{{/RULE_SECTION}}{{#SOURCE_SECTION}}<div class="small"><b>Source</b> {{SOURCE}}</div>{{/SOURCE_SECTION}}</td>
      </tr>
      {{/FINDING}}
    </tbody>
    {{/GROUP}}
  </table>
  {{/VERDICT_TABLE}}
</section>
{{#EXPERIMENT}}
<section id="{{ANCHOR}}" class="experiment" aria-labelledby="{{ANCHOR}}-title">
  <h2 id="{{ANCHOR}}-title">{{TITLE}}</h2>
  {{#SUMMARY_SECTION}}<p class="prose">{{SUMMARY}}</p>{{/SUMMARY_SECTION}}
  {{#ANSWER_SECTION}}<p class="prose answer"><b>Answer.</b> {{ANSWER}}</p>{{/ANSWER_SECTION}}
  {{#LINKS}}
  <ul class="links" aria-label="Findings of this experiment">
    {{#LINK}}<li><span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span> <a href="#{{TARGET}}">{{ID}}</a> <span class="setting">{{SETTING}}</span> <span class="value">{{MEASURED}}</span></li>
    {{/LINK}}
  </ul>
  {{/LINKS}}
  {{#FIGURES}}
  <div class="figures">
  {{#FIGURE}}
  <figure id="{{ANCHOR}}">
    <div>
    <h3>{{TITLE}}</h3>
    {{#DRAWN}}
    <ul class="legend" aria-label="Series">
      {{#SERIES}}<li><svg class="swatch {{COLOUR_CLASS}}" viewBox="0 0 36 12" aria-hidden="true"><path class="{{LINE_CLASS}}" d="M1 6H35"/><use class="{{POINT_CLASS}}" href="#{{SYMBOL_ID}}" transform="translate(18,6) scale(4.1)"/></svg> {{LABEL}}</li>
      {{/SERIES}}
    </ul>
    <p class="axis y" aria-hidden="true">{{Y_LABEL}}</p>
    {{SVG:none}}
    <p class="axis x" aria-hidden="true">{{X_LABEL}}</p>
    {{/DRAWN}}
    {{#NOT_DRAWN}}<p class="none">Not drawn: {{FAILURE}}. Its numbers stand in its table.</p>{{/NOT_DRAWN}}
    </div>
    <div>
    <figcaption>{{CAPTION}}{{#SIDE_BY_SIDE}} <span class="small">Published points are drawn a little to the right of ours.</span>{{/SIDE_BY_SIDE}}{{#OMITTED}} <span class="small">{{OMITTED_POINTS}} cannot be drawn on these axes; the table has all.</span>{{/OMITTED}}</figcaption>
    <details{{#OPEN}} open="open"{{/OPEN}}>
      <summary>The numbers</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Numbers of the figure">
      <table class="data">
        <caption>{{Y_LABEL}}, interval</caption>
        <thead><tr><th scope="col" class="number">{{X_LABEL}}</th>{{#SERIES_COLUMN}}<th scope="col" class="number">{{LABEL}}</th>{{/SERIES_COLUMN}}</tr></thead>
        <tbody>
          {{#POINT_ROW}}<tr><th scope="row" class="number">{{X}}</th>{{#POINTS}}<td class="number">{{#POINT}}<div>{{Y}}{{#POINT_INTERVAL}} <span class="small">{{INTERVAL}}</span>{{/POINT_INTERVAL}}</div>{{/POINT}}</td>{{/POINTS}}</tr>
          {{/POINT_ROW}}
        </tbody>
      </table>
      </div>
    </details>
    </div>
  </figure>
  {{/FIGURE}}
  </div>
  {{/FIGURES}}
  {{#HEAT_MAPS}}
  <div class="figures">
  {{#HEAT_MAP}}
  <figure id="{{ANCHOR}}" class="heat-map{{#FILLED}} filled{{/FILLED}}">
    <div>
    <h3>{{TITLE}}</h3>
    {{#DRAWN}}
    <div class="legend">
      <p class="unit">{{UNIT}}</p>
      {{#SCALE}}
      <ol class="scale" aria-label="Colours from low to high">
        {{#STEP}}<li><svg class="{{CELL_CLASS}}" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true"><path d="M0 0H1V1H0z"/></svg><span class="hidden">{{RANGE}}</span><span class="edge" aria-hidden="true">{{EDGE}}</span></li>
        {{/STEP}}
        {{#LAST_EDGE}}<li class="end" aria-hidden="true"><span class="edge">{{EDGE}}</span></li>{{/LAST_EDGE}}
      </ol>
      {{/SCALE}}
      {{#SPECIALS}}
      <ul class="specials" aria-label="Cells outside of the scale">
        {{#SPECIAL}}<li><svg class="{{CELL_CLASS}}" viewBox="0 0 12 12" aria-hidden="true"><path d="M.5.5h11v11h-11z"/></svg> {{MEANING}}</li>
        {{/SPECIAL}}
      </ul>
      {{/SPECIALS}}
    </div>
    <p class="axis y" aria-hidden="true">{{Y_LABEL}}</p>
    {{SVG:none}}
    <p class="axis x" aria-hidden="true">{{X_LABEL}}</p>
    {{/DRAWN}}
    {{#NOT_DRAWN}}<p class="none">Not drawn: {{FAILURE}}.{{#IN_TABLE}} Its numbers stand in its table.{{/IN_TABLE}}</p>{{/NOT_DRAWN}}
    </div>
    <div>
    <figcaption>{{CAPTION}}{{#CONTOURS}} <span class="small">Lines at {{LEVELS}}.</span>{{/CONTOURS}}{{#SHARED}} <span class="small">All maps of this kind share one colour scale.</span>{{/SHARED}}{{#MANY_NUMBERS}} <span class="small">The numbers stand in results.json.</span>{{/MANY_NUMBERS}}</figcaption>
    {{#NUMBERS}}
    <details{{#OPEN}} open="open"{{/OPEN}}>
      <summary>The numbers</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Numbers of the heat map">
      <table class="data">
        <caption>{{UNIT}}, by {{Y_LABEL}} (rows) and {{X_LABEL}} (columns)</caption>
        <thead><tr><th scope="col">{{Y_LABEL}}</th>{{#COLUMN}}<th scope="col" class="number">{{NAME}}</th>{{/COLUMN}}</tr></thead>
        <tbody>
          {{#ROW}}<tr><th scope="row">{{NAME}}</th>{{#CELL}}<td class="number">{{VALUE}}</td>{{/CELL}}</tr>
          {{/ROW}}
        </tbody>
      </table>
      </div>
    </details>
    {{/NUMBERS}}
    </div>
  </figure>
  {{/HEAT_MAP}}
  </div>
  {{/HEAT_MAPS}}
  {{#TABLE}}
  <div class="scroll" id="{{ANCHOR}}" tabindex="0" role="region" aria-labelledby="{{ANCHOR}}-title">
  <table class="data">
    <caption><b id="{{ANCHOR}}-title">{{TITLE}}</b> {{CAPTION}}</caption>
    <thead><tr>{{#COLUMN}}<th scope="col"{{#NUMBER}} class="number"{{/NUMBER}}>{{TEXT}}</th>{{/COLUMN}}</tr></thead>
    <tbody>
      {{#ROW}}<tr>{{#CELL}}<td{{#NUMBER}} class="number"{{/NUMBER}}>{{TEXT}}</td>{{/CELL}}</tr>
      {{/ROW}}
    </tbody>
  </table>
  </div>
  {{/TABLE}}
</section>
{{/EXPERIMENT}}
{{#ENVIRONMENT}}
<section id="environment" aria-labelledby="environment-title">
  <h2 id="environment-title">Where it was measured, and what was emulated</h2>
  <table class="environment">
    <caption class="hidden">Environment of the measurements</caption>
    <tbody>
      {{#ENTRY}}<tr><th scope="row">{{KEY}}</th><td>{{VALUE}}</td></tr>
      {{/ENTRY}}
    </tbody>
  </table>
</section>
{{/ENVIRONMENT}}
<section id="rerun" aria-labelledby="rerun-title">
  <h2 id="rerun-title">Run exactly this again</h2>
  {{#COMMAND_SECTION}}<pre><code>{{COMMAND}}</code></pre>
  <p class="prose">Draw <i>i</i> depends on the seed and <i>i</i> alone: the same command on the same data draws the same networks.</p>{{/COMMAND_SECTION}}
  {{#NO_COMMAND}}<p class="none">This store does not say which command made it.</p>{{/NO_COMMAND}}
</section>
</main>
</body>
</html>
