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
  <p class="eyebrow">relu0 report{{#SCALE_SECTION}} · scale <b>{{SCALE}}</b> · seed {{SEED}}{{/SCALE_SECTION}} · beside <cite>Numerical influence of ReLU′(0) on backpropagation</cite> (NeurIPS 2021)</p>
  <h1>{{TITLE}}</h1>
  <nav aria-label="Contents">
    {{#ADVICE}}<a href="#advice">What to do with it</a>{{/ADVICE}}
    {{#NOTES}}<a href="#notes">Read this first ({{COUNT}})</a>{{/NOTES}}
    {{#PART}}<a href="#{{ANCHOR}}">{{TITLE}}</a>
    {{/PART}}
    {{#RULES}}<a href="#rules">Rules</a>{{/RULES}}
    {{#ENVIRONMENT}}<a href="#environment">Environment</a>{{/ENVIRONMENT}}
    <a href="#rerun">Run it again</a>
  </nav>
</header>
<main>
<section id="answer" class="first{{#MATRIX}} with-matrix{{/MATRIX}}" aria-labelledby="answer-title">
  <div class="summary">
    <h2 id="answer-title" class="hidden">The answer</h2>
    <p class="lead">{{DEPENDENCE}}</p>
    {{#CLAIMS_SECTION}}<p class="lead">{{CLAIMS}}</p>{{/CLAIMS_SECTION}}
    {{#TALLIES}}
    <ul class="tally" aria-label="{{OF_WHAT}} by verdict">
      {{#TALLY}}<li class="{{VERDICT_CLASS}}"><b>{{COUNT}}</b> <span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</li>
      {{/TALLY}}
    </ul>
    {{/TALLIES}}
    {{>HEADLINE_FIGURE}}
  </div>
  {{#MATRIX}}
  <div class="matrix-side">
  <table class="matrix" role="table">
    <caption>Each claim by precision: left under the chain rule (<i>s·g</i>, the paper’s definition), right under the rule of the published code (<i>s</i>); one field where the rule plays no part. Of several findings a field shows the heaviest: ✗, ?, ✓, •, –; what was measured through other kernels than the run’s own counts only where nothing else was.</caption>
    <colgroup></colgroup>{{#PRECISION}}<colgroup span="2"></colgroup>{{/PRECISION}}
    <thead role="rowgroup">
      <tr role="row"><th scope="col" role="columnheader" rowspan="2">Claim</th>{{#PRECISION}}<th scope="colgroup" role="columnheader" colspan="2">{{NAME}}</th>{{/PRECISION}}</tr>
      <tr role="row">{{#PRECISION}}<th scope="col" role="columnheader"><span aria-hidden="true">s·g</span><span class="hidden">{{NAME}}, chain rule</span></th><th scope="col" role="columnheader"><span aria-hidden="true">s</span><span class="hidden">{{NAME}}, published code</span></th>{{/PRECISION}}</tr>
    </thead>
    <tbody role="rowgroup">
      {{#ROW}}
      <tr role="row"><th scope="row" role="rowheader"><a href="#{{TARGET}}"><span class="mark {{VERDICT_CLASS}}"><span aria-hidden="true">{{SYMBOL}}</span><span class="hidden">{{VERDICT}}:</span></span> {{NAME}}</a></th>{{#FIELD}}<td role="cell"{{#SPAN_SECTION}} colspan="{{SPAN}}"{{/SPAN_SECTION}}>{{#VERDICT_SECTION}}<a class="field {{VERDICT_CLASS}}" href="#{{TARGET}}" title="{{TOOLTIP}}"><span aria-hidden="true">{{SYMBOL}}{{#WORDS_SECTION}} {{WORDS}}{{/WORDS_SECTION}}</span><span class="hidden">{{TOOLTIP}}</span></a>{{/VERDICT_SECTION}}</td>{{/FIELD}}</tr>
      {{/ROW}}
    </tbody>
  </table>
  {{#NOT_RUN}}
  <p class="not-run"><span class="mark {{VERDICT_CLASS}}" aria-hidden="true">{{SYMBOL}}</span> Not run: {{#CLAIM}}<a href="#{{TARGET}}">{{NAME}}</a>{{#CLAIM_separator}}; {{/CLAIM_separator}}{{/CLAIM}}.</p>
  {{/NOT_RUN}}
  </div>
  {{/MATRIX}}
</section>
{{#ADVICE}}
<section id="advice" aria-labelledby="advice-title">
  <h2 id="advice-title">What to do with it</h2>
  <dl class="advice">
    {{#ITEM}}<div><dt>{{QUESTION}}</dt><dd>{{TEXT}}{{#FROM}} <span class="small">From {{#LINK}}<a href="#{{TARGET}}">{{ID}}, {{SETTING}}</a>{{#LINK_separator}}; {{/LINK_separator}}{{/LINK}}.</span>{{/FROM}}</dd></div>
    {{/ITEM}}
  </dl>
</section>
{{/ADVICE}}
{{#NOTES}}
<section id="notes" class="notes" aria-labelledby="notes-title">
  <h2 id="notes-title">Read this first</h2>
  <ul>
    {{#NOTE}}<li>{{TEXT}}</li>
    {{/NOTE}}
  </ul>
</section>
{{/NOTES}}
{{#PART}}
<section id="{{ANCHOR}}" aria-labelledby="{{ANCHOR}}-title">
<h2 id="{{ANCHOR}}-title">{{TITLE}}</h2>
{{#CARD}}
<article id="{{ANCHOR}}" class="card" aria-labelledby="{{ANCHOR}}-title">
  <h3 id="{{ANCHOR}}-title">{{#VERDICT_SECTION}}<span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span> {{/VERDICT_SECTION}}<span class="name">{{TITLE}}</span></h3>
  <div class="body">
  <div class="told">
    {{#PAPER_SECTION}}<p class="prose"><b>The paper:</b> {{SENTENCE}}{{#CLAIMED_SECTION}} <b>Published:</b> {{CLAIMED}}.{{/CLAIMED_SECTION}}</p>{{/PAPER_SECTION}}
    {{#ABSENCE_SECTION}}<p class="none">Not run: {{ABSENCE}}</p>{{/ABSENCE_SECTION}}
    {{#MISSING_SECTION}}<p class="prose missing">The claim takes more than was run. Not run: {{MISSING}}.</p>{{/MISSING_SECTION}}
    {{#ANSWER_SECTION}}<p class="prose answer"><b>Answer.</b> {{ANSWER}}</p>{{/ANSWER_SECTION}}
    {{#HEADLINE}}
    <div id="{{ANCHOR}}" class="finding {{VERDICT_CLASS}}">
      <p class="what">{{#ONE_OF_SEVERAL}}<span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span> {{/ONE_OF_SEVERAL}}{{#CLAIM_SECTION}}<span class="claim">{{CLAIM}}</span> {{/CLAIM_SECTION}}<span class="setting">{{SETTING}}</span></p>
      <dl class="values">
        <div><dt>Published</dt><dd>{{PUBLISHED}}</dd></div>
        {{#RECORDED_SECTION}}<div><dt>Recorded</dt><dd>{{RECORDED}}</dd></div>{{/RECORDED_SECTION}}
        <div><dt>Measured</dt><dd>{{MEASURED}}{{#INTERVAL_SECTION}} <span class="interval">{{INTERVAL}}</span>{{/INTERVAL_SECTION}}</dd></div>
      </dl>
      <p class="why">{{WHY}}</p>
      {{#BASIS}}<details class="basis"><summary>Agreement, rule, source</summary><p class="small"><span class="id">{{ID}}</span>{{#AGREEMENT_SECTION}} <b>Agreement</b> {{AGREEMENT}}.{{/AGREEMENT_SECTION}}{{#RULE_SECTION}} <b>Rule</b> <a href="#{{TARGET}}">number {{NUMBER}}</a>.{{/RULE_SECTION}}{{#SOURCE_SECTION}} <b>Source</b> {{SOURCE}}.{{/SOURCE_SECTION}}</p></details>{{/BASIS}}
    </div>
    {{/HEADLINE}}
    {{#AT_THE_HEAD}}<p class="small"><a href="#{{TARGET}}">Its figure</a> stands beside the answer.</p>{{/AT_THE_HEAD}}
    {{#ELSEWHERE}}<p class="small">Its figures and tables stand with <a href="#{{TARGET}}">{{TITLE}}</a>.</p>{{/ELSEWHERE}}
  </div>
  {{#LEAD}}
  <div class="figures">
    {{>FIGURE}}
    {{>HEAT_MAP}}
  </div>
  {{/LEAD}}
  </div>
  {{#OTHERS}}
  <details class="fold">
    <summary>{{COUNT}} {{#HAVE_HEADLINES}}other {{/HAVE_HEADLINES}}{{#ONE}}setting{{/ONE}}{{#SEVERAL}}settings{{/SEVERAL}}</summary>
    <table class="verdicts{{#RECORDED_COLUMN}} with-recorded{{/RECORDED_COLUMN}}" role="table">
      <caption class="hidden">{{TITLE}}: {{COUNT}} findings</caption>
      <thead role="rowgroup">
        <tr role="row"><th scope="col" role="columnheader">Verdict</th><th scope="col" role="columnheader">Setting</th><th scope="col" role="columnheader">Published</th>{{#RECORDED_COLUMN}}<th scope="col" role="columnheader">Recorded</th>{{/RECORDED_COLUMN}}<th scope="col" role="columnheader">Measured, interval</th><th scope="col" role="columnheader">Why, agreement, rule, source</th></tr>
      </thead>
      <tbody role="rowgroup">
        {{#FINDING}}
        <tr role="row" id="{{ANCHOR}}" class="{{VERDICT_CLASS}}">
          <td role="cell" class="verdict"><span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span></td>
          <th scope="row" role="rowheader">{{#CLAIM_SECTION}}<span class="claim">{{CLAIM}}</span> {{/CLAIM_SECTION}}<span class="id">{{ID}}</span> <span class="setting">{{SETTING}}</span></th>
          <td role="cell" data-label="Published"><div>{{PUBLISHED}}</div></td>
          {{#RECORDED_SECTION}}<td role="cell" data-label="Recorded"><div>{{RECORDED}}</div></td>{{/RECORDED_SECTION}}
          <td role="cell" data-label="Measured"><div class="value">{{MEASURED}}</div>{{#INTERVAL_SECTION}}<div class="interval">{{INTERVAL}}</div>{{/INTERVAL_SECTION}}</td>
          <td role="cell" data-label="Why"><div>{{WHY}}</div>{{#BASIS}}<div class="small">{{#AGREEMENT_SECTION}}<b>Agreement</b> {{AGREEMENT}}. {{/AGREEMENT_SECTION}}{{#RULE_SECTION}}<b>Rule</b> <a href="#{{TARGET}}">number {{NUMBER}}</a>. {{/RULE_SECTION}}{{#SOURCE_SECTION}}<b>Source</b> {{SOURCE}}.{{/SOURCE_SECTION}}</div>{{/BASIS}}</td>
        </tr>
        {{/FINDING}}
      </tbody>
    </table>
  </details>
  {{/OTHERS}}
  {{#MORE}}
  <details class="fold">
    <summary>{{COUNT}} more {{#ONE}}figure{{/ONE}}{{#SEVERAL}}figures{{/SEVERAL}}</summary>
    {{#LINES}}<div class="figures">{{>FIGURE}}</div>{{/LINES}}
    {{#MAPS}}<div class="figures">{{>HEAT_MAP}}</div>{{/MAPS}}
  </details>
  {{/MORE}}
  {{#TABLES}}
  <details class="fold">
    <summary>{{#ONE}}Table{{/ONE}}{{#SEVERAL}}{{COUNT}} tables{{/SEVERAL}}</summary>
    {{#TABLE}}
    <div class="scroll" id="{{ANCHOR}}" tabindex="0" role="group" aria-labelledby="{{ANCHOR}}-title">
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
  </details>
  {{/TABLES}}
  {{#METHOD}}
  <details class="fold">
    <summary>What was measured, and how</summary>
    {{#PROTOCOL_SECTION}}<p class="prose"><b>The paper:</b> {{PROTOCOL}}</p>{{/PROTOCOL_SECTION}}
    {{#SUMMARY_SECTION}}<p class="prose"><b>Here, {{EXPERIMENT}}:</b> {{SUMMARY}}</p>{{/SUMMARY_SECTION}}
    {{#LONG_ANSWER_SECTION}}<p class="prose answer"><b>Answer.</b> {{ANSWER}}</p>{{/LONG_ANSWER_SECTION}}
  </details>
  {{/METHOD}}
</article>
{{/CARD}}
</section>
{{/PART}}
{{#RULES}}
<section id="rules" aria-labelledby="rules-title">
  <h2 id="rules-title">Rules</h2>
  <p class="prose">Each verdict is given by one of these rules, never by hand.</p>
  <ol class="rules">
    {{#RULE}}<li id="{{ANCHOR}}">{{TEXT}}</li>
    {{/RULE}}
  </ol>
</section>
{{/RULES}}
{{#ENVIRONMENT}}
<section id="environment" aria-labelledby="environment-title">
  <h2 id="environment-title">Where it was measured, and what was emulated</h2>
  <details class="fold">
  <summary>{{COUNT}} facts about the machine and its libraries</summary>
  <table class="environment">
    <caption class="hidden">Environment of the measurements</caption>
    <tbody>
      {{#ENTRY}}<tr><th scope="row">{{KEY}}</th><td>{{VALUE}}</td></tr>
      {{/ENTRY}}
    </tbody>
  </table>
  </details>
</section>
{{/ENVIRONMENT}}
<section id="rerun" aria-labelledby="rerun-title">
  <h2 id="rerun-title">Run exactly this again</h2>
  {{#COMMAND_SECTION}}<pre class="command"><code>{{#WORD}}<span>{{TEXT}}</span>{{#WORD_separator}} {{/WORD_separator}}{{/WORD}}</code></pre>
  <p class="prose">Draw <i>i</i> depends on the seed and <i>i</i> alone: the same command on the same data draws the same networks.</p>{{/COMMAND_SECTION}}
  {{#NO_COMMAND}}<p class="none">This store does not say which command made it.</p>{{/NO_COMMAND}}
</section>
</main>
</body>
</html>
