{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<title>relu0 gate: {{OUTCOME}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<style>
{{STYLE:none}}
</style>
</head>
<body>
<header class="page">
  <p class="eyebrow">relu0 gate · model <b>{{MODEL}}</b>{{#IMPORTER_SECTION}} · {{IMPORTER}}{{/IMPORTER_SECTION}}</p>
  <h1>The gate is {{OUTCOME}}</h1>
  <p class="lede">{{HEADLINE}}</p>
  <ul class="tally" aria-label="Checks by verdict">
    {{#TALLY}}<li class="{{VERDICT_CLASS}}"><b>{{COUNT}}</b> <span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</li>
    {{/TALLY}}
  </ul>
  <nav aria-label="Contents">
    <a href="#checks">Checks</a>
    <a href="#kinks">Kinks</a>
    <a href="#policy">Policy</a>
    <a href="#environment">Environment</a>
    <a href="#rerun">Run it again</a>
  </nav>
  {{#NOTES}}
  <aside class="notes" aria-labelledby="notes-title">
    <h2 id="notes-title">What to know, and what was not looked at</h2>
    <ul>
      {{#NOTE}}<li>{{TEXT}}</li>
      {{/NOTE}}
    </ul>
  </aside>
  {{/NOTES}}
</header>
<main>
<section id="checks" aria-labelledby="checks-title">
  <h2 id="checks-title">Checks that did not pass</h2>
  {{#ALL_PASSED}}<p class="none">Every check passed.</p>{{/ALL_PASSED}}
  {{#TROUBLES}}
  <table class="verdicts" role="table">
    <caption>What was seen and what the policy allows</caption>
    <thead role="rowgroup">
      <tr role="row">
        <th scope="col" role="columnheader">Verdict</th>
        <th scope="col" role="columnheader">Check</th>
        <th scope="col" role="columnheader">Seen</th>
        <th scope="col" role="columnheader">Allowed, margin</th>
        <th scope="col" role="columnheader">Where, and how to see it again</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      {{#CHECK}}
      <tr role="row" id="{{ANCHOR}}" class="{{VERDICT_CLASS}}">
        <td role="cell" class="verdict"><span class="badge {{VERDICT_CLASS}}"><span class="sign" aria-hidden="true">{{SYMBOL}}</span> {{VERDICT}}</span></td>
        <th scope="row" role="rowheader"><span class="claim">{{MESSAGE}}</span> <span class="id">{{RULE}}</span></th>
        <td role="cell" data-label="Seen"><div class="value">{{SEEN}}</div></td>
        <td role="cell" data-label="Allowed"><div class="value">{{ALLOWED}}</div>{{#MARGIN_SECTION}}<div class="small"><b>Margin</b> {{MARGIN}}</div>{{/MARGIN_SECTION}}{{#UNIT_SECTION}}<div class="small">{{UNIT}}</div>{{/UNIT_SECTION}}</td>
        <td role="cell" data-label="Where"><div>{{#FACT}}<div class="small"><b>{{LABEL}}</b> {{VALUE}}</div>{{/FACT}}{{#REPLAY_SECTION}}<pre class="small command"><code>{{#WORD}}<span>{{TEXT}}</span>{{#WORD_separator}} {{/WORD_separator}}{{/WORD}}</code></pre>{{/REPLAY_SECTION}}</div></td>
      </tr>
      {{/CHECK}}
    </tbody>
  </table>
  {{/TROUBLES}}
  {{#PASSED}}
  <details>
    <summary>Checks that passed ({{COUNT}})</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Checks that passed">
    <table class="data">
      <thead><tr><th scope="col">Check</th><th scope="col" class="number">Seen</th><th scope="col" class="number">Allowed</th></tr></thead>
      <tbody>
        {{#CHECK}}<tr><th scope="row">{{IDENTITY}}</th><td class="number">{{SEEN}}</td><td class="number">{{ALLOWED}}</td></tr>
        {{/CHECK}}
      </tbody>
    </table>
    </div>
  </details>
  {{/PASSED}}
  {{#LEFT_OUT_SECTION}}<p class="none">{{LEFT_OUT}} in gate.json.</p>{{/LEFT_OUT_SECTION}}
</section>
<section id="kinks" aria-labelledby="kinks-title">
  <h2 id="kinks-title">Kinks of the graph</h2>
  {{#NO_KINKS}}<p class="none">The graph has no operation with a kink.</p>{{/NO_KINKS}}
  {{#KINKS}}
  <div class="scroll" tabindex="0" role="region" aria-labelledby="kinks-title">
  <table class="data">
    <caption>Inputs that lay exactly on a kink, over all mini-batches</caption>
    <thead><tr><th scope="col">Operation</th><th scope="col">Kink</th><th scope="col">Where</th><th scope="col">Native choice</th><th scope="col">Precision</th><th scope="col" class="number">Elements</th><th scope="col" class="number">+0</th><th scope="col" class="number">−0</th><th scope="col" class="number">Flushed</th><th scope="col" class="number">Elsewhere, ties</th><th scope="col" class="number">Reached by a gradient</th><th scope="col" class="number">NaN</th><th scope="col">Probed</th></tr></thead>
    <tbody>
      {{#KINK}}<tr><th scope="row">{{OPERATION}}</th><td>{{NAME}}</td><td>{{PLACE}}</td><td>{{NATIVE}}</td><td>{{PRECISION}}</td><td class="number">{{ELEMENTS}}</td><td class="number">{{POSITIVE}}</td><td class="number">{{NEGATIVE}}</td><td class="number">{{FLUSHED}}</td><td class="number">{{OTHER}}</td><td class="number">{{REACHED}}</td><td class="number">{{NANS}}</td><td>{{PROBED}}</td></tr>
      {{/KINK}}
    </tbody>
  </table>
  </div>
  {{#MORE_KINKS_SECTION}}<p class="none">{{MORE_KINKS}} more kinks stand in gate.json.</p>{{/MORE_KINKS_SECTION}}
  {{/KINKS}}
</section>
<section id="policy" aria-labelledby="policy-title">
  <h2 id="policy-title">The policy</h2>
  <details>
    <summary>Every limit, where it was set, and where its default comes from</summary>
    <pre><code>{{POLICY}}</code></pre>
  </details>
</section>
<section id="environment" aria-labelledby="environment-title">
  <h2 id="environment-title">What was measured, and where</h2>
  <table class="environment">
    <caption class="hidden">Model, inputs and environment</caption>
    <tbody>
      {{#ENTRY}}<tr><th scope="row">{{KEY}}</th><td>{{VALUE}}</td></tr>
      {{/ENTRY}}
    </tbody>
  </table>
</section>
<section id="rerun" aria-labelledby="rerun-title">
  <h2 id="rerun-title">Run exactly this again</h2>
  {{#COMMAND_SECTION}}<pre class="command"><code>{{#WORD}}<span>{{TEXT}}</span>{{#WORD_separator}} {{/WORD_separator}}{{/WORD}}</code></pre>{{/COMMAND_SECTION}}
  {{#NO_COMMAND}}<p class="none">The judgement does not say which command made it.</p>{{/NO_COMMAND}}
</section>
</main>
</body>
</html>
